"""An office that is spoken to through the API, and its database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from server.embedded import S3, Urls
from server.settings import Settings
from storage.database import Session
from tests.app import application, settings_on
from tests.contract_client import Office, flask_transport


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    with application(settings) as made:
        yield made


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(flask_transport(app))


@pytest.fixture(scope="session")
def shared_app(clone_database: Callable[[], Urls], object_store: S3, run_dir: Path) -> Iterator[Flask]:
    """An application on a database that tests share, for what is only looked at or is undone."""
    urls = clone_database()
    settings = settings_on(urls, object_store, run_dir)
    with application(settings) as made:
        yield made


@pytest.fixture
def session(shared_app: Flask) -> Iterator[Session]:
    """A transaction on the shared database; nothing that a test does in it stays."""
    with shared_app.extensions["greencase"].database.transaction() as session:
        yield session
        session.rollback()
