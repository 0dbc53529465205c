"""What nobody needs any more is forgotten. Machine time: no business happens here."""

from datetime import datetime, timedelta

from storage import job_queue, people, system, workers
from storage.database import Session

# Jobs that were given up can be looked at for so long.
FAILED_JOBS_KEPT = timedelta(days=90)


def sweep(session: Session, machine_now: datetime) -> None:
    """Forget expired sessions, old failures, kept answers, workers that fell silent and jobs that failed long ago."""
    people.sweep_sign_ins(session, machine_now, machine_now - timedelta(days=1))
    system.sweep_answers(session, machine_now - timedelta(days=2))
    workers.sweep(session)
    job_queue.sweep(session, FAILED_JOBS_KEPT)
