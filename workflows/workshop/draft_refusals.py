"""What was refused as a draft leaves one event on the record of its definition, and nothing else."""

from collections.abc import Iterable
from datetime import datetime

from storage.database import Session
from workflows import engine
from workflows.permissions import Actor
from workflows.workshop import drafts
from workflows.workshop.bundling import sha256_of


def record_refusal(
    session: Session, actor: Actor, key: str, content: bytes, findings: Iterable[engine.Finding], now: datetime
) -> None:
    """Record who sent what (its digest) and which rules refused it; in a transaction that did nothing else."""
    rules = sorted({finding.rule for finding in findings})
    changes: list[dict[str, object]] = [
        {"field": "sha256", "old": None, "new": sha256_of(content)},
        {"field": "rules", "old": None, "new": rules},
    ]
    drafts.chain_of(session, key).append(now, actor, "draft_refused", key, changes)


def record_refused_file(
    session: Session, actor: Actor, draft_id: int, content: bytes, findings: Iterable[engine.Finding], now: datetime
) -> None:
    """The same for a file that was to be saved in a draft that exists."""
    key = drafts.find(session, draft_id).key
    record_refusal(session, actor, key, content, findings, now)
