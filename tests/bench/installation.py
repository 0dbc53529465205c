"""A real installation for the time of a benchmark: embedded PostgreSQL and S3, migrated and seeded."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from server import seed
from server.embedded import ObjectStore, PostgresServer
from server.settings import CHECKOUT, Settings
from storage.database import migrate
from tests.app import application, settings_on


@contextmanager
def installation() -> Iterator[tuple[Settings, Flask]]:
    """Settings and application of a fresh `people` installation, durable as in production; removed afterwards."""
    parent = CHECKOUT / "var"
    parent.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=parent))
    folder.chmod(0o711)
    try:
        with PostgresServer(folder) as urls, ObjectStore(folder) as store:
            settings = settings_on(urls, store, folder)
            migrate(urls.owner_url, urls.app_url)
            seed.ensure(settings)
            with application(settings) as app:
                yield settings, app
    finally:
        shutil.rmtree(folder, ignore_errors=True)
