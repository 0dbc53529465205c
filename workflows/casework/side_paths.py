"""Side paths of a case (domain.md 3.5): withdrawal, suspension, resumption, termination."""

from datetime import datetime, timedelta

from storage import publicity
from storage import tasks as task_store
from storage.cases import DECIDED, Case
from storage.database import Session
from workflows import views
from workflows.case import awards, letters
from workflows.case.running import Running, find_case, open_case, refuse_ended
from workflows.case.step import local_date
from workflows.casework.cases import get_case
from workflows.casework.duplicates import go_on
from workflows.casework.shapes import CaseDetail
from workflows.errors import Conflict, Invalid
from workflows.errors import FieldError as Problem
from workflows.permissions import Actor, require
from workflows.rules import workdays


def _reason(given: str, act: str) -> str:
    text = given.strip()
    if not 1 <= len(text) <= 500:
        raise Invalid(f"{act}理由有误。", errors=[Problem("reason", f"请写明{act}理由，不超过500字。")])
    return text


def _close(running: Running, status: str, action: str, why: str, text: str) -> None:
    """Take every token back, free what the case holds of the ceiling, and end it in this status."""
    case, step = running.case, running.step
    closed = step.record(
        action,
        case.reference,
        [{"field": "status", "old": case.status, "new": status}, {"field": "reason", "old": None, "new": text}],
    )
    running.cancel()
    with step.following(closed):
        awards.release(step, why, reallocate=True)
        awards.fall_away(step)
    running.save()
    case.status, case.ended_at, case.suspended_at = status, step.now, None


def withdraw(session: Session, actor: Actor, reference: str, reason: str, now: datetime) -> CaseDetail:
    """Withdraw (before the decision) or renounce (after it): close the case and give its room back (3.5)."""
    actor = require(actor, "applicant")
    text = _reason(reason, "撤回")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    refuse_ended(running.case)
    if running.case.paid_amount is not None:
        raise Conflict("资金已拨付，不能撤回。")
    _close(running, "WITHDRAWN", "case_withdrawn", "申报单位撤回", text)
    running.case.reason = "WITHDRAWN"
    session.flush()
    return get_case(session, actor, reference)


def suspend(session: Session, actor: Actor, reference: str, reason: str, now: datetime) -> CaseDetail:
    """Stop the clocks of a case (中止): tasks are refused and timers wait until it is resumed."""
    actor = require(actor, "section_chief")
    text = _reason(reason, "中止")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    case = running.case
    refuse_ended(case)
    if case.suspended_at is not None:
        raise Conflict("本件已中止办理。")
    case.suspended_at = now
    running.step.record("case_suspended", case.reference, [{"field": "reason", "old": None, "new": text}])
    letters.send_by_itself(running.step, "suspension", f"因{letters.told(text)}，自今日起中止办理，办理期限相应顺延。")
    session.flush()
    return get_case(session, actor, reference)


def terminate(session: Session, actor: Actor, reference: str, reason: str, now: datetime) -> CaseDetail:
    """End a suspended case that cannot be resumed (终止, 3.5): the firm is told with its remedies, its room is free.

    An award that the district has decided is not taken away so: that needs a revocation in which the firm is heard.
    """
    actor = require(actor, "section_chief")
    text = _reason(reason, "终止")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    case = running.case
    refuse_ended(case)
    if case.suspended_at is None:
        raise Conflict("只能终止已中止办理的申报件，请先中止。")
    if case.paid_amount is not None:
        raise Conflict("资金已拨付，不能终止。")
    if case.status in DECIDED:
        raise Conflict(
            "本件已经区政府审定，不能以终止办理取消支持；请按撤销支持决定的程序，经告知、陈述申辩和集体审议办理。"
        )
    _close(running, "TERMINATED", "case_terminated", "终止办理", text)
    letters.send_by_itself(running.step, "termination", f"因{letters.told(text)}，决定终止办理。")
    session.flush()
    return get_case(session, actor, reference)


def resume(session: Session, actor: Actor, reference: str, now: datetime) -> CaseDetail:
    """Go on: timers move by the time that passed, due days by the working days that passed."""
    actor = require(actor, "section_chief")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    case = running.case
    if case.suspended_at is None:
        raise Conflict("本件未处于中止状态。")
    since = case.suspended_at
    delta = _deadline_shift(running.process.next_due(), since, now)
    running.process.shift_timers(delta)
    _shift_publicity(session, case, since, delta)
    _shift_due_days(session, case, since, now)
    case.suspended_at = None
    running.step.record(
        "case_resumed", case.reference, [{"field": "suspended_at", "old": views.instant(since), "new": None}]
    )
    awards.ask_again(running.step)
    go_on(running)
    letters.send_by_itself(running.step, "resumption", "中止情形已消除，自今日起恢复办理。")
    running.save()
    session.flush()
    return get_case(session, actor, reference)


def _deadline_shift(due: datetime | None, since: datetime, now: datetime) -> timedelta:
    """How far the armed deadline moves: its remaining working days count again from the day of resuming.

    Deadlines end at 24:00 of a working day, and so they do after the shift. Without one, the time that passed.
    """
    calendar, first, last = workdays.load(), local_date(since), local_date(now)
    if due is None:
        return now - since
    if due <= since:  # over, and withheld: what it waits for is a person
        return timedelta(0)
    try:
        left = calendar.count(first, local_date(due) - timedelta(days=1))
        return calendar.end_of(calendar.add(last, left)) - due
    except workdays.YearNotLoaded:
        return now - since


def _shift_publicity(session: Session, case: Case, since: datetime, delta: timedelta) -> None:
    """The public can object until the case's own end of the period."""
    found = publicity.current_item(session, case.id)
    if found is not None and found[0].ends_at > since:
        found[0].ends_at += delta


def _shift_due_days(session: Session, case: Case, since: datetime, now: datetime) -> None:
    calendar, first, last = workdays.load(), local_date(since), local_date(now)
    for task in task_store.list_open_of_cases(session, [case.id]):
        if task.due_on is None:
            continue
        try:
            left = calendar.count(first, task.due_on)
            shifted = calendar.add(last, left) if left else task.due_on
        except workdays.YearNotLoaded:
            shifted = None
        task_store.move_due(session, task.id, shifted)
