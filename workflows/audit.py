"""The record of what was done: events appended to a hash chain in the transaction of what they tell.

An event names who did it. What the program does by itself is done by the system, and names the event that it followed
from: a person's act, or the instant at which something fell due.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from storage import audit as store
from storage.audit import AuditEvent
from storage.database import Session
from storage.locks import lock_name

FORMAT = 2
"""How events are written now. Format 1 kept neither role, address, cause nor bindings; it stays verifiable."""
SYSTEM = "system"
# What the program may do without an earlier event: a day or a period has come, it was started, or it failed.
ROOTS = frozenset(
    {
        "timer_fired",
        "objection_taken_up",
        "incident_recorded",
        "incident_resolved",
        "definition_published",
        "draft_opened",
        "account_created",
    }
)


class Signatory(Protocol):
    """Whoever an event is put down to: `role` is the post in which a person acted, `address` where he sat."""

    @property
    def username(self) -> str: ...
    @property
    def role(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...


class EventRef(NamedTuple):
    """Names one event of the record by its chain and its number there."""

    chain: str
    seq: int


class Uncaused(RuntimeError):
    """The program was about to put an act down to itself without saying what it followed from."""


@dataclass(frozen=True)
class BadRow:
    """The first row of a chain that does not fit, and why."""

    chain: str
    seq: int
    why: str


def canonical(value: object) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8; strings, integers, booleans, null, lists and objects only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest_of(value: object) -> str:
    """SHA-256 over the canonical JSON of a value, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def salted(value: object, salt: str) -> str:
    """What the record keeps of an identity number, account or phone: nobody finds the value by trying without the salt,
    which lies with the value and goes with it."""
    return f"sha256:{digest_of({'salt': salt, 'value': value})}"


def digest(event: AuditEvent) -> str:
    """SHA-256 over every column but the hash itself, as the event's format has them."""
    return digest_of(_hashed(store.as_row(event)))


def _hashed(event: Mapping[str, Any]) -> dict[str, Any]:
    """What an event's hash covers, by its columns."""
    kept = {name: event[name] for name in ("chain", "seq", "actor", "action", "subject", "changes", "previous")}
    kept["at"] = event["at"].astimezone(UTC).isoformat(timespec="microseconds")
    if event["format"] > 1:
        kept |= {name: event[name] for name in ("format", "role", "address", "binds")}
        cause = [event["cause_chain"], event["cause_seq"]]
        kept["cause"] = cause if event["cause_chain"] is not None else None
    return kept


class Chain:
    """The open end of one chain; its owner holds the lock of what the chain tells."""

    def __init__(self, session: Session, name: str, seq: int, previous: str) -> None:
        self._session, self.name, self._seq, self._previous = session, name, seq, previous
        self.newest: EventRef | None = None
        """The last event of this transaction that followed from no other: what goes on by itself follows from it."""

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
        self,
        at: datetime,
        by: Signatory,
        action: str,
        subject: str,
        changes: Sequence[Mapping[str, Any]] = (),
        *,
        cause: EventRef | None = None,
        binds: Mapping[str, str] | None = None,
    ) -> EventRef:
        """Add one event (past tense) and answer its name.

        `changes` are {"field", "old", "new"}; `binds` names what the event speaks of by kind and id, each with its
        digest, so that the row can be held against the record. Raises Uncaused for an act of the system without cause.
        """
        if by.username == SYSTEM and cause is None and action not in ROOTS:
            raise Uncaused(action)
        event: dict[str, Any] = {
            "chain": self.name,
            "seq": self._seq + 1,
            "at": at,
            "actor": by.username,
            "role": by.role,
            "address": by.address,
            "action": action,
            "subject": subject,
            "changes": [dict(change) for change in changes],
            "cause_chain": cause.chain if cause else None,
            "cause_seq": cause.seq if cause else None,
            "binds": dict(binds or {}),
            "format": FORMAT,
            "previous": self._previous,
        }
        event["hash"] = digest_of(_hashed(event))
        store.append(self._session, event)
        self._seq, self._previous = self._seq + 1, event["hash"]
        name = EventRef(self.name, self._seq)
        if cause is None:
            self.newest = name
        return name


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The differences of two views as changes, by field name."""
    return [
        {"field": field, "old": old.get(field), "new": new.get(field)}
        for field in sorted({*old, *new})
        if old.get(field) != new.get(field)
    ]


def verify(session: Session) -> list[BadRow]:
    """Walk every chain; the first bad row of each broken one. An empty list: no row that is there was altered alone.

    What was cut off at the end of a chain, or a chain that was removed or computed anew as a whole, is not found here.
    """
    return list(_broken(store.walk(session)))


def _broken(events: Iterator[AuditEvent]) -> Iterator[BadRow]:
    chain, seq, previous, skip = "", 0, "", ""
    for event in events:
        if event.chain == skip:
            continue
        if event.chain != chain:
            chain, seq, previous = event.chain, 0, ""
        why = _what_is_wrong(event, seq, previous)
        if why:
            yield BadRow(event.chain, event.seq, why)
            skip = event.chain
            continue
        seq, previous = event.seq, event.hash


def _what_is_wrong(event: AuditEvent, seq: int, previous: str) -> str | None:
    if event.seq != seq + 1:
        return f"缺少第{seq + 1}号记录"
    if event.previous != previous:
        return "与前一条记录的数字指纹不衔接"
    if event.format not in (1, FORMAT):
        return f"记录格式{event.format}不是本程序所知的格式"
    if event.hash != digest(event):
        return "记录内容与其数字指纹不符"
    return None
