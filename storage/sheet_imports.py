"""Which file was imported, by whom, and what became of its rows."""

from sqlalchemy.orm import Mapped, Session

from storage.base import Base, Id, Instant, JsonList


class SheetImport(Base):
    """One import of a list; `refused` holds [{"row", "errors"}] for every row that was not taken."""

    __tablename__ = "sheet_import"
    id: Mapped[Id]
    kind: Mapped[str]
    filename: Mapped[str]
    sha256: Mapped[str]
    accepted: Mapped[int]
    refused: Mapped[JsonList]
    imported_by: Mapped[str]
    imported_at: Mapped[Instant]


def find(session: Session, import_id: int) -> SheetImport | None:
    return session.get(SheetImport, import_id)
