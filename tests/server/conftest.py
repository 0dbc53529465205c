"""Applications to be treated badly: one of a test's own, and one that read-only tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from server.embedded import S3, Urls
from server.settings import Settings
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
def shared_settings(clone_database: Callable[[], Urls], object_store: S3, run_dir: Path) -> Settings:
    """A database that tests share which neither count rows nor mind each other's."""
    urls = clone_database()
    return settings_on(urls, object_store, run_dir)


@pytest.fixture(scope="session")
def shared_app(shared_settings: Settings) -> Iterator[Flask]:
    with application(shared_settings) as made:
        yield made


@pytest.fixture(scope="session")
def shared_office(shared_app: Flask) -> Office:
    return Office(flask_transport(shared_app))


@pytest.fixture(scope="session")
def batch(shared_office: Office) -> int:
    """A batch of the shared office that is open."""
    return shared_office.open_batch()
