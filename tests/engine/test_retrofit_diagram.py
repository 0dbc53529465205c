"""The shipped diagrams in the engine: the gate passes them, and cases go through them by every way there is."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.driving import NOW, Driver
from workflows.engine import Diagrams, check_bundle, compile_bundle
from workflows.engine.gate import Known

BPMN = Path(__file__).parents[2] / "bpmn"
FILES = {path.relative_to(BPMN).as_posix(): path.read_bytes() for path in sorted(BPMN.rglob("*.bpmn"))}

# What each task may be answered with; the first value moves the case forward.
DECISIONS = {
    "formality_check": ("accept", "correct", "not_accept"),
    "credit_check": ("clear", "curable", "veto"),
    "joint_check": ("clear", "curable", "veto"),
    "credit_ruling": ("clear", "curable", "veto"),
    "substantive_review": ("pass", "return", "refuse"),
    "site_inspection": ("pass", "return", "refuse"),
    "audit_verification": ("pass", "return", "refuse"),
    "confirm_verified": ("pass", "return", "refuse"),
    "declare_interest": ("accept", "recuse"),
    "chief_recheck": ("agree", "return"),
    "finance_recheck": ("agree", "return"),
    "legal_recheck": ("agree", "return"),
    "deputy_review": ("agree", "return"),
    "objection_handling": ("dismiss", "uphold", "refuse"),
    "district_approval": ("approve", "return", "refuse"),
    "confirm_payee": ("agree", "return"),
    "pay": ("paid", "returned"),
}
# What the operations may answer, by the operation's name.
ANSWERS = {
    "settle_credit": ("clear", "curable", "veto"),
    "settle_ruling": ("clear", "curable", "veto"),
    "lapse_correction": ("lapsed", "not_delivered"),
    "record_not_accepted": ("not_accept",),
    "check_cuts": ("no", "yes"),
    "route_expert_review": ("required", "not_required"),
    "draw_experts": (["expert1", "expert2", "expert3"], ["expert4"], []),
    "settle_declarations": ("complete", "short"),
    "seat_panel": (["expert1", "expert2", "expert3"],),
    "tally_scores": ("pass", "fail"),
    "calculate_amount": ("eligible", "not_eligible"),
    "settle_recheck": ("agree", "return"),
    "close_publicity": ("clear", "upheld", "refused"),
}
PAYLOADS = {"resolved": ("support", "defer", "refuse"), "reallocated": ("amount", "notice")}
DEADLINES = {"working_deadline", "open_publicity"}


@pytest.fixture(scope="module")
def diagrams() -> Diagrams:
    return compile_bundle(FILES, "retrofit")


class Case(Driver):
    """A retrofit case whose operations answer by the given choice."""

    def __init__(self, diagrams: Diagrams, choose) -> None:
        self.choose = choose
        super().__init__(diagrams)

    def call(self, request):
        self.calls.append(request)
        if request.operation in DEADLINES:
            return (self.now + timedelta(days=7)).isoformat()
        values = ANSWERS.get(request.operation)
        return self.choose(values) if values else None

    def move(self) -> str:
        """One step: a task if one is open, else a message, else time."""
        instance = self.instance
        opened = instance.open_tasks()
        messages = sorted({wait.message for wait in instance.waits() if wait.kind == "message" and not wait.boundary})
        if opened:
            task = self.choose(opened)
            decision = self.choose(DECISIONS[task.element_id]) if task.element_id in DECISIONS else None
            self.step(lambda instance: instance.complete(task.id, decision))
            return task.element_id
        if messages and not (instance.next_due() and self.choose((True, False))):
            message = self.choose(messages)
            self.deliver(message, **({message: self.choose(PAYLOADS[message])} if message in PAYLOADS else {}))
            return message
        self.advance(timedelta(days=7))
        return "time"


def test_the_gate_passes_the_shipped_diagrams(diagrams):
    elements = [element for process in diagrams.processes.values() for element in process.elements.values()]
    known = Known(
        forms=frozenset(e.form.replace("{scheme}", "retrofit") for e in elements if e.form),
        operations={e.operation: frozenset({"days"}) for e in elements if e.operation},
        roles=frozenset(e.role for e in elements if e.role),
        statuses=frozenset(e.status for e in elements if e.status),
    )
    assert check_bundle(FILES, "retrofit", known=known) == []


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
    assert set(paths) == set(diagrams.processes)
    for key, path in paths.items():
        assert path.open == path.failed == []
        flows = {flow.id: flow for flow in diagrams.processes[key].flows}
        for flow in path.flows:
            assert {flows[flow].source, flows[flow].target} <= set(path.done)


@pytest.mark.parametrize("seed", range(25))
def test_a_case_gets_on_whatever_is_answered(diagrams, seed):
    chance = random.Random(seed)

    def choose(values):
        # Mostly forward, so that late stages are reached too.
        return values[0] if chance.random() < 0.75 else chance.choice(values)

    case = Case(diagrams, choose)
    for _ in range(150):
        if case.ended is not None:
            break
        reallocated = [w for w in case.waits if w.message == "reallocated"]
        if reallocated and chance.random() < 0.3:
            case.deliver("reallocated", reallocated=chance.choice(PAYLOADS["reallocated"]))
        else:
            case.move()
        instance = case.instance
        assert instance.status()
        assert instance.stage()
        assert instance.ended or instance.open_tasks() or instance.waits()
        assert all(task.role and task.status and task.stage for task in instance.open_tasks())
    if case.ended is not None:
        assert case.open == case.waits == []


def test_an_objection_interrupts_the_period_and_the_period_runs_on(diagrams):
    case = Case(diagrams, lambda values: values[0])
    while "publicity_wait" not in [element for path in case.instance.path() for element in path.open]:
        case.move()
    ends_at = case.instance.next_due()
    assert ends_at == NOW + timedelta(days=7)
    case.deliver("objection_accepted")
    assert case.instance.status() == "OBJECTION"
    case.complete("objection_handling", "dismiss")
    assert case.instance.next_due() == ends_at
    case.step(lambda instance: instance.shift_timers(timedelta(days=2)))
    case.advance(timedelta(days=7))
    assert case.instance.status() == "PUBLICITY"
    case.advance(timedelta(days=2))
    assert case.instance.status() == "DISTRICT_APPROVAL"
    case.deliver("reallocated", reallocated="amount")
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
    case.choose = lambda values: values[-1]
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
