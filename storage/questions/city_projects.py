"""What cases have of a city project: article 7 matches each yuan of its award once, whoever applies for it."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from storage.batches import ListRow
from storage.cases import Case
from storage.matters import CITY_PROJECT, CaseIdentifier
from storage.questions.earlier import awarded_before

Had = tuple[str, Decimal, list[Mapping[str, Any]]]
"""The project's number, a case's amount before the list in yuan, and the steps that the list took with it."""

_LATEST_STEPS = (
    select(ListRow.steps)
    .where(ListRow.case_id == Case.id)
    .order_by(ListRow.id.desc())
    .limit(1)
    .correlate(Case)
    .scalar_subquery()
)


def had(session: Session, projects: Iterable[str], scheme: str, except_cases: Collection[int]) -> list[Had]:
    """What other cases of the scheme hold of these projects, were paid, or lost to a ceiling; one statement.

    Also those that were listed and are on their way back to the list: nothing of theirs is free yet.
    """
    listed = select(ListRow.id).where(ListRow.case_id == Case.id).exists()
    under_way = and_(Case.ended_at.is_(None), or_(Case.final_amount > 0, and_(Case.precap_amount > 0, listed)))
    holding = or_(under_way, Case.paid_amount.is_not(None), Case.reason == "ZERO_AFTER_CAP")
    return _of_projects(session, projects, scheme, and_(Case.id.not_in(list(except_cases)), holding))


def had_before(session: Session, project: str, case: Case) -> list[Had]:
    """The same for the calculation of one case."""
    return _of_projects(session, [project], case.scheme, and_(Case.id != case.id, awarded_before(case)))


def _of_projects(session: Session, projects: Iterable[str], scheme: str, which: ColumnElement[bool]) -> list[Had]:
    query = (
        select(CaseIdentifier.value, Case.precap_amount, _LATEST_STEPS)
        .join(Case, Case.id == CaseIdentifier.case_id)
        .where(CaseIdentifier.kind == CITY_PROJECT, CaseIdentifier.value.in_(list(projects)))
        .where(Case.scheme == scheme, which)
        .order_by(Case.reference)
    )
    return [(value, precap or Decimal(0), steps or []) for value, precap, steps in session.execute(query)]
