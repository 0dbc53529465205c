"""Values of legal parameters: proposed by one process owner, confirmed by another (corrections.md, four eyes)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Index, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, two_people
from storage.locks import to_change


class ParameterValue(Base):
    """One proposed value; it counts from `effective_on` once confirmed. `value` is the parameter's own text form."""

    __tablename__ = "parameter_value"
    id: Mapped[Id]
    parameter: Mapped[str]
    value: Mapped[str]
    basis: Mapped[str]
    effective_on: Mapped[date]
    proposed_by: Mapped[str]
    proposed_at: Mapped[Instant]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[Instant | None]
    superseded_at: Mapped[Instant | None] = mapped_column()
    __table_args__ = (
        two_people("proposed_by", "confirmed_by"),
        Index(None, "parameter", "id"),
    )


def in_force(session: Session, on: date) -> dict[str, ParameterValue]:
    """The confirmed value of each parameter on a day: the latest date of effect, then the latest confirmation."""
    query = (
        select(ParameterValue)
        .where(ParameterValue.confirmed_at.is_not(None), ParameterValue.effective_on <= on)
        .ext(distinct_on(ParameterValue.parameter))
        .order_by(
            ParameterValue.parameter,
            ParameterValue.effective_on.desc(),
            ParameterValue.confirmed_at.desc(),
            ParameterValue.id.desc(),
        )
    )
    return {value.parameter: value for value in session.scalars(query)}


def open_proposals(session: Session) -> dict[str, ParameterValue]:
    """The proposal that awaits its second owner, by parameter."""
    query = select(ParameterValue).where(ParameterValue.confirmed_at.is_(None), ParameterValue.superseded_at.is_(None))
    return {value.parameter: value for value in session.scalars(query.order_by(ParameterValue.id))}


def lock_open_proposal(session: Session, parameter: str) -> ParameterValue | None:
    query = select(ParameterValue).where(
        ParameterValue.parameter == parameter,
        ParameterValue.confirmed_at.is_(None),
        ParameterValue.superseded_at.is_(None),
    )
    return session.scalar(to_change(query.order_by(ParameterValue.id.desc()).limit(1)))


def history(session: Session, parameter: str) -> Sequence[ParameterValue]:
    query = select(ParameterValue).where(ParameterValue.parameter == parameter)
    return session.scalars(query.order_by(ParameterValue.id.desc())).all()
