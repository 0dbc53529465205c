"""Definition versions: a diagram with its called diagrams and forms, pinned and hashed as one bundle."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant


class DefinitionVersion(Base):
    """Version `version` of the scheme `key`; `sha256` is that of the whole bundle. State: published or retired.

    `authors` drew it, `published_by` let it go live; `draft_id` is the draft it came from, None for what is shipped.
    """

    __tablename__ = "definition_version"
    id: Mapped[Id]
    key: Mapped[str]
    version: Mapped[int]
    sha256: Mapped[str]
    state: Mapped[str]
    published_at: Mapped[Instant]
    published_by: Mapped[str]
    authors: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    reason: Mapped[str | None]
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("definition_draft.id"), index=True)
    retired_at: Mapped[Instant | None]
    retired_by: Mapped[str | None]
    retired_reason: Mapped[str | None]
    __table_args__ = (UniqueConstraint("key", "version"), Index(None, "key", "sha256"))


class DefinitionFile(Base):
    """One file of a bundle by its path; content is stored once per digest."""

    __tablename__ = "definition_file"
    definition_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("definition_version.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("definition_content.sha256"))


class DefinitionContent(Base):
    """The bytes of a file, shared by every bundle that holds it."""

    __tablename__ = "definition_content"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


def latest(session: Session, key: str) -> DefinitionVersion | None:
    query = select(DefinitionVersion).where(DefinitionVersion.key == key, DefinitionVersion.state == "published")
    return session.scalar(query.order_by(DefinitionVersion.version.desc()).limit(1))


def find(session: Session, key: str, version: int) -> DefinitionVersion | None:
    return session.scalar(
        select(DefinitionVersion).where(DefinitionVersion.key == key, DefinitionVersion.version == version)
    )


def list_all(session: Session) -> Sequence[DefinitionVersion]:
    return session.scalars(
        select(DefinitionVersion).order_by(DefinitionVersion.key, DefinitionVersion.version.desc())
    ).all()


def load_files(session: Session, definition_id: int) -> dict[str, bytes]:
    """The files of a bundle by path; callers keep them, a published bundle never changes."""
    query = (
        select(DefinitionFile.path, DefinitionContent.content)
        .join(DefinitionContent, DefinitionContent.sha256 == DefinitionFile.sha256)
        .where(DefinitionFile.definition_id == definition_id)
        .order_by(DefinitionFile.path)
    )
    return {path: bytes(content) for path, content in session.execute(query)}


def known_contents(session: Session, digests: set[str]) -> set[str]:
    return set(session.scalars(select(DefinitionContent.sha256).where(DefinitionContent.sha256.in_(digests))))


def by_ids(session: Session, ids: set[int]) -> dict[int, DefinitionVersion]:
    return {each.id: each for each in session.scalars(select(DefinitionVersion).where(DefinitionVersion.id.in_(ids)))}
