"""Work that nobody waits for: two kinds of error, told apart in one place.

What is away comes back: the work is tried again later. Whatever else goes wrong would go wrong again: what was done of
it is undone, somebody is told, and the rest goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from storage.away import Away, passes
from storage.database import Database, Session
from storage.objects import ObjectStore
from storage.retries import is_to_be_repeated
from workflows.errors import GreenCaseError

__all__ = ["Away", "Broken", "Workplace", "attempt", "attempt_part", "judged", "pause_for", "sentence"]

T = TypeVar("T")
_10_MIN = timedelta(minutes=10)


class Broken(Exception):
    """The work itself cannot be done as things are; its words say why, for the log and for whoever looks."""


@dataclass(frozen=True)
class Workplace:
    """What work is done with: the database, the object store, and the business's now."""

    database: Database
    store: ObjectStore
    now: datetime


def attempt(database: Database, work: Callable[[Session], T]) -> T:
    """Do it in a transaction of its own. Raises Away or Broken, caused by what happened; then nothing of it is kept."""
    try:
        return database.run(work)
    except Exception as error:
        raise judged(error) from error


def attempt_part(session: Session, part: Callable[[], T]) -> T:
    """Do one part of an attempt. Raises as `attempt` does; of a Broken part nothing is kept, of the others all."""
    try:
        with session.begin_nested():
            return part()
    except Exception as error:
        if is_to_be_repeated(error):
            raise  # the whole transaction is done once more, not its part
        raise judged(error) from error


def judged(error: Exception) -> Away | Broken:
    """Which of the two kinds an error is."""
    if isinstance(error, Away | Broken):
        return error
    words = f"{type(error).__name__}: {error}"
    if error.__cause__ is not None:
        words += f" ({type(error.__cause__).__name__}: {error.__cause__})"
    return Away(words) if passes(error) else Broken(words)


def sentence(broken: Broken) -> str | None:
    """What an expected error says to people; None for one that nobody thought of."""
    cause = broken.__cause__
    return cause.detail if isinstance(cause, GreenCaseError) else None


def pause_for(why: Away | Broken, failures: int) -> timedelta:
    """How long to wait after so many failures in a row, doubling each time.

    Five seconds to ten minutes for what comes back by itself, ten minutes to six hours for what somebody must mend.
    """
    shortest, longest = (timedelta(seconds=5), _10_MIN) if isinstance(why, Away) else (_10_MIN, timedelta(hours=6))
    return min(shortest * int(2 ** min(failures - 1, 10)), longest)
