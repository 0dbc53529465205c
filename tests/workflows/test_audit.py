"""Chains that no row guards: whoever appends first is through before the next one looks for the end."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from server.embedded import Urls
from storage import audit as store
from storage.audit import AuditEvent
from storage.database import Database
from tests.offices import person
from workflows import audit
from workflows.audit import Chain

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
# As the first release wrote it.
OLD_HASH = "bfb4372a50dcfb85bfbd56b02fc36834050ce1315911c573e39b9e6f71f0b6b5"


def test_two_who_append_at_once_stand_in_line(database_urls: Urls) -> None:
    database = Database(database_urls.app_url, pool_size=2)
    with database.transaction() as first:
        Chain.open_locked(first, "made_up").append(NOW, person("a"), "first_written", "x")
        with pytest.raises(OperationalError, match="lock timeout"), database.transaction() as second:
            second.execute(text("SET LOCAL lock_timeout = '200ms'"))
            Chain.open_locked(second, "made_up")
        with database.transaction() as other:
            Chain.open_locked(other, "another").append(NOW, person("b"), "other_written", "y")
    with database.transaction() as second:
        Chain.open_locked(second, "made_up").append(NOW, person("b"), "second_written", "x")
    with database.transaction() as session:
        assert [event.action for event in store.list_chain(session, "made_up", limit=10)] == [
            "first_written",
            "second_written",
        ]
        assert audit.verify(session) == []
    database.dispose()


def test_events_of_the_first_format_stay_verifiable(database_urls: Urls) -> None:
    """What an older program wrote hashes without what it did not know; the next event joins on to it."""
    database = Database(database_urls.app_url, pool_size=1)
    with database.transaction() as session:
        old = AuditEvent(chain="made_up", seq=1, at=NOW, actor="a", action="first_written", subject="x", changes=[])
        old.previous, old.format, old.binds = "", 1, {}
        old.hash = audit.digest(old)
        session.add(old)
    assert old.hash == OLD_HASH
    with database.transaction() as session:
        Chain.open_locked(session, "made_up").append(NOW, person("b", "auditor"), "second_written", "x")
    with database.transaction() as session:
        assert audit.verify(session) == []
    database.dispose()
