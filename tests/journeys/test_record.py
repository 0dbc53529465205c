"""Every step is on record, in a hash chain that nobody can rewrite unseen."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise

import psycopg
import pytest

from server.embedded import Urls
from server.embedded.postgres import driver_url
from tests.journeys.conftest import At
from workflows import audit


def broken(at: At) -> list[tuple[str, int]]:
    with at.database.transaction() as session:
        return [(row.chain, row.seq) for row in audit.verify(session)]


def test_the_record_of_a_whole_case_is_complete_and_whole(at: At) -> None:
    office, case = at("pay")
    office.do(case, "pay", decision="returned", return_reason="账号有误")
    office.drive(case)
    events = office.history(case)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert all(after["previous"] == before["hash"] for before, after in pairwise(events))
    actions = [event["action"] for event in events]
    assert actions[0] == "case_created"
    assert actions[-1] == "case_ended"
    assert {
        *("application_submitted", "case_accepted", "credit_settled", "draw_seed_committed", "experts_drawn"),
        *("panel_seated", "scores_unsealed", "amount_calculated", "recheck_settled", "amount_listed", "case_resolved"),
        *("case_published", "timer_fired", "publicity_closed", "award_committed", "payment_returned", "payment_made"),
    } <= set(actions)
    done = [event["subject"] for event in events if event["action"] == "task_completed"]
    assert done.count("score_application") == done.count("declare_interest") == 5
    # Whoever did it is named; what changed is told with its old and its new value.
    completed = next(event for event in events if event["subject"] == "confirm_verified")
    assert completed["actor"] == "officer"
    assert {"field": "approved_investment", "old": None, "new": "3000000.00"} in completed["changes"]
    assert broken(at) == []


@pytest.mark.parametrize("table", ["audit_event", "ledger_entry", "calculation", "submission"])
def test_the_application_can_change_and_remove_nothing_of_it(at: At, table: str) -> None:
    at("resolved")
    for statement in (f"UPDATE {table} SET at = now()", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with psycopg.connect(driver_url(at.urls.app_url)) as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
            connection.rollback()
        # The owner of the tables is stopped by a trigger.
        with psycopg.connect(driver_url(at.urls.owner_url)) as connection:
            with pytest.raises(psycopg.Error):
                connection.execute(statement)
            connection.rollback()


def as_superuser(at: At, postgres: Urls, statement: str) -> None:
    name = at.urls.app_url.rsplit("/", 1)[1]
    with psycopg.connect(driver_url(f"{postgres.admin_url.rsplit('/', 1)[0]}/{name}"), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(statement)


@pytest.mark.parametrize(
    ("damage", "seq"),
    [
        ("UPDATE audit_event SET actor = 'nobody' WHERE chain = '{chain}' AND seq = 5", 5),
        ("UPDATE audit_event SET changes = '[]' WHERE chain = '{chain}' AND seq = 3", 3),
        ("DELETE FROM audit_event WHERE chain = '{chain}' AND seq = 4", 5),
        ("UPDATE audit_event SET at = at + interval '1 second' WHERE chain = '{chain}' AND seq = 2", 2),
    ],
)
def test_what_a_superuser_changes_is_named(at: At, postgres: Urls, damage: str, seq: int) -> None:
    _office, case = at("resolved")
    as_superuser(at, postgres, damage.format(chain=f"case:{case}"))
    assert broken(at) == [(f"case:{case}", seq)]


def test_the_command_line_names_the_first_bad_row(at: At, postgres: Urls) -> None:
    _office, case = at("resolved")
    command = [sys.executable, "-m", "server.cli", "audit", "verify"]
    environment = {
        **os.environ,
        "GREENCASE_DATABASE_URL": at.urls.app_url,
        "GREENCASE_DATABASE_OWNER_URL": at.urls.owner_url,
        "GREENCASE_S3_ENDPOINT": "127.0.0.1:9",
    }
    whole = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    as_superuser(at, postgres, f"UPDATE audit_event SET subject = 'x' WHERE chain = 'case:{case}' AND seq = 7")
    damaged = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert damaged.returncode == 1
    assert f"case:{case}" in damaged.stdout + damaged.stderr
    assert "7" in damaged.stdout + damaged.stderr
