"""The application's database, for use cases that are called without the web in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from server.embedded import S3
from storage.database import Session
from tests.app import application, settings_on
from tests.offices import Databases, Snapshot


@pytest.fixture(scope="session")
def shared_app(prepared: Snapshot, databases: Databases, object_store: S3, run_dir: Path) -> Iterator[Flask]:
    """An application on a database that tests share, for what is only looked at or is undone."""
    with application(settings_on(databases.make(prepared.urls), object_store, run_dir)) as made:
        yield made


@pytest.fixture
def session(shared_app: Flask) -> Iterator[Session]:
    """A transaction on the shared database; nothing that a test does in it stays."""
    with shared_app.extensions["greencase"].database.transaction() as session:
        yield session
        session.rollback()
