"""Messages and letters to applicants (消息与文书), and the gap-free counters of their numbers."""

from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, ForeignKey, Index, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant
from storage.counting import at_most


class Message(Base):
    """A letter or message to an enterprise about one of its cases. `read_at`: when the enterprise first opened it.

    `unproved_at`: when a term ran out whose letter nobody could prove to have been delivered, so that it is to be
    served on paper; what proves delivery, and since when, is asked of `workflows.case.delivery`.
    """

    __tablename__ = "message"
    id: Mapped[Id]
    enterprise_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("enterprise.id"))
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    number: Mapped[str | None]
    title: Mapped[str]
    body: Mapped[str]
    sent_at: Mapped[Instant]
    read_at: Mapped[Instant | None]
    unproved_at: Mapped[Instant | None]
    __table_args__ = (
        Index(None, "enterprise_id", "id"),
        Index("ix_message_unread", "enterprise_id", postgresql_where=text("read_at IS NULL")),
    )


class LetterCounter(Base):
    """The last number used of a kind of letter in a year."""

    __tablename__ = "letter_counter"
    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


def next_letter_number(session: Session, kind: str, year: int) -> int:
    """Take the next number; the row stays locked until the transaction ends, so that no number is lost."""
    return take_letter_numbers(session, kind, year, 1)[0]


def take_letter_numbers(session: Session, kind: str, year: int, count: int) -> range:
    """Take so many numbers in a row, of which every one is to be used."""
    statement = insert(LetterCounter).values(kind=kind, year=year, value=count)
    statement = statement.on_conflict_do_update(
        index_elements=["kind", "year"], set_={"value": LetterCounter.value + count}
    )
    # Nothing that waits to be written changes a counter: it goes out together with the letter.
    with session.no_autoflush:
        last = session.scalars(statement.returning(LetterCounter.value)).one()
    return range(last - count + 1, last + 1)


def list_of_enterprise(
    session: Session, enterprise_id: int, *, before: int | None = None, limit: int = 50
) -> Sequence[Message]:
    query = select(Message).where(Message.enterprise_id == enterprise_id).order_by(Message.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Message.id < before)
    return session.scalars(query).all()


def list_of_case(session: Session, case_id: int) -> Sequence[Message]:
    return session.scalars(select(Message).where(Message.case_id == case_id).order_by(Message.id)).all()


def find(session: Session, message_id: int, enterprise_id: int) -> Message | None:
    return session.scalar(select(Message).where(Message.id == message_id, Message.enterprise_id == enterprise_id))


def find_of_case(session: Session, message_id: int, case_id: int) -> Message | None:
    return session.scalar(select(Message).where(Message.id == message_id, Message.case_id == case_id))


def list_of_kinds(session: Session, case_id: int, kinds: Iterable[str]) -> Sequence[Message]:
    """A case's messages of these kinds, in order."""
    query = select(Message).where(Message.case_id == case_id, Message.kind.in_(list(kinds)))
    return session.scalars(query.order_by(Message.id)).all()


def latest_of_kind(session: Session, case_id: int, kind: str) -> Message | None:
    query = select(Message).where(Message.case_id == case_id, Message.kind == kind)
    return session.scalar(query.order_by(Message.id.desc()).limit(1))


def count_unread(session: Session, enterprise_id: int) -> int:
    """How many messages the firm has not read yet, at most MOST."""
    unread = select(Message.enterprise_id).where(Message.enterprise_id == enterprise_id, Message.read_at.is_(None))
    return session.scalar(at_most(unread)) or 0
