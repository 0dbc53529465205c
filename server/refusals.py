"""Files that may not even be kept as a draft: the request is rolled back, one event of its own stays on the record."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, g

from server.access import current_actor
from workflows import draft_refusals
from workflows.bundling import GateRefused


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
    with current_app.extensions["greencase"].database.transaction() as session:
        if draft_id is not None:
            draft_refusals.record_refused_file(session, actor, draft_id, content, refused.findings, g.now)
        else:
            draft_refusals.record_refusal(session, actor, key, content, refused.findings, g.now)
