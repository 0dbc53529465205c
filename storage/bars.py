"""Bars from applying (限制申报): on which document, from when to when, and how one is lifted earlier (信用修复)."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, two_people
from storage.cases import Case
from storage.locks import to_change


class Bar(Base):
    """That an enterprise may not apply from a day to a day, both included, unless it was lifted before.

    Lifting is proposed on a basis by one and done by another; `lifted_on` is the first day without the bar.
    """

    __tablename__ = "bar"
    id: Mapped[Id]
    enterprise_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("enterprise.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id"))
    basis: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date]
    imposed_at: Mapped[Instant]
    lift_basis: Mapped[str | None]
    lift_proposed_by: Mapped[str | None]
    lift_proposed_at: Mapped[Instant | None]
    lifted_by: Mapped[str | None]
    lifted_on: Mapped[date | None]
    __table_args__ = (
        CheckConstraint("from_on <= to_on", name="from_on_before_to_on"),
        CheckConstraint("length(basis) >= 2", name="basis_named"),
        two_people("lift_proposed_by", "lifted_by"),
    )

    def holds(self, on: date) -> bool:
        """Whether the enterprise is barred on this day."""
        return self.from_on <= on <= self.to_on and (self.lifted_on is None or on < self.lifted_on)


def of_enterprises(session: Session, enterprise_ids: Iterable[int]) -> Sequence[Bar]:
    """Every bar of these enterprises, also those that are over, in order."""
    query = select(Bar).where(Bar.enterprise_id.in_(list(enterprise_ids)))
    return session.scalars(query.order_by(Bar.from_on, Bar.id)).all()


def of_cases(session: Session, case_ids: Iterable[int]) -> dict[int, list[Bar]]:
    """Every bar of the enterprises of these cases, by the case asked about; one statement."""
    query = select(Case.id, Bar).join(Bar, Bar.enterprise_id == Case.enterprise_id).where(Case.id.in_(list(case_ids)))
    found: dict[int, list[Bar]] = {}
    for case_id, bar in session.execute(query.order_by(Bar.from_on, Bar.id)):
        found.setdefault(case_id, []).append(bar)
    return found


def lock(session: Session, bar_id: int) -> Bar | None:
    return session.scalar(to_change(select(Bar).where(Bar.id == bar_id)))
