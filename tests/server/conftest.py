"""An application that read-only tests share, to be treated badly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from server.embedded import S3
from server.settings import Settings
from tests.app import application, settings_on
from tests.contract_client import Office
from tests.offices import Databases, Snapshot, office_of


@pytest.fixture(scope="session")
def shared_settings(prepared: Snapshot, databases: Databases, object_store: S3, run_dir: Path) -> Settings:
    """A database that tests share which neither count rows nor mind each other's."""
    return settings_on(databases.make(prepared.urls), object_store, run_dir)


@pytest.fixture(scope="session")
def shared_app(shared_settings: Settings) -> Iterator[Flask]:
    with application(shared_settings) as made:
        yield made


@pytest.fixture(scope="session")
def shared_office(shared_app: Flask, prepared: Snapshot) -> Office:
    return office_of(shared_app, prepared)


@pytest.fixture(scope="session")
def batch(shared_office: Office) -> int:
    """A batch of the shared office that is open."""
    return shared_office.open_batch()
