"""A list of a thousand cases of four hundred enterprises: rules over all of them and ledger, one transaction."""

from __future__ import annotations

import secrets
import time
import zlib
from typing import Any

import orjson
import psycopg
from flask import Flask

from server.settings import Settings
from storage import batches, people
from storage.database import Session
from tests.api_calls import flask_transport
from tests.contract_client import Office
from workflows.audit import Chain
from workflows.batches import allocation, meeting
from workflows.batches.rounds import chain_name
from workflows.permissions import Actor

CASES, ENTERPRISES = 1_000, 400
# One case in five concerns the matter of the case before it, so that best-only has something to choose.
COPIES = f"""
INSERT INTO enterprise (uscc, name, entity_type, profile, credit_flags)
SELECT 'BENCH' || lpad(n::text, 13, '0'), '虚构企业' || n, 'enterprise', '{{}}', '{{}}'
FROM generate_series(1, {ENTERPRISES}) n;
INSERT INTO matter (key, title)
SELECT 'BENCH:' || n, '虚构事项' FROM generate_series(1, {CASES}) n WHERE n % 5 <> 0;
INSERT INTO cases (reference, scheme, title, batch_id, enterprise_id, matter_id, definition_id, status, stage,
                   created_by, created_at, submitted_at, accepted_at, computed_amount, item_amount, precap_amount)
SELECT 'BENCH' || lpad(n::text, 6, '0'), (ARRAY['retrofit', 'renewable_energy', 'future_energy'])[n % 3 + 1], c.title,
       c.batch_id, e.id, m.id, c.definition_id, c.status, c.stage, c.created_by, c.created_at, c.submitted_at,
       c.accepted_at + n * interval '1 minute', a.amount, a.amount, a.amount
FROM generate_series(1, {CASES}) n
CROSS JOIN (SELECT * FROM cases WHERE reference = %(reference)s) c
CROSS JOIN LATERAL (SELECT 300000 + n * 7919 %% 1700000 AS amount) a
JOIN enterprise e ON e.uscc = 'BENCH' || lpad((n %% {ENTERPRISES} + 1)::text, 13, '0')
JOIN matter m ON m.key = 'BENCH:' || CASE WHEN n %% 5 = 0 THEN n - 1 ELSE n END;
INSERT INTO case_facts (case_id, facts)
SELECT b.id, f.facts FROM cases b, case_facts f JOIN cases c ON c.id = f.case_id
WHERE b.reference LIKE 'BENCH%%' AND c.reference = %(reference)s
"""


def measure(app: Flask, settings: Settings) -> dict[str, float]:
    """One case driven to its list and copied a thousand times; then the chief fixes the list."""
    office = Office(flask_transport(app))
    batch_id = office.make_batch("汇总测算基准（虚构）", schemes=("retrofit", "renewable_energy", "future_energy"))
    reference = office.apply("e01", batch=batch_id)
    office.drive(reference, until="listed", applicant="e01")
    url = settings.database_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in COPIES.split(";\n"):
            connection.execute(statement.replace("n % ", "n %% "), {"reference": reference})
        _copy_processes(connection, reference)
        connection.execute("ANALYZE")
    app_database = app.extensions["greencase"].database
    with app_database.transaction() as session:
        return _fix(session, batch_id)


def _copy_processes(connection: psycopg.Connection[Any], reference: str) -> None:
    """A live process for each copy, its tasks and waits under ids of its own."""
    query = "SELECT i.state, i.case_id FROM instance i JOIN cases c ON c.id = i.case_id WHERE c.reference = %s"
    row = connection.execute(query, [reference]).fetchone()
    assert row is not None
    state, original = row
    head, *rest = orjson.loads(zlib.decompress(state[1:]))
    old = head[1]
    copies = connection.execute("SELECT id FROM cases WHERE reference LIKE 'BENCH%'").fetchall()
    with connection.cursor() as cursor:
        for (case_id,) in copies:
            head[1] = prefix = secrets.token_hex(12)
            copied = state[:1] + zlib.compress(orjson.dumps([head, *rest]), 1)
            cursor.execute("INSERT INTO instance (case_id, state) VALUES (%s, %s)", [case_id, copied])
            cursor.execute(
                "INSERT INTO wait (id, case_id, process, element_id, name, kind, message, due_at, boundary, opened_at) "
                "SELECT replace(id, %s, %s), %s, process, element_id, name, kind, message, due_at, boundary, opened_at "
                "FROM wait WHERE case_id = %s AND ended_at IS NULL",
                [old, prefix, case_id, original],
            )


def _fix(session: Session, batch_id: int) -> dict[str, float]:
    user = people.find_user(session, "chief")
    batch = batches.lock(session, batch_id)
    assert user is not None and batch is not None and batch.opened_at is not None
    actor = Actor(user.id, user.username, user.display_name, frozenset(user.roles))
    started = time.perf_counter()
    proposal = allocation.propose(session, batch, actor, batch.opened_at, 1)
    fixed = Chain.open(session, chain_name(batch)).append(batch.opened_at, actor, "list_fixed", "1")
    allocation.enter(session, proposal, fixed)
    session.flush()
    allocated = time.perf_counter()
    assert len(proposal.fresh) == CASES + 1
    meeting.move_listed(proposal, fixed)
    session.flush()
    delivered = time.perf_counter()
    return {
        "allocate_1000_cases_ms": 1000 * (allocated - started),
        "deliver_1000_cases_ms": 1000 * (delivered - allocated),
    }
