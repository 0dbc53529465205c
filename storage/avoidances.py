"""工作人员回避: who keeps away from which case, on which ground, and who took it back."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, one_of
from storage.cases import Case

GROUNDS = ("kinship", "holdings", "employment", "other")
_HOLDS = text("lifted_at IS NULL")


class Avoidance(Base):
    """One person and one case. It holds until it is lifted; whoever declared it for himself is `begun_by` himself."""

    __tablename__ = "avoidance"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    username: Mapped[str]
    ground: Mapped[str]
    reason: Mapped[str]
    begun_by: Mapped[str]
    begun_at: Mapped[Instant]
    # When a chief took note of it and saw to who does the work instead.
    seen_at: Mapped[Instant | None]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[Instant | None]
    lifted_because: Mapped[str | None]
    __table_args__ = (
        one_of("ground", *GROUNDS),
        Index("uq_avoidance_holds", "case_id", "username", unique=True, postgresql_where=_HOLDS),
        Index("ix_avoidance_unseen", "id", postgresql_where=text("seen_at IS NULL AND lifted_at IS NULL")),
    )


def keeps_away(case_id: Any, username: Any) -> Any:
    """Whether a person keeps away from a case, as a condition of a statement: one look into the index."""
    holding = select(Avoidance.id).where(Avoidance.case_id == case_id, Avoidance.username == username)
    return holding.where(Avoidance.lifted_at.is_(None)).exists()


def find_holding(session: Session, case_id: int, username: str) -> Avoidance | None:
    query = select(Avoidance).where(Avoidance.case_id == case_id, Avoidance.username == username)
    return session.scalar(query.where(Avoidance.lifted_at.is_(None)))


def find(session: Session, case_id: int, avoidance_id: int) -> Avoidance | None:
    return session.scalar(select(Avoidance).where(Avoidance.case_id == case_id, Avoidance.id == avoidance_id))


def list_of_case(session: Session, case_id: int) -> Sequence[Avoidance]:
    return session.scalars(select(Avoidance).where(Avoidance.case_id == case_id).order_by(Avoidance.id)).all()


def list_unseen(session: Session, most: int) -> Sequence[Avoidance]:
    """Those that hold and of which no chief has taken note, the oldest first."""
    query = select(Avoidance).where(Avoidance.seen_at.is_(None), Avoidance.lifted_at.is_(None))
    return session.scalars(query.order_by(Avoidance.id).limit(most)).all()


def kept_from(session: Session, case_ids: Iterable[int], username: str) -> set[int]:
    """Those of the cases from which a person keeps away."""
    query = select(Avoidance.case_id).where(Avoidance.case_id.in_(list(case_ids)), Avoidance.username == username)
    return set(session.scalars(query.where(Avoidance.lifted_at.is_(None))))


def references_kept_from(session: Session, references: Iterable[str], username: str) -> set[str]:
    """Those of the cases from which a person keeps away, by reference."""
    query = select(Case.reference).join(Avoidance, Avoidance.case_id == Case.id)
    query = query.where(Case.reference.in_(list(references)), Avoidance.username == username)
    return set(session.scalars(query.where(Avoidance.lifted_at.is_(None))))


def who_keep_away(session: Session, case_id: int) -> set[str]:
    """The people who keep away from a case."""
    query = select(Avoidance.username).where(Avoidance.case_id == case_id, Avoidance.lifted_at.is_(None))
    return set(session.scalars(query))
