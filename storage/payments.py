"""Payments (资金拨付): each attempt of a payment with its voucher or the reason why it came back."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, Yuan, one_of, whole_yuan


class Payment(Base):
    """One attempt. State: paid or returned (支付退回)."""

    __tablename__ = "payment"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    number: Mapped[int]
    state: Mapped[str]
    amount: Mapped[Yuan]
    bank_name: Mapped[str]
    account_name: Mapped[str]
    account_no: Mapped[str]
    voucher_no: Mapped[str | None]
    # The number as it is compared.
    voucher_key: Mapped[str | None]
    # Of a voucher that pays several; the first where nobody said.
    voucher_line: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    paid_on: Mapped[date | None]
    return_reason: Mapped[str | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[Instant]
    __table_args__ = (
        one_of("state", "paid", "returned"),
        whole_yuan("amount", positive=True),
        UniqueConstraint("case_id", "number"),
        Index(None, "voucher_key"),
    )


def list_of_case(session: Session, case_id: int) -> Sequence[Payment]:
    return session.scalars(select(Payment).where(Payment.case_id == case_id).order_by(Payment.number)).all()


def last_number(session: Session, case_id: int) -> int:
    return session.scalar(select(func.max(Payment.number)).where(Payment.case_id == case_id)) or 0


def is_voucher_used(session: Session, key: str, year: int, line: int, except_case: int) -> bool:
    """Whether this line of a voucher of the year, by the key of its number, has paid another case."""
    query = select(Payment.id).where(
        Payment.voucher_key == key,
        Payment.voucher_line == line,
        Payment.paid_on.between(date(year, 1, 1), date(year, 12, 31)),
        Payment.state == "paid",
        Payment.case_id != except_case,
    )
    return session.scalar(query.limit(1)) is not None
