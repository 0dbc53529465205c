"""Documents of a case: versions kept, bytes in the object store under generated keys."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant
from storage.cases import Case


class Document(Base):
    """One version of one item of the checklist; a row exists only once its bytes are safe in the object store."""

    __tablename__ = "document"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    code: Mapped[str]
    version: Mapped[int]
    filename: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    object_key: Mapped[str] = mapped_column(unique=True)
    object_version: Mapped[str | None]
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[Instant]
    locked_at: Mapped[Instant | None]
    withdrawn_at: Mapped[Instant | None]
    __table_args__ = (
        UniqueConstraint("case_id", "code", "filename", "version"),
        Index(None, "case_id", "code", "id"),
        Index("ix_document_unlocked", "id", postgresql_where=text("locked_at IS NULL AND withdrawn_at IS NULL")),
    )


def list_of_case(session: Session, case_id: int) -> Sequence[Document]:
    query = select(Document).where(Document.case_id == case_id, Document.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Document.code, Document.id)).all()


def find(session: Session, case_id: int, document_id: int) -> Document | None:
    return session.scalar(
        select(Document).where(Document.case_id == case_id, Document.id == document_id, Document.withdrawn_at.is_(None))
    )


def last_version(session: Session, case_id: int, code: str, filename: str) -> int:
    query = select(func.max(Document.version)).where(
        Document.case_id == case_id, Document.code == code, Document.filename == filename
    )
    return session.scalar(query) or 0


def to_lock(session: Session, limit: int = 50) -> Sequence[Document]:
    """Documents of accepted cases whose bytes are not yet locked against deletion."""
    query = select(Document).join(Case, Case.id == Document.case_id)
    query = query.where(Case.accepted_at.is_not(None), Document.locked_at.is_(None), Document.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Document.id).limit(limit)).all()
