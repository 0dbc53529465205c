"""Which file was imported, by whom, and what became of its rows."""

from collections.abc import Sequence

from sqlalchemy import Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, JsonList, one_of, two_people
from storage.locks import to_change


class SheetImport(Base):
    """One import of a list; `refused` holds [{"row", "errors"}] for every row that was not taken.

    Its rows count at once (`counted`), or wait as they were read in `rows` (`proposed`) for a second person, or were
    given up before one confirmed them (`discarded`). `notes` are sentences about the file.
    """

    __tablename__ = "sheet_import"
    id: Mapped[Id]
    kind: Mapped[str]
    filename: Mapped[str]
    sha256: Mapped[str]
    accepted: Mapped[int]
    refused: Mapped[JsonList]
    imported_by: Mapped[str]
    imported_at: Mapped[Instant]
    state: Mapped[str] = mapped_column(default="counted")
    rows: Mapped[JsonList] = mapped_column(default=list)
    notes: Mapped[JsonList] = mapped_column(default=list)
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[Instant | None]
    __table_args__ = (
        one_of("state", "counted", "proposed", "discarded"),
        two_people("imported_by", "confirmed_by"),
        Index("ix_sheet_import_proposed", "id", postgresql_where=text("state = 'proposed'")),
    )


def find(session: Session, import_id: int) -> SheetImport | None:
    return session.get(SheetImport, import_id)


def lock(session: Session, import_id: int) -> SheetImport | None:
    return session.scalar(to_change(select(SheetImport).where(SheetImport.id == import_id)))


def list_proposed(session: Session, kind: str) -> Sequence[SheetImport]:
    """What waits for a second person, oldest first, at most a hundred."""
    query = select(SheetImport).where(SheetImport.state == "proposed", SheetImport.kind == kind)
    return session.scalars(query.order_by(SheetImport.id).limit(100)).all()
