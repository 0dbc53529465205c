"""Chains that no row guards: whoever appends first is through before the next one looks for the end."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from server.embedded import Urls
from storage import audit as store
from storage.database import Database
from workflows import audit
from workflows.audit import Chain

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_two_who_append_at_once_stand_in_line(database_urls: Urls) -> None:
    database = Database(database_urls.app_url, pool_size=2)
    with database.transaction() as first:
        Chain.open_locked(first, "made_up").append(NOW, "a", "first_written", "x")
        with pytest.raises(OperationalError, match="lock timeout"), database.transaction() as second:
            second.execute(text("SET LOCAL lock_timeout = '200ms'"))
            Chain.open_locked(second, "made_up")
        with database.transaction() as other:
            Chain.open_locked(other, "another").append(NOW, "b", "other_written", "y")
    with database.transaction() as second:
        Chain.open_locked(second, "made_up").append(NOW, "b", "second_written", "x")
    with database.transaction() as session:
        assert [event.action for event in store.list_chain(session, "made_up", limit=10)] == [
            "first_written",
            "second_written",
        ]
        assert audit.verify(session) == []
    database.dispose()
