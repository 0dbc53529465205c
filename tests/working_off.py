"""Workers for tests: one that does what waits before the test goes on, and processes as they are installed."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from server.settings import CHECKOUT, Settings
from server.worker import Worker


def work_off(app: Flask) -> None:
    """Do the jobs that wait in the queue of an application, until there is none."""
    work_off_queue(app.extensions["greencase"].settings)


def work_off_queue(settings: Settings) -> None:
    """As `work_off`, by a worker of its own in a thread of its own: the browser's tests have a loop in theirs."""
    worker = Worker(settings)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(worker.do_asked).result()
    worker.stop()
    worker.run()  # stopped: closes its connections


def start_worker(settings: Settings) -> subprocess.Popen[bytes]:
    """A worker process as it is installed; the caller ends it."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GREENCASE_")}
    told = {
        "GREENCASE_DATABASE_URL": settings.database_url,
        "GREENCASE_S3_ENDPOINT": settings.s3_endpoint,
        "GREENCASE_S3_ACCESS_KEY": settings.s3_access_key,
        "GREENCASE_S3_SECRET_KEY": settings.s3_secret_key,
        "GREENCASE_SECRET_KEY": settings.secret_key,
        "GREENCASE_START": settings.start,
    }
    command = [sys.executable, "-m", "server.worker"]
    return subprocess.Popen(command, cwd=CHECKOUT, env={**own, **told}, stdin=subprocess.DEVNULL)
