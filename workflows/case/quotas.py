"""The budget quota that a case's payment draws on: its batch's, else that of the year of the payment."""

from decimal import Decimal

from storage import quotas as store
from storage.batches import Batch
from storage.database import Session
from storage.locks import lock_name
from workflows.case import awards
from workflows.case.step import Look
from workflows.rules.money import format_yuan


def name_of(batch_id: int | None, year: int) -> str:
    """The quota's chain of the record, and the name that is locked before it is drawn on or changed."""
    return f"quota:batch:{batch_id}" if batch_id is not None else f"quota:year:{year}"


def find_left(session: Session, batch: Batch, year: int) -> Decimal | None:
    """Yuan that may still be paid for a batch in a year; None where no quota is registered for either."""
    amount = store.find_of_batch(session, batch)
    if amount is not None:
        return amount - store.paid_of_batch(session, batch.id)
    amount = store.find_of_year(session, year)
    return None if amount is None else amount - store.paid_of_year(session, year)


def missing(look: Look) -> bool:
    """Whether no quota is registered for the case's batch or this year: then nothing stops a payment."""
    return find_left(look.session, look.batch, look.today.year) is None


def refusal(look: Look, year: int) -> str | None:
    """Why the case may not be paid from its quota in this year; holds the quota until the transaction ends."""
    lock_name(look.session, name_of(look.batch.id, year))
    if store.find_of_batch(look.session, look.batch) is None:
        lock_name(look.session, name_of(None, year))
    left, amount = find_left(look.session, look.batch, year), awards.to_pay(look)
    if left is None or amount <= left:
        return None
    return (
        f"预算指标余额{format_yuan(max(left, Decimal(0)))}元，不足支付本件{format_yuan(amount)}元，请先登记追加指标。"
    )
