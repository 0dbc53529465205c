"""Which working-day calendars are in force: those that the program was shipped with, and those confirmed since."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from storage import calendars as store
from storage.database import Session
from workflows.audit import EventRef
from workflows.rules import workdays
from workflows.rules.workdays import Calendar, Year

CHAIN = "calendars"
APPLICANT = "applicant"


@dataclass(frozen=True)
class Loaded:
    """What is loaded: `confirmed` in the order in which they came into force, and the events that tell of them."""

    confirmed: tuple[Year, ...] = ()
    causes: tuple[EventRef, ...] = ()

    @property
    def number(self) -> int:
        """The number of the newest confirmed calendar, by which everything counted now is marked; 0 before one."""
        return len(self.confirmed)

    @cached_property
    def calendar(self) -> Calendar:
        """All that counts now."""
        return self.as_of(self.number)

    def for_role(self, role: str | None) -> Calendar:
        """By which calendar the days of a task are counted: staff may work by a provisional year, applicants are told
        no day that rests on one."""
        return self.calendar.announced if role == APPLICANT else self.calendar

    def last_day(self, start: date, days: int) -> date | None:
        """The last of so many working days after a day, for what staff do; None while it is 待定."""
        try:
            return self.calendar.add(start, days)
        except workdays.YearNotLoaded:
            return None

    def as_of(self, number: int) -> Calendar:
        """What counted when so many had been confirmed."""
        return Calendar([*workdays.load().years.values(), *self.confirmed[:number]])


def load(session: Session) -> Loaded:
    """What is in force, by a statement of its own; whoever holds a `Look` asks that."""
    return read(store.confirmed(session))


@lru_cache(maxsize=8)
def read(text: str | None) -> Loaded:
    """What this text of `storage.calendars` says. The same text says the same for ever, so it is read once."""
    rows = json.loads(text) if text else []
    return Loaded(
        tuple(Year(year, basis, _days(off), _days(on), provisional) for year, off, on, provisional, basis, _ in rows),
        tuple(EventRef(CHAIN, seq) for *_, seq in rows),
    )


def _days(texts: Sequence[str]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, texts))
