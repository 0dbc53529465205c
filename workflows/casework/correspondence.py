"""Messages and letters as their enterprise reads them; the first reading is the proof of delivery."""

from datetime import datetime
from typing import Any

from storage import cases
from storage import messages as store
from storage.database import Session
from storage.messages import Message
from workflows import paging, views
from workflows.case.running import open_case
from workflows.errors import NotFound
from workflows.permissions import Actor


def _shown(message: Message, reference: str) -> dict[str, Any]:
    return {
        "id": message.id,
        "case": reference,
        "kind": message.kind,
        "number": message.number,
        "title": message.title,
        "body": message.body,
        "sent_at": views.instant(message.sent_at),
        "read_at": views.instant(message.read_at),
    }


def list_messages(
    session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 30
) -> paging.Page[dict[str, Any]]:
    """The enterprise's messages, newest first."""
    if actor.enterprise_id is None:
        return paging.Page([], None)
    found = store.list_of_enterprise(
        session, actor.enterprise_id, before=paging.read_id_cursor(cursor), limit=limit + 1
    )
    references = cases.references(session, {each.case_id for each in found})
    items = [_shown(each, references[each.case_id]) for each in found[:limit]]
    return paging.Page(items, paging.id_cursor(found[limit - 1].id) if len(found) > limit else None)


def read_message(session: Session, actor: Actor, message_id: int, now: datetime) -> dict[str, Any]:
    """Open a message; the first time is recorded as its delivery (电子送达确认)."""
    message = store.find(session, message_id, actor.enterprise_id) if actor.enterprise_id is not None else None
    if message is None:
        raise NotFound("没有这一消息。")
    if message.read_at is None:
        running = open_case(session, message.case_id, actor, now)
        # Under the lock: a colleague may have opened it meanwhile, and the first reading is the delivery.
        session.refresh(message, ["read_at"])
        if message.read_at is None:
            message.read_at = now
            number = {"field": "number", "old": None, "new": message.number or message.title}
            running.step.record("letter_read", message.kind, [number])
    return _shown(message, cases.references(session, {message.case_id})[message.case_id])


def count_unread(session: Session, actor: Actor) -> int:
    return store.count_unread(session, actor.enterprise_id) if actor.enterprise_id is not None else 0
