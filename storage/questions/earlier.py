"""What other cases of a matter were awarded or confirmed, for what this one may still have (domain.md 2.1, step 3)."""

from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from storage.calculations import Calculation
from storage.cases import DECIDED, Case, CaseFacts
from storage.questions import granted


def awarded_before(case: Case) -> ColumnElement[bool]:
    """What counts against this case among others on the same item: what was paid, what a ceiling left nothing, what
    is under way with an amount in another batch, and what is decided in this one: the rest of it meets on the list.
    """
    return or_(
        Case.paid_amount.is_not(None),
        Case.reason == "ZERO_AFTER_CAP",
        and_(Case.batch_id != case.batch_id, Case.final_amount > 0, Case.ended_at.is_(None)),
        and_(Case.ended_at.is_(None), Case.status.in_(DECIDED)),
    )


def awarded_of_matter(session: Session, case: Case) -> list[tuple[Case, Decimal, str]]:
    """Other cases of the same matter that count against this one, each with what it was paid and did not give back, in
    yuan, and the honour's level."""
    query = (
        select(Case, granted.PAID, CaseFacts.facts["level"].astext)
        .join(CaseFacts, CaseFacts.case_id == Case.id)
        .where(Case.matter_id == case.matter_id, Case.id != case.id, awarded_before(case))
    )
    return [(row[0], row[1], row[2] or "") for row in session.execute(query.order_by(Case.id))]


class Computed(NamedTuple):
    """A case whose amount was computed: from which facts last, and all that is known of it now."""

    reference: str
    computed_from: dict[str, Any]
    facts: dict[str, Any]


def computed_of_matter(session: Session, case: Case) -> list[Computed]:
    """Other cases of the same matter and scheme whose figures were confirmed, and that have or may still get money."""
    query = (
        select(Case.reference, Calculation.facts, CaseFacts.facts)
        .join(CaseFacts, CaseFacts.case_id == Case.id)
        .join(Calculation, Calculation.case_id == Case.id)
        .where(
            *(Case.matter_id == case.matter_id, Case.scheme == case.scheme, Case.id != case.id),
            or_(Case.ended_at.is_(None), Case.paid_amount.is_not(None)),
        )
        .ext(distinct_on(Case.id))
        .order_by(Case.id, Calculation.number.desc())
    )
    return [Computed(*row) for row in session.execute(query)]
