"""Workers that are lost in the middle of a job."""

from __future__ import annotations

from sqlalchemy import text

from storage.database import Database

SILENT_FOR_A_MINUTE = text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")


def lose(database: Database) -> None:
    """The job that waits is taken by a worker that is never seen again."""
    with database.transaction() as session:
        worker = session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
        session.execute(text("SELECT procrastinate_fetch_job_v2(ARRAY['asked'], :id)"), {"id": worker})
        session.execute(SILENT_FOR_A_MINUTE)
