"""Worker processes as they are installed: they show that they live, end in order, and are replaced when they do not."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import select, text

from server import doctor, seed
from server.embedded import Urls
from server.embedded.postgres import driver_url
from server.settings import Settings
from server.worker import Worker
from storage import case_runs, job_queue, workers
from storage.cases import Case
from storage.database import Database, Session
from tests.jobs.losing import SILENT_FOR_A_MINUTE
from tests.journeys.conftest import At
from tests.journeys.test_races import until_somebody_waits
from tests.working_off import start_worker
from workflows.foresight import rehearsals

PATIENCE = 60.0
"""Seconds that a process may take on a busy machine before a test gives it up."""


def until(what: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came to that")


@pytest.fixture
def worker(at: At) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts worker processes on the test's database; what still runs in the end is killed."""
    with ExitStack() as started:

        def start() -> subprocess.Popen[bytes]:
            process = start_worker(at.app.extensions["greencase"].settings)
            started.enter_context(process)
            started.callback(process.kill)
            return process

        yield start


@contextmanager
def held(at: At, run: int, case_ids: list[int]) -> Iterator[Session]:
    """The rows of a run in somebody else's hands: whoever does its job stops in the middle and waits."""
    with at.database.session() as session:
        assert case_runs.claim_rows(session, run, case_ids[0], case_ids[-1]) == case_ids
        yield session
        session.rollback()


def start_run(at: At) -> tuple[int, list[int]]:
    with at.database.transaction() as session:
        owner, values = seed.actor(session, "owner"), {"a3.rate": "0.05"}
        now = at.instant("2026-11-01T09:00:00+08:00")
        run = rehearsals.start(session, owner, key="retrofit", draft_id=None, parameters=values, scope="all", now=now)
        return run, list(session.scalars(select(Case.id).order_by(Case.id)))


def state(at: At, run: int) -> str:
    with at.database.transaction() as session:
        return str(rehearsals.get_run(session, seed.actor(session, "auditor"), run)["state"])


def alive(at: At) -> list[workers.Worker]:
    with at.database.transaction() as session:
        return list(workers.list_alive(session))


def is_done(at: At, run: int) -> bool:
    return state(at, run) == "done"


def test_a_worker_that_is_killed_in_the_middle_of_a_job_is_replaced(
    at: At, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    at("deputy_review")
    run, cases = start_run(at)
    with held(at, run, cases):
        killed = worker()
        until_somebody_waits(at, PATIENCE)
        [seen] = until(lambda: alive(at))
        assert (seen.pid, seen.seen_at >= seen.started_at) == (killed.pid, True)
        killed.kill()
        killed.wait()
    assert state(at, run) == "running"
    with at.database.transaction() as session:
        session.execute(SILENT_FOR_A_MINUTE)  # nobody waits for half a minute
        session.execute(text("UPDATE worker SET seen_at = now() - interval '1 minute'"))
        assert [each.pid for each in workers.list_silent(session)] == [killed.pid]
    other = worker()
    until(lambda: is_done(at, run))
    assert [each.pid for each in until(lambda: alive(at))] == [other.pid]


def test_a_worker_that_is_asked_to_end_finishes_its_job_and_signs_off(
    at: At, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    at("deputy_review")
    run, cases = start_run(at)
    with held(at, run, cases):
        process = worker()
        until_somebody_waits(at, PATIENCE)
        doing = until(lambda: [each.doing for each in alive(at) if each.doing])
        assert doing == [f"rehearse first={cases[0]} last={cases[-1]} run_id={run}"]
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        assert process.poll() is None
    assert process.wait(PATIENCE) == 0
    assert (state(at, run), alive(at)) == ("done", [])
    with at.database.transaction() as session:
        assert job_queue.count_by_status(session) == {}


def test_a_worker_goes_on_when_all_its_connections_are_cut(
    at: At, worker: Callable[[], subprocess.Popen[bytes]], postgres: Urls
) -> None:
    """As when the database restarts: those of its loops, of its queue and of what wakes it."""
    at("deputy_review")
    process = worker()
    until(lambda: alive(at))
    at.database.dispose()
    name = at.urls.app_url.rsplit("/", 1)[1]
    with psycopg.connect(driver_url(postgres.admin_url), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
    run, _ = start_run(at)
    until(lambda: is_done(at, run))
    assert process.poll() is None


def test_a_loop_that_fails_goes_on(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    worker, rounds = Worker(settings), []

    def fails_once() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 2:
            worker.stop()
        raise RuntimeError("the database restarts")

    worker._loop("a loop", fails_once, 0.0)
    worker.run()  # stopped: closes its connections
    assert rounds == [0, 1]
    assert caplog.text.count("a loop failed") == 2


def test_a_worker_whose_row_was_swept_registers_again(settings: Settings, database: Database) -> None:
    worker = Worker(settings, name="甲")
    assert "没有在运行的后台任务" in doctor.workers_of(settings.database_url).words
    worker.beat()
    assert doctor.workers_of(settings.database_url) == doctor.Finding("后台任务", True, "甲", needed=False)
    with database.transaction() as session:
        session.execute(text("UPDATE worker SET seen_at = now() - interval '2 days'"))
    worker.sweep()
    with database.transaction() as session:
        assert list(workers.list_silent(session)) == []
    worker.beat()
    with database.transaction() as session:
        assert [each.name for each in workers.list_alive(session)] == ["甲"]
    worker.stop()
    worker.run()
