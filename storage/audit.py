"""The record: a hash chain per case (and per batch, parameter, definition); rows are only ever inserted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Index, SmallInteger, Table, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Instant, Json, JsonList
from storage.unit_of_work import UnitOfWork

CASE = "case:"


class AuditEvent(Base):
    """One event of one chain; `hash` covers every other column, `previous` is the hash of the event before.

    `role` and `address` are of the person who acted; `cause_chain` and `cause_seq` name the event that an act of the
    program followed from. `binds` holds the digests of what the event speaks of, by kind and id.
    """

    __tablename__ = "audit_event"
    chain: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Instant]
    actor: Mapped[str]
    role: Mapped[str | None]
    address: Mapped[str | None]
    action: Mapped[str]
    subject: Mapped[str]
    changes: Mapped[JsonList]
    cause_chain: Mapped[str | None]
    cause_seq: Mapped[int | None]
    binds: Mapped[Json]
    format: Mapped[int] = mapped_column(SmallInteger)
    previous: Mapped[str]
    hash: Mapped[str]
    __table_args__ = (Index(None, "actor", "at"), Index(None, "at"))


_TABLE = cast(Table, AuditEvent.__table__)
_COLUMNS = tuple(column.key for column in _TABLE.columns)


def append(session: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Add an event, given by its columns."""
    session.append(_TABLE, row)


def as_row(event: AuditEvent) -> dict[str, Any]:
    """An event by its columns."""
    return {name: getattr(event, name) for name in _COLUMNS}


def chain_of_case(reference: Any) -> Any:
    """The name of a case's chain, of a reference or of a column of references."""
    return CASE + reference


def last(session: Session, chain: str) -> tuple[int, str]:
    """Number and hash of the newest event; (0, "") for a new chain. The caller locks what the chain tells."""
    query = select(AuditEvent.seq, AuditEvent.hash).where(AuditEvent.chain == chain)
    row = session.execute(query.order_by(AuditEvent.seq.desc()).limit(1)).first()
    return (row[0], row[1]) if row else (0, "")


def list_chain(session: Session, chain: str, *, after: int = 0, limit: int) -> Sequence[AuditEvent]:
    query = select(AuditEvent).where(AuditEvent.chain == chain, AuditEvent.seq > after)
    return session.scalars(query.order_by(AuditEvent.seq).limit(limit)).all()


def find_all(session: Session, names: Iterable[tuple[str, int]]) -> dict[tuple[str, int], AuditEvent]:
    """These events by chain and number, one statement."""
    wanted = list(names)
    if not wanted:
        return {}
    query = select(AuditEvent).where(tuple_(AuditEvent.chain, AuditEvent.seq).in_(wanted))
    return {(event.chain, event.seq): event for event in session.scalars(query)}


def newest_of(session: Session, chain: str, action: str, subject: str) -> int | None:
    """The number of the newest event of this action and subject on a chain."""
    query = select(AuditEvent.seq).where(
        AuditEvent.chain == chain, AuditEvent.action == action, AuditEvent.subject == subject
    )
    return session.scalar(query.order_by(AuditEvent.seq.desc()).limit(1))


def walk(session: Session) -> Iterator[AuditEvent]:
    """Every event, chain by chain, in order, without holding them all."""
    query = select(AuditEvent).order_by(AuditEvent.chain, AuditEvent.seq)
    yield from session.scalars(query.execution_options(yield_per=1000))
