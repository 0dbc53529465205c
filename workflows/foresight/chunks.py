"""Runs over many cases are done in chunks, each a job of its own: any number of workers share a run."""

from collections.abc import Sequence

from storage import job_queue
from storage.database import Session

# Small enough that two workers end together and one that was killed has little to do again, large enough that what a
# job costs by itself does not show.
CHUNK = 25


def defer_chunks(session: Session, job: str, run_id: int, case_ids: Sequence[int]) -> None:
    """A job for every so many cases of a run, from its first case to its last."""
    ordered = sorted(case_ids)
    chunks = [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]
    jobs = [{"run_id": run_id, "first": chunk[0], "last": chunk[-1]} for chunk in chunks]
    job_queue.defer_all(session, job, jobs, job_queue.IN_BULK)
