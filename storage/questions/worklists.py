"""Worklists: tasks joined with their case and enterprise, as people search them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from storage.cases import Case, Scope, within
from storage.people import Enterprise
from storage.tasks import Task, offered_to

Row = tuple[Task, Case, Enterprise]
_FAR = date(9999, 12, 31)


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
    q: str | None = None


def _mine(viewer: Viewer, status: str, filters: Filters) -> Select[Task, Case, Enterprise]:
    in_reach = Case.enterprise_id == viewer.enterprise_id if viewer.enterprise_id else within(viewer.scope)
    query = (
        select(Task, Case, Enterprise)
        .join(Case, Case.id == Task.case_id)
        .join(Enterprise, Enterprise.id == Case.enterprise_id)
        .where(in_reach)
    )
    if filters.case is not None and viewer.reads_all:
        query = query.where(Task.status == status)
    elif status == "done":
        query = query.where(Task.status == "done", Task.completed_by == viewer.username)
    else:
        query = query.where(offered_to(viewer.username, viewer.roles))
    if filters.case:
        query = query.where(Case.reference == filters.case)
    if filters.assignee == "me":
        query = query.where(Task.assignee == viewer.username)
    elif filters.assignee == "none":
        query = query.where(Task.assignee.is_(None))
    if filters.role:
        query = query.where(Task.role == filters.role)
    if filters.scheme:
        query = query.where(Case.scheme == filters.scheme)
    if filters.stage:
        query = query.where(Task.stage == filters.stage)
    if filters.due_before:
        query = query.where(Task.due_on < filters.due_before)
    if filters.q:
        text = filters.q.strip()
        query = query.where(
            or_(
                Case.reference == text,
                Case.title.contains(text, autoescape=True),
                Enterprise.name.contains(text, autoescape=True),
            )
        )
    return query


def list_open(
    session: Session, viewer: Viewer, filters: Filters, *, after: tuple[date | None, str] | None, limit: int
) -> Sequence[Row]:
    """Open tasks by due date (none last) and id, after the last one of the page before."""
    query, due = _mine(viewer, "open", filters), func.coalesce(Task.due_on, _FAR)
    if after is not None:
        day = after[0] or _FAR
        query = query.where(or_(due > day, (due == day) & (Task.id > after[1])))
    return [(row[0], row[1], row[2]) for row in session.execute(query.order_by(due, Task.id).limit(limit))]


def list_done(
    session: Session, viewer: Viewer, filters: Filters, *, before: datetime | None, limit: int
) -> Sequence[Row]:
    """Finished tasks, newest first, before the last one of the page before."""
    query = _mine(viewer, "done", filters)
    if before is not None:
        query = query.where(Task.ended_at < before)
    query = query.order_by(Task.ended_at.desc(), Task.id).limit(limit)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def count(session: Session, viewer: Viewer, today: date) -> tuple[int, int, int]:
    """How many open tasks are mine, to claim, and overdue; one statement."""
    offered = _mine(viewer, "open", Filters()).with_only_columns(Task.assignee, Task.due_on).subquery()
    row = session.execute(
        select(
            func.count().filter(offered.c.assignee == viewer.username),
            func.count().filter(offered.c.assignee.is_(None)),
            func.count().filter(offered.c.due_on < today),
        ).select_from(offered)
    ).one()
    return row[0], row[1], row[2]


def find(session: Session, task_id: str) -> tuple[Task, Case] | None:
    row = session.execute(select(Task, Case).join(Case, Case.id == Task.case_id).where(Task.id == task_id)).first()
    return (row[0], row[1]) if row else None
