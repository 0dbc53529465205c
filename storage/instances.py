"""The engine's state of each case as bytes, where cases wait, and what went wrong with them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, cast, get_args

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    any_,
    bindparam,
    func,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from storage import calendars
from storage.audit import AuditEvent, chain_of_case
from storage.avoidances import keeps_away
from storage.base import Base, Id, Instant, one_of
from storage.batches import Batch
from storage.calendars import CalendarYear
from storage.cases import Case, CaseFacts, Submission, SubmissionPersonal
from storage.locks import to_change, to_claim
from storage.people import Enterprise
from storage.tasks import Task
from storage.unit_of_work import UnitOfWork

_RUNS = text("ended_at IS NULL AND due_at IS NOT NULL")

WaitKind = Literal["message", "timer"]


class Instance(Base):
    """The state of one case without its specification (the definition version holds that)."""

    __tablename__ = "instance"
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    next_due_at: Mapped[Instant | None] = mapped_column(index=True)
    # A step that failed waits here before it is tried again, longer each time, so that one bad case holds up no other.
    retry_at: Mapped[Instant | None]
    failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))


class Wait(Base):
    """Where a case waits for a message or a timer, or once waited (`ended_at`): what the heat map counts."""

    __tablename__ = "wait"
    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"))
    process: Mapped[str]
    element_id: Mapped[str]
    name: Mapped[str]
    kind: Mapped[WaitKind] = mapped_column(Text)
    message: Mapped[str | None]
    due_at: Mapped[Instant | None]
    boundary: Mapped[bool]
    opened_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    # The newest calendar that was in force when `due_at` was counted, by its number; 0 before the first.
    counted_by: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    __table_args__ = (
        one_of("kind", *get_args(WaitKind)),
        Index("ix_wait_message_case_id", "message", "case_id", postgresql_where=text("ended_at IS NULL")),
        Index(None, "opened_at"),
        Index("ix_wait_case_id", "case_id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_wait_counted_by", "counted_by", postgresql_where=_RUNS),
    )


class Incident(Base):
    """A step that could not be done: the case keeps its old state and somebody looks (流程异常件)."""

    __tablename__ = "incident"
    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    at: Mapped[Instant]
    element_id: Mapped[str | None]
    what: Mapped[str]
    resolved_at: Mapped[Instant | None]


def list_waits(session: Session, case_ids: Iterable[int]) -> Sequence[Wait]:
    """Where cases wait now."""
    query = select(Wait).where(Wait.case_id.in_(list(case_ids)), Wait.ended_at.is_(None))
    return session.scalars(query.order_by(Wait.due_at, Wait.id)).all()


def end_waits(session: UnitOfWork, ids: Iterable[str], now: datetime) -> None:
    """These waits are over; they stay for the heat map."""
    for wait_id in ids:
        session.amend(Wait, wait_id, {"ended_at": now})


def move_wait(session: UnitOfWork, wait_id: str, due_at: datetime | None, counted_by: int) -> None:
    """The deadline of a wait was counted anew."""
    session.amend(Wait, wait_id, {"due_at": due_at, "counted_by": counted_by})


def mark_counted(session: UnitOfWork, case_id: int, counted_by: int) -> None:
    """What a case has running is counted by this calendar, whether that moved it or not."""
    waits = update(Wait).where(Wait.case_id == case_id, Wait.ended_at.is_(None))
    tasks = update(Task).where(Task.case_id == case_id, Task.status == "open")
    for statement in (waits, tasks):
        session.execute(statement.values(counted_by=counted_by))


def waiting_by_message(session: Session, batch_id: int, messages: Sequence[str]) -> dict[str, list[int]]:
    """Ids of the cases of a batch that wait for each of these messages and are not suspended, by reference."""
    query = (
        select(Wait.message, Case.id)
        .join(Case, Wait.case_id == Case.id)
        .where(
            Case.batch_id == batch_id,
            Wait.message.in_(list(messages)),
            Wait.ended_at.is_(None),
            Case.suspended_at.is_(None),
        )
    )
    found: dict[str, list[int]] = {message: [] for message in messages}
    for message, case_id in session.execute(query.order_by(Case.reference)):
        found[str(message)].append(case_id)
    return found


def count_waiting(session: Session, batch_ids: Iterable[int], message: str) -> dict[int, int]:
    """How many cases of each batch wait for a message and are not suspended; one statement over what waits now."""
    query = (
        select(Case.batch_id, func.count())
        .join(Wait, Wait.case_id == Case.id)
        .where(
            Case.batch_id.in_(list(batch_ids)),
            Wait.message == message,
            Wait.ended_at.is_(None),
            Case.suspended_at.is_(None),
        )
        .group_by(Case.batch_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def next_due_case(session: Session, now: datetime, *, wait: bool = False) -> int | None:
    """Claim the case whose timer is longest due. Other workers skip it, or `wait` until it is done."""
    query = (
        select(Case.id)
        .join(Instance, Instance.case_id == Case.id)
        .where(
            Instance.next_due_at <= now,
            Case.suspended_at.is_(None),
            (Instance.retry_at.is_(None)) | (Instance.retry_at <= now),
        )
        .order_by(Instance.next_due_at)
        .limit(1)
    )
    return session.scalar(to_change(query, Case) if wait else to_claim(query, Case))


def next_to_recount(session: Session) -> int | None:
    """Claim a running case of which a term or a task was counted before the newest calendar; others skip it."""
    newest = select(func.max(CalendarYear.number)).scalar_subquery()
    waits = select(Wait.case_id).where(_RUNS, Wait.counted_by < newest)
    tasks = select(Task.case_id).where(text("task.status = 'open'"), Task.counted_by < newest)
    query = select(Case.id).where(Case.id.in_(waits.union_all(tasks)), Case.ended_at.is_(None)).limit(1)
    return session.scalar(to_claim(query, Case))


def resolve_incidents(session: Session, case_id: int, now: datetime) -> None:
    query = update(Incident).where(Incident.case_id == case_id, Incident.resolved_at.is_(None))
    session.execute(query.values(resolved_at=now))


def list_incidents(session: Session, case_ids: Iterable[int] | None = None) -> Sequence[Incident]:
    query = select(Incident).where(Incident.resolved_at.is_(None)).order_by(Incident.id.desc()).limit(200)
    if case_ids is not None:
        query = query.where(Incident.case_id.in_(list(case_ids)))
    return session.scalars(query).all()


_WAITS = cast(Table, Wait.__table__)


def append_wait(session: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Add a wait, given by its columns."""
    session.append(_WAITS, row)


class Ground(NamedTuple):
    """What a step stands on besides the locked case: its process, facts, batch and firm, and the end of its record."""

    state: bytes
    retry_at: datetime | None
    facts: dict[str, Any]
    batch: Batch
    enterprise: Enterprise
    seq: int
    """Number of the newest event on the case's chain; 0 before the first."""
    hash: str
    calendars: str | None
    """The confirmed calendars, as `storage.calendars.confirmed` reads them."""


_NEWEST_EVENT = (
    select(AuditEvent.seq, AuditEvent.hash)
    .where(AuditEvent.chain == chain_of_case(Case.reference))
    .order_by(AuditEvent.seq.desc())
    .limit(1)
    .lateral("newest_event")
)
_GROUND = (
    select(
        *(Instance.state, Instance.retry_at, CaseFacts.facts, Batch, Enterprise),
        *(func.coalesce(_NEWEST_EVENT.c.seq, 0), func.coalesce(_NEWEST_EVENT.c.hash, ""), calendars.CONFIRMED),
    )
    .select_from(Instance)
    .join(CaseFacts, CaseFacts.case_id == Instance.case_id)
    .join(Case, Case.id == Instance.case_id)
    .join(Batch, Batch.id == Case.batch_id)
    .join(Enterprise, Enterprise.id == Case.enterprise_id)
    .outerjoin(_NEWEST_EVENT, true())
    .execution_options(populate_existing=True)
)
_OF_CASES = _GROUND.add_columns(Instance.case_id).where(
    Instance.case_id == any_(bindparam("case_ids", type_=ARRAY(BigInteger)))
)
# What the same person sent for the same element before: what is sent again is told beside it.
_EARLIER = (
    select(Submission.content, SubmissionPersonal.values)
    .outerjoin(SubmissionPersonal, SubmissionPersonal.task_id == Submission.task_id)
    .where(Submission.case_id == Task.case_id, Submission.element_id == Task.element_id)
    .where(Submission.by == bindparam("by"))
    .order_by(Submission.id.desc())
    .limit(1)
    .lateral("earlier")
)
# What the same person did in this case that keeps him from this task.
_other = aliased(Task)
_KEPT_FROM = (
    select(_other.name)
    .where(_other.case_id == Task.case_id, _other.element_id == any_(Task.separate_from))
    .where(_other.completed_by == bindparam("by"))
    .limit(1)
    .scalar_subquery()
)
_AVOIDS = keeps_away(Task.case_id, bindparam("by"))
_OF_TASK = (
    _GROUND.add_columns(Case, Task, _KEPT_FROM, _AVOIDS, _EARLIER.c.content, _EARLIER.c["values"])
    .join(Task, Task.case_id == Case.id)
    .outerjoin(_EARLIER, true())
    .where(Task.id == bindparam("task_id"))
)


def load(session: Session, case_ids: Iterable[int]) -> dict[int, Ground]:
    """What a step needs besides the locked cases, by case id.

    A statement of its own after the lock, so that it sees what another transaction has just committed.
    """
    return {row[-1]: Ground(*row[:-1]) for row in session.execute(_OF_CASES, {"case_ids": list(case_ids)})}


class TaskGround(NamedTuple):
    """A task as it stands under the lock of its case, and what one person has to do with it."""

    task: Task
    kept_from_by: str | None
    """The name of a task that he has completed in this case and that keeps him from this one (岗位分离)."""
    avoids: bool
    """Whether he keeps away from the case (回避)."""
    earlier: dict[str, Any]
    """What he sent for the same element last; empty the first time."""


def load_with_task(session: Session, task_id: str, by: str) -> tuple[Case, Ground, TaskGround]:
    """The locked case of a task, what a step needs besides it, as `load` reads it, and the task itself."""
    row = session.execute(_OF_TASK, {"task_id": task_id, "by": by}).one()
    *ground, case, task, kept_from_by, avoids, sent, personal = row
    return case, Ground(*ground), TaskGround(task, kept_from_by, avoids, {**(sent or {}), **(personal or {})})


def save_state(session: UnitOfWork, case_id: int, state: bytes, next_due_at: datetime | None) -> None:
    """Keep the state of a case and the instant of its next timer."""
    session.amend(Instance, case_id, {"state": state, "next_due_at": next_due_at})


def clear_failures(session: UnitOfWork, case_id: int) -> None:
    """A step succeeded: the next that fails waits but a little again."""
    session.amend(Instance, case_id, {"retry_at": None, "failures": 0})


def get_state(session: Session, case_id: int) -> bytes:
    return session.get_one(Instance, case_id).state


def lock(session: Session, case_id: int) -> Instance | None:
    """The instance of a case, locked by itself: for what is noted when the case's own step failed."""
    return session.scalar(to_change(select(Instance).where(Instance.case_id == case_id)))
