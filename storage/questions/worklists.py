"""Worklists: tasks with their case and enterprise, each list a walk along an index in the order that is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, literal, not_, or_, select, true, tuple_, union_all
from sqlalchemy.orm import Session, defer

from storage.avoidances import keeps_away
from storage.cases import Case, Reach, Scope, within
from storage.counting import MOST, at_most
from storage.people import Enterprise
from storage.questions.looking_up import Searched, look_up
from storage.search import Term
from storage.tasks import NO_TERM, Task, by_term

Row = tuple[Task, Case, Enterprise]


@dataclass(frozen=True)
class Viewer:
    """Whose list it is. A reader of everything sees every task of the one case he asks for."""

    username: str
    roles: frozenset[str]
    enterprise_id: int | None
    scope: Scope
    reads_all: bool


@dataclass(frozen=True)
class Filters:
    """What narrows the list; None means not at all. `assignee` is me or none."""

    case: str | None = None
    assignee: str | None = None
    role: str | None = None
    scheme: str | None = None
    stage: str | None = None
    due_before: date | None = None
    term: Term | None = None


@dataclass(frozen=True)
class _Shelf:
    """Tasks in one order: those of each of the lists that meet all conditions. No task is in two of the lists."""

    lists: Sequence[Any]
    conditions: Sequence[Any]
    key: Any
    descending: bool = False

    def order(self, key: Any, task_id: Any) -> tuple[Any, Any]:
        return (key.desc(), task_id.desc()) if self.descending else (key, task_id)

    def first(self, limit: int) -> Any:
        """The first tasks, each list walked in its order and only as far as is wanted: ids, keys, cases and firms."""
        columns = (Task.id, self.key.label("key"), Task.case_id, Case.enterprise_id)
        walks = [
            select(*columns)
            .join(Case, Case.id == Task.case_id)
            .where(each, *self.conditions)
            .order_by(*self.order(self.key, Task.id))
            .limit(limit)
            for each in self.lists
        ]
        together = union_all(*walks).subquery()
        return select(together).order_by(*self.order(together.c.key, together.c.id)).limit(limit).subquery()


def list_open(
    session: Session, viewer: Viewer, filters: Filters, *, after: tuple[date | None, str] | None, limit: int
) -> Sequence[Row]:
    """Open tasks by due date (none last) and id, after the last one of the page before."""
    conditions = [Task.status == "open", *_reach(viewer), *_conditions(filters)]
    if after is not None:
        conditions.append(tuple_(by_term, Task.id) > tuple_(literal(after[0] or NO_TERM), literal(after[1])))
    if _asks_of_one_case(viewer, filters):
        lists = [_in_whose_hands(viewer, filters)]
    else:
        lists = _in_hand(viewer, filters) + _offered(viewer, filters)
    return _list(session, _Shelf(lists, conditions, by_term), filters.term, limit)


def list_done(
    session: Session, viewer: Viewer, filters: Filters, *, before: tuple[datetime, str] | None, limit: int
) -> Sequence[Row]:
    """Finished tasks, the last first and of one instant by id downward, behind the last one of the page before."""
    conditions = [Task.status == "done", _in_whose_hands(viewer, filters), *_reach(viewer), *_conditions(filters)]
    if before is not None:
        conditions.append(tuple_(Task.ended_at, Task.id) < tuple_(literal(before[0]), literal(before[1])))
    mine = true() if _asks_of_one_case(viewer, filters) else Task.completed_by == viewer.username
    return _list(session, _Shelf([mine], conditions, Task.ended_at, descending=True), filters.term, limit)


def _asks_of_one_case(viewer: Viewer, filters: Filters) -> bool:
    return filters.case is not None and viewer.reads_all


def _in_whose_hands(viewer: Viewer, filters: Filters) -> Any:
    held = {None: true(), "me": Task.assignee == viewer.username, "none": Task.assignee.is_(None)}
    return held[filters.assignee]


def _in_hand(viewer: Viewer, filters: Filters) -> list[Any]:
    return [] if filters.assignee == "none" else [Task.assignee == viewer.username]


def _offered(viewer: Viewer, filters: Filters) -> list[Any]:
    """What each of the viewer's roles may claim; a list for each, for each has its order in the index."""
    if filters.assignee == "me":
        return []
    # What a person keeps away from is not offered to him: one look into an index for each task that the walk meets.
    his = not_(keeps_away(Task.case_id, viewer.username))
    return [and_(Task.assignee.is_(None), Task.role == role, his) for role in sorted(viewer.roles)]


def _reach(viewer: Viewer) -> list[Any]:
    if viewer.enterprise_id:
        return [Case.enterprise_id == viewer.enterprise_id]
    # Who knows of a case by his tasks alone knows of every case of his tasks.
    return [] if viewer.scope.reach is Reach.TASKS else [within(viewer.scope)]


def _conditions(filters: Filters) -> list[Any]:
    conditions: list[Any] = []
    if filters.case:
        conditions.append(Case.reference == filters.case)
    if filters.role:
        conditions.append(Task.role == filters.role)
    if filters.scheme:
        conditions.append(Case.scheme == filters.scheme)
    if filters.stage:
        conditions.append(Task.stage == filters.stage)
    if filters.due_before:
        conditions.append(by_term < filters.due_before)
    return conditions


def _list(session: Session, shelf: _Shelf, term: Term | None, limit: int) -> Sequence[Row]:
    if not shelf.lists:
        return []
    if term is None:
        return _read(session, shelf, select(shelf.first(limit).c.id))

    def among(hits: Any) -> Select[Any]:
        query = select(Task.id).join(Case, Case.id == Task.case_id).join(hits, hits.c.id == Case.id)
        return query.where(or_(*shelf.lists), *shelf.conditions).order_by(*shelf.order(shelf.key, Task.id))

    searched = Searched(
        key="id",
        order=lambda columns: shelf.order(columns.key, columns.id),
        first=shelf.first,
        among=among,
    )
    return _read(session, shelf, look_up(session, searched, term, limit))


def _read(session: Session, shelf: _Shelf, ids: Any) -> list[Row]:
    query = select(Task, Case, Enterprise).join(Case, Case.id == Task.case_id)
    query = query.join(Enterprise, Enterprise.id == Case.enterprise_id).where(Task.id.in_(ids))
    # What was typed so far, and what a firm says of itself, no list shows.
    query = query.options(defer(Task.draft), defer(Enterprise.profile))
    rows = session.execute(query.order_by(*shelf.order(shelf.key, Task.id)))
    return [(row[0], row[1], row[2]) for row in rows]


def count(session: Session, viewer: Viewer, today: date) -> tuple[int, int, int]:
    """How many open tasks are mine, to claim, and overdue, each at most MOST; one statement."""
    everything = Filters()
    in_hand, offered = _in_hand(viewer, everything), _offered(viewer, everything)
    overdue = by_term < today
    row = session.execute(
        select(
            _at_most(viewer, in_hand),
            _at_most(viewer, offered),
            _at_most(viewer, [and_(each, overdue) for each in in_hand + offered]),
        )
    ).one()
    return row[0], row[1], row[2]


def _at_most(viewer: Viewer, lists: Sequence[Any]) -> Any:
    """The number of tasks in these lists; who has no role has no list."""
    conditions = [Task.status == "open", *_reach(viewer)]
    # In order, for there is one way only to the first rows in order: along the index.
    walks = [
        select(Task.id)
        .join(Case, Case.id == Task.case_id)
        .where(each, *conditions)
        .order_by(by_term, Task.id)
        .limit(MOST)
        for each in lists
    ]
    if not walks:
        return literal(0)
    return at_most(select(union_all(*walks).subquery())).scalar_subquery()


def find(session: Session, task_id: str) -> tuple[Task, Case] | None:
    row = session.execute(select(Task, Case).join(Case, Case.id == Task.case_id).where(Task.id == task_id)).first()
    return (row[0], row[1]) if row else None
