"""What becomes due without anybody acting: publications, timers, re-allocations, document locks; safe to run twice."""

from datetime import datetime, timedelta

from storage import documents, instances, ledger, people, system
from storage.database import Database, Session
from storage.objects import ObjectStore, ObjectStoreAway
from workflows.batches import allocation
from workflows.case.running import open_case, record_incident
from workflows.engine import EngineError
from workflows.errors import GreenCaseError, StepFailed
from workflows.permissions import SYSTEM
from workflows.workshop import publication

# Ten years: the shortest retention of a case that was not supported (domain.md 5, records).
RETENTION = timedelta(days=3653)


def run_due(database: Database, now: datetime, *, limit: int = 10_000, wait: bool = False) -> int:
    """Publish, fire timers and allocate again, as is due, each in a transaction of its own; how many were done.

    `wait` also waits for what another worker has just begun, so that all of it is done when this returns.
    """
    done = 0
    while done < limit and _next(database, now, wait=wait):
        done += 1
    return done


def _next(database: Database, now: datetime, *, wait: bool) -> bool:
    return (
        publication.publish_due(database, now)
        or _fire_next_timer(database, now, wait=wait)
        or _reallocate_next(database, now)
    )


def _fire_next_timer(database: Database, now: datetime, *, wait: bool) -> bool:
    case_id: int | None = None
    try:
        with database.transaction() as session:
            case_id = instances.next_due_case(session, now, wait=wait)
            if case_id is None:
                return False
            fire_timers(session, case_id, now)
    except (GreenCaseError, EngineError) as error:
        if case_id is None:
            raise
        # The case keeps its old state and waits its turn; the others go on.
        element = error.element_id if isinstance(error, StepFailed) else None
        with database.transaction() as session:
            record_incident(session, case_id, element, f"{error} {error.__cause__ or ''}".strip(), now)
    return True


def fire_timers(session: Session, case_id: int, now: datetime) -> None:
    """Fire what is due in one case, asked again under its lock."""
    running = open_case(session, case_id, SYSTEM, now)
    due = running.process.next_due()
    if due is not None and due <= now:
        running.advance()
        running.save()


def _reallocate_next(database: Database, now: datetime) -> bool:
    with database.transaction() as session:
        found = ledger.next_reallocation(session, now)
    if found is None:
        return False
    account, batch_id = found
    try:
        with database.transaction() as session:
            allocation.reallocate(session, SYSTEM, now, account, batch_id)
    except (GreenCaseError, EngineError) as error:
        with database.transaction() as session:
            ledger.postpone_reallocation(session, account.id, batch_id, now + timedelta(minutes=10))
            if isinstance(error, StepFailed):
                record_incident(session, error.case_id, error.element_id, f"{error} {error.__cause__ or ''}", now)
    return True


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
                # One object that cannot be locked now does not hold up the others; it is tried again next time.
                continue
            document.locked_at = now
        return sum(document.locked_at is not None for document in waiting)


def sweep(session: Session, machine_now: datetime) -> None:
    """Forget expired sessions, old failures and kept answers (machine time: no business happens here)."""
    people.sweep_sign_ins(session, machine_now, machine_now - timedelta(days=1))
    system.sweep_answers(session, machine_now - timedelta(days=2))
