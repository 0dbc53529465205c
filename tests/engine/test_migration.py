"""Running cases of the shipped types moved to another version: what is kept, what is refused, and that they get on."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from tests.engine.drawing import boundary, flow
from tests.engine.migrating import at, codes, compiled, move, notes, redrawn
from tests.engine.redrawing import Drawing
from tests.engine.shipped import PAYLOADS, SCHEMES, Case, bundle
from workflows.engine import Diagrams, Migration, ProcessInstance, compile_bundle, examine


@cache
def renamed(scheme: str) -> Diagrams:
    files = {path: Drawing(content).rename("另一版").bytes for path, content in bundle(scheme).items()}
    return compile_bundle(files, scheme)


@cache
def between(scheme: str) -> tuple[Migration, Migration]:
    return Migration(compiled(scheme), renamed(scheme)), Migration(renamed(scheme), compiled(scheme))


def to_the_end(case: Case) -> str:
    for _ in range(150):
        if case.ended is not None:
            return case.ended.element_id
        case.move()
    raise AssertionError("the case goes round and round")


@pytest.mark.parametrize("seed", range(10))
def test_a_case_moved_at_every_step_goes_the_same_way_as_one_left_alone(seed: int) -> None:
    """One case of each type, moved to and fro between any two steps; its twin takes the same chances unmoved."""
    scheme = SCHEMES[seed % len(SCHEMES)]
    there, back = between(scheme)
    chances = random.Random(seed), random.Random(seed)
    moved, left = (twin(scheme, chance) for chance in chances)
    for step in range(60):
        before = left.instance
        if before.ended is not None:
            break
        migration, new = (back, compiled(scheme)) if step % 2 else (there, renamed(scheme))
        open_ids = ids(moved.instance)
        moved.state, moved.diagrams = migration.migrate(moved.state), new
        after = moved.instance
        assert ids(after) == open_ids
        assert after.dump() == moved.state
        assert whereabouts(after) == whereabouts(before)
        interrupting = sorted(wait.message for wait in before.waits() if wait.boundary and wait.message)
        for case, chance in zip((moved, left), chances, strict=True):
            if interrupting and chance.random() < 0.3:
                words = PAYLOADS.get(interrupting[0])
                case.deliver(interrupting[0], **({interrupting[0]: chance.choice(words)} if words else {}))
            else:
                case.move()
    assert moved.ended == left.ended


def twin(scheme: str, chance: random.Random) -> Case:
    return Case(compiled(scheme), lambda values: values[0] if chance.random() < 0.85 else chance.choice(values))


def ids(instance: ProcessInstance) -> list[str]:
    return [task.id for task in instance.open_tasks()] + [wait.id for wait in instance.waits()]


def whereabouts(instance: ProcessInstance) -> object:
    """Everything that is asked of a case but ids: what is foreseen anew takes numbers, so that later ones differ."""
    tasks = [(replace(each, id=""), instance.variables(each.id)) for each in instance.open_tasks()]
    waits = [replace(each, id="") for each in instance.waits()]
    history = [replace(each, task_id="") for each in instance.history()]
    path = {(each.key, *map(frozenset, (each.done, each.open, each.flows))) for each in instance.path()}
    return tasks, waits, history, path, instance.next_due(), instance.status(), instance.stage()


@pytest.mark.parametrize(
    ("process", "element", "place", "lane", "expected"),
    [
        ("retrofit", "substantive_review", "inspection_outcome_to_verification", "case_officer", "stage-ahead"),
        ("retrofit", "substantive_review", "substantive_review_to_review_outcome", "case_officer", "stage-ahead"),
        ("retrofit", "deputy_review", "entry_point_to_fill_application", "case_officer", "stage-behind"),
        ("intake", "deputy_review", "start_to_formality_check", "acceptance_clerk", "stage-behind"),
        ("disbursement", "resolved", "start_to_request_payee", "finance_officer", "stage-ahead"),
    ],
)
def test_a_stage_drawn_anew_is_done_if_it_lies_ahead(
    process: str, element: str, place: str, lane: str, expected: str
) -> None:
    new = redrawn(lambda drawing: drawing.insert("extra_check", place, lane=lane, form="explanation"), process)
    case = at(element)
    assert codes(case, new) == []
    assert notes(case, new) == [(expected, "extra_check")]
    move(case, new)
    done = []
    while case.ended is None:
        done.append(case.move())
    assert ("extra_check" in done) == (expected == "stage-ahead")
    assert case.ended.element_id == "paid"


def test_a_stage_that_is_taken_away_is_no_matter_unless_it_is_open() -> None:
    new = redrawn(lambda drawing: drawing.bypass("fund_plan"))
    for element in ("resolved", "enter_payee"):
        case = at(element)
        assert codes(case, new) == []
        move(case, new)
        assert "fund_plan" not in [identity for path in case.instance.path() for identity in path.done]
        assert to_the_end(case) == "paid"
    assert codes(at("fund_plan"), new) == [("element-gone", "fund_plan")]


def test_a_called_process_that_is_over_may_disappear_and_one_under_way_may_not() -> None:
    new = redrawn(lambda drawing: drawing.bypass("verification"))
    assert "verification" not in new.processes
    assert codes(at("audit_verification"), new) == [
        ("element-gone", "verification"),
        ("element-gone", "audit_verification"),
    ]
    case = at("deputy_review")
    assert codes(case, new) == []
    move(case, new)
    assert to_the_end(case) == "paid"


def test_what_a_task_is_called_and_who_does_it_may_change_while_it_is_open() -> None:
    def change(drawing: Drawing) -> Drawing:
        drawing.set("substantive_review", name="业务审查", gc__form="explanation", gc__due="7", gc__stage="P08")
        return drawing.move_to_lane("substantive_review", "deputy_leader")

    case = at("substantive_review")
    [before] = case.open
    new = redrawn(change)
    assert [code for code, _ in notes(case, new)] == ["role-changed", "form-changed", "due-changed"]
    move(case, new)
    [after] = case.open
    assert (after.id, after.name, after.role, after.due) == (before.id, "业务审查", "deputy_leader", "7")
    assert case.instance.stage() == "P08"


def test_events_on_the_boundary_of_what_is_open_stay_the_same() -> None:
    new = redrawn(lambda drawing: drawing.drop("district_reallocated"))
    assert codes(at("district_approval"), new) == [("boundary-changed", "district_approval")]
    assert codes(at("resolved"), new) == []
    more = redrawn(
        lambda drawing: drawing.add(
            boundary(
                "too_late",
                "formality_check",
                '<bpmn:timerEventDefinition id="too_late_definition">'
                "<bpmn:timeDuration>P9D</bpmn:timeDuration></bpmn:timerEventDefinition>",
                name="逾期",
            ),
            flow("too_late", "record_not_accepted"),
        ),
        "intake",
    )
    assert codes(at("formality_check"), more) == [("boundary-changed", "formality_check")]
    assert codes(at("substantive_review"), more) == []


def test_a_running_period_keeps_its_end_and_says_so() -> None:
    new = redrawn(lambda drawing: drawing, "publicity")
    case = at("publicity_period")
    ends_at = case.instance.next_due()
    definition = "publicity_period_definition"
    longer = redrawn(lambda drawing: lasting(drawing, definition, "P30D"), "publicity")
    assert notes(case, new) == []
    assert notes(case, longer) == [("due-kept", "publicity_period")]
    move(case, longer)
    assert case.instance.next_due() == ends_at
    case.deliver("objection_accepted")
    for task in ("objection_notice", "objection_statement", "objection_investigation"):
        case.complete(task)
    case.complete("objection_handling", "dismiss")
    assert case.instance.next_due() == case.now + timedelta(days=30)


def lasting(drawing: Drawing, definition: str, duration: str) -> Drawing:
    [value] = drawing.node(definition)
    parent = value.getparent()
    parent.remove(value)
    value.tag = value.tag.replace("timeDate", "timeDuration")
    value.text = duration
    parent.append(value)
    return drawing


@pytest.fixture
def scoring() -> Case:
    """Three experts score; one of them has."""
    case = at("score_application")
    case.complete("score_application", assignee="expert2")
    return case


def test_a_task_for_several_people_keeps_what_is_done(scoring: Case) -> None:
    before = scoring.open
    assert [each.assignee for each in before] == ["expert1", "expert3"]
    new = redrawn(
        lambda drawing: drawing.insert(
            "sign", "score_application_to_check_panel", lane="discipline", form="explanation"
        ),
        "expert_review",
    )
    move(scoring, new)
    assert scoring.open == before
    for expert in ("expert1", "expert3"):
        scoring.complete("score_application", assignee=expert)
    assert scoring.open_ids == ["sign"]


def test_a_task_for_several_people_stays_one_over_the_same_list(scoring: Case) -> None:
    single = redrawn(lambda drawing: plain(drawing, "score_application"), "expert_review")
    assert codes(scoring, single) == [("multi-changed", "score_application")]
    other = redrawn(lambda drawing: over(drawing, "score_application", "seats_to_declare"), "expert_review")
    assert codes(scoring, other) == [("multi-changed", "score_application")]


def plain(drawing: Drawing, identity: str) -> Drawing:
    node = drawing.node(identity)
    node.remove(next(child for child in node if child.tag.endswith("multiInstanceLoopCharacteristics")))
    node.attrib.pop("{urn:greencase:bpmn:1}assignee")
    return drawing


def over(drawing: Drawing, identity: str, collection: str) -> Drawing:
    next(each for each in drawing.node(identity).iter() if each.tag.endswith("loopDataInputRef")).text = collection
    return drawing


# Three people sign at the same time; the first two join before the third.


CHANGES: dict[str, Callable[[Drawing], Drawing]] = {
    "more": lambda d: d.insert(
        "extra_check", "recheck_outcome_to_deputy_review", lane="case_officer", form="explanation"
    ),
    "less": lambda d: d.bypass("fund_plan"),
    "early": lambda d: d.insert(
        "extra_check", "entry_point_to_fill_application", lane="case_officer", form="explanation"
    ),
}


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_accepted_runs_to_an_end(seed: int) -> None:
    """Moved at random instants to random versions and whenever it is accepted, a case is never stuck."""
    chance = random.Random(seed)
    versions = [compiled("retrofit"), *(redrawn(change) for change in CHANGES.values())]
    case = Case(versions[0], lambda values: values[0] if chance.random() < 0.8 else chance.choice(values))
    moves = 0
    for _ in range(120):
        if case.ended is not None:
            break
        new = chance.choice(versions)
        if chance.random() < 0.4 and examine(case.state, case.diagrams, new).migratable:
            move(case, new)
            moves += 1
        case.move()
    assert case.ended is not None
    assert moves
