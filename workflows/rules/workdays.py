"""Working days in China: Monday to Friday without public holidays, and the days worked to make up for them.

A period starts on the day after the event and ends at 24:00 of its last day, Beijing time. A year which nobody has
loaded is refused and never guessed. One may be loaded before the State Council has announced its holidays: what is
only shown may rest on such a provisional year, what lapses by itself may not (docs/decisions/0037).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache, cached_property
from importlib import resources
from typing import NamedTuple

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept UTC+8 without summer time since 1991, so a fixed offset needs no time zone database."""

_DAY = timedelta(days=1)
_SATURDAY = 5


class YearNotLoaded(LookupError):
    """The calendar of `year` is not loaded, so no working day in it can be counted."""

    def __init__(self, year: int) -> None:
        super().__init__(f"{year}年工作日历尚未加载，无法计算期限，请流程与口径负责人先加载该年度日历")
        self.year = year


@dataclass(frozen=True, slots=True)
class Year:
    """The holidays of one year: free days, and Saturdays and Sundays that are worked.

    `provisional`: the State Council has not announced them yet, so that nothing may lapse on a day of this year.
    """

    year: int
    source: str
    days_off: frozenset[date]
    days_on: frozenset[date]
    provisional: bool = False


class Calendar:
    """The working days of the loaded years."""

    def __init__(self, years: Iterable[Year]) -> None:
        """Of several calendars of one year the last counts."""
        self._years: Mapping[int, Year] = {year.year: year for year in years}

    @property
    def years(self) -> Mapping[int, Year]:
        """What is loaded, by year."""
        return self._years

    @cached_property
    def announced(self) -> Calendar:
        """The same without provisional years."""
        return Calendar(year for year in self._years.values() if not year.provisional)

    def is_provisional(self, day: date) -> bool:
        """Whether `day` lies in a year whose holidays are not announced yet; False where none is loaded."""
        year = self._years.get(day.year)
        return year is not None and year.provisional

    def is_workday(self, day: date) -> bool:
        """Whether `day` is a working day. Raises YearNotLoaded."""
        year = self._years.get(day.year)
        if year is None:
            raise YearNotLoaded(day.year)
        if day.weekday() >= _SATURDAY:
            return day in year.days_on
        return day not in year.days_off

    def add(self, start: date, workdays: int) -> date:
        """The last day of a period of `workdays` working days that an event on `start` begins.

        The day of the event does not count, so the year of `start` need not be loaded. With 0 the period ends on the
        day of the event. Raises YearNotLoaded, naming the first year that it would have to guess.
        """
        if workdays < 0:
            raise ValueError(f"a period cannot have {workdays} working days")
        day = start
        while workdays:
            day += _DAY
            workdays -= self.is_workday(day)
        return day

    def count(self, after: date, until: date) -> int:
        """The working days after one day up to and with another; 0 when there is none. Raises YearNotLoaded."""
        return sum(self.is_workday(day) for day in _days(after + _DAY, until))

    def end(self, start: date, workdays: int) -> datetime:
        """The end of a period that lapses by itself: 24:00 of its last day, counted over announced years alone.

        Where the count would leave them the end stays open: see `open_end`.
        """
        try:
            return end_of(self.announced.add(start, workdays))
        except YearNotLoaded:
            return open_end(start, workdays)

    @staticmethod
    def end_of(day: date) -> datetime:
        """24:00 of `day` in Beijing, which is the instant 00:00 of the next day: see `end_of` of this module."""
        return end_of(day)


def end_of(day: date) -> datetime:
    """24:00 of `day` in Beijing as an aware instant: 00:00 +08:00 of the next day.

    The instant itself lies outside the period: what happens before it is in time, and a timer set to it is due when
    the period is over.
    """
    return datetime.combine(day + _DAY, time(), BEIJING)


class OpenEnd(NamedTuple):
    """A period whose end nobody can state yet: so many working days from the day after `start`."""

    start: date
    workdays: int


_OPEN = datetime(2100, 1, 1, tzinfo=BEIJING)
_FIRST_START = date(2020, 1, 1)
_MOST_WORKDAYS = 1000


def open_end(start: date, workdays: int) -> datetime:
    """An instant that stands for an end which cannot be stated yet: it lies in the year 2100, so no clock reaches it.

    Its seconds are `start` and `workdays` in figures, so that whoever holds the instant alone can work the end out once
    the calendar is there (`opened`). A timer, a column and a recorded answer therefore hold it as they hold any end.
    """
    since = (start - _FIRST_START).days
    if since < 0 or not 0 <= workdays < _MOST_WORKDAYS:
        raise ValueError(f"no open period of {workdays} working days from {start}")
    return _OPEN + timedelta(seconds=since * _MOST_WORKDAYS + workdays)


def opened(end: datetime) -> OpenEnd | None:
    """The period that an open end stands for; None for an end that is stated."""
    if end < _OPEN:
        return None
    since, workdays = divmod(int((end - _OPEN).total_seconds()), _MOST_WORKDAYS)
    return OpenEnd(_FIRST_START + timedelta(days=since), workdays)


@cache
def load() -> Calendar:
    """The calendar of every year in the package's `calendars` folder: what the program was shipped with.

    A case is reckoned by this and what the process owners have loaded since: `case.calendars`.
    """
    files = resources.files(__package__).joinpath("calendars").iterdir()
    return Calendar(parse_year(file.read_text("utf-8")) for file in files if file.name.endswith(".toml"))


def parse_year(text: str) -> Year:
    """The year that a calendar file (TOML) describes. Raises ValueError for a day outside of that year."""
    stated = tomllib.loads(text)
    days_off = frozenset(day for holiday in stated["days_off"] for day in _days(holiday["from"], holiday["to"]))
    days_on = frozenset(stated["days_on"])
    strays = sorted(str(day) for day in days_off | days_on if day.year != stated["year"])
    if strays:
        raise ValueError(f"the calendar of {stated['year']} lists days of another year: {', '.join(strays)}")
    return Year(stated["year"], stated["source"], days_off, days_on)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + n * _DAY for n in range((last - first).days + 1))
