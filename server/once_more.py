"""A request that PostgreSQL gave up for the sake of another is done once more, whole; a second time it is refused."""

from typing import Any

from flask import Flask, Response, g, request, session

from storage.database import DBAPIError
from storage.retries import is_to_be_repeated, retries

MULTIPART = "multipart/form-data"
FLASHED = "_flashes"
"""Flask's own name for what `flash` keeps in the cookie."""


class OnceMore(Flask):
    """Flask that begins a request anew after a deadlock or a serialization failure, with a transaction of its own.

    What a request reads of its body it can read again. One that carries files is left out: they may have gone to the
    object store already, and are not sent twice.
    """

    def full_dispatch_request(self) -> Response:
        try:
            return super().full_dispatch_request()
        except DBAPIError as error:
            if not (_may_be_done_again(error) and retries.grant(error, f"{request.method} {request.path}")):
                raise
        self._begin_anew()
        return super().full_dispatch_request()

    def handle_user_exception(self, e: Exception) -> Any:
        """Leave to `full_dispatch_request` what it does once more."""
        if _may_be_done_again(e):
            raise e
        return super().handle_user_exception(e)

    def _begin_anew(self) -> None:
        g.is_done_again = True
        g.pop("session").close()
        if FLASHED in session:  # said by the first try, which has come to nothing
            came = self.session_interface.open_session(self, request)
            session[FLASHED] = came.get(FLASHED, []) if came is not None else []


def only_once() -> None:
    """Say that this request has done something for good: whatever happens to its transaction, it is not done again."""
    g.is_done_again = True


def _may_be_done_again(error: Exception) -> bool:
    return is_to_be_repeated(error) and not g.get("is_done_again") and request.mimetype != MULTIPART
