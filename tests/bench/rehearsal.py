"""How many finished `retrofit` cases one process replays in a second, and how well two workers share a thousand."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime

import psycopg
from sqlalchemy import select

from server import seed
from server.embedded.postgres import driver_url
from server.settings import Settings
from storage import case_runs, workers
from storage.cases import Case
from storage.database import Database, Session
from tests.working_off import start_worker
from workflows import rehearsal
from workflows.foresight import rehearsals
from workflows.workshop import case_records, library

CASES = 200
CHUNK = 50
SHARED = 1_000
# Copies of a case with all that its record is read from, numbered from a million on. A task is submitted once in a
# life, but copies share their tasks.
COPIES = (
    "ALTER TABLE submission DROP CONSTRAINT uq_submission_task_id CASCADE",
    """INSERT INTO cases OVERRIDING SYSTEM VALUE
       SELECT (jsonb_populate_record(c, jsonb_build_object('id', 1000000 + n, 'reference', 'SHARED' || n))).*
       FROM cases c, generate_series(1, %(count)s) n WHERE c.id = %(case)s""",
    """INSERT INTO instance SELECT (jsonb_populate_record(i, jsonb_build_object('case_id', 1000000 + n))).*
       FROM instance i, generate_series(1, %(count)s) n WHERE i.case_id = %(case)s""",
    """INSERT INTO case_facts SELECT (jsonb_populate_record(f, jsonb_build_object('case_id', 1000000 + n))).*
       FROM case_facts f, generate_series(1, %(count)s) n WHERE f.case_id = %(case)s""",
    """INSERT INTO submission OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(s,
           jsonb_build_object('id', 1000000 + n * 1000 + s.id, 'case_id', 1000000 + n))).*
       FROM submission s, generate_series(1, %(count)s) n WHERE s.case_id = %(case)s""",
    """INSERT INTO calculation OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(k,
           jsonb_build_object('id', 1000000 + n * 1000 + k.id, 'case_id', 1000000 + n))).*
       FROM calculation k, generate_series(1, %(count)s) n WHERE k.case_id = %(case)s""",
    "ANALYZE",
)


def measure(settings: Settings) -> dict[str, float]:
    """The case that was driven to payment, read and judged over and over; every time it must come out the same."""
    database = Database(settings.database_url, pool_size=1)
    try:
        with database.transaction() as session:
            case = _paid(session)
            files = tuple(sorted(library.files_of_version(session, case.definition_id).items()))
            _round(session, case.id, files)  # compiles the bundle once
            began = time.perf_counter()
            for _ in range(CASES // CHUNK):
                verdicts = _round(session, case.id, files)
                assert verdicts == {"same"}, verdicts
            return {"rehearsal_cases_per_second": CASES / (time.perf_counter() - began)}
    finally:
        database.dispose()


def _paid(session: Session) -> Case:
    case = session.scalars(
        select(Case).where(Case.scheme == "retrofit", Case.status == "PAID").order_by(Case.id)
    ).first()
    assert case is not None
    return case


def _round(session: Session, case_id: int, files: tuple[tuple[str, bytes], ...]) -> set[str]:
    records = [each for _ in range(CHUNK) for each in case_records.read_records(session, [case_id])]
    model = rehearsal.kept_model("retrofit", files)
    return {str(rehearsal.judge_record(model, each.record, each.actual)["verdict"]) for each in records}


def measure_sharing(settings: Settings) -> dict[str, float]:
    """A run over a thousand cases by one worker process and by two, from its start to its end; leaves the copies."""
    database = Database(settings.database_url, pool_size=1)
    try:
        with database.transaction() as session:
            case_id = _paid(session).id
        with psycopg.connect(driver_url(settings.database_owner_url or ""), autocommit=True) as owner:
            for statement in COPIES:
                owner.execute(statement, {"case": case_id, "count": SHARED} if "%" in statement else None)
        alone, together = _run(settings, database, 1), _run(settings, database, 2)
        return {"rehearsal_two_workers_ratio": together / alone}
    finally:
        database.dispose()


def _run(settings: Settings, database: Database, count: int) -> float:
    """Seconds that so many workers take, which are all there when the run is started."""
    with ExitStack() as started:
        for _ in range(count):
            process = started.enter_context(start_worker(settings))
            started.callback(process.terminate)
        while _alive(database) < count:
            time.sleep(0.1)
        with database.transaction() as session:
            owner, values = seed.actor(session, "owner"), {"a3.rate": "0.05"}
            run_id = rehearsals.start(
                session,
                owner,
                key="retrofit",
                draft_id=None,
                parameters=values,
                scope="finished",
                now=datetime.now(UTC),
            )
        began = time.perf_counter()
        while not _is_done(database, run_id):
            time.sleep(0.02)
        return time.perf_counter() - began


def _alive(database: Database) -> int:
    with database.transaction() as session:
        return len(workers.list_alive(session))


def _is_done(database: Database, run_id: int) -> bool:
    with database.transaction() as session:
        if case_runs.find_running(session, run_id) is not None:
            return False
        counts = case_runs.count_by_verdict(session, run_id)
        assert counts.get("other_amount", 0) >= SHARED, counts
        return True
