"""How long cases stay at each element of the diagrams, and where they stay now: what the heat map (环节时效图) shows.

A stay is a user task, or a wait for a message or a time that is not on the border of something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, select, union_all
from sqlalchemy.orm import Session

from storage.cases import Case
from storage.instances import Wait
from storage.tasks import Task


@dataclass(frozen=True)
class Among:
    """Whose stays count: of one subsidy type, of one process (whoever calls it), of one version; None: of all."""

    scheme: str | None = None
    process: str | None = None
    definition_id: int | None = None


@dataclass(frozen=True)
class Stays:
    """The stays at one element that began in a period; `median` and `longest` are over those that are `finished`."""

    process: str
    element_id: str
    name: str
    passes: int
    finished: int
    median: timedelta | None
    longest: timedelta | None


@dataclass(frozen=True)
class OpenStay:
    """A case that stays at an element now, one of `count` there; several people at once are one stay."""

    process: str
    element_id: str
    name: str
    count: int
    opened_at: datetime
    reference: str
    title: str
    suspended: bool


def list_stays(session: Session, among: Among, since: datetime, until: datetime) -> list[Stays]:
    """What began from `since` to before `until`, by element. What the process took back counts without a length."""
    tasks = _of(Task, among).add_columns((Task.status == "done").label("is_finished"))
    waits = _of(Wait, among).add_columns(Wait.ended_at.is_not(None).label("is_finished")).where(~Wait.boundary)
    stay = union_all(
        tasks.where(Task.opened_at >= since, Task.opened_at < until),
        waits.where(Wait.opened_at >= since, Wait.opened_at < until),
    ).subquery()
    length = stay.c.ended_at - stay.c.opened_at
    query = select(
        stay.c.process,
        stay.c.element_id,
        func.max(stay.c.name),
        func.count(),
        func.count().filter(stay.c.is_finished),
        func.percentile_cont(0.5).within_group(length).filter(stay.c.is_finished),
        func.max(length).filter(stay.c.is_finished),
    ).group_by(stay.c.process, stay.c.element_id)
    return [Stays(*row) for row in session.execute(query)]


def list_open(session: Session, among: Among, *, each: int) -> list[OpenStay]:
    """Where cases that were handed in stay now: at each element the `each` longest, and how many there are."""
    ranked = _ranked(_once_a_case(_open(among)))
    query = (
        select(ranked, Case.reference, Case.title, Case.suspended_at.is_not(None))
        .join(Case, Case.id == ranked.c.case_id)
        .where(ranked.c.rank <= each)
        .order_by(ranked.c.opened_at, Case.reference)
    )
    return [
        OpenStay(row.process, row.element_id, row.name, row.count_of, row.opened_at, *row[-3:])
        for row in session.execute(query)
    ]


def count_open(session: Session, among: Among) -> dict[str, int]:
    """How many cases that were handed in stay anywhere in each process now."""
    stay = _open(among)
    query = select(stay.c.process, func.count(stay.c.case_id.distinct())).group_by(stay.c.process)
    return {row[0]: row[1] for row in session.execute(query)}


def _open(among: Among) -> Subquery:
    tasks = _of(Task, among).where(Task.status == "open", *_under_way())
    waits = _of(Wait, among).where(Wait.ended_at.is_(None), ~Wait.boundary, *_under_way())
    return union_all(tasks, waits).subquery()


def _once_a_case(stay: Subquery) -> Subquery:
    columns = (stay.c.process, stay.c.element_id, stay.c.case_id)
    return (
        select(*columns, func.max(stay.c.name).label("name"), func.min(stay.c.opened_at).label("opened_at"))
        .group_by(*columns)
        .subquery()
    )


def _ranked(stay: Subquery) -> Subquery:
    element = (stay.c.process, stay.c.element_id)
    return select(
        stay.c.process,
        stay.c.element_id,
        stay.c.name,
        stay.c.case_id,
        stay.c.opened_at,
        func.count().over(partition_by=element).label("count_of"),
        func.row_number().over(partition_by=element, order_by=(stay.c.opened_at, stay.c.case_id)).label("rank"),
    ).subquery()


def _of(table: type[Task] | type[Wait], among: Among) -> Any:
    query = select(table.case_id, table.process, table.element_id, table.name, table.opened_at, table.ended_at)
    return query.join(Case, Case.id == table.case_id).where(*_conditions(table, among))


def _conditions(table: type[Task] | type[Wait], among: Among) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if among.scheme is not None:
        conditions.append(Case.scheme == among.scheme)
    if among.process is not None:
        conditions.append(table.process == among.process)
    if among.definition_id is not None:
        conditions.append(Case.definition_id == among.definition_id)
    return conditions


def _under_way() -> tuple[ColumnElement[bool], ...]:
    return Case.ended_at.is_(None), Case.submitted_at.is_not(None)
