"""The shipped diagrams in the engine: the gate passes them, and cases go through them by every way there is."""

import random
from collections import Counter
from datetime import timedelta
from functools import cache

import pytest

from tests.engine.driving import NOW
from tests.engine.exploring import Explorer, drawn
from tests.engine.shipped import LIBRARY, PAYLOADS, SCHEMES, Case, bundle
from workflows import rules
from workflows.engine import Diagrams, compile_bundle
from workflows.workshop import bundling, deployments

# domain.md section 4 with P08b and P11b of its corrections. In brackets: asked by the diagram, case for case.
BEGINNING = "P02 P03 P05 P06"
ENDING = "P10 P11 P11b P12 P13 P15 P16 P17 P18 P19"
STAGES = {
    "retrofit": f"{BEGINNING} P07 P08 P08b [P09] {ENDING}",
    "renewable_energy": f"{BEGINNING} P07 P08 P08b [P09] {ENDING}",
    "green_honour": f"{BEGINNING} [P07] P08b {ENDING}",
    "future_energy": f"{BEGINNING} [P07] [P08] P08b {ENDING}",
    "carbon_neutral": f"{BEGINNING} [P07] [P08] P08b [P09] {ENDING}",
    "carbon_intensity": f"{BEGINNING} P07 P08 P08b [P09] {ENDING}",
    "carbon_footprint": f"{BEGINNING} [P07] [P08] P08b [P09] {ENDING}",
    "carbon_trading": f"{BEGINNING} P08 P08b {ENDING}",
    "green_event": f"{BEGINNING} [P07] P08 [P09] P08b {ENDING}",
    "industry_cluster": f"{BEGINNING} P07 P08 P09 P08b {ENDING}",
}
RECOGNITION = f"{BEGINNING} P07 [P08] P09 P08b P10 P11 P11b P12 P13 P15 P16"


@cache
def compiled(scheme: str) -> Diagrams:
    return compile_bundle(bundle(scheme), scheme)


@pytest.fixture(scope="module")
def diagrams() -> Diagrams:
    return compiled("retrofit")


class Straight(Case):
    """The first answer everywhere but for those given; keeps the stages in the order in which they were entered."""

    def __init__(self, scheme: str, **answers: str) -> None:
        self.given = answers
        self.stages: list[str] = []
        super().__init__(compiled(scheme), lambda values: values[0])

    def pick(self, name, values):
        return self.given.get(name, values[0])

    def call(self, request):
        self._note(self.diagrams.processes[request.process].elements[request.element_id].stage)
        return super().call(request)

    def _note(self, stage: str | None) -> None:
        if stage is not None and self.stages[-1:] != [stage]:
            self.stages.append(stage)

    def run(self) -> str:
        """Go to the end; the stages as text."""
        while self.ended is None:
            self._note(self.instance.stage())
            self.move()
        return " ".join(self.stages)


def longest(stages: str) -> str:
    return stages.replace("[", "").replace("]", "")


def shortest(stages: str) -> str:
    return " ".join(stage for stage in stages.split() if not stage.startswith("["))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_gate_passes_the_shipped_diagrams(scheme):
    assert deployments.check(bundling.assemble(LIBRARY, scheme), scheme) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_a_scheme_calls_is_shared(scheme):
    own, *called = compiled(scheme).processes
    assert own == scheme
    assert [compiled(scheme).processes[key].file for key in called] == [f"shared/{key}.bpmn" for key in called]
    assert {"intake", "credit_and_joint_check", "recheck", "publicity", "disbursement"} <= set(called)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_task_has_a_term(scheme):
    """An application is due when its batch closes, which the batch says; everything else has working days."""
    processes = compiled(scheme).processes.values()
    tasks = {each.id: each.due for process in processes for each in process.elements.values() if each.form}
    assert {key for key, due in tasks.items() if due is None} == {"fill_application"}


def test_every_scheme_of_the_law_is_drawn():
    assert set(SCHEMES) == set(STAGES) == set(rules.SCHEMES)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_case_goes_through_the_stages_of_its_type(scheme):
    case = Straight(scheme)
    assert case.run() == longest(STAGES[scheme])
    assert case.ended.element_id == "paid"
    routes = ("route_site_inspection", "route_third_party", "route_expert_review")
    case = Straight(scheme, **dict.fromkeys(routes, "not_required"))
    assert case.run() == shortest(STAGES[scheme])
    assert case.ended.status == "PAID"


def test_a_cluster_is_recognised_first_and_paid_by_the_year():
    case = Straight("industry_cluster", route_round="entry")
    assert case.run() == longest(RECOGNITION)
    assert (case.ended.element_id, case.ended.status) == ("recognised", "MULTI_YEAR")
    assert "commit_award_in_year" not in [call.operation for call in case.calls]
    case = Straight("industry_cluster", route_round="entry", route_third_party="not_required")
    assert case.run() == shortest(RECOGNITION)


@pytest.mark.parametrize(("round", "end"), [("entry", "not_supported"), ("yearly", "paid")])
def test_the_panel_refuses_a_cluster_but_only_scores_a_year(round, end):
    case = Straight("industry_cluster", route_round=round, tally_scores="fail")
    case.run()
    assert case.ended.element_id == end


@pytest.mark.parametrize("scheme", ["green_honour", "future_energy"])
def test_who_is_on_the_list_confirms_or_declines(scheme):
    case = Straight(scheme, route_origin="application")
    case.run()
    assert case.ended.status == "PAID"
    assert "accept_case" in [call.operation for call in case.calls if call.process == "intake"]
    case = Straight(scheme)
    assert case.open_ids == ["confirm_candidate"]
    case.complete("confirm_candidate", "decline")
    assert (case.ended.status, case.ended.reason) == ("WITHDRAWN", "WITHDRAWN")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_cases_reach_every_element_by_every_flow(scheme):
    diagrams, taken = compiled(scheme), Counter()
    left = {key: drawn(diagrams, key) for key in diagrams.processes}
    for seed in range(2000):
        case = Explorer(diagrams, random.Random(seed), taken)
        for _ in range(150):
            if case.ended is not None:
                break
            case.move()
            assert_somewhere(case)
        for path in case.instance.path():
            assert path.failed == []
            left[path.key] -= {*path.done, *path.flows}
        if not any(left.values()):
            break
    assert not any(left.values()), left


def assert_somewhere(case: Case) -> None:
    """People, events or an end are there, and it shows where."""
    instance = case.instance
    assert instance.status()
    assert instance.stage()
    assert all(task.role and task.status and task.stage for task in instance.open_tasks())
    assert bool(instance.ended) != bool(instance.open_tasks() or instance.waits())


def test_the_first_answer_everywhere_leads_to_payment(diagrams):
    case = Case(diagrams, lambda values: values[0])
    steps = []
    statuses = []
    for _ in range(60):
        if case.ended is not None:
            break
        steps.append(case.move())
        statuses.append(case.instance.status())
    assert case.ended is not None
    assert case.ended.element_id == "paid"
    assert [s for n, s in enumerate(statuses) if s not in statuses[:n]] == [
        "SUBMITTED",
        "CREDIT_CHECK",
        "REVIEW",
        "SITE",
        "VERIFICATION",
        "EXPERTS",
        "RECHECK",
        "MEETING",
        "PUBLICITY",
        "DISTRICT_APPROVAL",
        "APPROVED",
        "PAYEE_CONFIRM",
        "PAYMENT",
        "PAID",
    ]
    assert len(case.state) < 8_000
    paths = {path.key: path for path in case.instance.path()}
    # A refusal, money that is claimed back and an award that is revoked lead to no payment.
    assert set(paths) == set(diagrams.processes) - {"recovery", "refusal"}
    for key, path in paths.items():
        assert path.open == path.failed == []
        flows = {flow.id: flow for flow in diagrams.processes[key].flows}
        for flow in path.flows:
            assert {flows[flow].source, flows[flow].target} <= set(path.done)


@pytest.mark.parametrize("seed", range(30))
def test_a_case_gets_on_whatever_is_answered_and_from_bytes(seed):
    chance = random.Random(seed)
    diagrams = compiled(SCHEMES[seed % len(SCHEMES)])

    def choose(values):
        # Mostly forward, so that late stages are reached too.
        return values[0] if chance.random() < 0.75 else chance.choice(values)

    case = Case(diagrams, choose)
    for _ in range(250):
        if case.ended is not None:
            break
        reallocated = [w for w in case.waits if w.message == "reallocated"]
        if reallocated and chance.random() < 0.3:
            case.deliver("reallocated", reallocated=chance.choice(PAYLOADS["reallocated"]))
        else:
            case.move()
        assert_somewhere(case)


def test_an_objection_interrupts_the_period_and_the_period_runs_on(diagrams):
    case = Case(diagrams, lambda values: values[0])
    while "publicity_wait" not in [element for path in case.instance.path() for element in path.open]:
        case.move()
    ends_at = case.instance.next_due()
    assert ends_at == NOW + timedelta(days=7)
    case.deliver("objection_accepted")
    assert case.instance.status() == "OBJECTION"
    case.complete("objection_notice")
    case.complete("objection_statement")
    case.complete("objection_investigation")
    case.complete("objection_handling", "dismiss")
    assert case.instance.next_due() == ends_at
    case.step(lambda instance: instance.move_timers(lambda wait: wait.due_at + timedelta(days=2)))
    case.advance(timedelta(days=7))
    assert case.instance.status() == "PUBLICITY"
    case.advance(timedelta(days=2))
    assert case.instance.status() == "DISTRICT_APPROVAL"
    case.deliver("reallocated", reallocated="amount")
    assert case.open_ids == ["choose_matters"]
    case.complete("choose_matters", "keep")
    assert [wait.element_id for wait in case.waits] == ["resolved"]
    assert case.instance.status() == "MEETING"


def test_a_late_correction_lapses_or_is_delivered_again(diagrams):
    case = Case(diagrams, lambda values: values[0])
    case.complete("fill_application")
    case.complete("formality_check", "correct")
    assert case.instance.status() == "CORRECTION"
    case.choose = lambda values: values[-1]
    case.advance(timedelta(days=7))
    assert case.open_ids == ["correction"], "the notice had not been delivered"
    case.choose = lambda values: values[0]
    case.advance(timedelta(days=7))
    assert case.ended.status == "NOT_ACCEPTED"


def test_reviewers_answers_of_the_second_round_count(diagrams):
    case = Case(diagrams, lambda values: values[0])
    while "chief_recheck" not in case.open_ids:
        case.move()
    case.complete("finance_recheck", "agree")
    case.complete("chief_recheck", "return")
    case.choose = lambda values: "return" if "return" in values else values[0]
    case.complete("legal_recheck", "agree")
    assert case.open_ids == ["confirm_verified"]
    case.choose = lambda values: values[0]
    while "chief_recheck" not in case.open_ids:
        case.move()
    for name in ("chief_recheck", "legal_recheck", "finance_recheck"):
        case.complete(name, "agree")
    assert case.open_ids == ["deputy_review"]
    variables = case.instance.variables(case.open[0].id)
    assert variables["chief_recheck"] == "agree"
