"""An office that is spoken to through the API, and its database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from server.settings import Settings
from tests.app import application
from tests.contract_client import Office, flask_transport


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    with application(settings) as made:
        yield made


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(flask_transport(app))
