"""Recognised clusters and their three yearly instalments (article 8)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Numeric, Select, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Yuan, one_of, whole_yuan
from storage.cases import Case
from storage.locks import to_change


class ClusterAward(Base):
    """A recognition: `total` yuan over three years. It holds nothing of a ceiling; each year's payment does.

    `state` is active, suspended (a failed year) or ended. Recognised here (`case_id`) or before (`historic_award_id`).
    """

    __tablename__ = "cluster_award"
    id: Mapped[Id]
    matter_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("matter.id"), unique=True)
    own_matter_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("matter.id"))
    enterprise_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("enterprise.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id"))
    historic_award_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("historic_award.id"))
    total: Mapped[Yuan]
    decided_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="active")
    __table_args__ = (
        one_of("state", "active", "ended"),
        whole_yuan("total", positive=True),
    )


class Instalment(Base):
    """One year of an award: at most `ceiling` yuan, and the case in which that year is reported and paid."""

    __tablename__ = "instalment"
    id: Mapped[Id]
    award_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cluster_award.id"))
    year_index: Mapped[int]
    year: Mapped[int]
    ceiling: Mapped[Yuan]
    case_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id"), unique=True)
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    __table_args__ = (
        whole_yuan("ceiling"),
        UniqueConstraint("award_id", "year_index"),
    )


def of_case(session: Session, case_id: int) -> tuple[Instalment, ClusterAward] | None:
    """The instalment that this case reports, with its award."""
    row = session.execute(_of_case(case_id)).first()
    return (row[0], row[1]) if row else None


def lock_of_case(session: Session, case_id: int) -> tuple[Instalment, ClusterAward] | None:
    """As `of_case`, both locked; the caller holds the case and its accounts."""
    row = session.execute(to_change(_of_case(case_id), Instalment, ClusterAward)).first()
    return (row[0], row[1]) if row else None


def _of_case(case_id: int) -> Select[Instalment, ClusterAward]:
    query = select(Instalment, ClusterAward).join(ClusterAward, ClusterAward.id == Instalment.award_id)
    return query.where(Instalment.case_id == case_id)


def find_award(session: Session, matter_id: int) -> ClusterAward | None:
    return session.scalar(select(ClusterAward).where(ClusterAward.matter_id == matter_id))


def lock_due(session: Session, enterprise_id: int, year: int) -> tuple[Instalment, ClusterAward] | None:
    """The instalment of a live award of this enterprise that falls into a year, locked with its award.

    Of several clusters the one whose report is not opened comes first, then one whose report is not submitted.
    """
    query = (
        select(Instalment, ClusterAward)
        .join(ClusterAward, ClusterAward.id == Instalment.award_id)
        .outerjoin(Case, Case.id == Instalment.case_id)
        .where(ClusterAward.enterprise_id == enterprise_id, ClusterAward.state == "active", Instalment.year == year)
        .order_by(Instalment.case_id.is_not(None), Case.submitted_at.is_not(None), Instalment.id)
        .limit(1)
    )
    row = session.execute(to_change(query, Instalment, ClusterAward)).first()
    return (row[0], row[1]) if row else None


def unopened(session: Session, year: int) -> Sequence[int]:
    """Ids of the enterprises whose instalment of a year has no case yet, in order."""
    query = select(ClusterAward.enterprise_id).join(Instalment, Instalment.award_id == ClusterAward.id)
    query = query.where(Instalment.year == year, Instalment.case_id.is_(None), ClusterAward.state == "active")
    return session.scalars(query.order_by(ClusterAward.enterprise_id, Instalment.id)).all()


def committed_by_year(session: Session) -> list[tuple[int, int, Decimal]]:
    """Year, number and yuan of the instalments of live awards that are not paid yet, in order."""
    query = (
        select(Instalment.year, func.count(), func.sum(Instalment.ceiling))
        .join(ClusterAward, ClusterAward.id == Instalment.award_id)
        .outerjoin(Case, Case.id == Instalment.case_id)
        .where(ClusterAward.state == "active", Case.paid_amount.is_(None))
        .where(or_(Case.id.is_(None), Case.ended_at.is_(None)))
    )
    rows = session.execute(query.group_by(Instalment.year).order_by(Instalment.year))
    return [(row[0], row[1], row[2]) for row in rows]


def instalments(session: Session, award_id: int) -> Sequence[Instalment]:
    return session.scalars(
        select(Instalment).where(Instalment.award_id == award_id).order_by(Instalment.year_index)
    ).all()


def rests_on(session: Session, historic_award_ids: Sequence[int]) -> bool:
    """Whether a recognition that is in force rests on one of these historic awards."""
    query = select(ClusterAward.id).where(ClusterAward.historic_award_id.in_(historic_award_ids))
    return session.scalars(query.where(ClusterAward.state == "active").limit(1)).first() is not None
