"""What one task completion costs, and one whole case: statements, commits, time, bytes."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import event

from server.settings import Settings
from tests.api_calls import Transport, flask_transport
from tests.bench.floor import Floor
from tests.contract_client import Office

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
    """Statements, commits and database time of one request, and how long the application took to answer it."""

    statements: int = 0
    commits: int = 0
    seconds: float = 0.0
    answered: float = 0.0
    started: float = field(default=0.0, repr=False)


class Meter:
    """Counts what each request costs; stays in place for a whole run, so that no request pays for its measuring."""

    def __init__(self, app: Flask) -> None:
        self.counter = Counter()
        self._app, self._engine = app, app.extensions["greencase"].database.engine
        self._hooks = (
            ("before_cursor_execute", self._before),
            ("after_cursor_execute", self._after),
            ("commit", self._commit),
        )

    def __enter__(self) -> Meter:
        for name, hook in self._hooks:
            event.listen(self._engine, name, hook)
        self._served = self._app.wsgi_app
        self._app.wsgi_app = self._serve  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        self._app.wsgi_app = self._served  # type: ignore[method-assign]
        for name, hook in self._hooks:
            event.remove(self._engine, name, hook)

    def _serve(self, environ: Any, start_response: Any) -> Any:
        self.counter, started = Counter(), time.perf_counter()
        answer = self._served(environ, start_response)
        self.counter.answered = time.perf_counter() - started
        return answer

    def _before(self, *_: Any) -> None:
        self.counter.statements += 1
        self.counter.started = time.perf_counter()

    def _after(self, *_: Any) -> None:
        self.counter.seconds += time.perf_counter() - self.counter.started

    def _commit(self, *_: Any) -> None:
        self.counter.commits += 1


def measure(app: Flask, settings: Settings) -> dict[str, float]:
    """Drive whole cases through the WSGI application and count every completion on the way."""
    completions: list[Counter] = []
    case_ms, references = [], []
    floor = Floor(settings.database_owner_url or settings.database_url)
    with Meter(app) as meter:

        def measured(send: Transport) -> Transport:
            def call(method: str, path: str, headers: dict[str, str], json: Any, multipart: Any) -> tuple[int, Any]:
                answer = send(method, path, headers, json, multipart)
                if path.endswith("/completion") and answer[0] == 200:
                    completions.append(meter.counter)
                return answer

            return call

        office = Office(measured(flask_transport(app)))
        batch = office.open_batch()
        for number in range(CASES):
            floor.drive()
            applicant = f"e{number + 1:02}"
            before = len(completions)
            reference = office.apply(applicant, batch=batch)
            office.drive(reference, applicant=applicant)
            if not number:
                # It found nothing prepared, neither here nor in the database: an office at work is past that.
                completions.clear()
                continue
            case_ms.append(1000 * sum(counter.answered for counter in completions[before:]))
            references.append(reference)
    floor.close()
    lowest = statistics.median(floor.seconds)
    took = statistics.median(counter.answered for counter in completions)
    return {
        "completion_sql": statistics.median(counter.statements for counter in completions),
        "completion_sql_max": max(counter.statements for counter in completions),
        "completion_commits": statistics.median(counter.commits for counter in completions),
        "completion_ms": 1000 * took,
        "completion_floor_ms": 1000 * lowest,
        "completion_floor_ratio": took / lowest,
        "case_ms": statistics.median(case_ms),
        "db_step_ms": statistics.median(1000 * counter.seconds for counter in completions),
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
