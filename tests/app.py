"""An application on a test's own database and the run's store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from server import create_app
from server.settings import Settings
from storage.objects import ObjectStore


@contextmanager
def application(settings: Settings) -> Iterator[Flask]:
    """The application with its connections closed in the end."""
    ObjectStore(
        settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key, settings.s3_bucket, settings.s3_secure
    ).ensure_bucket()
    app = create_app(settings)
    try:
        yield app
    finally:
        app.extensions["greencase"].database.dispose()
