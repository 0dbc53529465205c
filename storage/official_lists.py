"""Official lists of honours and city projects, and the enterprises found on them (免申即享, path B)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, Json


class OfficialList(Base):
    """A published list (公布名单), imported for one scheme and one batch."""

    __tablename__ = "official_list"
    id: Mapped[Id]
    scheme: Mapped[str]
    title: Mapped[str]
    document_no: Mapped[str]
    published_on: Mapped[date]
    batch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("batch.id"))
    import_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("sheet_import.id"))


class ListEntry(Base):
    """One line of a list. `state`: matched, to_confirm (by name, for an officer), unmatched, dismissed.

    `facts` are what the line says under the field codes of the scheme's forms; `case_id` is the candidate's case.
    """

    __tablename__ = "list_entry"
    id: Mapped[Id]
    list_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("official_list.id"))
    row: Mapped[int]
    name: Mapped[str]
    uscc: Mapped[str | None]
    facts: Mapped[Json]
    state: Mapped[str]
    enterprise_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("enterprise.id"))
    decided_by: Mapped[str | None]
    decided_at: Mapped[Instant | None]
    case_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id"), unique=True)
    __table_args__ = (Index(None, "list_id", "row"),)


def get_list(session: Session, list_id: int) -> OfficialList | None:
    return session.get(OfficialList, list_id)


def list_lists(session: Session, *, before: int | None = None, limit: int = 50) -> Sequence[OfficialList]:
    query = select(OfficialList).order_by(OfficialList.id.desc()).limit(limit)
    return session.scalars(query if before is None else query.where(OfficialList.id < before)).all()


def lock_entries(session: Session, list_id: int, *, entry_id: int | None = None) -> Sequence[ListEntry]:
    """Lock the lines of a list, or one of them, in order."""
    query = select(ListEntry).where(ListEntry.list_id == list_id).order_by(ListEntry.row).with_for_update()
    return session.scalars(query if entry_id is None else query.where(ListEntry.id == entry_id)).all()


def list_entries(session: Session, list_id: int, *, after: int = 0, limit: int = 100) -> Sequence[ListEntry]:
    query = select(ListEntry).where(ListEntry.list_id == list_id, ListEntry.row > after)
    return session.scalars(query.order_by(ListEntry.row).limit(limit)).all()


def count_states(session: Session, list_id: int) -> dict[str, int]:
    query = select(ListEntry.state, func.count()).where(ListEntry.list_id == list_id).group_by(ListEntry.state)
    return {row[0]: row[1] for row in session.execute(query)}
