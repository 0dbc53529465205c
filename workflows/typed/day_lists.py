"""Several days as people paste them: 2027-02-06/2027-02-12, and as notices write them: 1月1日（周五）至3日放假."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from workflows.typed import days
from workflows.typed.signs import Unreadable, narrow

EXAMPLE = "例如2027-02-06至2027-02-12"
MOST_DAYS = 60
"""Of one range; no holiday is longer, and a slip in a year would else be a list of thousands."""
_CLAUSES = re.compile(r"[\n,;。]+")
_REMARK = re.compile(r"\([^()]*\)")
# What stands before the days of a line of the notice (一、元旦:) and behind them (放假调休), and how many there are.
_TITLE = re.compile(r"^[^0-9]*[:：]\s*|^[一二三四五六七八九十]+、[^0-9]*")
_SAID = re.compile(r"\s*(?:放假(?:调休)?|上班|调休|与周末连休)\s*$")
_COUNT = re.compile(r"共\s*[0-9]+\s*天", re.ASCII)
_WORKED = "上班"
_RANGE = re.compile(r"\s*(?:至|到|~|/(?=\s*[0-9]{4}))\s*", re.ASCII)
_SHORT = re.compile(r"([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号]?", re.ASCII)
_SHORTEST = re.compile(r"([0-9]{1,2})\s*[日号]", re.ASCII)
_DIGIT = re.compile(r"[0-9]", re.ASCII)


def read(text: str, year: int) -> tuple[list[date], list[date]]:
    """The days that a text names, and those of which it says that they are worked (上班); each in order, once.

    A day without a year lies in `year`. What names no figure is left out. Raises Unreadable.
    """
    named: set[date] = set()
    worked: set[date] = set()
    for clause in _CLAUSES.split(_REMARK.sub("", _narrow(text))):
        found = worked if clause.rstrip().endswith(_WORKED) else named
        for part in _SAID.sub("", _TITLE.sub("", clause.strip())).split("、"):
            if _DIGIT.search(part) and not _COUNT.fullmatch(part.strip()):
                found.update(_days(part.strip(), year))
    return sorted(named), sorted(worked)


def _narrow(text: str) -> str:
    return "\n".join(narrow(line) for line in text.splitlines())


def _days(part: str, year: int) -> Iterator[date]:
    first, *more = _RANGE.split(part)
    if len(more) > 1:
        raise Unreadable(f"中“{part[:40]}”无法识别，{EXAMPLE}")
    start = _day(first, part, year, None)
    end = _day(more[0], part, year, start) if more else start
    if not start <= end < start + timedelta(days=MOST_DAYS):
        raise Unreadable(f"中“{part[:40]}”的起止日期不成立，请核对")
    yield from (start + timedelta(days=n) for n in range((end - start).days + 1))


def _day(text: str, part: str, year: int, start: date | None) -> date:
    try:
        if match := _SHORT.fullmatch(text):
            return date(start.year if start else year, int(match[1]), int(match[2]))
        if start is not None and (match := _SHORTEST.fullmatch(text)):
            return date(start.year, start.month, int(match[1]))
        return days.read(text)
    except Unreadable:
        raise Unreadable(f"中“{part[:40]}”无法识别，{EXAMPLE}") from None
    except ValueError:
        raise Unreadable(f"中“{part[:40]}”没有这一天，请核对") from None


def said(listed: Iterable[date]) -> list[str]:
    """The days in order as runs, as they are shown and can be read again: 2027-02-06至2027-02-12."""
    runs: list[tuple[date, date]] = []
    for day in sorted(listed):
        if runs and runs[-1][1] + timedelta(days=1) == day:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return [first.isoformat() if first == last else f"{first}至{last}" for first, last in runs]
