"""What becomes due without anybody acting: publications, timers, re-allocations, document locks; safe to run twice.

Each is a fact in a table. One at a time is claimed and done in a transaction of its own; one that fails is undone,
noted and put aside for a while that grows, so that it never comes first again and holds up no other.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from storage import case_checks, documents, instances, ledger, objections
from storage import definition_drafts as draft_store
from storage.database import Database, Session
from storage.objects import ObjectStore
from workflows.attempts import Away, Broken, attempt, pause_for, sentence
from workflows.batches import allocation
from workflows.case import running
from workflows.casework import check_news, objection_triage
from workflows.casework import documents as papers
from workflows.errors import StepFailed
from workflows.permissions import SYSTEM
from workflows.workshop import publication

log = logging.getLogger("greencase.due")


@dataclass(frozen=True)
class Due:
    """One kind of work that becomes due. A claim is what names one piece of it; None when nothing is due."""

    what: str
    claim: Callable[[Session, datetime], Any]
    do: Callable[[Session, Any, datetime], None]
    give_up: Callable[[Session, Any, Broken, datetime], None]
    # Where it is not given, what is away for one is away for all of its kind: the next round tries again.
    postpone: Callable[[Session, Any, Away | Broken, datetime], None] | None = None


def run_due(database: Database, now: datetime, *, limit: int = 10_000, wait: bool = False) -> int:
    """Publish, fire timers and allocate again, as is due, each in a transaction of its own; how many were done.

    `wait` also waits for what another worker has just begun, so that all of it is done when this returns. Raises Away.
    """
    return _work_off(
        database, (PUBLICATIONS, TAKING_UP, _timers(wait=wait), REALLOCATIONS, HITS, ENDED_PAIRS, OUTLIVED), now, limit
    )


def lock_documents(database: Database, store: ObjectStore, now: datetime, *, limit: int = 10_000) -> int:
    """Lock the documents of accepted cases against deletion in the store; how many were looked at. Raises Away."""
    return _work_off(database, (_document_locks(store),), now, limit)


def forget_abandoned(database: Database, store: ObjectStore, machine_now: datetime, *, limit: int = 10_000) -> int:
    """Remove the bytes of uploads that never became documents; how many were looked at. Raises Away."""
    return _work_off(database, (_abandoned_uploads(store),), machine_now, limit)


def _work_off(database: Database, kinds: Iterable[Due], now: datetime, limit: int) -> int:
    """Do what is due, the first kinds first. Raises Away in the end where a kind had to be left out for that."""
    left, done, missed = list(kinds), 0, list[Away]()
    while done < limit and _do_next_of(database, left, missed, now):
        done += 1
    if missed:
        raise missed[0]
    return done


def _do_next_of(database: Database, left: list[Due], missed: list[Away], now: datetime) -> bool:
    """Do one piece, of the first kind that has any; a kind that cannot be worked off now is left out of the round."""
    for kind in list(left):
        try:
            if _do_next(database, kind, now):
                return True
        except Away as away:
            missed.append(away)
            left.remove(kind)
        except Broken as broken:  # not even that it failed can be noted
            log.error("%s cannot be worked off: %s", kind.what, broken, exc_info=broken.__cause__)
            left.remove(kind)
    return False


def _do_next(database: Database, kind: Due, now: datetime) -> bool:
    claimed: list[Any] = []

    def work(session: Session) -> bool:
        found = kind.claim(session, now)
        if found is None:
            return False
        claimed.append(found)
        kind.do(session, found, now)
        return True

    try:
        return attempt(database, work)
    except Away as away:
        if not claimed or kind.postpone is None:
            raise
        log.warning("%s %s waits: %s", kind.what, claimed[0], away)
        attempt(database, partial(_call, kind.postpone, claimed[0], away, now))
    except Broken as broken:
        if not claimed:
            raise
        log.error("%s %s failed: %s", kind.what, claimed[0], broken, exc_info=broken.__cause__)
        _give_up(database, kind, claimed[0], broken, now)
    return True


def _give_up(database: Database, kind: Due, claimed: Any, broken: Broken, now: datetime) -> None:
    """Note it where people look; if even that fails, only see to it that it does not come first again."""
    try:
        attempt(database, partial(_call, kind.give_up, claimed, broken, now))
    except Broken as worse:
        if kind.postpone is None:
            raise
        log.error("the failure of %s %s cannot be noted: %s", kind.what, claimed, worse, exc_info=worse.__cause__)
        attempt(database, partial(_call, kind.postpone, claimed, broken, now))


def _call(note: Callable[..., None], claimed: Any, why: Away | Broken, now: datetime, session: Session) -> None:
    note(session, claimed, why, now)


PUBLICATIONS = Due(
    "publication of draft",
    claim=draft_store.find_due,
    do=publication.publish_scheduled,
    give_up=lambda session, draft_id, _, now: publication.give_up(session, draft_id, now),
)


TAKING_UP = Due(
    "taking up of objections in case",
    claim=objections.next_to_take_up,
    do=objection_triage.take_up,
    give_up=lambda session, case_id, broken, now: _record_failed_timer(session, case_id, broken, now),
    postpone=running.postpone,
)


def _timers(*, wait: bool) -> Due:
    return Due(
        "timer of case",
        claim=partial(instances.next_due_case, wait=wait),
        do=fire_timers,
        give_up=_record_failed_timer,
        postpone=running.postpone,
    )


def fire_timers(session: Session, case_id: int, now: datetime) -> None:
    """Fire what is due in one case, asked again under its lock."""
    opened = running.open_case(session, case_id, SYSTEM, now)
    opened.advance()
    # Saved in any case: were nothing due by the process itself, the instant for which it was claimed would be wrong.
    opened.save()
    due = opened.next_due()
    if due is not None and due <= now:  # it would be claimed again and again, and come before all others
        raise RuntimeError(f"a timer of {opened.case.reference} is due since {due} and does not fire")


def _record_failed_timer(session: Session, case_id: int, broken: Broken, now: datetime) -> None:
    running.record_incident(session, case_id, _element(broken), _words(broken), now)


def _words(broken: Broken) -> str:
    """What stands on the case's page: what it means first, then what the administrator needs."""
    said, cause = sentence(broken), broken.__cause__
    if said is None:
        return f"到期事项未能办理，系统出错，请联系系统管理员。（{broken}）"
    return f"{said}（{cause.__cause__}）" if cause is not None and cause.__cause__ is not None else said


def _element(broken: Broken) -> str | None:
    return broken.__cause__.element_id if isinstance(broken.__cause__, StepFailed) else None


def _reallocate(session: Session, mark: tuple[str, int], now: datetime) -> None:
    uscc, batch_id = mark
    allocation.reallocate(session, SYSTEM, now, uscc, batch_id)


def _record_failed_reallocation(session: Session, mark: tuple[str, int], broken: Broken, now: datetime) -> None:
    if isinstance(broken.__cause__, StepFailed):
        running.record_incident(session, broken.__cause__.case_id, _element(broken), _words(broken), now)
    _postpone_reallocation(session, mark, broken, now)


def _postpone_reallocation(session: Session, mark: tuple[str, int], why: Away | Broken, now: datetime) -> None:
    found = ledger.lock_reallocations(session, *mark)
    failures = max((each.failures for each in found), default=0) + 1
    for each in found:
        each.failures, each.not_before = failures, now + pause_for(why, failures)
        each.failure = str(why)[:2000].replace("\0", "�")


REALLOCATIONS = Due(
    "re-allocation of firm and batch",
    claim=ledger.next_reallocation,
    do=_reallocate,
    give_up=_record_failed_reallocation,
    postpone=_postpone_reallocation,
)


HITS = Due(
    "telling of hit",
    claim=lambda session, _: case_checks.next_untold(session),
    do=check_news.tell,
    give_up=lambda session, check_id, _, now: check_news.keep_quiet(session, check_id, now),
)
ENDED_PAIRS = Due(
    "settling of hit",
    claim=lambda session, _: case_checks.next_fallen(session),
    do=check_news.settle,
    # An officer concludes on it then, as on any other.
    give_up=lambda session, check_id, _, now: check_news.leave_to_officers(session, check_id, now),
)


OUTLIVED = Due(
    "counting anew after hit",
    claim=lambda session, _: case_checks.next_outlived(session),
    do=check_news.count_anew,
    give_up=lambda session, check_id, _, now: check_news.forget_outlived(session, check_id, now),
)


def _document_locks(store: ObjectStore) -> Due:
    return Due(
        "lock of document",
        claim=lambda session, now: getattr(documents.next_to_lock(session, now), "id", None),
        do=lambda session, document_id, now: papers.lock(session, store, document_id, now),
        give_up=_postpone_lock,
    )


def _postpone_lock(session: Session, document_id: int, broken: Broken, now: datetime) -> None:
    document = documents.lock(session, document_id)
    document.failures += 1
    document.lock_again_at = now + pause_for(broken, document.failures)


def _abandoned_uploads(store: ObjectStore) -> Due:
    return Due(
        "abandoned upload",
        claim=lambda session, now: documents.next_abandoned(session, now - papers.ABANDONED),
        do=lambda session, key, _: papers.forget_upload(session, store, key),
        give_up=lambda session, key, _, now: documents.keep_announced(session, key, now),
    )
