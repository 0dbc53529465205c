"""Ended cases that are dealt with anew (重新办理): what was proposed and confirmed, and the instances of before."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, Json, Yuan, one_of, two_people, whole_yuan
from storage.cases import STATUSES
from storage.locks import to_change

PROPOSED, CONFIRMED, RETURNED = "proposed", "confirmed", "returned"
CAUSES = ("reconsideration", "litigation", "audit", "correction")


class Reopening(Base):
    """That an ended case begins anew at a point of its diagram: why, on which document, who proposed and confirmed it.

    `digest` is over what was proposed; whoever confirms names it.
    """

    __tablename__ = "reopening"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    cause: Mapped[str]
    point: Mapped[str]
    reason: Mapped[str]
    basis_no: Mapped[str]
    basis_on: Mapped[date]
    document_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("document.id"))
    digest: Mapped[str]
    state: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[Instant]
    decided_by: Mapped[str | None]
    decided_at: Mapped[Instant | None]
    decided_because: Mapped[str | None]
    __table_args__ = (
        one_of("cause", *CAUSES),
        one_of("state", PROPOSED, CONFIRMED, RETURNED),
        two_people("proposed_by", "decided_by"),
        Index("ix_reopening_open", "case_id", unique=True, postgresql_where=text("state = 'proposed'")),
    )


class PastInstance(Base):
    """How a case was dealt with before it began anew: its process to the end, what was known then, what came of it.

    Only inserted. `facts` are those with which the next instance began.
    """

    __tablename__ = "past_instance"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    number: Mapped[int]
    # None of a recovery, which begins with a clue.
    reopening_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("reopening.id"), unique=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition_version.id"))
    state: Mapped[bytes] = mapped_column(LargeBinary)
    facts: Mapped[Json]
    began_at: Mapped[Instant]
    ended_at: Mapped[Instant]
    reopened_at: Mapped[Instant]
    status: Mapped[str]
    reason: Mapped[str | None]
    computed_amount: Mapped[Yuan | None]
    item_amount: Mapped[Yuan | None]
    precap_amount: Mapped[Yuan | None]
    final_amount: Mapped[Yuan | None]
    paid_amount: Mapped[Yuan | None]
    __table_args__ = (
        one_of("status", *STATUSES),
        whole_yuan("computed_amount", "item_amount", "precap_amount", "final_amount", "paid_amount"),
        Index(None, "case_id", "number", unique=True),
    )


def of_case(session: Session, case_id: int) -> Sequence[Reopening]:
    """What was proposed of a case and what became of it, in order."""
    return session.scalars(select(Reopening).where(Reopening.case_id == case_id).order_by(Reopening.id)).all()


def lock(session: Session, reopening_id: int) -> Reopening | None:
    return session.scalar(to_change(select(Reopening).where(Reopening.id == reopening_id)))


def find_open(session: Session, case_id: int) -> Reopening | None:
    """The proposal on a case that waits for the chief; there is at most one."""
    query = select(Reopening).where(Reopening.case_id == case_id, Reopening.state == PROPOSED)
    return session.scalar(query)


def list_open(session: Session, limit: int) -> Sequence[Reopening]:
    """What waits for the chief, the oldest first."""
    query = select(Reopening).where(Reopening.state == PROPOSED)
    return session.scalars(query.order_by(Reopening.id).limit(limit)).all()


def past_of_case(session: Session, case_id: int) -> Sequence[PastInstance]:
    """The instances of a case before the one of now, in order."""
    query = select(PastInstance).where(PastInstance.case_id == case_id)
    return session.scalars(query.order_by(PastInstance.number)).all()


def newest_past(session: Session, case_ids: Iterable[int]) -> dict[int, PastInstance]:
    """The instance just before the one of now, of those of these cases that began anew."""
    query = select(PastInstance).where(PastInstance.case_id.in_(list(case_ids))).order_by(PastInstance.number)
    return {each.case_id: each for each in session.scalars(query)}
