"""The record of what was done: events appended to a hash chain in the transaction of what they tell."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from storage import audit as store
from storage.audit import AuditEvent
from storage.database import Session, lock_name


@dataclass(frozen=True)
class BadRow:
    """The first row of a chain that does not fit, and why."""

    chain: str
    seq: int
    why: str


def canonical(value: object) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8; strings, integers, booleans, null, lists and objects only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(event: AuditEvent) -> str:
    """SHA-256 over every column but the hash itself."""
    return hashlib.sha256(
        canonical(
            {
                "chain": event.chain,
                "seq": event.seq,
                "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "actor": event.actor,
                "action": event.action,
                "subject": event.subject,
                "changes": event.changes,
                "previous": event.previous,
            }
        )
    ).hexdigest()


class Chain:
    """The open end of one chain; its owner holds the lock of what the chain tells."""

    def __init__(self, session: Session, name: str, seq: int, previous: str) -> None:
        self._session, self.name, self._seq, self._previous = session, name, seq, previous

    @classmethod
    def open(cls, session: Session, name: str) -> "Chain":
        seq, previous = store.last(session, name)
        return cls(session, name, seq, previous)

    @classmethod
    def open_locked(cls, session: Session, name: str) -> "Chain":
        """The open end of a chain that no row guards, under a lock of its own until the transaction ends."""
        lock_name(session, name)
        return cls.open(session, name)

    def append(
        self, at: datetime, actor: str, action: str, subject: str, changes: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        """Add one event (past tense); `changes` are {"field", "old", "new"}."""
        event = AuditEvent(
            chain=self.name,
            seq=self._seq + 1,
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            changes=[dict(change) for change in changes],
            previous=self._previous,
        )
        event.hash = digest(event)
        self._session.add(event)
        self._seq, self._previous = event.seq, event.hash


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The differences of two views as changes, by field name."""
    return [
        {"field": field, "old": old.get(field), "new": new.get(field)}
        for field in sorted({*old, *new})
        if old.get(field) != new.get(field)
    ]


def verify(session: Session) -> list[BadRow]:
    """Walk every chain; the first bad row of each broken one. An empty list means that the record is whole."""
    return list(_broken(store.walk(session)))


def _broken(events: Iterator[AuditEvent]) -> Iterator[BadRow]:
    chain, seq, previous, skip = "", 0, "", ""
    for event in events:
        if event.chain == skip:
            continue
        if event.chain != chain:
            chain, seq, previous = event.chain, 0, ""
        why = None
        if event.seq != seq + 1:
            why = f"缺少第{seq + 1}号记录"
        elif event.previous != previous:
            why = "与前一条记录的数字指纹不衔接"
        elif event.hash != digest(event):
            why = "记录内容与其数字指纹不符"
        if why:
            yield BadRow(event.chain, event.seq, why)
            skip = event.chain
            continue
        seq, previous = event.seq, event.hash
