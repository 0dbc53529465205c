"""The worker: fires due timers, publishes what is due, rehearses, migrates, allocates again, locks documents, forgets.

Any number of workers may run: a case is claimed with SKIP LOCKED, and every job re-reads under its lock.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime

from server import clock
from server.settings import Settings
from storage.database import Database
from storage.objects import ObjectStore
from workflows import jobs
from workflows.foresight import migrations, rehearsals, what_if
from workflows.rehearsal import Crew

log = logging.getLogger("greencase.worker")
PAUSE = 1.0
SWEEP_EVERY = 600
# Seconds a round may spend on what owners asked for, and how many cases a step of it takes.
MOMENT = 2.0
CHUNK = 50


class Worker:
    """One loop; `stop` ends it after the job under way."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = Database(settings.database_url, pool_size=2)
        self._store = ObjectStore(
            settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key, settings.s3_bucket, settings.s3_secure
        )
        self._crew = Crew()
        self._stopping = threading.Event()

    def stop(self, *_: object) -> None:
        self._stopping.set()

    def run(self) -> None:
        rounds = 0
        while not self._stopping.is_set():
            try:
                self.work(sweep=rounds % SWEEP_EVERY == 0)
            except Exception:
                # Whatever failed was rolled back and is tried again; the loop must outlive a database that restarts.
                log.exception("a round of the worker failed")
                self._stopping.wait(5)
            rounds += 1
            self._stopping.wait(PAUSE)
        self._crew.close()
        self._database.dispose()

    def work(self, *, sweep: bool = False) -> None:
        """One round."""
        with self._database.transaction() as session:
            now = clock.now(session, demo=self._settings.demo)
            if sweep:
                jobs.sweep(session, clock.machine_now())
        jobs.run_due(self._database, now, limit=500)
        jobs.lock_documents(self._database, self._store, now)
        self._work_for_owners(now)

    def _work_for_owners(self, now: datetime) -> None:
        """Rehearsals, migrations and what-ifs, for a moment only: timers go first."""
        until = time.monotonic() + MOMENT
        jobs_left: list[Callable[[], bool]] = [
            lambda: rehearsals.work_next(self._database, self._crew, now),
            lambda: migrations.work_next(self._database, now, CHUNK),
            lambda: what_if.work_next(self._database, now),
        ]
        while jobs_left and time.monotonic() < until and not self._stopping.is_set():
            jobs_left = [job for job in jobs_left if self._has_more(job)]

    def _has_more(self, job: Callable[[], bool]) -> bool:
        """Whether a job did something; one that fails is left until the next round and holds up none of the others."""
        try:
            return job()
        except Exception:
            log.exception("a job for process owners failed")
            return False


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    worker = Worker(Settings.from_environment())
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    worker.run()


if __name__ == "__main__":
    main()
