"""Which lock is taken, and in which order: seen from another session that holds one of the rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from server.settings import Settings
from storage import batches, cases, ledger, matters, objections
from storage.cases import Case
from storage.database import Database, Session
from storage.ledger import LedgerAccount
from storage.locks import lock_names, to_change, to_claim, to_keep
from storage.matters import Matter
from storage.objections import Objection
from storage.publicity import Notice
from tests.storage.rows import NOW, Rows

CAUSE = ("batch:1", 1)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    made = Database(settings.database_url)
    yield made
    made.dispose()


def free(session: Session, query: Any) -> list[Any]:
    """Those of the rows that nobody holds; this session holds them from now on."""
    return list(session.scalars(to_claim(query)))


def wait_for_a_waiter(engine: Engine) -> None:
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    for _ in range(500):
        with engine.connect() as connection:
            if connection.scalar(text(query)):
                return
        sleep(0.01)
    raise AssertionError("nobody waits for a lock")


def as_they_lie(session: Session) -> Session:
    """Where nobody says an order, let rows come in the order in which they were made: an index has one of its own."""
    for way in ("indexscan", "indexonlyscan", "bitmapscan"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))
    return session


def while_waiting(database: Database, held: Any, lock: Callable[[Session], object], query: Any) -> list[Any]:
    """Which rows of `query` are free while `lock` waits for the row `held`."""
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            session.scalars(to_change(held)).one()
            waiting = pool.submit(lambda: database.run(lambda session: lock(as_they_lie(session))))
            wait_for_a_waiter(database.engine)
            with database.transaction() as other:
                found = free(other, query)
        waiting.result()
    return found


def test_cases_are_locked_by_reference(database: Database) -> None:
    """The one that comes first is not the one that was made first; while it is waited for, the other is free."""
    with database.transaction() as session:
        rows = Rows(session)
        made = [rows.a_case(reference=f"TZL202600000{number}").id for number in (2, 1)]
    query = select(Case.reference).where(Case.id.in_(made))
    first = query.where(Case.reference == "TZL2026000001")
    assert while_waiting(database, first, lambda session: cases.lock_all(session, made), query) == ["TZL2026000002"]


def test_accounts_are_locked_by_code_and_year(database: Database) -> None:
    with database.transaction() as session:
        for uscc, year in (("B", 2026), ("A", 2027), ("A", 2026)):
            session.add(LedgerAccount(uscc=uscc, year=year))
            session.flush()
    query = select(LedgerAccount.uscc)
    first = query.where(LedgerAccount.uscc == "A", LedgerAccount.year == 2026)
    all_of_2026 = query.where(LedgerAccount.year == 2026)
    both = {("B", 2026), ("A", 2026)}
    assert while_waiting(database, first, lambda s: ledger.lock_accounts(s, both), all_of_2026) == ["B"]
    all_of_a = select(LedgerAccount.year).where(LedgerAccount.uscc == "A")
    years = {("A", 2027), ("A", 2026)}
    assert while_waiting(database, first, lambda s: ledger.lock_accounts(s, years), all_of_a) == [2027]


def test_matters_are_locked_newest_first(database: Database) -> None:
    """As a merged one leads to an older one: whoever follows it, and whoever merges, go the same way."""
    with database.transaction() as session:
        old, new = (matters.get_or_create(session, key, key) for key in ("PRJ:old", "PRJ:new"))
        ids = [old.id, new.id]
    query, newest = select(Matter.id).where(Matter.id.in_(ids)), select(Matter.id).where(Matter.id == ids[1])
    assert while_waiting(database, newest, lambda session: matters.lock(session, ids), query) == ids[:1]
    both = {"PRJ:old": "", "PRJ:new": ""}
    assert while_waiting(database, newest, lambda s: matters.get_or_create_all(s, both), query) == ids[:1]


def test_names_are_locked_in_order(database: Database) -> None:
    def trying(session: Session, name: str) -> bool:
        query = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
        return bool(session.scalar(query, {"name": name}))

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            lock_names(session, ["a"])
            waiting = pool.submit(lambda: database.run(lambda other: lock_names(other, ["b", "a"])))
            wait_for_a_waiter(database.engine)
            with database.transaction() as other:
                assert trying(other, "b")
        waiting.result()


def test_who_adds_a_child_waits_for_nobody_who_changes_the_parent(database: Database) -> None:
    with database.transaction() as session:
        rows = Rows(session)
        batch, case = rows.batch, rows.a_case()
        notice = Notice(batch_id=batch.id, title="公示", published_by="officer", published_at=NOW, ends_at=NOW)
        session.add(notice)
    with database.transaction() as session:
        batches.lock(session, batch.id)
        cases.lock(session, case.id)
        with database.transaction() as other:
            other.execute(text("SET LOCAL lock_timeout = '200ms'"))
            ledger.ask_reallocation(other, "A", batch.id, CAUSE)
            words = dict.fromkeys(("name", "id_no", "phone", "text"), "虚构")
            other.add(Objection(notice_id=notice.id, case_id=case.id, registered_at=NOW, **words))
            Rows(other).a_case(batch_id=batch.id)
    with database.transaction() as session:
        assert objections.listed(session)[0].case_id == case.id


def test_what_is_kept_waits_for_who_changes_it_and_the_other_way_round(database: Database) -> None:
    with database.transaction() as session:
        matter_id = matters.get_or_create(session, "PRJ:kept", "").id
    query = select(Matter.id).where(Matter.id == matter_id)
    for first, second, waits in (
        (to_keep, to_keep, False),
        (to_keep, to_change, True),
        (to_change, to_keep, True),
        (to_change, to_change, True),
    ):
        with database.transaction() as session:
            session.scalars(first(query)).one()
            with database.engine.connect() as other:
                other.execute(text("SET LOCAL lock_timeout = '20ms'"))
                try:
                    other.scalars(second(query)).one()
                except Exception as error:
                    assert waits, error
                else:
                    assert not waits, (first, second)


def test_marks_are_added_however_many_there_are_and_taken_together(database: Database) -> None:
    """Whoever gives room back waits neither for another who does nor for the worker, and his mark is not lost."""
    with database.transaction() as session:
        batch_id = Rows(session).batch.id
    with database.transaction() as first:
        ledger.ask_reallocation(first, "A", batch_id, CAUSE)
        with database.transaction() as second:
            second.execute(text("SET LOCAL lock_timeout = '200ms'"))
            ledger.ask_reallocation(second, "A", batch_id, ("batch:1", 2))
        with database.transaction() as worker:
            assert ledger.next_reallocation(worker, NOW) == ("A", batch_id)
            assert ledger.take_reallocation(worker, "A", batch_id) == ("batch:1", 2)
            assert ledger.take_reallocation(worker, "A", batch_id) is None
    with database.transaction() as session:
        assert ledger.next_reallocation(session, NOW) == ("A", batch_id)  # the one that was added meanwhile


def test_no_query_says_by_itself_which_lock_it_takes() -> None:
    """Neither in SQLAlchemy's words nor in SQL; but for one migration at a time, which has no session, and the queue,
    whose tables are its library's."""
    root = Path(__file__).parents[2]
    word = re.compile(r"with_for_update|pg_advisory|FOR (NO KEY |KEY )?(UPDATE|SHARE)|LOCK TABLE")
    files = (path for room in ("storage", "workflows", "server") for path in (root / room).rglob("*.py"))
    said = {path.relative_to(root).as_posix() for path in files if word.search(path.read_text("utf-8"))}
    assert said == {"storage/locks.py", "storage/database.py", "storage/job_queue.py"}
