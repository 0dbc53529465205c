"""Cases that may concern the same matter, and the members of matters that are merged."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager

from storage.cases import Case
from storage.cluster_awards import ClusterAward
from storage.historic_awards import HistoricAward, of_matters_in_all

Member = type[Case] | type[HistoricAward] | type[ClusterAward]


def titles_near(session: Session, case: Case) -> list[tuple[int, str]]:
    """Titles of the submitted cases of the same enterprise or the same batch and scheme, newest first, at most 200."""
    near = or_(
        Case.enterprise_id == case.enterprise_id,
        (Case.batch_id == case.batch_id) & (Case.scheme == case.scheme),
    )
    query = select(Case.id, Case.title).where(near, Case.id != case.id, Case.submitted_at.is_not(None))
    return [(row[0], row[1]) for row in session.execute(query.order_by(Case.id.desc()).limit(200))]


def cases_of(session: Session, case_ids: Iterable[int]) -> Sequence[Case]:
    """Submitted cases with enterprise and matter, newest first."""
    query = (
        select(Case)
        .join(Case.enterprise)
        .outerjoin(Case.matter)
        .options(contains_eager(Case.enterprise), contains_eager(Case.matter))
        .where(Case.id.in_(list(case_ids)), Case.submitted_at.is_not(None))
        .order_by(Case.id.desc())
    )
    return session.scalars(query).all()


def cases_of_matter(session: Session, matter_id: int) -> Sequence[Case]:
    query = select(Case).join(Case.enterprise).options(contains_eager(Case.enterprise))
    return session.scalars(query.where(Case.matter_id == matter_id).order_by(Case.reference)).all()


def members(session: Session, model: Member, matter_ids: Sequence[int]) -> Sequence[Any]:
    """Cases or awards of these matters, to be moved."""
    return session.scalars(select(model).where(model.matter_id.in_(matter_ids)).order_by(model.id)).all()


def case_ids_of_matters(session: Session, matter_ids: Sequence[int]) -> list[int]:
    return list(session.scalars(select(Case.id).where(Case.matter_id.in_(matter_ids))))


def awards_of_matter(session: Session, matter_id: int) -> Sequence[HistoricAward]:
    return of_matters_in_all(session, [matter_id])
