"""Documents of a case: versions kept, bytes in the object store under generated keys."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, delete, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant
from storage.cases import Case
from storage.locks import to_change, to_claim
from storage.objections import ObjectionEvidence


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
    # Bytes that the store would not lock wait here, longer each time.
    lock_again_at: Mapped[Instant | None]
    failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    __table_args__ = (
        UniqueConstraint("case_id", "code", "filename", "version"),
        Index(None, "case_id", "code", "id"),
        Index("ix_document_unlocked", "id", postgresql_where=text("locked_at IS NULL AND withdrawn_at IS NULL")),
    )


class UploadUnderWay(Base):
    """Bytes that may lie in the store under this key while no row of `document` names them yet, or none ever will."""

    __tablename__ = "upload_under_way"
    object_key: Mapped[str] = mapped_column(primary_key=True)
    begun_at: Mapped[Instant] = mapped_column(index=True)


def list_of_case(session: Session, case_id: int) -> Sequence[Document]:
    query = select(Document).where(Document.case_id == case_id, Document.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Document.code, Document.id)).all()


def codes_of_case(session: Session, case_id: int) -> set[str]:
    """Under which headings of the checklist something is filed."""
    return set(
        session.scalars(
            select(Document.code).where(Document.case_id == case_id, Document.withdrawn_at.is_(None)).distinct()
        )
    )


def by_ids(session: Session, document_ids: Iterable[int]) -> Sequence[Document]:
    """Documents of any case by id, also what was taken out of a file; one statement."""
    wanted = list(document_ids)
    query = select(Document).where(Document.id.in_(wanted)).order_by(Document.id)
    return session.scalars(query).all() if wanted else ()


def find(session: Session, case_id: int, document_id: int) -> Document | None:
    return session.scalar(
        select(Document).where(Document.case_id == case_id, Document.id == document_id, Document.withdrawn_at.is_(None))
    )


def last_version(session: Session, case_id: int, code: str, filename: str) -> int:
    query = select(func.max(Document.version)).where(
        Document.case_id == case_id, Document.code == code, Document.filename == filename
    )
    return session.scalar(query) or 0


def next_to_lock(session: Session, now: datetime) -> Document | None:
    """Claim a document of an accepted case whose bytes are not yet locked against deletion; other workers skip it."""
    query = (
        select(Document)
        .join(Case, Case.id == Document.case_id)
        .where(
            Case.accepted_at.is_not(None),
            Document.locked_at.is_(None),
            Document.withdrawn_at.is_(None),
            (Document.lock_again_at.is_(None)) | (Document.lock_again_at <= now),
        )
        .order_by(Document.id)
        .limit(1)
    )
    return session.scalar(to_claim(query, Document))


def lock(session: Session, document_id: int) -> Document:
    return session.scalars(to_change(select(Document).where(Document.id == document_id))).one()


def next_abandoned(session: Session, before: datetime) -> str | None:
    """Claim an upload that was announced before this instant and never became a document; answers its key."""
    query = select(UploadUnderWay.object_key).where(UploadUnderWay.begun_at < before)
    return session.scalar(to_claim(query.order_by(UploadUnderWay.begun_at).limit(1)))


def keep_announced(session: Session, object_key: str, from_: datetime) -> None:
    """Look at an announced upload again as if it had been announced now."""
    session.execute(update(UploadUnderWay).where(UploadUnderWay.object_key == object_key).values(begun_at=from_))


def arrived(session: Session, object_key: str) -> None:
    """The bytes under this key have their document, or are gone."""
    session.execute(delete(UploadUnderWay).where(UploadUnderWay.object_key == object_key))


def is_known(session: Session, object_key: str) -> bool:
    """Whether a document, or a file of an objector, names these bytes."""
    named = select(Document.object_key).where(Document.object_key == object_key)
    brought = select(ObjectionEvidence.object_key).where(ObjectionEvidence.object_key == object_key)
    return session.scalar(named.union_all(brought).limit(1)) is not None
