"""What is written by key or as a row: sent late and together, and always what one write after another would leave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, select, text

from storage import instances, tasks
from storage.cases import Case
from storage.database import Database, Session
from storage.instances import Wait
from storage.tasks import Task
from tests.storage.rows import NOW, Rows

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def rows(session: Session) -> Rows:
    return Rows(session)


def a_wait(case: Case, key: str, **columns: Any) -> dict[str, Any]:
    given = {"id": key, "case_id": case.id, "process": "retrofit", "element_id": "listed", "name": "列入清单"}
    return {**given, "kind": "message", "message": "listed", "boundary": False, "opened_at": NOW, **columns}


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def stored(session: Session, task: Task) -> Any:
    """The row, past all objects."""
    query = text("SELECT status, assignee, version, name FROM task WHERE id = :id")
    return session.execute(query, {"id": task.id}).one()


def test_the_writes_of_one_step_are_one_statement(session: Session, rows: Rows) -> None:
    case = rows.a_case()
    task = rows.a_task(case)
    with statements(session) as sent:
        tasks.finish(session, task, "officer", NOW)
        session.change(case, status="EXPERTS", stage="P09")
        instances.append_wait(session, a_wait(case, "w1"))
        assert not sent
        session.flush()
    assert len(sent) == 1
    assert stored(session, task)[:3] == ("done", "officer", 2)
    assert (task.status, task.completed_by, case.status) == ("done", "officer", "EXPERTS")


def test_the_same_write_to_many_rows_is_one_statement(session: Session, rows: Rows) -> None:
    cases = [rows.a_case() for _ in range(20)]
    for number, case in enumerate(cases):
        instances.append_wait(session, a_wait(case, f"old{number}"))
    session.flush()
    with statements(session) as sent:
        for number, case in enumerate(cases):
            instances.end_waits(session, [f"old{number}"], LATER)
            instances.append_wait(session, a_wait(case, f"new{number}"))
        session.flush()
    assert len(sent) == 2
    assert {wait.id for wait in instances.list_waits(session, [case.id for case in cases])} == {
        f"new{number}" for number in range(20)
    }


def test_a_question_sees_what_was_written_before_it(session: Session, rows: Rows) -> None:
    case = rows.a_case()
    task = rows.a_task(case)
    tasks.cancel(session, [task.id], LATER)
    assert session.scalars(select(Task.status).where(Task.id == task.id)).one() == "cancelled"


def test_an_object_is_read_anew_after_its_row_was_changed_by_key(session: Session, rows: Rows) -> None:
    task = rows.a_task(rows.a_case())
    tasks.cancel(session, [task.id], LATER)
    assert (task.status, task.ended_at) == ("cancelled", LATER)


def test_two_changes_of_one_row_both_hold(session: Session, rows: Rows) -> None:
    task = rows.a_task(rows.a_case())
    session.change(task, assignee="officer", version=2)
    session.change(task, version=3)
    session.flush()
    assert stored(session, task)[:3] == ("open", "officer", 3)


def test_the_last_of_several_ways_to_change_a_row_wins(session: Session, rows: Rows) -> None:
    task = rows.a_task(rows.a_case())
    session.change(task, name="第一")
    task.name = "第二"
    session.flush()
    assert stored(session, task).name == "第二"
    task.name = "第三"
    session.change(task, name="第四")
    session.flush()
    assert stored(session, task).name == "第四"


def test_what_does_not_differ_is_not_written(session: Session, rows: Rows) -> None:
    task = rows.a_task(rows.a_case())
    with statements(session) as sent:
        session.change(task, status="open", assignee=None)
        session.flush()
    assert not sent


def test_a_row_is_changed_after_it_was_added(session: Session, rows: Rows) -> None:
    case = rows.a_case()
    instances.append_wait(session, a_wait(case, "w1"))
    instances.end_waits(session, ["w1"], LATER)
    session.flush()
    assert session.scalars(select(Wait.ended_at).where(Wait.id == "w1")).one() == LATER


def test_a_new_object_is_changed_before_and_after_it_has_a_row(session: Session, rows: Rows) -> None:
    case = rows.a_case()
    task = rows.a_task(case)
    fresh = Task(
        **{name: getattr(task, name) for name in ("case_id", "element_id", "process", "name", "role", "form")},
        id="new",
        opened_at=NOW,
    )
    session.add(fresh)
    session.change(fresh, assignee="officer")
    tasks.move_due(session, "new", NOW.date(), 0)  # by key, while the object waits to be written
    session.flush()
    session.refresh(fresh)
    assert (fresh.assignee, fresh.due_on) == ("officer", NOW.date())


def test_what_is_rolled_back_is_not_written_later(shared_database: Database) -> None:
    with shared_database.session() as session:
        rows = Rows(session)
        case = rows.a_case()
        session.flush()
        session.change(case, status="PAID")
        instances.append_wait(session, a_wait(case, "w1"))
        session.rollback()
        with statements(session) as sent:
            session.commit()
        assert not sent


def test_a_write_that_the_database_refuses_is_an_error_of_the_database(session: Session, rows: Rows) -> None:
    from storage.database import DBAPIError

    case = rows.a_case()
    session.change(case, status="NO SUCH STATE")
    instances.append_wait(session, a_wait(case, "w1"))
    with pytest.raises(DBAPIError) as caught:
        session.flush()
    assert isinstance(caught.value.orig, psycopg.errors.CheckViolation)
    session.rollback()


def test_a_refused_request_costs_nobody_the_prepared_statements(shared_database: Database) -> None:
    query = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT 1 AS kept%'")
    kept = text("SELECT 1 AS kept")
    with shared_database.session() as session:
        for _ in range(10):
            session.execute(kept)
        prepared = session.execute(query).scalar_one()
        assert prepared == 1
        with pytest.raises(Exception, match="division by zero"):
            session.execute(text("SELECT 1 / 0"))
        session.rollback()
        assert session.execute(query).scalar_one() == 1
        session.rollback()
        assert session.execute(query).scalar_one() == 1
