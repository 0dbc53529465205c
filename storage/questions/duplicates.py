"""Who has a mark in common with a case: over all cases and batches, and what was granted before."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from storage.cases import LIVE_OR_GRANTED, Case
from storage.historic_awards import HistoricAward
from storage.matters import CaseIdentifier, Matter
from storage.people import Enterprise

Marked = tuple[Case, set[tuple[str, str]]]
"""A case with the marks, (kind, value), that it has in common with the one that is asked about."""


def cases_with_marks_of(session: Session, case: Case, kinds: Sequence[str]) -> dict[int, Marked]:
    """Other submitted cases that are under way or granted, with the marks of these kinds in common, by id.

    Along (kind, value) of the identifiers: what it costs follows from the case's own marks, not from how many cases
    there are.
    """
    mine = aliased(CaseIdentifier)
    query = (
        select(Case, CaseIdentifier.kind, CaseIdentifier.value)
        .join(CaseIdentifier, CaseIdentifier.case_id == Case.id)
        .join(mine, and_(mine.kind == CaseIdentifier.kind, mine.value == CaseIdentifier.value))
        .where(mine.case_id == case.id, mine.kind.in_(kinds), Case.id != case.id)
        .where(Case.submitted_at.is_not(None), LIVE_OR_GRANTED)
        .order_by(Case.id)
    )
    found: dict[int, Marked] = {}
    for other, kind, value in session.execute(query):
        found.setdefault(other.id, (other, set()))[1].add((kind, value))
    return found


def awards_of_other_firms(session: Session, case: Case) -> Sequence[HistoricAward]:
    """What another firm was granted before for the project of this case, that still counts."""
    query = (
        select(HistoricAward)
        .join(Matter, Matter.id == HistoricAward.matter_id)
        .join(Enterprise, Enterprise.id == case.enterprise_id)
        .where(HistoricAward.matter_id == case.matter_id, HistoricAward.uscc != Enterprise.uscc)
        # An event and a cluster have several who take part in it; a project has one who invests.
        .where(Matter.key.startswith("PRJ:"), HistoricAward.paid_amount > 0, HistoricAward.withdrawn_at.is_(None))
        .order_by(HistoricAward.id)
    )
    return session.scalars(query).all()


def awards_with_certificates(session: Session, case: Case, keys: Sequence[str]) -> Sequence[HistoricAward]:
    """What was granted before to another firm, or under another article, for one of these certificates."""
    if not keys:
        return ()
    query = (
        select(HistoricAward)
        .join(Enterprise, Enterprise.id == case.enterprise_id)
        .where(HistoricAward.certificate_key.in_(keys), HistoricAward.withdrawn_at.is_(None))
        .where(or_(HistoricAward.uscc != Enterprise.uscc, HistoricAward.scheme != case.scheme))
        .order_by(HistoricAward.id)
    )
    return session.scalars(query).all()
