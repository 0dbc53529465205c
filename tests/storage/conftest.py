"""A migrated database, for queries that are asked without the program above them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from server.embedded import Urls
from storage.database import Database, Session


@pytest.fixture(scope="session")
def shared_database(clone_database: Callable[[], Urls]) -> Iterator[Database]:
    """A database that tests share: nothing that one does in it stays."""
    database = Database(clone_database().app_url, pool_size=1)
    yield database
    database.dispose()


@pytest.fixture
def session(shared_database: Database) -> Iterator[Session]:
    """A transaction that is rolled back."""
    with shared_database.session() as session:
        yield session
        session.rollback()
