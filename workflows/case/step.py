"""What is worked with in this room: a case that is looked at, and a locked case that something is done to.

Reading and doing are two types. What takes a `Look` can be asked by any page; what takes a `Step` records, so only who
holds the case's lock and its chain can call it, and the type checker says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from storage.batches import Batch
from storage.cases import Case
from storage.database import Session
from storage.people import Enterprise
from workflows.audit import Chain, EventRef
from workflows.case import calendars
from workflows.case.calendars import Loaded
from workflows.permissions import SYSTEM, Actor
from workflows.rules import parameters as rule_parameters
from workflows.rules import workdays

BEIJING = workdays.BEIJING


def local_date(instant: datetime) -> date:
    """The day of an instant in Beijing, by which all working days are reckoned."""
    return instant.astimezone(BEIJING).date()


@dataclass(kw_only=True)
class Look:
    """One case as it stands in this transaction. `facts` are replaced, never mutated."""

    session: Session
    case: Case
    batch: Batch
    enterprise: Enterprise
    facts: dict[str, Any]
    now: datetime
    ahead: dict[str, Any] = field(default_factory=dict)
    """What was read already and still holds, by name: of many cases at once by a list, of one by the checks of a form;
    what changes it forgets it."""
    # What was read with the case; whoever only looks reads it when a page needs it.
    loaded: Loaded | None = None

    @property
    def calendars(self) -> Loaded:
        """The calendars in force in this transaction."""
        if self.loaded is None:
            self.loaded = calendars.load(self.session)
        return self.loaded

    @property
    def today(self) -> date:
        return local_date(self.now)

    @property
    def last_year(self) -> int:
        """上年度: the year before the one in which the batch takes applications, whichever year its ceiling is of."""
        return local_date(self.batch.window_from).year - 1

    def parameter(self, key: str) -> Any:
        """The value of a parameter that was pinned when the case's batch was opened."""
        return self.parameters[key]

    @property
    def parameters(self) -> Mapping[str, Any]:
        """All typed values that were pinned when the case's batch was opened."""
        return pinned_values(self.batch)

    def deadline(self, working_days: int) -> datetime:
        """24:00 of the last of so many working days from today; the count starts tomorrow (domain.md 3.8).

        An open end where it would lie in a year that is not announced: `rules.workdays.open_end`.
        """
        return self.calendars.calendar.end(self.today, working_days)

    def working_days(self, rule: str | None) -> int | None:
        """What a `gc:due` says: a number of working days, or the parameter that holds it; None where none is set."""
        return None if not rule else int(rule) if rule.isdigit() else int(self.parameter(rule))

    def last_day(self, days: int | None, start: date, *, role: str | None = None) -> date | None:
        """The last of so many working days for a task; None where it has none or the calendar does not reach (待定)."""
        if days is None:
            return None
        try:
            return self.calendars.for_role(role).add(start, days)
        except workdays.YearNotLoaded:
            return None


@dataclass(kw_only=True)
class Step(Look):
    """One transaction on one locked case. `submitted` is what the actor just sent.

    `cause` is set while the diagram runs on by itself: what is done then is done by the system, and follows from it.
    """

    actor: Actor
    chain: Chain
    submitted: Mapping[str, Any] = field(default_factory=dict)
    cause: EventRef | None = None

    @property
    def doer(self) -> Actor:
        """Who does what is done now: the system while the diagram runs on by itself, else whoever acts."""
        return SYSTEM if self.cause else self.actor

    @property
    def origin(self) -> EventRef:
        """The act that everything in this transaction goes back to. Raises RuntimeError before there is one."""
        origin = self.cause or self.chain.newest
        if origin is None:
            raise RuntimeError(f"what happens to {self.case.reference} follows from nothing on its record")
        return origin

    @contextmanager
    def following(self, cause: EventRef) -> Iterator[None]:
        """What is done within follows from this event by itself."""
        before, self.cause = self.cause, cause
        try:
            yield
        finally:
            self.cause = before

    def record(
        self,
        action: str,
        subject: str = "",
        changes: Sequence[Mapping[str, Any]] = (),
        *,
        binds: Mapping[str, str] | None = None,
    ) -> EventRef:
        """Append an event to the case's chain in this transaction and answer its name."""
        return self.chain.append(self.now, self.doer, action, subject, changes, cause=self.cause, binds=binds)


def pinned_values(batch: Batch) -> Mapping[str, Any]:
    """The typed parameter values of a batch: what was confirmed when it was opened, else what the policy fixed then."""
    return rule_parameters.pinned(*kept_values(batch))


def kept_values(batch: Batch) -> tuple[dict[str, str], dict[str, str]]:
    """The texts that a batch pinned by id, and the types that were pinned with them: at first none were."""
    kept = batch.parameters or {}
    texts = {key: str(each["value"]) for key, each in kept.items()}
    return texts, {key: each["type"] for key, each in kept.items() if "type" in each}
