"""How many finished `retrofit` cases one process replays in a second, reading their records included."""

from __future__ import annotations

import time

from sqlalchemy import select
from workflows.rehearsal.crew import Job, judge_all

from server.settings import Settings
from storage.cases import Case
from storage.database import Database, Session
from workflows.workshop import case_records, library

CASES = 200
CHUNK = 50


def measure(settings: Settings) -> dict[str, float]:
    """The case that was driven to payment, read and judged over and over; every time it must come out the same."""
    database = Database(settings.database_url, pool_size=1)
    try:
        with database.transaction() as session:
            case = session.scalars(select(Case).where(Case.scheme == "retrofit", Case.status == "PAID")).first()
            assert case is not None
            files = tuple(sorted(library.files_of_version(session, case.definition_id).items()))
            _round(session, case.id, files)  # compiles the bundle once
            began = time.perf_counter()
            for _ in range(CASES // CHUNK):
                verdicts = _round(session, case.id, files)
                assert verdicts == {"same"}, verdicts
            return {"rehearsal_cases_per_second": CASES / (time.perf_counter() - began)}
    finally:
        database.dispose()


def _round(session: Session, case_id: int, files: tuple[tuple[str, bytes], ...]) -> set[str]:
    records = [each for _ in range(CHUNK) for each in case_records.read_records(session, [case_id])]
    job = Job("retrofit", files, (), tuple((each.record, each.actual) for each in records))
    return {str(each["verdict"]) for each in judge_all(job)}
