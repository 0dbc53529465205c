"""Money that came back after it was paid (资金追回, domain.md P23 and 2.4)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from storage.base import Base, Id, Instant, Yuan, one_of, two_people, whole_yuan
from storage.cases import Case


class Recovery(Base):
    """One return of money: recorded by one finance post, confirmed by another, and why it came back.

    `cause` is clerical_error, or decided: a receipt on the decision that `clue_id` names; fraud is how earlier releases
    registered what was got by false statements. What gives room back to the ceiling says `a10.recovered_restores_cap`.
    """

    __tablename__ = "recovery"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    amount: Mapped[Yuan]
    cause: Mapped[str]
    clue_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("clue.id"), index=True)
    basis: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[Instant]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[Instant | None]
    __table_args__ = (
        one_of("cause", "clerical_error", "fraud", "decided"),
        whole_yuan("amount", positive=True),
        two_people("recorded_by", "confirmed_by"),
    )


def of_case(session: Session, case_id: int) -> Sequence[Recovery]:
    return session.scalars(select(Recovery).where(Recovery.case_id == case_id).order_by(Recovery.id)).all()


def total(session: Session, case_id: int) -> Decimal:
    """Yuan recorded as returned for a case so far."""
    query = select(func.coalesce(func.sum(Recovery.amount), 0)).where(Recovery.case_id == case_id)
    return session.scalar(query) or Decimal(0)


def unconfirmed_causes(session: Session, case_ids: Iterable[int]) -> dict[int, set[str]]:
    """Why money of the firms of these cases is to come back that nobody has confirmed, by the case asked about."""
    asked = aliased(Case)
    query = (
        select(asked.id, Recovery.cause)
        .join(Case, Case.enterprise_id == asked.enterprise_id)
        .join(Recovery, Recovery.case_id == Case.id)
        .where(asked.id.in_(list(case_ids)), Recovery.confirmed_at.is_(None))
    )
    found: dict[int, set[str]] = {}
    for case_id, cause in session.execute(query):
        found.setdefault(case_id, set()).add(cause)
    return found


def find(session: Session, recovery_id: int) -> Recovery | None:
    return session.get(Recovery, recovery_id)


def confirmed_total(session: Session, case_id: int) -> Decimal:
    """Yuan that came back for a case, as a second person confirmed."""
    query = select(func.coalesce(func.sum(Recovery.amount), 0))
    of_case = query.where(Recovery.case_id == case_id, Recovery.confirmed_at.is_not(None))
    return session.scalar(of_case) or Decimal(0)


def confirmed_of_clue(session: Session, clue_id: int) -> Decimal:
    """Yuan that came back on one decision, as a second person confirmed."""
    query = select(func.coalesce(func.sum(Recovery.amount), 0))
    return session.scalar(query.where(Recovery.clue_id == clue_id, Recovery.confirmed_at.is_not(None))) or Decimal(0)


def recorded_of_clue(session: Session, clue_id: int) -> Decimal:
    """Yuan recorded as come back on one decision."""
    query = select(func.coalesce(func.sum(Recovery.amount), 0))
    return session.scalar(query.where(Recovery.clue_id == clue_id)) or Decimal(0)
