"""What one task completion costs, and one whole case: statements, commits, time, bytes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import Engine, event

from server.settings import Settings
from tests.bench.floor import Floor
from tests.contract_client import Office, Transport, flask_transport

CASES = 5
# Everything that is kept of a case, documents aside; task drafts and object bytes are gone or elsewhere by then.
TABLES = (
    "cases",
    "instance",
    "case_facts",
    "submission",
    "task",
    "wait",
    "incident",
    "calculation",
    "ledger_entry",
    "list_row",
    "decision",
    "notice_item",
    "objection",
    "payment",
    "review_session",
    "review_seat",
    "message",
)


@dataclass
class Counter:
    """Statements, commits and database time of one request."""

    statements: int = 0
    commits: int = 0
    seconds: float = 0.0
    started: float = field(default=0.0, repr=False)


@contextmanager
def counting(engine: Engine, counter: Counter) -> Iterator[None]:
    """Count cursor executions (BEGIN and COMMIT are none), commits, and the time inside the driver."""

    def before(*_: Any) -> None:
        counter.statements += 1
        counter.started = time.perf_counter()

    def after(*_: Any) -> None:
        counter.seconds += time.perf_counter() - counter.started

    def commit(*_: Any) -> None:
        counter.commits += 1

    hooks = (("before_cursor_execute", before), ("after_cursor_execute", after), ("commit", commit))
    for name, hook in hooks:
        event.listen(engine, name, hook)
    try:
        yield
    finally:
        for name, hook in hooks:
            event.remove(engine, name, hook)


def measure(app: Flask, settings: Settings) -> dict[str, float]:
    """Drive whole cases through the WSGI application and count every completion on the way."""
    engine = app.extensions["greencase"].database.engine
    completions: list[tuple[Counter, float]] = []

    def measured(send: Transport) -> Transport:
        def call(method: str, path: str, headers: dict[str, str], json: Any, multipart: Any) -> tuple[int, Any]:
            if not path.endswith("/completion"):
                return send(method, path, headers, json, multipart)
            counter, started = Counter(), time.perf_counter()
            with counting(engine, counter):
                answer = send(method, path, headers, json, multipart)
            if answer[0] == 200:
                completions.append((counter, time.perf_counter() - started))
            return answer

        return call

    office = Office(measured(flask_transport(app)))
    batch = office.open_batch()
    case_ms, references = [], []
    floor = Floor(settings.database_owner_url or settings.database_url)
    for number in range(CASES):
        floor.drive()
        applicant = f"e{number + 1:02}"
        before = len(completions)
        reference = office.apply(applicant, batch=batch)
        office.drive(reference, applicant=applicant)
        case_ms.append(1000 * sum(seconds for _, seconds in completions[before:]))
        references.append(reference)
    floor.close()
    lowest = statistics.median(floor.seconds)
    return {
        "completion_sql": statistics.median(counter.statements for counter, _ in completions),
        "completion_sql_max": max(counter.statements for counter, _ in completions),
        "completion_commits": statistics.median(counter.commits for counter, _ in completions),
        "completion_ms": statistics.median(1000 * seconds for _, seconds in completions),
        "completion_floor_ms": 1000 * lowest,
        "completion_floor_ratio": statistics.median(seconds for _, seconds in completions) / lowest,
        "case_ms": statistics.median(case_ms),
        "db_step_ms": statistics.median(1000 * counter.seconds for counter, _ in completions),
        **_size(settings, references[-1]),
    }


def _size(settings: Settings, reference: str) -> dict[str, float]:
    """Bytes of all rows of a finished case (pg_column_size), documents and indexes aside, and its audit events."""
    url = settings.database_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url) as connection:
        case_id = connection.execute("SELECT id FROM cases WHERE reference = %s", [reference]).fetchone()
        assert case_id is not None
        total = 0
        for table in TABLES:
            column = "id" if table == "cases" else "case_id"
            query = f"SELECT coalesce(sum(pg_column_size(t.*)), 0) FROM {table} t WHERE t.{column} = %s"
            row = connection.execute(query, [case_id[0]]).fetchone()  # type: ignore[arg-type]
            total += int(row[0]) if row else 0
        draws = (
            "SELECT coalesce(sum(pg_column_size(d.*)), 0) FROM review_draw d "
            "JOIN review_session s ON s.id = d.session_id WHERE s.case_id = %s"
        )
        row = connection.execute(draws, [case_id[0]]).fetchone()
        total += int(row[0]) if row else 0
        chain = f"case:{reference}"
        row = connection.execute(
            "SELECT count(*), coalesce(sum(pg_column_size(e.*)), 0) FROM audit_event e WHERE chain = %s", [chain]
        ).fetchone()
        assert row is not None
        return {"case_events": row[0], "case_bytes": total + int(row[1])}
