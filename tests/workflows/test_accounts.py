"""Accounts: made on the command line, one role each, on record."""

from datetime import UTC, datetime

import pytest

from server.embedded import Urls
from storage import audit
from storage.database import Database
from tests.offices import person
from workflows import accounts
from workflows.errors import Invalid

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
CONSOLE = person("command line")
GOOD = {"username": "clerk9", "name": "测试受理九", "role": "acceptance_clerk", "password_hash": "x", "uscc": None}


@pytest.fixture
def database(database_urls: Urls):
    made = Database(database_urls.app_url, pool_size=1)
    yield made
    made.dispose()


def test_an_account_is_made_and_recorded(database: Database) -> None:
    with database.transaction() as session:
        accounts.create(session, **GOOD, by=CONSOLE, now=NOW)
    with database.transaction() as session:
        [event] = [each for each in audit.list_chain(session, accounts.CHAIN, limit=100) if each.subject == "clerk9"]
        assert (event.action, event.actor) == ("account_created", "command line")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("username", {"username": "officer"}),
        ("username", {"username": "Root"}),
        ("role", {"role": "king"}),
        ("name", {"name": ""}),
        ("uscc", {"role": "applicant"}),
        ("uscc", {"uscc": "91110112YYYY000121"}),
    ],
)
def test_a_wrong_account_is_named_by_field(database: Database, field: str, change: dict) -> None:
    with pytest.raises(Invalid) as refused, database.transaction() as session:
        accounts.create(session, **{**GOOD, **change}, by=CONSOLE, now=NOW)
    assert [error.field for error in refused.value.errors] == [field]


def test_a_short_password_is_refused() -> None:
    with pytest.raises(Invalid):
        accounts.check_password("short")
