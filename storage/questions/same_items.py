"""Which other cases were accepted for the same item: a project, a payment of the city, an event, a cluster's year."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from storage.cases import LIVE_OR_GRANTED, Case, CaseFacts
from storage.matters import CaseIdentifier

Other = tuple[Case, dict[str, Any]]
"""A case and what is known of it."""


def with_identifier(session: Session, case: Case, kind: str, value: str) -> Sequence[Other]:
    """Other cases of the scheme with this identifier, the oldest first: accepted, and under way or granted."""
    named = select(CaseIdentifier.case_id).where(CaseIdentifier.kind == kind, CaseIdentifier.value == value)
    return _accepted(session, case, Case.id.in_(named))


def on_matter(session: Session, case: Case) -> Sequence[Other]:
    """Other cases of the scheme on the same matter, the oldest first: accepted, and under way or granted."""
    return _accepted(session, case, Case.matter_id == case.matter_id)


def _accepted(session: Session, case: Case, same: ColumnElement[bool]) -> Sequence[Other]:
    query = (
        select(Case, CaseFacts.facts)
        .join(CaseFacts, CaseFacts.case_id == Case.id)
        .where(same, Case.scheme == case.scheme, Case.id != case.id, Case.accepted_at.is_not(None))
        .where(LIVE_OR_GRANTED)
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(Case.accepted_at, Case.id))]
