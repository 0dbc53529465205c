"""Dates and instants as they come over the wire."""

import re
from datetime import date, datetime, timedelta

from workflows.case.step import BEIJING
from workflows.errors import FieldError, Invalid

_PERIOD = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?")


def read_date(given: str, field: str) -> date:
    """A day, `2026-03-02`."""
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise Invalid("日期有误。", errors=[FieldError(field, "日期应写作2026-03-02。")]) from None
    _refuse_far_year(day, field)
    return day


def _refuse_far_year(day: date, field: str) -> None:
    # Near the ends of the calendar the next day or another time zone does not exist.
    if not 1990 <= day.year <= 2200:
        raise Invalid("日期有误。", errors=[FieldError(field, "年份超出范围。")])


def read_instant(given: str, field: str, *, end_of_day: bool = False) -> datetime:
    """An instant, ISO 8601; a bare day means its start in Beijing (or its end), a bare time is Beijing time."""
    try:
        if len(given) == 10:
            day = datetime.combine(read_date(given, field), datetime.min.time(), BEIJING)
            return day + timedelta(days=1) - timedelta(seconds=1) if end_of_day else day
        instant = datetime.fromisoformat(given)
    except ValueError:
        raise Invalid("时间有误。", errors=[FieldError(field, "时间应写作2026-03-02T09:00:00+08:00。")]) from None
    _refuse_far_year(instant, field)
    return instant if instant.tzinfo else instant.replace(tzinfo=BEIJING)


def read_period(given: str, field: str) -> timedelta:
    """An ISO 8601 period of weeks, days and a time: `P5D`, `PT2H`."""
    found = _PERIOD.fullmatch(given)
    if not found or given in ("P", "PT") or given.endswith("T"):
        raise Invalid("时长有误。", errors=[FieldError(field, "时长应写作P5D（5日）或PT2H（2小时）。")])
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
