"""The lines of official lists (公布名单), each with the enterprise found on it and the case that was made of it."""

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id, Instant, Json, one_of


class ListEntry(Base):
    """One line of a list. `state`: matched, to_confirm (a name alone, or beside another's code), unmatched, dismissed.

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
    __table_args__ = (
        one_of("state", "matched", "to_confirm", "unmatched", "dismissed"),
        Index(None, "list_id", "row"),
        Index(None, "list_id", "state", "case_id"),
    )
