"""Two kinds of error for work that nobody waits for: what passes by itself, and everything else."""

from storage.database import DBAPIError, PoolExhausted, is_away, is_in_the_way
from storage.objects import ObjectRefused, ObjectStoreAway


class Away(Exception):
    """The database or the object store is out of reach, or somebody was in the way: to be tried again later."""


def passes(error: BaseException) -> bool:
    """Whether an error, or what caused it, passes by itself: a part is out of reach, or somebody was in the way."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, DBAPIError):
            return is_away(cause) or is_in_the_way(cause)
        if isinstance(cause, ObjectStoreAway):
            return not isinstance(cause, ObjectRefused)
        if isinstance(cause, PoolExhausted):
            return True
        cause = cause.__cause__
    return False
