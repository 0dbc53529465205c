"""Definition versions: a diagram with its called diagrams and forms, pinned and hashed as one bundle."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, and_, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, one_of


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
    __table_args__ = (
        one_of("state", "published", "retired"),
        UniqueConstraint("key", "version"),
        Index(None, "key", "sha256"),
    )


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


def before(session: Session, version: DefinitionVersion) -> DefinitionVersion | None:
    """The version in force that comes next when this one is withdrawn."""
    query = select(DefinitionVersion).where(
        DefinitionVersion.key == version.key,
        DefinitionVersion.state == "published",
        DefinitionVersion.version < version.version,
    )
    return session.scalar(query.order_by(DefinitionVersion.version.desc()).limit(1))


def latest_by(session: Session, key: str, published_by: str) -> DefinitionVersion | None:
    """The newest version of a key that this one published, in force or not."""
    query = select(DefinitionVersion).where(
        DefinitionVersion.key == key, DefinitionVersion.published_by == published_by
    )
    return session.scalar(query.order_by(DefinitionVersion.version.desc()).limit(1))


def last_number(session: Session, key: str) -> int:
    return session.scalar(select(func.max(DefinitionVersion.version)).where(DefinitionVersion.key == key)) or 0


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


def paths_in_force(session: Session) -> dict[str, str]:
    """The digest of every file of the newest published version of each key, the newest publication winning a path."""
    newest = (
        select(DefinitionVersion.key, func.max(DefinitionVersion.version).label("version"))
        .where(DefinitionVersion.state == "published")
        .group_by(DefinitionVersion.key)
        .subquery()
    )
    query = (
        select(DefinitionFile.path, DefinitionFile.sha256)
        .join(DefinitionVersion, DefinitionVersion.id == DefinitionFile.definition_id)
        .join(newest, and_(newest.c.key == DefinitionVersion.key, newest.c.version == DefinitionVersion.version))
        .order_by(DefinitionVersion.published_at, DefinitionVersion.id, DefinitionFile.path)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def paths_of(session: Session, definition_id: int) -> dict[str, str]:
    """The digest of every file of one version by path."""
    query = select(DefinitionFile.path, DefinitionFile.sha256).where(DefinitionFile.definition_id == definition_id)
    return {row[0]: row[1] for row in session.execute(query)}


def contents(session: Session, digests: set[str]) -> dict[str, bytes]:
    """Files by their digests."""
    query = select(DefinitionContent.sha256, DefinitionContent.content)
    found = session.execute(query.where(DefinitionContent.sha256.in_(digests)))
    return {sha256: bytes(content) for sha256, content in found}


def list_of_draft(session: Session, draft_id: int) -> Sequence[DefinitionVersion]:
    """The versions that the publication of one draft made."""
    query = select(DefinitionVersion).where(DefinitionVersion.draft_id == draft_id)
    return session.scalars(query.order_by(DefinitionVersion.key)).all()


def list_released_with(session: Session, version: DefinitionVersion) -> Sequence[DefinitionVersion]:
    """The versions that went live together with this one: of the same draft, or brought by the program at once."""
    if version.draft_id is not None:
        return list_of_draft(session, version.draft_id)
    query = select(DefinitionVersion).where(
        DefinitionVersion.draft_id.is_(None),
        DefinitionVersion.published_by == version.published_by,
        DefinitionVersion.published_at == version.published_at,
    )
    return session.scalars(query.order_by(DefinitionVersion.key)).all()


def any_decided_by_others(session: Session, username: str) -> bool:
    """Whether somebody else than this one ever published or withdrew a version."""
    query = select(DefinitionVersion.id).where(
        or_(DefinitionVersion.published_by != username, DefinitionVersion.retired_by.is_not(None))
    )
    return session.scalar(query.limit(1)) is not None
