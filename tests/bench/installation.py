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
from tests.app import application


@contextmanager
def installation() -> Iterator[tuple[Settings, Flask]]:
    """Settings and application of a fresh `people` installation, durable as in production; removed afterwards."""
    parent = CHECKOUT / "var"
    parent.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=parent))
    folder.chmod(0o711)
    try:
        with PostgresServer(folder) as urls, ObjectStore(folder) as store:
            settings = Settings(
                database_url=urls.app_url,
                database_owner_url=urls.owner_url,
                s3_endpoint=store.endpoint,
                s3_access_key=store.access_key,
                s3_secret_key=store.secret_key,
                s3_bucket=store.bucket,
                secret_key="for-the-benchmark-only-" + "0" * 32,
                data_dir=folder,
                start="people",
            )
            migrate(urls.owner_url, urls.app_url)
            seed.ensure(settings)
            with application(settings) as app:
                yield settings, app
    finally:
        shutil.rmtree(folder, ignore_errors=True)
