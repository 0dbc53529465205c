"""Connections that the server has ended while nobody used them are replaced, and nobody notices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from server.embedded import Urls
from storage.database import Database

WHO = text("SELECT pg_backend_pid()")


@pytest.fixture
def database(database_urls: Urls) -> Iterator[Database]:
    made = Database(database_urls.app_url, pool_size=3)
    yield made
    made.dispose()


def test_what_the_server_has_ended_is_not_given_out(database: Database) -> None:
    with database.transaction() as one, database.transaction() as other:
        first = {one.execute(WHO).scalar_one(), other.execute(WHO).scalar_one()}
    with database.transaction() as session:
        mine = session.execute(WHO).scalar_one()
        for each in first - {mine}:
            session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": each})
    with database.transaction() as one, database.transaction() as other:
        assert one.execute(WHO).scalar_one() == mine
        assert other.execute(WHO).scalar_one() not in first


def test_a_connection_is_used_again_as_long_as_it_lives(database: Database) -> None:
    seen = set()
    for _ in range(5):
        with database.transaction() as session:
            seen.add(session.execute(WHO).scalar_one())
    assert len(seen) == 1
