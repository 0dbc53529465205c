"""Timers on the case's own clock: due when the instant is reached, not after it, and never without an offset.

An instant is due from the year 2000 to the year 2100, in UTC: no deadline lies beyond, and what lies at the end of the
calendar could be stored but not read back.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import is_variable

DUE = "event_value"
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_BEYOND = datetime(2101, 1, 1, tzinfo=UTC)

_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,3})W|(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,6})S)?)?)",
    re.ASCII,
)


def parse_duration(text: str) -> timedelta | None:
    """An ISO 8601 duration of weeks, or of days, hours, minutes and seconds; None for anything else.

    Months and years are not accepted: their length depends on where one starts counting.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    return timedelta(**{unit: int(value) for unit, value in match.groupdict().items() if value is not None})


def parse_instant(text: object) -> datetime | None:
    """An ISO 8601 instant with its offset; None for anything else, a date without an offset included."""
    if not isinstance(text, str) or len(text) > 40 or "T" not in text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None


def in_range(instant: datetime) -> bool:
    """Whether an instant with its offset can be a due date: not before 2000 and not after 2100, in UTC."""
    return _FIRST <= instant < _BEYOND


class CaseTimer(TimerEventDefinition):
    """A timer armed once, when its event is reached; the due instant is kept with the task as an ISO text."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name, text)
        self.text = text

    def has_fired(self, my_task: Any) -> bool:
        """Whether the due instant is reached at the case's now (equal counts)."""
        return bool(self.due_at(my_task) <= my_task.workflow.top_workflow.now)

    def due_at(self, my_task: Any) -> datetime:
        """The due instant, worked out on first use. Raises ExpressionRefused for what is no instant or out of range."""
        stored = my_task.internal_data.get(DUE)
        if stored is None:
            due = self._first_due(my_task)
            if not in_range(due):
                raise ExpressionRefused(f"timer {self.name}: {due.isoformat()} is not in the years 2000 to 2100")
            my_task.internal_data[DUE] = due.isoformat()
            return due
        return datetime.fromisoformat(stored)

    def _first_due(self, my_task: Any) -> datetime:
        text = self.text
        duration = parse_duration(text)
        if duration is not None:
            now: datetime = my_task.workflow.top_workflow.now
            return now + duration
        if is_variable(text):
            text = my_task.data.get(text)
        instant = parse_instant(text)
        if instant is None:
            raise ExpressionRefused(f"timer {self.name}: {self.text} holds no instant with an offset: {text!r}")
        return instant

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = None  # type: ignore[assignment]
