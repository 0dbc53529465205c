"""What follows from hits of 查重 without anybody acting: the other case's record tells of them, and some settle.

Whoever searches holds the lock of his own case only; so this is done afterwards, each in a transaction of its own.
"""

from datetime import datetime

from storage import audit as audit_store
from storage import case_checks, cases
from storage.case_checks import CaseCheck
from storage.database import Session
from workflows.audit import EventRef
from workflows.case.reopening import reopen
from workflows.case.running import Running, open_cases
from workflows.casework.duplicates import go_on
from workflows.permissions import SYSTEM


def tell(session: Session, check_id: int, now: datetime) -> None:
    """Let the record of the other case tell of a hit: it followed from what the search followed from."""
    found = case_checks.find(session, check_id)
    if found is None or found.other_case_id is None:
        return
    [other] = open_cases(session, [found.other_case_id], SYSTEM, now)
    check = case_checks.lock(session, check_id)
    if check.told_at is None and check.cause_chain is not None and check.cause_seq is not None:
        with other.step.following(EventRef(check.cause_chain, check.cause_seq)):
            other.step.record("check_opened", str(check.id), [{"field": "marks", "old": None, "new": check.why}])
        check.told_at = now
    session.flush()


def keep_quiet(session: Session, check_id: int, now: datetime) -> None:
    """Try no longer to tell of a hit, after it failed."""
    case_checks.lock(session, check_id).told_at = now


def settle(session: Session, check_id: int, now: datetime) -> None:
    """Settle a hit of which one side ended without an award: nothing is left that could be given twice."""
    found = case_checks.find(session, check_id)
    if found is None:
        return
    sides = [each for each in (found.case_id, found.other_case_id) if each is not None]
    both = open_cases(session, sides, SYSTEM, now)
    check = case_checks.lock(session, check_id)
    fallen = cases.fallen_away(session, sides)
    ended = next((each for each in both if each.case.id in fallen), None)
    if ended is None or check.state not in (case_checks.OPEN, case_checks.CONCLUDED):
        return
    _settle(session, check, both, ended)


def leave_to_officers(session: Session, check_id: int, now: datetime) -> None:
    """Try no longer to settle a hit, after it failed."""
    case_checks.lock(session, check_id).left_at = now


def count_anew(session: Session, check_id: int, now: datetime) -> None:
    """One side of a hit ended without an award after a conclusion left the other less: that one is counted anew."""
    found = case_checks.find(session, check_id)
    if found is None:
        return
    sides = [each for each in (found.case_id, found.other_case_id) if each is not None]
    both = open_cases(session, sides, SYSTEM, now)
    case_checks.lock(session, check_id).outlived = False
    fallen = cases.fallen_away(session, sides)
    ended = next((each for each in both if each.case.id in fallen), None)
    if ended is None:
        return
    cause = _origin(session, ended)
    for each in both:
        if each.case.id not in fallen:
            with each.step.following(cause):
                reopen(each, f"申报件{ended.case.reference}已办结且未获支持，查重结论对本件的扣减不再适用", cause)
    session.flush()


def forget_outlived(session: Session, check_id: int, now: datetime) -> None:
    """Try no longer to have the survivor of a hit counted anew, after it failed."""
    case_checks.lock(session, check_id).outlived = False


def _settle(session: Session, check: CaseCheck, both: list[Running], ended: Running) -> None:
    cause = _origin(session, ended)
    check.state = case_checks.SETTLED
    check.settled_because = f"申报件{ended.case.reference}已办结且未获支持，本线索自行了结，无须结论。"
    session.flush()
    for each in both:
        with each.step.following(cause):
            told = [{"field": "reason", "old": None, "new": check.settled_because}]
            each.step.record("check_settled", str(check.id), told)
            go_on(each, cause)
    session.flush()


def _origin(session: Session, ended: Running) -> EventRef:
    """What the end of a case goes back to: the last event on its record, or what that followed from."""
    name = (ended.step.chain.name, audit_store.last(session, ended.step.chain.name)[0])
    event = audit_store.find_all(session, [name])[name]
    if event.cause_chain is not None and event.cause_seq is not None:
        return EventRef(event.cause_chain, event.cause_seq)
    return EventRef(*name)
