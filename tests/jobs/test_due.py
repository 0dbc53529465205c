"""What becomes due: one poisoned case, mark or document is noted, waits longer each time, and stops no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from storage import ledger
from storage.cases import Case, CaseFacts
from storage.documents import Document
from storage.instances import Incident, Instance, Wait
from storage.ledger import LedgerAccount, Reallocation
from storage.objects import ObjectStore, ObjectStoreAway
from tests.journeys.conftest import At
from tests.journeys.test_calendars import NOTICE, load
from workflows.attempts import Away, Broken, pause_for
from workflows.batches import allocation
from workflows.case import running
from workflows.case.operations.registry import REGISTRY
from workflows.case.step import Step
from workflows.errors import Conflict
from workflows.jobs import due

ENDS = datetime.fromisoformat("2026-03-10T00:00:00+08:00")
MINUTES = timedelta(minutes=1)


def case_id(at: At, reference: str) -> int:
    with at.database.transaction() as session:
        return session.scalars(select(Case.id).where(Case.reference == reference)).one()


def poison(at: At, reference: str) -> int:
    """A row of the case is gone: every look at it raises KeyError."""
    found = case_id(at, reference)
    with at.database.transaction() as session:
        session.execute(delete(CaseFacts).where(CaseFacts.case_id == found))
    return found


def instance(at: At, found: int) -> Instance:
    with at.database.transaction() as session:
        return session.get_one(Instance, found)


def test_a_poisoned_case_is_noted_and_stops_no_other(at: At, caplog: pytest.LogCaptureFixture) -> None:
    office, first, second = at("publicity_period", "neighbours")
    broken = poison(at, first)
    assert due.run_due(at.database, ENDS) == 2
    assert office.case(second)["status"] == "DISTRICT_APPROVAL"
    assert instance(at, broken).retry_at == ENDS + 10 * MINUTES
    [record] = [record for record in caplog.records if record.name == "greencase.due"]
    assert "KeyError" in record.message and record.exc_info is not None
    with at.database.transaction() as session:
        [incident] = session.scalars(select(Incident)).all()
    assert (incident.case_id, incident.what) == (
        broken,
        f"到期事项未能办理，系统出错，请联系系统管理员。（KeyError: {broken}）",
    )
    # It never comes first again, and longer and longer not at all.
    assert due.run_due(at.database, ENDS + 9 * MINUTES) == 0
    assert due.run_due(at.database, ENDS + 10 * MINUTES) == 1
    assert instance(at, broken).retry_at == ENDS + 30 * MINUTES


def test_a_case_that_a_calendar_cannot_count_is_noted_and_stops_no_other(at: At) -> None:
    office, first, second = at("publicity_period", "neighbours")
    load(office, **NOTICE)
    broken, earlier = poison(at, first), ENDS - timedelta(days=3)
    # The office's other cases are counted by the new calendar, too, and only once.
    assert due.run_due(at.database, earlier) >= 2
    assert due.run_due(at.database, earlier) == 0
    with at.database.transaction() as session:
        [incident] = session.scalars(select(Incident)).all()
        counted = set(session.scalars(select(Wait.counted_by).where(Wait.ended_at.is_(None), Wait.due_at.is_not(None))))
    assert incident.case_id == broken and "期限未能重新计算" in incident.what
    assert counted == {1}
    assert office.case(second)["status"] == "PUBLICITY"


def test_where_not_even_the_failure_can_be_noted_the_others_go_on(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    office, first, second = at("publicity_period", "neighbours")
    broken = poison(at, first)
    monkeypatch.setattr(running, "record_incident", lambda *_: {}["nothing"])
    assert due.run_due(at.database, ENDS) == 2
    assert office.case(second)["status"] == "DISTRICT_APPROVAL"
    assert instance(at, broken).retry_at == ENDS + 10 * MINUTES


def test_a_kind_of_which_nothing_can_be_claimed_is_left_out(
    at: At, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    office, case = at("publicity_period")
    broken = replace(due.PUBLICATIONS, claim=lambda *_: {}["nothing"])
    monkeypatch.setattr(due, "PUBLICATIONS", broken)
    assert due.run_due(at.database, ENDS) == 1
    assert office.case(case)["status"] == "DISTRICT_APPROVAL"
    assert "publication of draft cannot be worked off" in caplog.text


def test_timers_do_not_wait_for_a_publication_that_is_in_the_way(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_away(*_: object) -> None:
        raise Away("a deadlock")

    office, case = at("publicity_period")
    monkeypatch.setattr(due, "PUBLICATIONS", replace(due.PUBLICATIONS, claim=lambda *_: 1, do=is_away))
    with pytest.raises(Away):
        due.run_due(at.database, ENDS)
    assert office.case(case)["status"] == "DISTRICT_APPROVAL"


def test_a_timer_whose_step_needs_what_is_away_waits_seconds_and_is_no_incident(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, first, second = at("publicity_period", "neighbours")
    close = REGISTRY["close_publicity"]

    def away_for_the_first(step: Step, arguments: Mapping[str, str]) -> Any:
        if step.case.reference == first:
            raise ObjectStoreAway("ConnectTimeout")
        return close.function(step, arguments)

    with monkeypatch.context() as broken:
        broken.setitem(REGISTRY, "close_publicity", replace(close, function=away_for_the_first))
        assert due.run_due(at.database, ENDS) == 2
        assert office.case(second)["status"] == "DISTRICT_APPROVAL"
        assert instance(at, case_id(at, first)).retry_at == ENDS + timedelta(seconds=5)
    assert due.run_due(at.database, ENDS + timedelta(seconds=5)) == 1
    told = office.case(first)
    assert (told["status"], told["incidents"]) == ("DISTRICT_APPROVAL", [])
    found = instance(at, case_id(at, first))
    assert (found.retry_at, found.failures) == (None, 0)


def test_a_case_claimed_for_an_instant_that_its_process_does_not_know_is_put_right(at: At) -> None:
    """Else it would be claimed again and again, and come before all others."""
    _, case = at("deputy_review")
    with at.database.transaction() as session:
        session.get_one(Instance, case_id(at, case)).next_due_at = ENDS - timedelta(days=30)
    assert due.run_due(at.database, ENDS - timedelta(days=1)) == 1
    assert instance(at, case_id(at, case)).next_due_at is None


def test_pauses_grow_by_the_kind_of_error() -> None:
    broken = [pause_for(Broken("x"), failures) / MINUTES for failures in (1, 2, 3, 5, 6, 90)]
    away = [pause_for(Away("x"), failures).total_seconds() for failures in (1, 2, 3, 7, 8, 90)]
    assert broken == [10, 20, 40, 160, 320, 360]
    assert away == [5, 10, 20, 320, 600, 600]


def test_a_mark_that_conflicts_for_ever_leaves_a_trace_and_stops_no_other(
    at: At, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    office, first, _ = at("publicity_period", "neighbours")
    reallocate = allocation.reallocate
    day = ENDS - timedelta(days=3)
    with at.database.transaction() as session:
        usccs = session.scalars(select(LedgerAccount.uscc).order_by(LedgerAccount.id)).all()
        batch = session.scalars(select(Case.batch_id).where(Case.reference == first)).one()
        for uscc in (*usccs, usccs[0]):
            ledger.ask_reallocation(session, uscc, batch, ("case:" + first, 1))
    assert len(usccs) == 2

    def refuses_the_first(session: Any, actor: Any, now: datetime, uscc: str, batch_id: int) -> None:
        if uscc == usccs[0]:
            raise Conflict("本批次不能重新测算。")
        reallocate(session, actor, now, uscc, batch_id)

    monkeypatch.setattr(allocation, "reallocate", refuses_the_first)
    assert due.run_due(at.database, day) == 2
    assert due.run_due(at.database, day + 10 * MINUTES) == 1
    with at.database.transaction() as session:
        marks = session.scalars(select(Reallocation)).all()
    # Two marks for one firm are one piece of work.
    assert {(mark.uscc, mark.failures, mark.not_before) for mark in marks} == {(usccs[0], 2, day + 30 * MINUTES)}
    mark = marks[0]
    assert mark.failure is not None and "本批次不能重新测算" in mark.failure
    assert caplog.text.count("本批次不能重新测算") >= 2
    [told] = office.as_("chief").get(f"/batches/{batch}")["failed_reallocations"]
    assert (told["year"], at.instant(told["again_at"])) == (2026, mark.not_before)


def papers(at: At) -> list[Document]:
    with at.database.transaction() as session:
        return list(session.scalars(select(Document).order_by(Document.id)))


def with_papers(at: At, count: int) -> ObjectStore:
    """An accepted case with so many documents; the store in which they are."""
    office, case = at("formality_check")
    for number in range(count):
        office.as_("e01").upload(case, "DOC_OTHER", name=f"{number}.pdf")
    office.drive(case, until="credit_check")
    store: ObjectStore = at.app.extensions["greencase"].store
    return store


def test_documents_that_cannot_be_locked_starve_no_others(at: At) -> None:
    store = with_papers(at, 3)
    with at.database.transaction() as session:
        for row in session.scalars(select(Document).order_by(Document.id).limit(2)):
            row.object_key = f"nowhere/{row.id}"
    assert due.lock_documents(at.database, store, ENDS, limit=3) == 3
    assert [row.locked_at is not None for row in papers(at)] == [False, False, True]
    assert due.lock_documents(at.database, store, ENDS) == 0, "they wait"
    assert due.lock_documents(at.database, store, ENDS + 10 * MINUTES) == 2
    unlocked, *_ = papers(at)
    assert (unlocked.failures, unlocked.lock_again_at) == (2, ENDS + 30 * MINUTES)


def test_a_store_that_is_away_is_asked_once_and_blames_no_document(at: At) -> None:
    with_papers(at, 3)
    gone = ObjectStore("127.0.0.1:9", "x", "x", "greencase", False)
    with pytest.raises(Away):
        due.lock_documents(at.database, gone, ENDS)
    assert {(row.failures, row.locked_at) for row in papers(at)} == {(0, None)}
