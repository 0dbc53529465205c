"""The library: every diagram and form of the versions in force. Contents never change, so they are kept in memory."""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from storage import definitions
from storage.database import Session

MAX_KEPT = 400

_kept: OrderedDict[str, bytes] = OrderedDict()
_lock = Lock()


def in_force(session: Session) -> dict[str, bytes]:
    """Every file in force by its path. Versions in force agree on what they share; the newest publication wins."""
    digests = definitions.paths_in_force(session)
    contents = _contents(session, digests.values())
    return {path: contents[sha256] for path, sha256 in digests.items()}


def _contents(session: Session, digests: Iterable[str]) -> dict[str, bytes]:
    wanted = set(digests)
    with _lock:
        found = {sha256: _kept[sha256] for sha256 in wanted if sha256 in _kept}
    if len(found) < len(wanted):
        found |= definitions.contents(session, wanted - set(found))
        with _lock:
            _kept.update(found)
            while len(_kept) > MAX_KEPT:
                _kept.popitem(last=False)
    return found


def files_of_version(session: Session, definition_id: int) -> dict[str, bytes]:
    """The files of one version by path."""
    digests = definitions.paths_of(session, definition_id)
    contents = _contents(session, digests.values())
    return {path: contents[sha256] for path, sha256 in digests.items()}
