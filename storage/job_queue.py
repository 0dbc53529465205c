"""The queue of what people ask for: procrastinate on our own PostgreSQL, and its only home.

A job is deferred in the transaction that asks: rolled back, there is no job. It is done at least once, by whichever
worker of whichever machine is free, so what it does must be safe to do twice. Times are the database's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from typing import Any

from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision, SyncPsycopgConnector
from procrastinate.jobs import Job
from sqlalchemy import make_url, text

from storage.away import Away
from storage.database import Session

QUEUE = "asked"
# Jobs of a higher priority are taken first: what somebody waits for before what is done over hundreds of cases.
SOON, IN_BULK = 0, -10
# A job whose worker was lost goes one place back, behind its like; after so many it is given up.
MOST_LOSSES = 5
HEARTBEAT, SILENT = 5.0, 30.0
"""Seconds between two signs of life of a worker, and after which it is taken for dead."""
LONGEST = 3600.0
"""Seconds after which a job is taken for lost whoever has it."""
POLL = 2.0
"""Seconds after which the queue is looked at though nobody was notified: a retry becomes due without a notice."""
LONGEST_PAUSE = 600.0

# Only writes, through the connection of whoever asks: it is never opened and knows no task. The worker has an App of
# its own, for one that is used both ways answers on the wrong loop.
_asking = App(connector=SyncPsycopgConnector())


def defer(session: Session, name: str, priority: int = SOON, **arguments: Any) -> None:
    """Have a job done once this transaction is committed. `arguments` are what JSON can say."""
    defer_all(session, name, [arguments], priority)


def defer_all(session: Session, name: str, jobs: Iterable[Mapping[str, Any]], priority: int = SOON) -> None:
    """As `defer`, a job for each set of arguments, in one statement."""
    wanted = [dict(arguments) for arguments in jobs]
    connection = session.connection().connection.driver_connection
    if wanted:
        _asking.configure_task(name, queue=QUEUE, priority=priority, connection=connection).batch_defer(*wanted)


def retry_lost(session: Session) -> list[tuple[str, dict[str, Any]]]:
    """Put back the jobs whose workers are gone. Answers those that were lost too often, which are given up.

    A job that kills its worker would else kill one after the other. A worker may also live and have lost a job: when
    the database went away just as it was told of its end.
    """
    lost = session.execute(
        text(
            "SELECT job.id, task_name, args, priority FROM procrastinate_jobs job"
            " LEFT JOIN procrastinate_workers worker ON worker.id = worker_id"
            " WHERE status = 'doing' AND queue_name = :queue"
            " AND (worker.id IS NULL OR last_heartbeat < now() - make_interval(secs => :silent)"
            "  OR NOT EXISTS (SELECT 1 FROM procrastinate_events"
            "   WHERE job_id = job.id AND at > now() - make_interval(secs => :longest)))"
            " ORDER BY job.id FOR NO KEY UPDATE OF job SKIP LOCKED"
        ),
        {"queue": QUEUE, "silent": SILENT, "longest": LONGEST},
    ).all()
    given_up = []
    for job_id, name, arguments, priority in lost:
        if -priority % 10 + 1 >= MOST_LOSSES:
            session.execute(text("SELECT procrastinate_finish_job_v1(:id, 'failed', false)"), {"id": job_id})
            given_up.append((str(name), dict(arguments)))
        else:
            query = text("SELECT procrastinate_retry_job_v2(:id, now(), :priority, NULL, NULL)")
            session.execute(query, {"id": job_id, "priority": priority - 1})
    return given_up


def sweep(session: Session, kept: timedelta) -> None:
    """Forget jobs that failed longer ago; those that were done are gone already."""
    session.execute(
        text(
            "DELETE FROM procrastinate_jobs job WHERE status NOT IN ('todo', 'doing') AND NOT EXISTS"
            " (SELECT 1 FROM procrastinate_events event WHERE event.job_id = job.id AND event.at > now() - :kept)"
        ),
        {"kept": kept},
    )


def count_by_status(session: Session) -> dict[str, int]:
    """How many jobs wait (todo), are under way (doing) or were given up (failed)."""
    query = text("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")
    return {row[0]: row[1] for row in session.execute(query)}


class Hands:
    """What a worker does of the queue, one job after the other. `tasks` are functions of a job's arguments, by name.

    A job that raises Away is tried again after a pause that grows; one that raises anything else is not.
    """

    def __init__(self, url: str, tasks: Mapping[str, Callable[..., None]]) -> None:
        self._conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._tasks = tasks
        self._stopping = Event()
        self._end: Callable[[], object] = lambda: None

    def stop(self) -> None:
        """Take no further job; `work` returns when the one under way is done. May be called from any thread."""
        self._stopping.set()
        with suppress(RuntimeError):  # its loop has just been closed
            self._end()

    def work(self, *, until_empty: bool = False) -> None:
        """Do jobs until stopped, or until none waits. Raises what procrastinate raises when the database goes away."""
        # In a thread of its own: whoever calls this may have a loop of his own under way in his.
        with ThreadPoolExecutor(max_workers=1) as one:
            one.submit(lambda: asyncio.run(self._work(until_empty))).result()

    async def _work(self, until_empty: bool) -> None:
        connector = PsycopgConnector(
            conninfo=self._conninfo,
            kwargs={"connect_timeout": 5, "application_name": "greencase-jobs"},
            min_size=1,
            max_size=2,
        )
        app = App(connector=connector)
        for name, function in self._tasks.items():
            app.task(name=name, queue=QUEUE, retry=_GrowingPauses())(function)
        async with app.open_async():
            working = asyncio.ensure_future(
                app.run_worker_async(
                    queues=[QUEUE],
                    wait=not until_empty,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    fetch_job_polling_interval=POLL,
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=SILENT,
                )
            )
            # Cancelled, it ends in order: the job under way is waited for.
            self._end = partial(asyncio.get_running_loop().call_soon_threadsafe, working.cancel)
            if self._stopping.is_set():
                working.cancel()
            with suppress(asyncio.CancelledError):
                await working


class _GrowingPauses(BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if not isinstance(exception, Away):
            return None
        pause = min(5.0 * 2 ** min(job.attempts, 10), LONGEST_PAUSE)
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=pause))
