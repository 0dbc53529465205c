"""Budget quotas (预算指标): what may be paid for a batch, or in a year; entries only added."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, ForeignKey, Index, Select, case, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, Yuan, one_of, whole_yuan
from storage.batches import Batch
from storage.cases import DECIDED, Case
from storage.payments import Payment
from storage.recoveries import Recovery

ADDED, REDUCED = "added", "reduced"


class QuotaEntry(Base):
    """One document about a quota: the quota is that of its batch, or of its year where it names no batch.

    `kind` is added (下达、追加) or reduced (调减); what a quota holds is a sum.
    """

    __tablename__ = "quota_entry"
    id: Mapped[Id]
    year: Mapped[int]
    batch_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("batch.id"))
    kind: Mapped[str]
    document_no: Mapped[str]
    account: Mapped[str]
    amount: Mapped[Yuan]
    basis: Mapped[str]
    by: Mapped[str]
    at: Mapped[Instant]
    __table_args__ = (
        one_of("kind", ADDED, REDUCED),
        whole_yuan("amount", positive=True),
        CheckConstraint("year BETWEEN 2000 AND 2999", name="year"),
        Index(None, "batch_id", "year", "id"),
    )


def list_entries(session: Session) -> Sequence[QuotaEntry]:
    return session.scalars(select(QuotaEntry).order_by(QuotaEntry.id)).all()


def find_of_batch(session: Session, batch: Batch) -> Decimal | None:
    """Yuan of a batch's quota, its budget being the first; None where there is neither."""
    registered = _sum_of_entries(session, QuotaEntry.batch_id == batch.id)
    if registered is None:
        return batch.budget_total
    return registered + (batch.budget_total or Decimal(0))


def find_of_year(session: Session, year: int) -> Decimal | None:
    """Yuan of a year's quota that is for no batch; None where none is registered."""
    return _sum_of_entries(session, QuotaEntry.batch_id.is_(None), QuotaEntry.year == year)


def _sum_of_entries(session: Session, *of: ColumnElement[bool]) -> Decimal | None:
    found: Decimal | None = session.scalar(select(func.sum(_SIGNED)).where(*of))
    return found


_SIGNED = case((QuotaEntry.kind == ADDED, QuotaEntry.amount), else_=-QuotaEntry.amount)
_WITH_OWN = Batch.budget_total.is_not(None) | Batch.id.in_(
    select(QuotaEntry.batch_id).where(QuotaEntry.batch_id.is_not(None))
)
"""Batches that have a quota of their own."""
_PAID = (
    select(func.coalesce(func.sum(Payment.amount), 0))
    .join(Case, Case.id == Payment.case_id)
    .where(Payment.state == "paid")
)
"""What was paid, and what came back of it as a clerical error."""
_BACK = (
    select(func.coalesce(func.sum(Recovery.amount), 0))
    .join(Case, Case.id == Recovery.case_id)
    .where(Recovery.cause == "clerical_error", Recovery.confirmed_at.is_not(None))
)


class BatchQuota(NamedTuple):
    """A batch's quota, what the district approved for its cases, and what is paid less what came back; yuan."""

    title: str
    amount: Decimal
    arranged: Decimal
    paid: Decimal


def quotas_of_batches(session: Session) -> list[BatchQuota]:
    """Batches that have a quota, the newest first; one statement."""
    granted = or_(Case.status.in_(DECIDED), Case.paid_amount.is_not(None))
    amount = func.coalesce(Case.final_amount, Case.paid_amount)
    sums = (
        select(func.coalesce(func.sum(_SIGNED), 0)).where(QuotaEntry.batch_id == Batch.id),
        select(func.coalesce(func.sum(amount), 0)).where(Case.batch_id == Batch.id, granted),
        _PAID.where(Case.batch_id == Batch.id),
        _BACK.where(Case.batch_id == Batch.id),
    )
    columns = [each.correlate(Batch).scalar_subquery() for each in sums]
    query = select(Batch.title, func.coalesce(Batch.budget_total, 0), *columns).where(_WITH_OWN)
    rows: Sequence[Any] = session.execute(query.order_by(Batch.id.desc())).all()
    return [
        BatchQuota(title, budget + entries, arranged, paid - returned)
        for title, budget, entries, arranged, paid, returned in rows
    ]


def years(session: Session) -> Sequence[int]:
    """The years that have a quota for no batch, the newest first."""
    query = select(QuotaEntry.year).where(QuotaEntry.batch_id.is_(None)).distinct()
    return session.scalars(query.order_by(QuotaEntry.year.desc())).all()


def paid_of_batch(session: Session, batch_id: int) -> Decimal:
    """Yuan paid for the cases of a batch, less what came back as a clerical error."""
    of = Case.batch_id == batch_id
    return _net(session, _PAID.where(of), _BACK.where(of))


def paid_of_year(session: Session, year: int) -> Decimal:
    """Yuan paid in a year for cases whose batch has no quota of its own, less what came back of them."""
    in_year = Payment.paid_on.between(date(year, 1, 1), date(year, 12, 31))
    paid_then = select(Payment.case_id).where(Payment.state == "paid", in_year)
    paid, back = (each.join(Batch, Batch.id == Case.batch_id).where(~_WITH_OWN) for each in (_PAID, _BACK))
    return _net(session, paid.where(in_year), back.where(Recovery.case_id.in_(paid_then)))


def _net(session: Session, paid: Select[Decimal], back: Select[Decimal]) -> Decimal:
    return (session.scalar(paid) or Decimal(0)) - (session.scalar(back) or Decimal(0))
