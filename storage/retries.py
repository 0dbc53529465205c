"""Transactions that PostgreSQL gave up for the sake of another are done once more from their start, and counted.

The order of locks lets none happen (docs/decisions/0015): each one that is counted here is a fault to be looked into.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock

from sqlalchemy.exc import DBAPIError

log = logging.getLogger("greencase.retries")

# By SQLSTATE.
CAUSES = {"40P01": "deadlock", "40001": "serialization failure"}
_TRIED_TWICE = "done twice, given up both times"


class Retries:
    """How often this process has done a transaction once more, by cause."""

    def __init__(self) -> None:
        self._lock, self._counts = Lock(), Counter[str]()

    @property
    def counts(self) -> Mapping[str, int]:
        with self._lock:
            return dict(self._counts)

    def grant(self, error: DBAPIError, what: str) -> bool:
        """Whether what failed so is to be done once more: then it is counted, and the log says what it was."""
        if not is_to_be_repeated(error):
            return False
        cause = CAUSES[sqlstate(error) or ""]
        with self._lock:
            self._counts[cause] += 1
        log.warning("done once more after a %s: %s: %s", cause, what, error.orig)
        return True

    @contextmanager
    def last_time(self) -> Iterator[None]:
        """Around the second try: what fails in it is not done a third time, by whomever."""
        try:
            yield
        except DBAPIError as error:
            error.add_note(_TRIED_TWICE)
            raise


def sqlstate(error: DBAPIError) -> str | None:
    """PostgreSQL's code of an error; None for what never reached the server, or lost it."""
    return getattr(error.orig, "sqlstate", None)


def is_to_be_repeated(error: BaseException) -> bool:
    """Whether an error gave a transaction up for the sake of another, and for the first time."""
    if not isinstance(error, DBAPIError) or sqlstate(error) not in CAUSES:
        return False
    return _TRIED_TWICE not in getattr(error, "__notes__", ())


retries = Retries()
"""Of this process."""
