"""How a list is searched: what it finds stands in the list's own order, and no search reads the whole of it.

A term that many rows have in them is found among the first rows of the list. One that few have is found by its index,
and then there are few to be put in order. Which it is, the first rows say, or else the index, which stops counting.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, or_, select, union, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from storage import search
from storage.cases import Case
from storage.search import CaseSearch, EnterpriseSearch, Term

NEAR, FARTHEST = 200, 5_000
"""How many rows from the top are read for a term: first, and at most."""
SOME = 5
"""So many hits among the first rows say that the term is not rare, without asking the index."""
FEW = 1_000
"""So many matching cases at most are put in order at once, without a second look at the top of the list."""


@dataclass(frozen=True)
class Searched:
    """A list that is searched: what its order is, its first rows as a table, and its rows in some cases only.

    The table has `case_id`, `enterprise_id` and the column `key`, by which a row is known.
    """

    key: str
    order: Callable[[Any], tuple[Any, ...]]
    first: Callable[[int], Any]
    among: Callable[[Any], Select[Any]]


def look_up(session: Session, searched: Searched, term: Term, limit: int) -> Sequence[Any]:
    """The keys of the first rows that have the term in a text of their case or firm, in the order of the list."""
    top, has_it = _top(searched, NEAR, term)
    rows = session.execute(top.add_columns(has_it)).all()
    found: Sequence[Any] = [row[0] for row in rows if row[1]]
    if len(found) >= limit or len(rows) < NEAR:
        return found[:limit]
    if len(found) < SOME:
        few = session.scalars(select(union_all(*_matching(term)).subquery().c.id).limit(FEW + 1)).all()
        if len(few) <= FEW:
            return session.scalars(searched.among(_as_table(few)).limit(limit)).all() if few else []
    # Twice as far down as the first rows promise.
    farther = min(FARTHEST, 2 * NEAR * limit // max(len(found), 1))
    top, has_it = _top(searched, farther, term)
    found = session.scalars(top.where(has_it).limit(limit)).all()
    if len(found) == limit or _is_shorter(session, searched, farther):
        return found
    everything = union(*_matching(term)).cte().prefix_with("MATERIALIZED")
    return session.scalars(searched.among(everything).limit(limit)).all()


def _top(searched: Searched, size: int, term: Term) -> tuple[Any, Any]:
    """So many of the first rows in order, and what it means that one has the term; reads every one of them."""
    rows = searched.first(size)
    query = select(rows.c[searched.key]).outerjoin(CaseSearch, CaseSearch.id == rows.c.case_id)
    query = query.outerjoin(EnterpriseSearch, EnterpriseSearch.id == rows.c.enterprise_id)
    has_it = or_(search.contains(CaseSearch, term), search.contains(EnterpriseSearch, term))
    return query.order_by(*searched.order(rows.c)), has_it


def _is_shorter(session: Session, searched: Searched, size: int) -> bool:
    """Whether the list ends before so many rows, so that all of it has been read."""
    return (session.scalar(select(func.count()).select_from(searched.first(size))) or 0) < size


def _as_table(ids: Sequence[int]) -> Any:
    found = func.unnest(cast(sorted(set(ids)), ARRAY(BigInteger))).table_valued("id").render_derived()
    return select(found.c.id).cte().prefix_with("MATERIALIZED")


def _matching(term: Term) -> tuple[Select[Any], Select[Any]]:
    """The ids of the cases that have a term in a text of their own or of their firm's."""
    firms = select(EnterpriseSearch.id).where(search.found_by(EnterpriseSearch, term))
    return (
        select(CaseSearch.id).where(search.found_by(CaseSearch, term)),
        select(Case.id).where(Case.enterprise_id.in_(firms)),
    )
