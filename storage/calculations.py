"""Calculations (测算表): immutable, numbered, with everything that the amount was computed from."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, Json, JsonList, Yuan, whole_yuan


class Calculation(Base):
    """One run of a scheme's rule: facts, parameter values with their confirmation, conditions and steps."""

    __tablename__ = "calculation"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    number: Mapped[int]
    at: Mapped[Instant]
    by: Mapped[str]
    # The version of the program that computed; none for what was computed before this was kept.
    program: Mapped[str | None]
    eligible: Mapped[bool]
    computed_amount: Mapped[Yuan]
    item_amount: Mapped[Yuan]
    precap_amount: Mapped[Yuan]
    facts: Mapped[Json]
    parameters: Mapped[JsonList]
    conditions: Mapped[JsonList]
    steps: Mapped[JsonList]
    __table_args__ = (
        whole_yuan("computed_amount", "item_amount", "precap_amount"),
        UniqueConstraint("case_id", "number"),
    )


def list_of_case(session: Session, case_id: int) -> Sequence[Calculation]:
    query = select(Calculation).where(Calculation.case_id == case_id)
    return session.scalars(query.order_by(Calculation.number)).all()


def list_of_cases(session: Session, case_ids: Iterable[int]) -> Sequence[Calculation]:
    """The calculations of several cases, each case's in their order, one statement."""
    query = select(Calculation).where(Calculation.case_id.in_(list(case_ids)))
    return session.scalars(query.order_by(Calculation.case_id, Calculation.number)).all()


def last_times(session: Session, case_ids: Iterable[int]) -> dict[int, datetime]:
    """When each of these cases was last calculated."""
    query = select(Calculation.case_id, func.max(Calculation.at)).where(Calculation.case_id.in_(list(case_ids)))
    return {row[0]: row[1] for row in session.execute(query.group_by(Calculation.case_id))}


def last_number(session: Session, case_id: int) -> int:
    return session.scalar(select(func.max(Calculation.number)).where(Calculation.case_id == case_id)) or 0
