"""A second owner looks at a draft and agrees to what he saw."""

from __future__ import annotations

from datetime import datetime

from storage.database import Session
from workflows.permissions import Actor
from workflows.workshop import drafts, publication
from workflows.workshop.publication import Published


def look_and_publish(
    session: Session, actor: Actor, draft: int, *, reason: str, now: datetime, at: datetime | None = None
) -> Published:
    seen = drafts.get_draft(session, actor, draft)["content_sha256"]
    return publication.publish(session, actor, draft, seen=seen, reason=reason, at=at, now=now)
