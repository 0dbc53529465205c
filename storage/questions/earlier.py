"""Earlier awards on a matter, for what a later case deducts (step 3 of domain.md 2.1)."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from storage.cases import Case, CaseFacts


def awarded_of_matter(session: Session, case: Case) -> list[tuple[Case, str]]:
    """Other cases of the same matter that were awarded, with the honour's level.

    Also those that a ceiling left nothing, and those of another batch that are on their way with an amount.
    """
    awarded = or_(
        Case.paid_amount.is_not(None),
        Case.reason == "ZERO_AFTER_CAP",
        and_(Case.batch_id != case.batch_id, Case.final_amount > 0, Case.ended_at.is_(None)),
        and_(Case.ended_at.is_(None), Case.status.in_(("APPROVED", "PAYEE_CONFIRM", "PAYMENT", "PAYMENT_RETURNED"))),
    )
    query = (
        select(Case, CaseFacts.facts["level"].astext)
        .join(CaseFacts, CaseFacts.case_id == Case.id)
        .where(Case.matter_id == case.matter_id, Case.id != case.id, awarded)
    )
    return [(row[0], row[1] or "") for row in session.execute(query.order_by(Case.id))]
