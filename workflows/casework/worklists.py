"""Worklists: what is on whose desk, and who may know of a task."""

from datetime import date
from typing import Any

from storage import cases
from storage.cases import Case
from storage.database import Session
from storage.people import Enterprise
from storage.questions import worklists
from storage.tasks import Task
from workflows import paging, searching
from workflows.casework.shapes import TaskRow, task_row
from workflows.errors import NotFound
from workflows.permissions import READERS, Actor, scope_of


def list_tasks(
    session: Session,
    actor: Actor,
    *,
    status: str = "open",
    cursor: str | None = None,
    limit: int = 50,
    q: str | None = None,
    **filters: Any,
) -> paging.Page[TaskRow]:
    """The caller's worklist by due date: his own and what he may claim, or (status done) what he completed.

    Filters: those of `storage.questions.worklists.Filters`; `q` is looked for in cases and firms. Raises Invalid.
    """
    viewer, narrowed = _viewer(actor), worklists.Filters(term=searching.term_of(q), **filters)
    if status == "done":
        before = paging.read_instant_cursor(cursor)
        rows = worklists.list_done(session, viewer, narrowed, before=before, limit=limit + 1)
    else:
        after = paging.read_due_cursor(cursor)
        rows = worklists.list_open(session, viewer, narrowed, after=after, limit=limit + 1)
    items = [task_row(task, case, enterprise, actor) for task, case, enterprise in rows[:limit]]
    if len(rows) <= limit:
        return paging.Page(items, None)
    last = rows[limit - 1][0]
    if status == "done" and last.ended_at is not None:
        return paging.Page(items, paging.instant_cursor(last.ended_at, last.id))
    return paging.Page(items, paging.due_cursor(last.due_on, last.id))


def _viewer(actor: Actor) -> worklists.Viewer:
    return worklists.Viewer(
        actor.username, actor.roles, actor.enterprise_id, scope_of(actor), reads_all=actor.has(*READERS)
    )


def count_tasks(session: Session, actor: Actor, today: date) -> dict[str, int]:
    """How many are mine, to claim, and overdue; none is counted beyond a hundred."""
    mine, to_claim, overdue = worklists.count(session, _viewer(actor), today)
    return {"mine": mine, "to_claim": to_claim, "overdue": overdue}


def get_known(session: Session, actor: Actor, task_id: str) -> tuple[Task, Case]:
    """The task if the actor may know of it: his own, one of his roles in a case he sees, or all of them for readers."""
    found = worklists.find(session, task_id)
    if found is None or not may_know(session, actor, *found):
        raise NotFound("没有这一任务，或你无权查看。")
    return found


def may_know(session: Session, actor: Actor, task: Task, case: Case) -> bool:
    if task.personal:
        return task.assignee == actor.username or actor.has(*READERS, "review_organizer", "discipline")
    if actor.is_applicant:
        return case.enterprise_id == actor.enterprise_id
    if task.role in actor.roles:
        return case.submitted_at is not None
    return cases.find_visible(session, case.reference, scope_of(actor)) is not None


def get_row(session: Session, actor: Actor, task_id: str) -> TaskRow:
    """The task as it stands in a worklist."""
    task, case = get_known(session, actor, task_id)
    return task_row(task, case, session.get_one(Enterprise, case.enterprise_id), actor)
