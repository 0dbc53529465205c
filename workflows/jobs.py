"""What becomes due without anybody acting: timers, re-allocations, document locks. Each job is safe to run twice."""

from datetime import datetime, timedelta

from storage import documents, instances, people, system
from storage.database import Database, Session
from storage.objects import ObjectStore, ObjectStoreAway
from workflows import batches
from workflows.engine import EngineError
from workflows.errors import GreenCaseError, StepFailed
from workflows.permissions import SYSTEM
from workflows.running import open_case, record_incident

# Ten years: the shortest retention of a case that was not supported (domain.md 5, records).
RETENTION = timedelta(days=3653)


def run_due(database: Database, now: datetime, *, limit: int = 10_000) -> int:
    """Fire every due timer and every pending re-allocation, each in a transaction of its own; how many were done."""
    done = 0
    while done < limit and (_fire_next_timer(database, now) or _reallocate_next(database, now)):
        done += 1
    return done


def _fire_next_timer(database: Database, now: datetime) -> bool:
    case_id: int | None = None
    try:
        with database.transaction() as session:
            case_id = instances.next_due_case(session, now)
            if case_id is None:
                return False
            running = open_case(session, case_id, SYSTEM, now)
            running.step.record("timer_fired", running.case.stage or "")
            running.advance()
            running.save()
    except (GreenCaseError, EngineError) as error:
        if case_id is None:
            raise
        # The case keeps its old state and waits its turn; the others go on.
        element = error.element_id if isinstance(error, StepFailed) else None
        with database.transaction() as session:
            record_incident(session, case_id, element, f"{error} {error.__cause__ or ''}".strip(), now)
    return True


def _reallocate_next(database: Database, now: datetime) -> bool:
    with database.transaction() as session:
        return batches.reallocate(session, SYSTEM, now)


def lock_documents(database: Database, store: ObjectStore, now: datetime) -> int:
    """Lock the documents of accepted cases against deletion in the object store; tried again when the store is away.

    The store judges retention by the machine's clock, so the period starts from that one.
    """
    with database.transaction() as session:
        waiting = documents.to_lock(session)
        for document in waiting:
            try:
                store.lock(document.object_key, document.object_version, datetime.now(tz=now.tzinfo) + RETENTION)
            except ObjectStoreAway:
                return 0
            document.locked_at = now
        return len(waiting)


def sweep(session: Session, machine_now: datetime) -> None:
    """Forget expired sessions, old failures and kept answers (machine time: no business happens here)."""
    people.sweep_sign_ins(session, machine_now, machine_now - timedelta(days=1))
    system.sweep_answers(session, machine_now - timedelta(days=2))
