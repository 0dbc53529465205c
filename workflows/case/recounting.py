"""A calendar came into force: what a locked case had counted by an older one is counted again, and stands on record.

What lapses by itself never ends sooner than was said before, and not on a day that nobody could know to be the last. A
day that is only shown to staff is whatever the calendar makes of it.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from storage import case_checks, instances, publicity
from storage import tasks as task_store
from workflows import engine, views
from workflows.case.calendars import APPLICANT
from workflows.case.delivery import end_after, last_after
from workflows.case.duplicates import WORKING_DAYS
from workflows.case.running import Running
from workflows.case.step import Step, local_date
from workflows.rules.workdays import YearNotLoaded, end_of, opened

_DAY = timedelta(days=1)


def recount(running: Running) -> None:
    """Count anew what was counted before the newest calendar, which is the cause on record. Safe to do twice."""
    step = running.step
    if not step.calendars.causes:
        return
    with step.following(step.calendars.causes[-1]):
        _move_terms(running)
        _move_publicity(step)
        running.save()
        _move_tasks(running)
        _move_checks(step)
    instances.mark_counted(step.session, step.case.id, step.calendars.number)


def _move_terms(running: Running) -> None:
    step = running.step
    counted_by = {wait.id: wait.counted_by for wait in instances.list_waits(step.session, [step.case.id])}

    def moved(wait: engine.Wait) -> datetime:
        assert wait.due_at is not None
        if not wait.counted:
            return wait.due_at
        end = _end_now(step, wait.due_at, counted_by.get(wait.id, 0))
        if end != wait.due_at:
            _record(step, wait.element_id, "due_at", views.ending(wait.due_at), views.ending(end))
        return end

    running.process.move_timers(moved)


def _end_now(step: Step, end: datetime, counted_by: int) -> datetime:
    """When a period ends that lapses by itself, by the calendars of now."""
    calendar = step.calendars.calendar
    # A suspended case goes on from the day on which it was stopped.
    today = local_date(step.case.suspended_at or step.now)
    term = opened(end)
    if term is not None:
        found = end_after(step, term.start, term.workdays)
        return found if opened(found) else max(found, end_of(_first_day(step)))
    last = local_date(end) - _DAY
    if last <= today or end != end_of(last):
        return end
    try:
        left = step.calendars.as_of(counted_by).announced.count(today, last)
    except YearNotLoaded:
        return end  # moved by plain time, before a calendar could be loaded
    return max(end, calendar.end(today, left))


def _first_day(step: Step) -> date:
    """The first day on which may end what had no end so far: nobody could know that it was running out today."""
    today = step.today
    try:
        return step.calendars.calendar.announced.add(today, 1)
    except YearNotLoaded:
        return today + _DAY


def _move_publicity(step: Step) -> None:
    found = publicity.current_item(step.session, step.case.id)
    if found is None:
        return
    item, notice = found
    end = _end_now(step, item.ends_at, item.counted_by)
    if end != item.ends_at:
        _record(step, str(notice.id), "ends_at", views.ending(item.ends_at), views.ending(end))
        # The notice ends with its cases; one that was suspended meanwhile has an end of its own.
        if notice.ends_at == item.ends_at:
            notice.ends_at = end
        item.ends_at = end
    item.counted_by = step.calendars.number


def _move_tasks(running: Running) -> None:
    step = running.step
    open_now = {task.id: task for task in running.process.open_tasks()}
    for row in task_store.list_open_of_cases(step.session, [step.case.id]):
        task = open_now[row.id]
        days = step.working_days(task.due)
        if days is None or not _is_touched(step, row.opened_at, row.due_on, row.counted_by):
            continue
        found = _last_day(step, days, row.opened_at, row.role)
        if row.role == APPLICANT and found is not None:
            found = max(found, row.due_on or _first_day(step))
        found = running.last_day(task, found)
        if found is not None and found != row.due_on:
            _record(step, row.element_id, "due_on", _text(row.due_on), _text(found))
            task_store.move_due(step.session, row.id, found, step.calendars.number)


def _move_checks(step: Step) -> None:
    for check in case_checks.list_waiting(step.session, step.case.id):
        if not _is_touched(step, check.opened_at, check.due_on, 0):
            continue
        found = _last_day(step, WORKING_DAYS, check.opened_at)
        if found is not None:
            check.due_on = found


def _is_touched(step: Step, since: datetime, until: date | None, counted_by: int) -> bool:
    """Whether a calendar that came later is of a year in which these days lie; an unknown end lies in any."""
    years: Iterable[int] = (year.year for year in step.calendars.confirmed[counted_by:])
    return until is None or any(local_date(since).year <= year <= until.year for year in years)


def _last_day(step: Step, days: int, opened_at: datetime, role: str | None = None) -> date | None:
    try:
        return last_after(step, step.calendars.for_role(role), local_date(opened_at), days)
    except YearNotLoaded:
        return None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _record(step: Step, subject: str, field: str, old: str | None, new: str | None) -> None:
    changes: list[Mapping[str, str | None]] = [{"field": field, "old": old, "new": new}]
    step.record("term_recounted", subject, changes)
