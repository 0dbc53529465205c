"""The record cannot be changed: the application has no right to, and a trigger stops everybody else by accident."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from server.embedded import Urls
from server.embedded.postgres import driver_url
from storage.database import INSERT_ONLY, migrate

CHANGES = ("UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE")
A_COLUMN = {
    "audit_event": "hash",
    "ledger_entry": "amount",
    "calculation": "facts",
    "submission": "data",
    "delivery_address": "electronic",
    "paper_service": "served_on",
}


@pytest.fixture
def app_role(database_urls: Urls) -> Iterator[psycopg.Connection]:
    with psycopg.connect(driver_url(database_urls.app_url), autocommit=True) as connection:
        yield connection


def change(statement: str, table: str) -> sql.Composed:
    name, column = sql.Identifier(table), sql.Identifier(A_COLUMN[table])
    return sql.SQL(statement).format(name, column, column)


def test_these_tables_are_the_record() -> None:
    assert set(INSERT_ONLY) == set(A_COLUMN)


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("table", INSERT_ONLY)
def test_the_application_cannot_change_the_record(app_role: psycopg.Connection, table: str, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
        app_role.execute(change(statement, table))


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("table", INSERT_ONLY)
def test_not_even_the_owner_changes_it_by_accident(database_urls: Urls, table: str, statement: str) -> None:
    with (
        psycopg.connect(driver_url(database_urls.owner_url), autocommit=True) as owner,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
    ):
        owner.execute(change(statement, table))


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE audit_event",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only ON audit_event",
        "ALTER FUNCTION refuse_change() RENAME TO welcome_change",
        "GRANT UPDATE ON audit_event TO CURRENT_USER",
        "SET session_replication_role = replica",
        "UPDATE alembic_version SET version_num = 'x'",
        "CREATE TABLE mine (id int)",
        "COPY audit_event TO PROGRAM 'cat'",
    ],
)
def test_the_application_cannot_take_the_lock_off(app_role: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        result = app_role.execute(statement)
        if statement.startswith("GRANT"):  # PostgreSQL only warns of a grant without the right to
            app_role.execute(change(CHANGES[0], "audit_event"))
        raise AssertionError(result.statusmessage)


def test_migrating_again_takes_nothing_back(database_urls: Urls, app_role: psycopg.Connection) -> None:
    migrate(database_urls.owner_url, database_urls.app_url)
    for table in INSERT_ONLY:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app_role.execute(change(CHANGES[0], table))
    assert app_role.execute("SELECT count(*) FROM audit_event").fetchone() is not None


# What somebody may have seen before he confirms it: a statement that makes a row, and one that changes what it says.
SEEN = {
    "parameter_value": (
        "INSERT INTO parameter_value (parameter, value, basis, effective_on, proposed_by, proposed_at) "
        "VALUES ('a3.rate', '0.1', 'x', '2026-03-02', 'owner', now()) RETURNING id",
        ("value = '0.3'", "basis = 'y'", "effective_on = '2019-01-01'", "parameter = 'a6.rate'", "proposed_by = 'x'"),
    ),
    "calendar_year": (
        "INSERT INTO calendar_year (year, days_off, days_on, provisional, basis, proposed_by, proposed_at) "
        "VALUES (2027, '{2027-01-01}', '{2027-01-09}', false, 'x', 'owner', now()) RETURNING id",
        ("days_off = '{}'", "days_on = '{}'", "provisional = true", "basis = 'y'", "year = 2028"),
    ),
    "recovery": (
        "INSERT INTO recovery (case_id, amount, cause, basis, recorded_by, recorded_at) "
        "VALUES (1, 100, 'fraud', 'x', 'finance', now()) RETURNING id",
        ("amount = 900", "cause = 'clerical_error'", "basis = 'y'", "case_id = 2", "recorded_by = 'x'"),
    ),
}


@pytest.mark.parametrize("table", SEEN)
def test_what_may_have_been_seen_stays_what_it_was(database_urls: Urls, table: str) -> None:
    """Not even the owner of the tables changes a proposal; it is confirmed once, and then nothing of it changes."""
    made, changes = SEEN[table]
    with psycopg.connect(driver_url(database_urls.owner_url), autocommit=True) as owner, owner.transaction():
        # Taken back at the end: a recovery of no case will do.
        owner.execute("ALTER TABLE recovery DROP CONSTRAINT fk_recovery_case_id")
        [row] = owner.execute(made.encode()).fetchone() or [None]
        name = sql.Identifier(table)
        for change in changes:
            _refused(owner, sql.SQL("UPDATE {} SET {} WHERE id = {}").format(name, sql.SQL(change), sql.Literal(row)))
        _refused(owner, sql.SQL("DELETE FROM {}").format(name))
        _refused(owner, sql.SQL("TRUNCATE {} CASCADE").format(name))
        confirmed = "UPDATE {} SET confirmed_by = 'second', confirmed_at = now() WHERE id = {}"
        owner.execute(sql.SQL(confirmed).format(name, sql.Literal(row)))
        _refused(owner, sql.SQL(confirmed).format(name, sql.Literal(row)))
        raise psycopg.Rollback


def _refused(owner: psycopg.Connection, statement: sql.Composed) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="as it was seen"), owner.transaction():
        owner.execute(statement)
