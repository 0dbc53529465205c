"""Which cases a rehearsal looks at."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.cases import Case


def list_ids(session: Session, schemes: Collection[str], scope: str) -> list[int]:
    """Submitted cases of these schemes: finished, running or all. A firm's own draft is nobody's business."""
    query = select(Case.id).where(Case.scheme.in_(list(schemes)), Case.submitted_at.is_not(None))
    if scope == "finished":
        query = query.where(Case.ended_at.is_not(None))
    elif scope == "running":
        query = query.where(Case.ended_at.is_(None))
    return list(session.scalars(query.order_by(Case.id)))
