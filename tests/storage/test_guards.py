"""Guards below the program: what no rule would write is refused by the tables, whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import sql
from sqlalchemy import CheckConstraint, Text, create_engine

from server.embedded import Urls
from server.embedded.postgres import driver_url
from storage.base import Base, WholeYuan
from storage.cases import STATUSES as STORED
from storage.every_table import TABLES
from workflows.codes.statuses import STATUSES

CHECKS = [
    (table.name, str(each.name)) for table in TABLES for each in table.constraints if isinstance(each, CheckConstraint)
]
AMOUNTS = [
    (table.name, column.name) for table in TABLES for column in table.columns if isinstance(column.type, WholeYuan)
]
STATES = [
    (table.name, column.name)
    for table in TABLES
    for column in table.columns
    if column.name in ("state", "status", "from_state", "result", "proposal", "cause", "policy", "vote")
    and isinstance(column.type, Text)
]
EYES = [
    ("batch", "drafted_by", "opened_by"),
    ("parameter_value", "proposed_by", "confirmed_by"),
    ("calendar_year", "proposed_by", "confirmed_by"),
    ("recovery", "recorded_by", "confirmed_by"),
    ("reopening", "proposed_by", "decided_by"),
    ("bar", "lift_proposed_by", "lifted_by"),
    ("sheet_import", "imported_by", "confirmed_by"),
    ("historic_withdrawal", "proposed_by", "confirmed_by"),
    ("matter_change", "proposed_by", "decided_by"),
    ("check_conclusion", "concluded_by", "returned_by"),
]


@pytest.fixture
def owner(database_urls: Urls) -> Iterator[psycopg.Connection]:
    """The owner of the tables, in a transaction that is rolled back; foreign keys and triggers are out of the way."""
    name = database_urls.app_url.rsplit("/", 1)[1]
    admin = driver_url(f"{database_urls.admin_url.rsplit('/', 1)[0]}/{name}")
    with psycopg.connect(admin) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection
        connection.rollback()


def insert(connection: psycopg.Connection, table: str, **given: object) -> None:
    """A row of a table with these values, and with something harmless in every other column that must be filled."""
    columns = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s "
        "AND table_schema = 'public' AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'",
        [table],
    ).fetchall()
    known = {
        "text": "x", "bigint": 1, "integer": 1, "smallint": 1, "boolean": False, "jsonb": "{}", "bytea": b"",
        "ARRAY": [], "date": "2026-03-02", "timestamp with time zone": "2026-03-02T00:00:00Z", "numeric": 1,
    }  # fmt: skip
    values = {name: known[kind] for name, kind in columns} | VALID.get(table, {}) | given
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
    )
    connection.execute(statement, list(values.values()))


# A word that each closed column knows, so that only what a test gives can be refused.
VALID: dict[str, dict[str, object]] = {
    "avoidance": {"ground": "kinship"},
    "registration_change": {"kind": "name", "state": "requested"},
    "batch": {"status": "draft"},
    "cases": {"status": "DRAFT"},
    "cluster_award": {"state": "active"},
    "decision": {"result": "support"},
    "definition_draft": {"state": "open"},
    "definition_version": {"state": "published"},
    "historic_award": {"policy": "this"},
    "ledger_entry": {"state": "RESERVED"},
    "list_entry": {"state": "matched"},
    "list_row": {"proposal": "support"},
    "case_check": {"kind": "duplicate", "state": "open"},
    "check_conclusion": {"result": "unrelated"},
    "matter_change": {"kind": "merge", "state": "proposed"},
    "overlap_note": {"result": "same"},
    "objection": {"state": "registered"},
    "paper_service": {"manner": "direct"},
    "payment": {"state": "paid"},
    "quota_entry": {"kind": "added", "year": 2026},
    "recovery": {"cause": "fraud"},
    "bar": {"basis": "依据"},
    "clue": {"kind": "recovery", "cause": "cut", "state": "open"},
    "past_instance": {"status": "PAID"},
    "reopening": {"cause": "audit", "state": "proposed"},
    "review_seat": {"state": "drawn"},
    "task": {"status": "open"},
    "wait": {"kind": "timer"},
    "case_run": {"state": "running"},
    "sheet_import": {"state": "counted"},
    "what_if": {"state": "waiting"},
}


def test_models_and_migrations_agree(database_urls: Urls) -> None:
    engine = create_engine(database_urls.owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [each for each in compare_metadata(context, Base.metadata) if not _of_the_job_queue(each)]
        assert found == []
        # Autogenerate does not look at checks.
        made = connection.exec_driver_sql("SELECT conname FROM pg_constraint WHERE contype = 'c'").scalars().all()
        assert {name for _, name in CHECKS} <= set(made)
        assert {name for name in made if name.startswith("ck_")} == {name for _, name in CHECKS}
    engine.dispose()


def _of_the_job_queue(difference: object) -> bool:
    """Tables that the job queue's library keeps for itself are none of our models."""
    return "procrastinate" in str(difference)


def test_what_a_guard_lets_pass_is_let_pass(owner: psycopg.Connection) -> None:
    for table in sorted({table for table, _ in CHECKS}):
        insert(owner, table)


@pytest.mark.parametrize(("table", "column"), STATES)
def test_a_state_is_one_of_its_words(owner: psycopg.Connection, table: str, column: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match=f"ck_{table}_{column}"):
        insert(owner, table, **{column: "no such word"})


@pytest.mark.parametrize("wrong", [Decimal("-1"), Decimal("0.5"), Decimal("1000.01")])
@pytest.mark.parametrize(("table", "column"), AMOUNTS)
def test_an_amount_is_whole_yuan_and_not_below_nothing(
    owner: psycopg.Connection, table: str, column: str, wrong: Decimal
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match=f"ck_{table}_whole"):
        insert(owner, table, **{column: wrong})


@pytest.mark.parametrize("table", ["ledger_entry", "payment", "recovery", "decision", "cluster_award"])
def test_nothing_is_no_movement_of_money(owner: psycopg.Connection, table: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        insert(owner, table, **{"total" if table == "cluster_award" else "amount": 0})


@pytest.mark.parametrize(("table", "first", "second"), EYES)
def test_four_eyes_are_two_people(owner: psycopg.Connection, table: str, first: str, second: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match=f"ck_{table}_{second}_other_than_{first}"):
        insert(owner, table, **{first: "officer", second: "officer"})


def test_every_column_that_holds_the_id_of_a_row_is_a_foreign_key() -> None:
    """Ids of elements are the diagrams', and who called without an account is nobody."""
    loose = {
        (table.name, column.name)
        for table in TABLES
        for column in table.columns
        if column.name.endswith("_id") and column.name != "element_id" and not column.foreign_keys
    }
    assert loose == {("kept_answer", "user_id")}


def test_the_statuses_of_the_tables_are_those_of_the_office() -> None:
    assert set(STORED) == set(STATUSES) - {"SUSPENDED"}
