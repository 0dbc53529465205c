"""Open and finished user tasks: the projection of the engine's state that people search, claim and complete."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, cast, get_args

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Table,
    Text,
    bindparam,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Instant, Json, one_of
from storage.unit_of_work import UnitOfWork

# The day behind every other, in whose place a task without a term stands in the order.
NO_TERM = date(9999, 12, 31)
_NO_TERM = "'9999-12-31'::date"
_OPEN = text("status = 'open'")
_OFFERED = text("status = 'open' AND assignee IS NULL")
_DONE = text("status = 'done'")
_BY_TERM = text(f"coalesce(due_on, {_NO_TERM})")

TaskStatus = Literal["open", "done", "cancelled"]


class Task(Base):
    """A user task of a case; `id` is the engine's task id. Status: open, done or cancelled."""

    __tablename__ = "task"
    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    element_id: Mapped[str]
    process: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    form: Mapped[str]
    stage: Mapped[str | None]
    # A personal task belongs to its assignee from the start (an expert's seat) and is never offered to the role.
    personal: Mapped[bool] = mapped_column(default=False)
    separate_from: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    status: Mapped[TaskStatus] = mapped_column(Text, default="open")
    assignee: Mapped[str | None]
    due_on: Mapped[date | None]
    # The working days of its term; with them and without `due_on` it has one that nobody can state yet (待定).
    working_days: Mapped[int | None]
    opened_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    completed_by: Mapped[str | None]
    draft: Mapped[Json | None]
    draft_by: Mapped[str | None]
    draft_at: Mapped[Instant | None]
    version: Mapped[int] = mapped_column(default=1)
    # The newest calendar that was in force when `due_on` was counted, by its number; 0 before the first.
    counted_by: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # A worklist is three lists: what is in one's hands, what is offered to each of one's roles, what one has done. Each
    # is read in its order, of all stages or of one.
    __table_args__ = (
        one_of("status", *get_args(TaskStatus)),
        Index(None, "case_id", "status"),
        Index("ix_task_in_hand", "assignee", _BY_TERM, "id", postgresql_where=_OPEN),
        Index("ix_task_in_hand_stage", "assignee", "stage", _BY_TERM, "id", postgresql_where=_OPEN),
        Index("ix_task_offered", "role", _BY_TERM, "id", postgresql_where=_OFFERED),
        Index("ix_task_offered_stage", "role", "stage", _BY_TERM, "id", postgresql_where=_OFFERED),
        Index("ix_task_done", "completed_by", "ended_at", "id", postgresql_where=_DONE),
        Index("ix_task_done_stage", "completed_by", "stage", "ended_at", "id", postgresql_where=_DONE),
        # In which cases somebody has or had a task, the newest first.
        Index(None, "assignee", "case_id"),
        Index("ix_task_offered_case", "role", "case_id", postgresql_where=_OFFERED),
        Index(None, "opened_at"),
        Index("ix_task_counted_by", "counted_by", postgresql_where=_OPEN),
    )


def append(session: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Add an open task, given by its columns."""
    session.append(_TABLE, row)


_TABLE = cast(Table, Task.__table__)
_FRESH = select(Task).where(Task.id == bindparam("task_id")).execution_options(populate_existing=True)
# What worklists are ordered by, written as in the indexes.
by_term = func.coalesce(Task.due_on, literal_column(_NO_TERM))


def get(session: Session, task_id: str) -> Task | None:
    return session.scalar(_FRESH, {"task_id": task_id})


def list_of_case(session: Session, case_id: int) -> Sequence[Task]:
    return session.scalars(select(Task).where(Task.case_id == case_id).order_by(Task.opened_at, Task.id)).all()


def list_open_of_cases(session: Session, case_ids: Iterable[int]) -> Sequence[Task]:
    query = select(Task).where(Task.case_id.in_(list(case_ids)), Task.status == "open")
    return session.scalars(query.order_by(Task.opened_at, Task.element_id, Task.id)).all()


def has_completed(session: Session, case_id: int, elements: Iterable[str], username: str) -> str | None:
    """The name of an earlier task among `elements` that this person completed in this case, if any."""
    query = select(Task.name).where(
        Task.case_id == case_id, Task.element_id.in_(list(elements)), Task.completed_by == username
    )
    return session.scalar(query.limit(1))


def finish(session: UnitOfWork, task: Task, by: str, now: datetime) -> None:
    """A person has completed a task."""
    done = {"status": "done", "assignee": by, "completed_by": by, "ended_at": now}
    session.change(task, **done, draft=None, version=task.version + 1)


def cancel(session: UnitOfWork, task_ids: Iterable[str], now: datetime) -> None:
    """Close open tasks that the process took back."""
    for task_id in task_ids:
        session.amend(Task, task_id, {"status": "cancelled", "ended_at": now, "draft": None})


def move_due(session: UnitOfWork, task_id: str, due_on: date | None, counted_by: int) -> None:
    """The last day of a task was counted anew."""
    session.amend(Task, task_id, {"due_on": due_on, "counted_by": counted_by})


def cases_of(session: Session, task_ids: Iterable[str]) -> set[int]:
    return set(session.scalars(select(Task.case_id).where(Task.id.in_(list(task_ids)))))
