"""New drafts as they come from a call or a page; a file that may not even be kept leaves one event of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, g

from server.access import current_actor
from storage.database import Session
from workflows.errors import TooLarge
from workflows.workshop import draft_refusals, drafts, inspection
from workflows.workshop.bundling import GateRefused

# Larger than any diagram that is kept: so that one which is too large is told what is wrong with it.
LARGEST_DIAGRAM = 8 * 1024 * 1024


def open_draft(key: str, title: str, xml: bytes | None) -> drafts.DraftShown:
    """A new draft of a process, with a diagram from outside as its first change; recorded where that is refused."""
    actor = current_actor()
    with refusal_recorded(xml or b"", key=key):
        try:
            return drafts.open_draft(g.session, actor, key, title=title, now=g.now, xml=xml)
        except TooLarge:
            path = drafts.path_of(key)
            raise GateRefused(inspection.inspect_file(path, xml or b"", expected_key=key), kept=False) from None


@contextmanager
def refusal_recorded(content: bytes, *, key: str = "", draft_id: int | None = None) -> Iterator[None]:
    """Around what keeps `content`: as a new draft of the process `key`, or in the draft of this id.

    The error goes on to whoever answers the request; what can be mended in the editor leaves no event.
    """
    try:
        yield
    except GateRefused as refused:
        if not refused.kept:
            _record(refused, content, key, draft_id)
        raise


def _record(refused: GateRefused, content: bytes, key: str, draft_id: int | None) -> None:
    g.session.rollback()
    actor = current_actor()

    def record(session: Session) -> None:
        if draft_id is not None:
            draft_refusals.record_refused_file(session, actor, draft_id, content, refused.findings, g.now)
        else:
            draft_refusals.record_refusal(session, actor, key, content, refused.findings, g.now)

    current_app.extensions["greencase"].database.run(record)
