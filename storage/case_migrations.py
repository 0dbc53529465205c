"""Migrations of running cases (在办件迁移): from which version to which, and the state before, to undo it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant


class CaseMigration(Base):
    """One case moved to another version; `state_after_sha256` tells whether it has moved on since."""

    __tablename__ = "case_migration"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("case_run.id"), index=True)
    from_definition_id: Mapped[int] = mapped_column(ForeignKey("definition_version.id"))
    to_definition_id: Mapped[int] = mapped_column(ForeignKey("definition_version.id"))
    at: Mapped[Instant]
    by: Mapped[str]
    reason: Mapped[str]
    state_before: Mapped[bytes] = mapped_column(LargeBinary)
    state_after_sha256: Mapped[str]
    reverted_at: Mapped[Instant | None]
    reverted_by: Mapped[str | None]


def latest_of_case(session: Session, case_id: int) -> CaseMigration | None:
    """The newest migration of a case that was not undone."""
    query = select(CaseMigration).where(CaseMigration.case_id == case_id, CaseMigration.reverted_at.is_(None))
    return session.scalar(query.order_by(CaseMigration.id.desc()).limit(1))


def list_of_run(session: Session, run_id: int, case_ids: Iterable[int]) -> Sequence[CaseMigration]:
    """What a run did to these cases, undone or not."""
    query = select(CaseMigration).where(CaseMigration.run_id == run_id, CaseMigration.case_id.in_(list(case_ids)))
    return session.scalars(query.order_by(CaseMigration.id)).all()
