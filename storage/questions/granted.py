"""What cases were granted on an item (单个项目), and what of it came back that should not have been paid."""

from decimal import Decimal

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from storage.cases import CARRIED_OUT, DECIDED, Case
from storage.clues import KEEPS_CONSUMPTION, Clue
from storage.recoveries import Recovery

_ZERO = Decimal(0)
_RETURNED = (
    select(func.coalesce(func.sum(Recovery.amount), 0))
    .outerjoin(Clue, Clue.id == Recovery.clue_id)
    .where(
        Recovery.case_id == Case.id,
        or_(Recovery.cause == "clerical_error", Clue.cause.not_in(KEEPS_CONSUMPTION)),
        Recovery.confirmed_at.is_not(None),
    )
    .correlate(Case)
    .scalar_subquery()
)

AMOUNT = case((CARRIED_OUT, Case.paid_amount), else_=func.greatest(Case.final_amount, Case.paid_amount))
"""Yuan of a case: what was paid, and while it is decided anew the larger of that and the new decision. A further
decision that is lower leaves what was paid with the firm until it has come back. Null where nothing is known."""

PAID = func.coalesce(Case.paid_amount, 0) - _RETURNED
"""Yuan that were paid for a case, in however many payments, without what came back and should not have been paid."""

HELD = case(
    (CARRIED_OUT, Case.paid_amount - _RETURNED),
    else_=func.greatest(Case.final_amount, Case.paid_amount - _RETURNED),
)
"""The same without what came back and is room under the ceiling of the item again."""


def of_other_cases(session: Session, matter_id: int, scheme: str, except_case: int) -> Decimal:
    """Yuan approved or paid for other cases of the same matter and scheme, all years, without what came back."""
    decided = or_(Case.paid_amount.is_not(None), Case.status.in_(DECIDED))
    query = select(func.coalesce(func.sum(HELD), 0))
    same = (Case.matter_id == matter_id, Case.scheme == scheme, Case.id != except_case)
    return session.scalar(query.where(*same, decided)) or _ZERO
