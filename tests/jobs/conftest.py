"""Cases that wait, as journeys have them, and a database of one's own for the queue alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.settings import Settings
from storage.database import Database
from tests.journeys.conftest import at, stages

__all__ = ["at", "stages"]


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    found = Database(settings.database_url, pool_size=2)
    yield found
    found.dispose()
