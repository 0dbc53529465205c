"""Drafts of definitions (流程草稿): the files that an owner changed, laid over what is in force."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Text, delete, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, one_of
from storage.locks import to_change

DraftState = Literal["open", "scheduled", "published", "discarded"]


class DefinitionDraft(Base):
    """A change under way. State: open, scheduled (approved, waits for `publish_at`), published or discarded.

    `key` is the process that it was begun for, a scheme or a called process; `authors` is everybody who saved a file.
    """

    __tablename__ = "definition_draft"
    id: Mapped[Id]
    key: Mapped[str]
    title: Mapped[str]
    state: Mapped[DraftState] = mapped_column(Text, default="open")
    authors: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    created_by: Mapped[str]
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    reason: Mapped[str | None]
    approved_by: Mapped[str | None]
    approved_at: Mapped[Instant | None]
    publish_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]
    # Why a scheduled publication did not take place; the draft is open again.
    failure: Mapped[str | None]
    __table_args__ = (
        one_of("state", *get_args(DraftState)),
        Index(None, "state", "publish_at"),
        Index(None, "key", "id"),
    )


class DraftFile(Base):
    """One changed file; `base_sha256` is the digest of the file in force that it was begun from, None for a new one."""

    __tablename__ = "definition_draft_file"
    draft_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("definition_draft.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    base_sha256: Mapped[str | None]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    saved_by: Mapped[str]
    saved_at: Mapped[Instant]


def find(session: Session, draft_id: int) -> DefinitionDraft | None:
    return session.get(DefinitionDraft, draft_id)


def lock(session: Session, draft_id: int) -> DefinitionDraft | None:
    """Whoever changes anything about a draft holds its row."""
    return session.scalar(to_change(select(DefinitionDraft).where(DefinitionDraft.id == draft_id)))


def list_all(session: Session, *, states: Sequence[str], key: str | None, limit: int) -> Sequence[DefinitionDraft]:
    """Newest first."""
    query = select(DefinitionDraft).where(DefinitionDraft.state.in_(states)).order_by(DefinitionDraft.id.desc())
    if key is not None:
        query = query.where(DefinitionDraft.key == key)
    return session.scalars(query.limit(limit)).all()


def find_by_title(session: Session, title: str) -> DefinitionDraft | None:
    return session.scalar(select(DefinitionDraft).where(DefinitionDraft.title == title).limit(1))


def files_of(session: Session, draft_id: int) -> dict[str, DraftFile]:
    query = select(DraftFile).where(DraftFile.draft_id == draft_id).order_by(DraftFile.path)
    return {row.path: row for row in session.scalars(query.execution_options(populate_existing=True))}


def that_change_files(session: Session, draft_ids: Collection[int]) -> set[int]:
    """Those of the drafts that hold a changed file."""
    return set(session.scalars(select(DraftFile.draft_id).where(DraftFile.draft_id.in_(draft_ids)).distinct()))


def remove_file(session: Session, draft_id: int, path: str) -> None:
    session.execute(delete(DraftFile).where(DraftFile.draft_id == draft_id, DraftFile.path == path))


def find_due(session: Session, now: datetime) -> int | None:
    """The draft whose publication is longest due, without claiming it."""
    query = select(DefinitionDraft.id).where(DefinitionDraft.state == "scheduled", DefinitionDraft.publish_at <= now)
    return session.scalar(query.order_by(DefinitionDraft.publish_at, DefinitionDraft.id).limit(1))
