"""What waits for a person beside the tasks of diagrams: hits of 查重, what was proposed of two matters, objections."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TypedDict

from storage import avoidances as avoidance_store
from storage import case_checks, people
from storage import objections as objection_store
from storage import registration_changes as registration_store
from storage.batches import Batch
from storage.case_checks import CONCLUDED, OPEN, REFERRED
from storage.cases import Case
from storage.database import Session
from storage.objections import Kind, Objection
from storage.registration_changes import State
from storage.reopenings import Reopening
from workflows.case import calendars, objections
from workflows.case.step import local_date
from workflows.casework import joining, registration_changes, reopenings
from workflows.casework.avoidances import DECIDE, GROUNDS
from workflows.casework.checks_shown import CheckShown, shown
from workflows.casework.duplicates import KINDS
from workflows.permissions import Actor

MOST = 20
"""Of each kind that one look shows; the page of each kind shows all."""
AVOIDANCE_DAYS = 1
"""Working days in which a chief sees to who does the work of whoever keeps away."""
CHANGE_DAYS = 5
"""Working days in which what was proposed of two matters is confirmed or refused."""


_OF_PAIR = {OPEN: "核对重复申报线索", CONCLUDED: "确认查重结论", REFERRED: "处理已移送的线索"}
_OF_HOLD = {OPEN: "核实暂缓事项", CONCLUDED: "确认核实结论", REFERRED: "处理已移送的线索"}


_OF_BROUGHT: Mapping[Kind, str] = {"objection": "审查公示异议", "petition": "答复信访事项", "complaint": "核查举报事项"}
_REGISTERED_BY: Mapping[str, State] = {"case_officer": "requested", "section_chief": "checked"}
_TRIAGED_BY: Mapping[str, tuple[Kind, ...]] = {
    "discipline": ("objection", "petition", "complaint"),
    "legal_officer": ("objection", "petition"),
    "section_chief": ("objection",),
}


class DutyShown(TypedDict):
    """One thing to do: on the page of a case's 查重, of what was proposed of two matters, or of what was brought."""

    what: str
    case: str | None
    matter: int | None
    change: int | None
    objection: int | None
    avoidance: int | None
    registration: int | None
    reopening: int | None
    title: str
    told: str
    due_on: str | None


def list_duties(session: Session, actor: Actor, today: date) -> list[DutyShown]:
    """What waits for this person, hits by their term; an officer concludes on what is open, the chief confirms.

    The chief is reminded of objections that nobody triaged in time.
    """
    wanted = _states_of(actor)
    checks = shown(session, case_checks.list_in(session, wanted, MOST)) if wanted else []
    duties = [
        *_of_avoidances(session, actor),
        *_of_registrations(session, actor),
        *_of_objections(session, actor, today),
        *map(_of_check, checks),
        *_of_changes(session, actor),
        *(_of_reopening(session, each) for each in reopenings.list_waiting(session, actor, MOST)),
    ]
    away = avoidance_store.references_kept_from(session, {each["case"] or "" for each in duties}, actor.username)
    return [each for each in duties if each["case"] not in away]


def _of_registrations(session: Session, actor: Actor) -> Iterator[DutyShown]:
    """Changes that a firm asks for: an officer checks them, the chief confirms."""
    states: list[State] = [state for role, state in _REGISTERED_BY.items() if actor.has(role)]
    for each in registration_store.list_in(session, states, MOST) if states else ():
        case = session.get_one(Case, each.case_id)
        due_on = calendars.load(session).last_day(local_date(each.requested_at), registration_changes.WORKING_DAYS)
        yield {
            "what": "核对变更登记" if each.state == "requested" else "确认变更登记",
            "case": case.reference,
            "matter": None,
            "change": None,
            "objection": None,
            "avoidance": None,
            "registration": each.id,
            "reopening": None,
            "title": case.title,
            "told": f"{registration_changes.KINDS[each.kind]}：{each.reason}",
            "due_on": due_on.isoformat() if due_on else None,
        }


def _of_avoidances(session: Session, actor: Actor) -> Iterator[DutyShown]:
    """Who keeps away since lately: whoever leads the section sees to who does the work instead."""
    if not actor.has(*DECIDE):
        return
    unseen = [each for each in avoidance_store.list_unseen(session, MOST) if each.username != actor.username]
    names = people.names_of(session, {each.username for each in unseen})
    for each in unseen:
        case = session.get_one(Case, each.case_id)
        due_on = calendars.load(session).last_day(local_date(each.begun_at), AVOIDANCE_DAYS)
        yield {
            "what": "安排回避后的承办",
            "case": case.reference,
            "matter": None,
            "change": None,
            "objection": None,
            "avoidance": each.id,
            "registration": None,
            "reopening": None,
            "title": case.title,
            "told": f"{names.get(each.username, each.username)}：{GROUNDS[each.ground]}",
            "due_on": due_on.isoformat() if due_on else None,
        }


def count_overdue(session: Session, actor: Actor, today: date) -> int:
    """How many of all that waits for this person are past their last day."""
    wanted = _states_of(actor)
    checks = case_checks.count_overdue(session, wanted, today) if wanted else 0
    waiting = (
        *_of_registrations(session, actor),
        *_of_avoidances(session, actor),
        *_of_objections(session, actor, today),
        *_of_changes(session, actor),
    )
    others = [each["due_on"] for each in waiting]
    return checks + sum(1 for due_on in others if due_on and due_on < today.isoformat())


def _states_of(actor: Actor) -> list[str]:
    states = {"case_officer": (OPEN, REFERRED), "section_chief": (CONCLUDED,)}
    return [state for role, of_role in states.items() if actor.has(role) for state in of_role]


def _of_check(check: CheckShown) -> DutyShown:
    other = check["with"]
    number = f"（{other['case']}）" if other and other["case"] else ""
    names = _OF_PAIR if other else _OF_HOLD
    return {
        "what": names[check["state"]],
        "case": check["case"],
        "matter": None,
        "change": None,
        "objection": None,
        "avoidance": None,
        "registration": None,
        "reopening": None,
        "title": f"与{other['enterprise']}的{other['title']}{number}" if other else KINDS[check["kind"]],
        "told": check["why"],
        "due_on": check["due_on"],
    }


def _of_changes(session: Session, actor: Actor) -> Iterator[DutyShown]:
    for change in joining.list_waiting(session, actor, MOST):
        proposed = local_date(datetime.fromisoformat(change["proposed_at"]))
        yield _of_change(change, calendars.load(session).last_day(proposed, CHANGE_DAYS))


def _of_change(change: joining.ChangeShown, due_on: date | None) -> DutyShown:
    return {
        "what": "确认同一事项的认定" if change["kind"] == "merge" else "确认撤销事项合并",
        "case": None,
        "matter": change["goes"]["id"],
        "change": change["id"],
        "objection": None,
        "avoidance": None,
        "registration": None,
        "reopening": None,
        "title": f"{change['keeps']['title']}、{change['goes']['title']}",
        "told": change["reason"],
        "due_on": due_on.isoformat() if due_on else None,
    }


def _of_reopening(session: Session, reopening: Reopening) -> DutyShown:
    case = session.get_one(Case, reopening.case_id)
    return {
        "what": "确认重新办理",
        "case": case.reference,
        "matter": None,
        "change": None,
        "objection": None,
        "avoidance": None,
        "registration": None,
        "reopening": reopening.id,
        "title": case.title,
        "told": reopening.reason,
        "due_on": None,
    }


def _of_objections(session: Session, actor: Actor, today: date) -> Iterator[DutyShown]:
    """What was brought and nobody has looked at, and for the chief what discipline advised, too."""
    kinds = {kind for role, kinds in _TRIAGED_BY.items() if actor.has(role) for kind in kinds}
    for each in objection_store.registered(session, sorted(kinds), MOST) if kinds else ():
        duty = _of_objection(session, each, _OF_BROUGHT[each.kind])
        late = duty["due_on"] is not None and duty["due_on"] < today.isoformat()
        if actor.has("discipline", "legal_officer"):
            yield duty
        elif late:
            yield {**duty, "what": "督办逾期未审查的异议"}
    if actor.has("discipline", "legal_officer", "section_chief"):
        for each in objection_store.accepted(session, MOST):
            duty = _of_objection(session, each, "督办逾期未答复的异议")
            if duty["due_on"] is not None and duty["due_on"] < today.isoformat():
                yield duty
    if actor.has("section_chief"):
        for each in objection_store.with_unanswered_advice(session, MOST):
            yield {**_of_objection(session, each, "答复监督意见"), "told": each.advice or ""}


def _of_objection(session: Session, objection: Objection, what: str) -> DutyShown:
    case = session.get_one(Case, objection.case_id)
    due_on = objections.due_of(calendars.load(session), session.get_one(Batch, case.batch_id), objection)
    return {
        "what": what,
        "case": case.reference,
        "matter": None,
        "change": None,
        "objection": objection.id,
        "avoidance": None,
        "registration": None,
        "reopening": None,
        "title": case.title,
        "told": objection.text,
        "due_on": due_on.isoformat() if due_on else None,
    }
