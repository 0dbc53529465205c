"""A further instance of an ended case: the old one is kept as it was, a fresh one begins at a point of the diagram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage import cases, definitions, instances, recoveries, reopenings
from storage.database import Session
from storage.reopenings import PastInstance, Reopening
from workflows import engine
from workflows.audit import EventRef, digest_of
from workflows.case import awards, duplicates, same_item
from workflows.case.bundles import Bundle, bundle_of
from workflows.case.operations.credit import FINDINGS
from workflows.case.operations.entry import INTAKE, POINTS, RECOVERY
from workflows.case.refusing import PROPOSED
from workflows.case.running import Running, restart
from workflows.case.step import Look
from workflows.errors import Conflict

ENTRY = "enter_case"
_FOUND_BEFORE = frozenset({PROPOSED, FINDINGS})


@dataclass(frozen=True)
class Point:
    """Where a further instance may begin: the word of the gateway, what officials call it, the element there."""

    word: str
    name: str
    target: str


def points_of(bundle: Bundle) -> list[Point]:
    """The points that a diagram declares: the answers that lead on from where it asks how the case begins."""
    process = bundle.diagrams.processes[bundle.diagrams.key]
    asked = {each.result for each in process.elements.values() if each.operation == ENTRY}
    found = {}
    for flow in process.flows:
        if flow.condition is None:
            continue
        condition = engine.read_condition(flow.condition)
        word = str(condition.constant)
        if condition.variable in asked and word in POINTS:
            found[word] = Point(word, POINTS[word], flow.target)
    return [found[word] for word in POINTS if word in found]


def offered(look: Look) -> list[Point]:
    """The points of the diagram in force at which the case was before: what lies before them it has passed.

    A recovery is none of them: it begins with a clue.
    """
    newest = definitions.latest(look.session, look.case.scheme)
    if newest is None:
        return []
    passed = _passed(look)
    points = points_of(bundle_of(look.session, newest.id))
    return [point for point in points if point.target in passed and point.word != RECOVERY]


def _passed(look: Look) -> set[str]:
    """The elements, and the called processes by the calls of the type's diagram, that an instance of it has been at."""
    session, case = look.session, look.case
    found: set[str] = set()
    past = [(each.definition_id, each.state) for each in reopenings.past_of_case(session, case.id)]
    for definition_id, state in (*past, (case.definition_id, instances.get_state(session, case.id))):
        diagrams = bundle_of(session, definition_id).diagrams
        process = engine.ProcessInstance.load(diagrams, state, _not_run, look.now)
        for path in process.path():
            if path.key == diagrams.key:
                found |= {*path.done}
    return found


def _not_run(call: engine.ServiceCall) -> None:
    raise RuntimeError(f"{call.operation} must not run while looking at a case")


def begin(running: Running, point: str, reopening: Reopening | None, cause: EventRef) -> None:
    """Keep the instance that ended and begin another at this point; what it does follows from `cause`.

    Where an amount is decided anew, money that came back is room again: the ledger books the difference to what the
    firm has, and no more. A recovery takes the decision as it stands. Raises Conflict, and nothing is changed then.
    """
    step, case, session = running.step, running.case, running.step.session
    newest = definitions.latest(session, case.scheme)
    if newest is None or case.ended_at is None:
        raise Conflict("本件未办结或者流程尚未发布，不能重新办理。")
    bundle = bundle_of(session, newest.id)
    if point not in {each.word for each in points_of(bundle)}:
        raise Conflict(f"现行流程没有“{POINTS[point]}”环节，不能办理；请联系流程与口径负责人。")
    if (why_not := refusal_at(running, point)) is not None:
        raise Conflict(why_not)
    fell = _fell(running)
    past = reopenings.past_of_case(session, case.id)
    session.add(_kept(running, past, reopening))
    session.flush()
    with step.following(cause):
        case.definition_id, case.reopen_at = newest.id, point
        case.ended_at, case.reason, case.recount = None, None, False
        if point != RECOVERY:
            session.flush()
            duplicates.search_anew(step, fell=fell)
            _restore_returned(running)
            case.final_amount = None
            step.facts = _facts_for_anew(step.facts)
            cases.save_facts(session, case.id, step.facts)
        session.flush()
        restart(step, bundle)
    awards.wake_rivals(step)


def refusal_at(running: Running, point: str) -> str | None:
    """Why a case that fell away cannot begin anew at this point: another has its item by now (单个项目), which only its
    acceptance answers."""
    if point in (INTAKE, RECOVERY) or not _fell(running) or (said := same_item.refusal(running.step)) is None:
        return None
    return f"{said.rstrip('。')}；须自{POINTS[INTAKE]}环节起重新办理。"


def _fell(running: Running) -> bool:
    return bool(cases.fallen_away(running.step.session, [running.case.id]))


def _facts_for_anew(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a case that is decided anew: without what its earlier decision found against it.

    The instance that ended keeps those findings; here the meeting would take them for a refusal that is proposed now.
    """
    return {name: value for name, value in facts.items() if name not in _FOUND_BEFORE}


def _kept(running: Running, past: Sequence[PastInstance], reopening: Reopening | None) -> PastInstance:
    step, case = running.step, running.case
    assert case.ended_at is not None
    return PastInstance(
        case_id=case.id,
        number=len(past) + 1,
        reopening_id=reopening.id if reopening is not None else None,
        definition_id=case.definition_id,
        state=instances.get_state(step.session, case.id),
        facts=dict(step.facts),
        began_at=past[-1].reopened_at if past else case.created_at,
        ended_at=case.ended_at,
        reopened_at=step.now,
        status=case.status,
        reason=case.reason,
        computed_amount=case.computed_amount,
        item_amount=case.item_amount,
        precap_amount=case.precap_amount,
        final_amount=case.final_amount,
        paid_amount=case.paid_amount,
    )


def _restore_returned(running: Running) -> None:
    step, case = running.step, running.case
    has = (case.paid_amount or awards.ZERO) - recoveries.confirmed_total(step.session, case.id)
    back = awards.paid_so_far(step) - has
    if back > 0:
        awards.restore(step, back, "重新办理，恢复已退回资金所占额度")


def unconfirmed_returns(session: Session, case_id: int) -> bool:
    """Whether money is said to have come back for the case that nobody has confirmed."""
    return recoveries.total(session, case_id) != recoveries.confirmed_total(session, case_id)


def seen(reopening: Reopening) -> str:
    """The digest of what was proposed, which its confirmation names."""
    return digest_of(
        {
            "case": reopening.case_id,
            "cause": reopening.cause,
            "point": reopening.point,
            "reason": reopening.reason,
            "basis": f"{reopening.basis_no} {reopening.basis_on.isoformat()}",
            "document": reopening.document_id,
        }
    )
