"""The working-day calendars of years (国务院办公厅放假安排): proposed by one process owner, confirmed by another.

Rows are only added and confirmed once; of several confirmed ones of a year the one that was confirmed last counts.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Date, Index, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, two_people
from storage.locks import to_change


class CalendarYear(Base):
    """One proposed calendar of a year: its free days, and the Saturdays and Sundays that are worked.

    `provisional`: the State Council has not announced the year yet. Once confirmed, `number` says as which of all
    calendars it came into force, and `cause_seq` is the event of the chain "calendars" that tells of it.
    """

    __tablename__ = "calendar_year"
    id: Mapped[Id]
    year: Mapped[int]
    days_off: Mapped[list[date]] = mapped_column(ARRAY(Date))
    days_on: Mapped[list[date]] = mapped_column(ARRAY(Date))
    provisional: Mapped[bool]
    basis: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[Instant]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[Instant | None]
    number: Mapped[int | None]
    cause_seq: Mapped[int | None]
    superseded_at: Mapped[Instant | None]
    __table_args__ = (
        two_people("proposed_by", "confirmed_by"),
        Index(None, "year", "id"),
        Index("uq_calendar_year_number", "number", unique=True),
    )


# Everything that is in force, as one text: a step reads it in the statement that it needs anyway, and whoever has read
# the same text before need not read it again. A dozen short rows in as many years.
_SAID = func.json_build_array(
    CalendarYear.year,
    CalendarYear.days_off,
    CalendarYear.days_on,
    CalendarYear.provisional,
    CalendarYear.basis,
    CalendarYear.cause_seq,
)
CONFIRMED = (
    select(cast(func.json_agg(aggregate_order_by(_SAID, CalendarYear.number)), Text))
    .where(CalendarYear.number.is_not(None))
    .scalar_subquery()
)


def confirmed(session: Session) -> str | None:
    """The confirmed calendars as a JSON text, in the order in which they came into force; None before the first."""
    return session.scalar(select(CONFIRMED))


def count_confirmed(session: Session) -> int:
    """How many calendars have come into force: the number of the newest."""
    return session.scalar(select(func.coalesce(func.max(CalendarYear.number), 0))) or 0


def list_in_force(session: Session) -> dict[int, CalendarYear]:
    """The calendar that counts of each year that owners have loaded."""
    query = select(CalendarYear).where(CalendarYear.number.is_not(None)).order_by(CalendarYear.number)
    return {each.year: each for each in session.scalars(query)}


def list_proposals(session: Session) -> dict[int, CalendarYear]:
    """The proposal of each year that awaits its second owner."""
    query = select(CalendarYear).where(CalendarYear.confirmed_at.is_(None), CalendarYear.superseded_at.is_(None))
    return {each.year: each for each in session.scalars(query.order_by(CalendarYear.id))}


def lock_proposal(session: Session, year: int) -> CalendarYear | None:
    """The proposal of a year that awaits its second owner, locked."""
    query = select(CalendarYear).where(
        CalendarYear.year == year, CalendarYear.confirmed_at.is_(None), CalendarYear.superseded_at.is_(None)
    )
    return session.scalar(to_change(query.order_by(CalendarYear.id.desc()).limit(1)))


def list_of_year(session: Session, year: int) -> Sequence[CalendarYear]:
    """Every proposal of a year, the newest first."""
    query = select(CalendarYear).where(CalendarYear.year == year)
    return session.scalars(query.order_by(CalendarYear.id.desc())).all()
