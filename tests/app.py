"""An application on a test's own database and the run's store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from server import Installation, create_app, database_of_pages
from server.embedded import S3, Urls
from server.settings import Settings
from storage.objects import ObjectStore


def settings_on(urls: Urls, store: S3, folder: Path, *, start: str = "people") -> Settings:
    """The settings of demo mode on a test's database and the run's store."""
    return Settings(
        database_url=urls.app_url,
        database_owner_url=urls.owner_url,
        s3_endpoint=store.endpoint,
        s3_access_key=store.access_key,
        s3_secret_key=store.secret_key,
        s3_bucket=store.bucket,
        secret_key="for-tests-only-" + "0" * 32,
        data_dir=folder,
        start=start,
    )


# Applications that no test uses now, with the configuration they were made with: to make two hundred routes anew takes
# longer than most tests, and an application differs from the next by its database only.
_idle: dict[Settings, list[tuple[Flask, dict[str, Any]]]] = defaultdict(list)


@contextmanager
def application(settings: Settings, *, of_its_own: bool = False) -> Iterator[Flask]:
    """The application with its connections closed in the end; `of_its_own` for a test that adds something to it."""
    store = ObjectStore(
        settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key, settings.s3_bucket, settings.s3_secure
    )
    store.ensure_bucket()
    kind = replace(settings, database_url="", database_owner_url="", data_dir=Path())
    alike = [] if of_its_own else _idle[kind]
    app, made_with = alike.pop() if alike else _made(settings)
    database = database_of_pages(settings)
    app.extensions["greencase"] = Installation(settings, database, store)
    try:
        yield app
    finally:
        app.extensions["greencase"].database.dispose()
        app.config.clear()
        app.config.update(made_with)
        alike.append((app, made_with))


def _made(settings: Settings) -> tuple[Flask, dict[str, Any]]:
    app = create_app(settings)
    app.extensions["greencase"].database.dispose()
    return app, dict(app.config)
