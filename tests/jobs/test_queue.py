"""The queue alone: a job exists when its transaction does, is tried again or given up, and survives its worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from procrastinate.jobs import Job
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from server.settings import Settings
from storage import job_queue
from storage.away import Away, passes
from storage.database import MIGRATIONS, Database
from storage.job_queue import Hands
from tests.jobs.losing import lose


def statuses(database: Database) -> dict[str, int]:
    with database.transaction() as session:
        return job_queue.count_by_status(session)


def sql(database: Database, statement: str) -> None:
    with database.transaction() as session:
        session.execute(text(statement))


def work(settings: Settings, function: Callable[..., None]) -> None:
    Hands(settings.database_url, {"note": function}).work(until_empty=True)


def test_a_job_exists_when_its_transaction_does(settings: Settings, database: Database) -> None:
    done: list[int] = []
    with database.session() as session:
        job_queue.defer(session, "note", number=1)
        session.rollback()
    with database.transaction() as session:
        job_queue.defer(session, "note", number=2)
        job_queue.defer_all(session, "note", [{"number": 3}, {"number": 4}])
        job_queue.defer_all(session, "note", [])
    assert statuses(database) == {"todo": 3}
    work(settings, lambda number: done.append(number))
    assert done == [2, 3, 4]
    assert statuses(database) == {}, "what is done is forgotten"


def test_what_somebody_waits_for_comes_before_work_in_bulk(settings: Settings, database: Database) -> None:
    done: list[str] = []
    with database.transaction() as session:
        job_queue.defer(session, "note", job_queue.IN_BULK, what="a thousand cases")
        job_queue.defer(session, "note", what="a letter")
    work(settings, lambda what: done.append(what))
    assert done == ["a letter", "a thousand cases"]


def test_away_is_tried_again_and_anything_else_is_not(settings: Settings, database: Database) -> None:
    tries: list[str] = []

    def note(what: str) -> None:
        tries.append(what)
        if what == "odd":
            raise KeyError(what)
        if tries.count(what) == 1:
            raise Away("the store does not answer")

    with database.transaction() as session:
        job_queue.defer_all(session, "note", [{"what": "odd"}, {"what": "early"}])
    work(settings, note)
    assert tries == ["odd", "early"]
    assert statuses(database) == {"failed": 1, "todo": 1}
    sql(database, "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
    work(settings, note)
    assert tries == ["odd", "early", "early"]
    assert statuses(database) == {"failed": 1}
    with database.transaction() as session:
        job_queue.sweep(session, timedelta(days=1))
    assert statuses(database) == {"failed": 1}, "to be looked at"
    sql(database, "UPDATE procrastinate_events SET at = at - interval '2 days'")
    with database.transaction() as session:
        job_queue.sweep(session, timedelta(days=1))
    assert statuses(database) == {}


def test_pauses_grow_to_ten_minutes() -> None:
    def pause(attempts: int) -> float:
        job = Job(id=1, queue="asked", lock=None, queueing_lock=None, task_name="note", attempts=attempts)
        decision = job_queue._GrowingPauses().get_retry_decision(exception=Away("x"), job=job)
        assert decision is not None and decision.retry_at is not None
        return round((decision.retry_at - datetime.now(UTC)).total_seconds(), -1)

    assert [pause(attempts) for attempts in (1, 2, 3, 6, 7, 50)] == [10, 20, 40, 320, 600, 600]


def test_a_job_whose_worker_is_lost_is_put_back_behind_its_like(settings: Settings, database: Database) -> None:
    done: list[str] = []
    with database.transaction() as session:
        job_queue.defer(session, "note", what="killer")
    lose(database)
    with database.transaction() as session:
        job_queue.defer(session, "note", what="other")
    assert statuses(database) == {"doing": 1, "todo": 1}
    with database.transaction() as first, database.transaction() as second:
        assert job_queue.retry_lost(first) == []
        assert job_queue.retry_lost(second) == [], "one at a time puts it back"
    work(settings, lambda what: done.append(what))
    assert done == ["other", "killer"]


def test_a_job_of_a_live_worker_is_left_alone(settings: Settings, database: Database) -> None:
    seen: list[Any] = []

    def note() -> None:
        with database.transaction() as session:
            seen.append((job_queue.retry_lost(session), job_queue.count_by_status(session)))
            session.execute(text("UPDATE procrastinate_events SET at = at - interval '61 minutes'"))
            seen.append((job_queue.retry_lost(session), job_queue.count_by_status(session)))
            session.rollback()

    with database.transaction() as session:
        job_queue.defer(session, "note")
    work(settings, note)
    assert seen == [([], {"doing": 1}), ([], {"todo": 1})], "but not for longer than any job takes"


def test_a_job_that_loses_one_worker_after_the_other_is_given_up(database: Database) -> None:
    with database.transaction() as session:
        job_queue.defer(session, "note", job_queue.IN_BULK, what="killer")
    for _ in range(job_queue.MOST_LOSSES - 1):
        lose(database)
        with database.transaction() as session:
            assert job_queue.retry_lost(session) == []
    lose(database)
    with database.transaction() as session:
        assert job_queue.retry_lost(session) == [("note", {"what": "killer"})]
    assert statuses(database) == {"failed": 1}


def test_two_workers_share_the_queue(settings: Settings, database: Database) -> None:
    """Each waits in its first job until the other has one too."""
    both, done = Barrier(2), []

    def note(number: int) -> None:
        if number < 2:
            both.wait(timeout=30)
        done.append(number)

    with database.transaction() as session:
        job_queue.defer_all(session, "note", [{"number": number} for number in range(6)])
    workers = [Thread(target=work, args=(settings, note)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == [0, 1, 2, 3, 4, 5]


def test_stopping_ends_the_job_under_way_and_takes_no_other(settings: Settings, database: Database) -> None:
    done: list[int] = []

    def note(number: int) -> None:
        hands.stop()
        done.append(number)

    hands = Hands(settings.database_url, {"note": note})
    with database.transaction() as session:
        job_queue.defer_all(session, "note", [{"number": 1}, {"number": 2}])
    hands.work()
    assert (done, statuses(database)) == ([1], {"todo": 1})


def test_the_schema_is_the_installed_librarys() -> None:
    """When this fails the library was changed: its own migrations since then go into a migration of ours."""
    kept = (MIGRATIONS / "procrastinate-3.10.0.sql").read_text("utf-8")
    assert kept.endswith(SchemaManager.get_schema())


@pytest.mark.parametrize(
    ("statement", "again"),
    [
        ("SELECT 1/0", False),
        ("SELECT pg_terminate_backend(pg_backend_pid())", True),
        ("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", True),
        ("DO $$ BEGIN RAISE SQLSTATE '53300'; END $$", True),
        ("DO $$ BEGIN RAISE unique_violation USING MESSAGE = 'no connection between them'; END $$", False),
    ],
)
def test_what_passes_by_itself_is_told_from_what_is_wrong(database: Database, statement: str, again: bool) -> None:
    with pytest.raises(Exception) as caught:
        sql(database, statement)
    assert passes(caught.value) is again
    wrapped = RuntimeError("a step failed")
    wrapped.__cause__ = caught.value
    assert passes(wrapped) is again
