"""Whole transactions that are done once more: a serialization failure and nothing else, once and no more."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from server.embedded import Urls
from server.embedded.postgres import driver_url
from storage.database import Database, Session
from storage.retries import is_to_be_repeated, retries

READ = text("SELECT display_name FROM user_account WHERE username = 'officer'")
WRITE = text("UPDATE user_account SET display_name = display_name || :more WHERE username = 'officer'")


@pytest.fixture
def database(database_urls: Urls) -> Iterator[Database]:
    made = Database(database_urls.app_url)
    yield made
    made.dispose()


class Overtaken:
    """Work on one row in one snapshot, overtaken the first so many times by somebody who changes the row."""

    def __init__(self, database: Database, times: int) -> None:
        self.database, self.times, self.tries = database, times, 0

    def __call__(self, session: Session) -> str:
        self.tries += 1
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        session.execute(READ)
        if self.tries <= self.times:
            with self.database.transaction() as other:
                other.execute(WRITE, {"more": "+"})
        session.execute(WRITE, {"more": "!"})
        return str(session.scalar(READ))


def test_what_was_overtaken_is_done_once_more_from_its_start(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    before = retries.counts.get("serialization failure", 0)
    work = Overtaken(database, times=1)
    assert database.run(work).endswith("+!")
    assert (work.tries, retries.counts["serialization failure"]) == (2, before + 1)
    assert "done once more after a serialization failure" in caplog.text


def test_a_deadlock_is_broken_and_done_once_more(database: Database, postgres: Urls, database_urls: Urls) -> None:
    """Of two who want each other's row, the one that looks first is given up; the other one looks in an hour."""
    lock = "SELECT 1 FROM user_account WHERE username = '{}' FOR UPDATE"
    address, name = driver_url(postgres.admin_url).rpartition("/")[0], database_urls.app_url.rpartition("/")[2]
    before, tries = retries.counts.get("deadlock", 0), 0
    with ThreadPoolExecutor(1) as pool, psycopg.connect(f"{address}/{name}", autocommit=True) as other:
        other.execute(f"ALTER DATABASE {name} SET deadlock_timeout = '50ms'".encode())
        other.execute("SET deadlock_timeout = '1h'")
        other.execute("BEGIN")
        other.execute(lock.format("chief").encode())

        def work(session: Session) -> None:
            nonlocal tries
            tries += 1
            session.execute(text(lock.format("officer")))
            if tries == 1:
                waiting = pool.submit(lambda: [other.execute(lock.format("officer").encode()), other.execute("COMMIT")])
                while not session.scalar(text(f"SELECT cardinality(pg_blocking_pids({other.info.backend_pid}))")):
                    assert not waiting.done()
            session.execute(text(lock.format("chief")))

        database.run(work)
    assert (tries, retries.counts["deadlock"]) == (2, before + 1)


def test_it_is_not_done_a_third_time_by_anybody(database: Database) -> None:
    before = retries.counts
    work = Overtaken(database, times=2)
    with pytest.raises(DBAPIError) as raised:
        database.run(work)
    assert work.tries == 2
    assert not is_to_be_repeated(raised.value)
    assert retries.counts["serialization failure"] == before.get("serialization failure", 0) + 1


def test_nothing_else_is_done_once_more(database: Database) -> None:
    tries = []

    def work(session: Session) -> None:
        tries.append(session)
        session.execute(text("SELECT 1 / 0"))

    before = retries.counts
    with pytest.raises(DBAPIError, match="division by zero"):
        database.run(work)
    assert (len(tries), retries.counts) == (1, before)
