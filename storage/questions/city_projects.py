"""What cases have of a city project: article 7 matches each yuan of its award once, whoever applies for it."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from storage.batches import ListRow
from storage.cases import Case
from storage.matters import CaseIdentifier

Had = tuple[str, Decimal, list[Mapping[str, Any]]]
"""The project's number, a case's amount before the list in yuan, and the steps that the list took with it."""


def had(session: Session, kind: str, projects: Iterable[str], scheme: str, except_cases: Collection[int]) -> list[Had]:
    """What other cases of the scheme hold of these projects, were paid, or lost to a ceiling; one statement.

    Also those that were listed and are on their way back to the list: nothing of theirs is free yet.
    """
    listed = select(ListRow.id).where(ListRow.case_id == Case.id).exists()
    under_way = and_(Case.ended_at.is_(None), or_(Case.final_amount > 0, and_(Case.precap_amount > 0, listed)))
    return _had(session, kind, projects, scheme, except_cases, under_way)


def had_before(session: Session, kind: str, project: str, case: Case) -> list[Had]:
    """The same for one case's calculation: of its own batch only what is decided, the rest meets it on the list."""
    decided = Case.status.in_(("APPROVED", "PAYEE_CONFIRM", "PAYMENT", "PAYMENT_RETURNED"))
    elsewhere = and_(Case.batch_id != case.batch_id, Case.final_amount > 0)
    under_way = and_(Case.ended_at.is_(None), or_(elsewhere, decided))
    return _had(session, kind, [project], case.scheme, [case.id], under_way)


def _had(
    session: Session, kind: str, projects: Iterable[str], scheme: str, except_cases: Collection[int], under_way: Any
) -> list[Had]:
    latest = (
        select(ListRow.steps)
        .where(ListRow.case_id == Case.id)
        .order_by(ListRow.id.desc())
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    query = (
        select(CaseIdentifier.value, Case.precap_amount, latest)
        .join(Case, Case.id == CaseIdentifier.case_id)
        .where(
            CaseIdentifier.kind == kind,
            CaseIdentifier.value.in_(list(projects)),
            Case.scheme == scheme,
            Case.id.not_in(list(except_cases)),
            or_(under_way, Case.paid_amount.is_not(None), Case.reason == "ZERO_AFTER_CAP"),
        )
        .order_by(Case.reference)
    )
    return [(value, precap or Decimal(0), steps or []) for value, precap, steps in session.execute(query)]
