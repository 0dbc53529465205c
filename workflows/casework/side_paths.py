"""Side paths of a case (domain.md 3.5): withdrawal, suspension, resumption, termination."""

from datetime import datetime, timedelta

from storage import clues, messages, publicity
from storage import tasks as task_store
from storage.cases import DECIDED
from storage.database import Session
from workflows import views
from workflows.case import awards, delivery, grounds, letters
from workflows.case.avoiding import refuse_avoiding
from workflows.case.recounting import recount
from workflows.case.running import Running, find_case, open_case, refuse_ended
from workflows.case.step import Step, local_date
from workflows.casework import recoveries
from workflows.casework.cases import get_case
from workflows.casework.duplicates import go_on
from workflows.casework.shapes import CaseDetail
from workflows.errors import Conflict, Invalid
from workflows.errors import FieldError as Problem
from workflows.permissions import Actor, require
from workflows.rules.workdays import YearNotLoaded, end_of, opened

_MAY_SPEAK = "有关情况你单位可以向承办单位书面说明；不能恢复办理的，将依法终止办理。"


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
        clue = clues.find_under_way(step.session, case.id)
        if clue is not None:  # there is no award any more that could be revoked
            clue.state, clue.settled_at = clues.DISMISSED, step.now
            step.record("recovery_dismissed", str(clue.id))
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
    refuse_avoiding(session, actor.username, running.case.id)
    case = running.case
    refuse_ended(case)
    if case.suspended_at is not None:
        raise Conflict("本件已中止办理。")
    case.suspended_at = now
    running.step.record("case_suspended", case.reference, [{"field": "reason", "old": None, "new": text}])
    letters.send_by_itself(
        running.step, "suspension", f"因{letters.told(text)}，自今日起中止办理，办理期限相应顺延。{_MAY_SPEAK}"
    )
    session.flush()
    return get_case(session, actor, reference)


def terminate(session: Session, actor: Actor, reference: str, reason: str, now: datetime) -> CaseDetail:
    """End a suspended case that cannot be resumed (终止, 3.5): the firm is told with its remedies, its room is free.

    Only once the notice of the suspension was delivered and the firm had its term to speak: one click ends nothing.

    An award that the district has decided is not taken away so: that needs a revocation in which the firm is heard.
    """
    actor = require(actor, "section_chief")
    text = _reason(reason, "终止")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    refuse_avoiding(session, actor.username, running.case.id)
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
    told = _was_told(running.step)
    _close(running, "TERMINATED", "case_terminated", "终止办理", text)
    body = grounds.numbered([(grounds.FOUND, letters.told(text)), (grounds.SAID, told)])
    letters.send_by_itself(running.step, "termination", f"经核查，决定终止办理。\n{body}")
    session.flush()
    return get_case(session, actor, reference)


def _was_told(step: Step) -> str:
    """How the firm was told that its case stands still. Conflict while it may still speak to that."""
    days = int(step.parameter("proc.hearing_days"))
    letter = messages.latest_of_kind(step.session, step.case.id, "suspension")
    proof = delivery.delivery_of(step, letter) if letter is not None else None
    # Notices of before said nothing of that: the case is resumed and suspended anew.
    told = letter is not None and _MAY_SPEAK in letter.body
    if proof is None or not told or step.now < delivery.term_end(step, letter, days):
        raise Conflict(f"载明可以说明情况的中止办理通知送达申报单位并满{days}个工作日后，方可终止。")
    return f"《中止办理通知》已于{proof.said}，已告知可以说明情况"


def resume(session: Session, actor: Actor, reference: str, now: datetime) -> CaseDetail:
    """Go on: what is left of each term counts from today, of plain time as such and of working days by working days."""
    actor = require(actor, "section_chief")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    refuse_avoiding(session, actor.username, running.case.id)
    case = running.case
    if case.suspended_at is None:
        raise Conflict("本件未处于中止状态。")
    # What a calendar of meanwhile makes of the terms comes first: they go on from there.
    recount(running)
    since = case.suspended_at
    running.process.move_timers(lambda wait: _resumed(running.step, since, wait.due_at))
    _move_publicity(running.step, since)
    _move_due_days(running.step, since)
    case.suspended_at = None
    running.step.record(
        "case_resumed", case.reference, [{"field": "suspended_at", "old": views.instant(since), "new": None}]
    )
    awards.ask_again(running.step)
    go_on(running)
    recoveries.go_on(running)
    letters.send_by_itself(running.step, "resumption", "中止情形已消除，自今日起恢复办理。")
    running.save()
    session.flush()
    return get_case(session, actor, reference)


def _resumed(step: Step, since: datetime, end: datetime | None) -> datetime:
    """When a term ends that stood still from `since` on: its remaining working days count again from today.

    Terms end at 24:00 of a working day, and so they do after it; an open end stays open with the days that are left.
    Any other instant ends a span of plain time and moves by the time that passed.
    """
    assert end is not None
    if end <= since:  # over, and withheld: what it waits for is a person
        return end
    calendar, stopped = step.calendars.calendar, local_date(since)
    term, last = opened(end), local_date(end) - timedelta(days=1)
    try:
        if term is not None:
            return calendar.end(step.today, max(0, term.workdays - calendar.announced.count(term.start, stopped)))
        if end == end_of(last):
            return calendar.end(step.today, calendar.announced.count(stopped, last))
    except YearNotLoaded:
        if term is not None:
            return calendar.end(step.today, term.workdays)
    return end + (step.now - since)


def _move_publicity(step: Step, since: datetime) -> None:
    """The public can object until the case's own end of the period."""
    found = publicity.current_item(step.session, step.case.id)
    if found is not None and found[0].ends_at > since:
        found[0].ends_at = _resumed(step, since, found[0].ends_at)


def _move_due_days(step: Step, since: datetime) -> None:
    """What is left of the days of open tasks; one that could not be counted is counted when the calendar is there."""
    loaded, stopped = step.calendars, local_date(since)
    for task in task_store.list_open_of_cases(step.session, [step.case.id]):
        if task.due_on is None:
            continue
        calendar = loaded.for_role(task.role)
        try:
            left = calendar.count(stopped, task.due_on)
            moved = calendar.add(step.today, left) if left else task.due_on
        except YearNotLoaded:
            moved = None
        task_store.move_due(step.session, task.id, moved, loaded.number)
