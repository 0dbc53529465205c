"""Lists of cases, newest first: each a walk along an index, from the newest case or the last of the page before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, select, union
from sqlalchemy.orm import Session, contains_eager

from storage.batches import Batch
from storage.cases import Case, Reach, Scope, tasks_of, with_names, within
from storage.people import Enterprise
from storage.questions.looking_up import Searched, look_up
from storage.search import Term
from storage.tasks import Task


@dataclass(frozen=True)
class Filters:
    """What narrows a list of cases; None means not at all. `status` is as shown: SUSPENDED stands for every other."""

    status: str | None = None
    scheme: str | None = None
    batch_id: int | None = None
    uscc: str | None = None
    term: Term | None = None


def list_visible(
    session: Session, scope: Scope, filters: Filters, *, before: int | None = None, limit: int = 50
) -> Sequence[Case]:
    """Newest first, by key: `before` is the id of the last case of the page before."""
    conditions, term = _conditions(filters, before), filters.term
    if term is None:
        return _read(session, select(_first(scope, conditions, limit).c.case_id))

    def among(hits: Any) -> Select[Any]:
        query = select(hits.c.id).join(Case, Case.id == hits.c.id).where(within(scope), *conditions)
        return query.order_by(hits.c.id.desc())

    searched = Searched(
        key="case_id",
        order=lambda columns: (columns.case_id.desc(),),
        first=lambda size: _first(scope, conditions, size),
        among=among,
    )
    return _read(session, look_up(session, searched, term, limit))


def _read(session: Session, ids: Any) -> Sequence[Case]:
    """These cases with the names that a list shows; the pinned values of a batch alone are longer than its page."""
    query = with_names().options(
        contains_eager(Case.batch).load_only(Batch.title),
        contains_eager(Case.enterprise).load_only(Enterprise.uscc, Enterprise.name),
    )
    return session.scalars(query.where(Case.id.in_(ids)).order_by(Case.id.desc())).all()


def _conditions(filters: Filters, before: int | None) -> list[Any]:
    conditions: list[Any] = []
    if filters.status:
        suspended = and_(Case.suspended_at.is_not(None), Case.ended_at.is_(None))
        conditions += [suspended] if filters.status == "SUSPENDED" else [Case.status == filters.status, ~suspended]
    if filters.scheme:
        conditions.append(Case.scheme == filters.scheme)
    if filters.batch_id is not None:
        conditions.append(Case.batch_id == filters.batch_id)
    if filters.uscc:
        # By the firm's id, for that is what the index of its cases begins with.
        firm = select(Enterprise.id).where(Enterprise.uscc == filters.uscc).scalar_subquery()
        conditions.append(Case.enterprise_id == firm)
    if before is not None:
        conditions.append(Case.id < before)
    return conditions


def _first(scope: Scope, conditions: Sequence[Any], limit: int) -> Any:
    """The first cases of a list, in its order: their ids and their firms'."""
    columns = (Case.id.label("case_id"), Case.enterprise_id)
    if scope.reach is not Reach.TASKS:
        walk = select(*columns).where(within(scope), *conditions)
        return walk.order_by(Case.id.desc()).limit(limit).subquery()
    # A walk for each way to a case; who has thousands is shown the newest without the others being read.
    walks = [
        select(Task.case_id, Case.enterprise_id)
        .join(Case, Case.id == Task.case_id)
        .where(mine, *conditions)
        .distinct()
        .order_by(Task.case_id.desc())
        .limit(limit)
        for mine in tasks_of(scope)
    ]
    together = union(*walks).subquery()
    return select(together).order_by(together.c.case_id.desc()).limit(limit).subquery()
