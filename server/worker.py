"""The worker: does what has become due and what people have asked for. Any number may run, on any number of machines.

Each kind of work has a loop of its own, so that none waits for another; they meet in the database only.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from server import clock
from server.settings import Settings
from storage import job_queue, workers
from storage.database import Database
from storage.objects import ObjectStore
from workflows.attempts import Away, Workplace
from workflows.jobs import asked, due, tidying

log = logging.getLogger("greencase.worker")
# Seconds between two rounds of a loop, and the longest pause after rounds that failed.
PAUSE, LOOK_FOR_LOST, SWEEP, LONGEST = 1.0, 10.0, 600.0, 60.0
# Pieces of due work in one round: then it looks whether it shall stop, and at the clock.
ROUND = 100


class Worker:
    """Loops until `stop`, which lets each end what it has under way."""

    def __init__(self, settings: Settings, name: str | None = None) -> None:
        self._settings = settings
        self._name = name or f"{socket.gethostname()}-{os.getpid()}"
        self._database = Database(settings.database_url, pool_size=6)
        self._store = ObjectStore(
            settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key, settings.s3_bucket, settings.s3_secure
        )
        tasks = {job: partial(self._perform, job) for job in asked.KINDS}
        self._hands = job_queue.Hands(settings.database_url, tasks)
        self._stopping = threading.Event()
        self._row: int | None = None
        self._doing: tuple[str | None, datetime | None] = (None, None)

    def stop(self, *_: object) -> None:
        self._stopping.set()
        self._hands.stop()

    def run(self) -> None:
        """Work until stopped."""
        loops: tuple[tuple[str, Callable[[], None], float], ...] = (
            ("due work", self.do_due, PAUSE),
            ("the queue", self._hands.work, PAUSE),
            ("the object store", self.tend_store, PAUSE),
            ("lost jobs", self.retry_lost, LOOK_FOR_LOST),
            ("sweeping", self.sweep, SWEEP),
            ("signs of life", self.beat, job_queue.HEARTBEAT),
        )
        threads = [threading.Thread(target=self._loop, args=loop, name=loop[0]) for loop in loops]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._leave()
        self._database.dispose()

    def _loop(self, what: str, act: Callable[[], None], every: float) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                act()
                failures = 0
            except Away as away:
                log.warning("%s: %s", what, away)
                failures += 1
            except Exception:
                # Whatever failed was rolled back and is tried again; the loop must outlive a database that restarts.
                log.exception("%s failed", what)
                failures += 1
            self._stopping.wait(max(every, min(2.0**failures, LONGEST)) if failures else every)

    def do_due(self) -> None:
        """Publish, fire timers and allocate again, as is due."""
        due.run_due(self._database, self._now(), limit=ROUND)

    def tend_store(self) -> None:
        """Lock documents against deletion; remove what was uploaded for nothing."""
        due.lock_documents(self._database, self._store, self._now(), limit=ROUND)
        due.forget_abandoned(self._database, self._store, clock.machine_now(), limit=ROUND)

    def retry_lost(self) -> None:
        """Put back the jobs of workers that are gone."""
        with self._database.transaction() as session:
            asked.retry_lost(session, clock.now(session, demo=self._settings.demo))

    def sweep(self) -> None:
        with self._database.transaction() as session:
            tidying.sweep(session, clock.machine_now())

    def do_asked(self) -> None:
        """Do the jobs that wait, until there is none."""
        self._hands.work(until_empty=True)

    def _perform(self, job: str, **arguments: Any) -> None:
        words = " ".join(f"{name}={value}" for name, value in sorted(arguments.items()))
        self._doing = (f"{job} {words}", clock.machine_now())
        try:
            asked.perform(job, Workplace(self._database, self._store, self._now()), arguments)
        finally:
            self._doing = (None, None)

    def beat(self) -> None:
        """Write the row that says that this worker lives, and what it does."""
        with self._database.transaction() as session:
            if self._row is None or not workers.beat(session, self._row, *self._doing):
                self._row = workers.register(session, self._name, socket.gethostname(), os.getpid())

    def _leave(self) -> None:
        try:
            with self._database.transaction() as session:
                if self._row is not None:
                    workers.leave(session, self._row)
        except Exception:
            log.exception("the worker ends without saying so")  # its row falls silent and is forgotten

    def _now(self) -> datetime:
        with self._database.transaction() as session:
            return clock.now(session, demo=self._settings.demo)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    worker = Worker(Settings.from_environment())
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    worker.run()


if __name__ == "__main__":
    main()
