"""What people ask for over many cases: chunks in any order, twice, at the same time, and with a poisoned case among."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from server import seed
from storage import case_runs, job_queue
from storage.calculations import Calculation
from storage.case_runs import CaseRun
from storage.cases import Case
from storage.database import Database
from tests.jobs.losing import lose
from tests.journeys.conftest import At
from tests.journeys.test_races import at_once, until_somebody_waits
from tests.working_off import work_off
from workflows.attempts import Away, Workplace
from workflows.foresight import chunks, rehearsals
from workflows.jobs import asked

NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)


@dataclass
class Told:
    """Two cases under way whose amounts were calculated, by id in the order of their references."""

    at: At
    first: int
    second: int

    @property
    def database(self) -> Database:
        return self.at.database


@pytest.fixture
def told(at: At) -> Told:
    at("deputy_review", "neighbours")
    with at.database.transaction() as session:
        return Told(at, *session.scalars(select(Case.id).order_by(Case.reference)))


def start(told: Told) -> int:
    with told.database.transaction() as session:
        owner, values = seed.actor(session, "owner"), {"a3.rate": "0.05"}
        return rehearsals.start(session, owner, key="retrofit", draft_id=None, parameters=values, scope="all", now=NOW)


def shown(told: Told, run: int) -> dict[str, Any]:
    with told.database.transaction() as session:
        return rehearsals.get_run(session, seed.actor(session, "auditor"), run)


def verdicts(told: Told, run: int) -> list[str | None]:
    with told.database.transaction() as session:
        return [row.verdict for row in case_runs.list_rows(session, run, verdict=None, after=0, limit=10)]


def perform(told: Told, run: int, first: int, last: int) -> None:
    at = Workplace(told.database, told.at.app.extensions["greencase"].store, NOW)
    asked.perform(rehearsals.JOB, at, {"run_id": run, "first": first, "last": last})


def statuses(told: Told) -> dict[str, int]:
    with told.database.transaction() as session:
        return job_queue.count_by_status(session)


def poison(told: Told, case_id: int) -> None:
    """The newest calculation of a case says nothing that can be read."""
    with told.database.transaction() as session:
        sound = session.scalars(select(Calculation).where(Calculation.case_id == case_id)).all()[-1]
        copied = {each.key: getattr(sound, each.key) for each in Calculation.__table__.columns if each.key != "id"}
        session.add(Calculation(**{**copied, "number": sound.number + 1, "steps": [{"odd": 1}]}))


def test_a_run_is_deferred_in_chunks_with_the_transaction_that_starts_it(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 1)
    with told.database.session() as session:
        owner, values = seed.actor(session, "owner"), {"a3.rate": "0.05"}
        rehearsals.start(session, owner, key="retrofit", draft_id=None, parameters=values, scope="all", now=NOW)
        assert job_queue.count_by_status(session) == {"todo": 2}
        session.rollback()
    assert statuses(told) == {}
    run = start(told)
    work_off(told.at.app)
    assert (shown(told, run)["state"], verdicts(told, run), statuses(told)) == ("done", ["other_amount"] * 2, {})


def test_a_poisoned_record_is_a_verdict_and_the_others_are_judged(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    poison(told, told.first)
    run = start(told)
    work_off(told.at.app)
    assert (shown(told, run)["state"], verdicts(told, run)) == ("done", ["failed", "other_amount"])
    with told.database.transaction() as session:
        [row] = rehearsals.list_rows(session, seed.actor(session, "auditor"), run, verdict="failed").items
    assert row["differences"] == ["推演本件时系统出错，请联系系统管理员查看运行日志"]
    [record] = [record for record in caplog.records if record.name == "greencase.rehearsals"]
    assert "KeyError" in record.message and record.exc_info is not None


def test_a_job_that_is_broken_as_a_whole_ends_its_run_and_stops_no_other(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = start(told), start(told)
    with told.database.transaction() as session:
        session.get_one(CaseRun, broken).options = {"scope": "all"}
    work_off(told.at.app)
    assert (shown(told, broken)["state"], verdicts(told, broken)) == ("done", ["failed", "failed"])
    assert (shown(told, sound)["state"], verdicts(told, sound)) == ("done", ["other_amount", "other_amount"])
    assert any(record.name == "greencase.asked" and "KeyError" in record.message for record in caplog.records)
    assert statuses(told) == {"failed": 1}, "to be looked at"


def test_what_is_away_is_tried_again_and_nothing_is_given_up(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    run = start(told)

    def away(*_: object) -> None:
        raise Away("the database restarts")

    with monkeypatch.context() as broken:
        broken.setattr(rehearsals, "read_records", away)
        with pytest.raises(Away):
            perform(told, run, told.first, told.second)
    assert verdicts(told, run) == [None, None]
    perform(told, run, told.first, told.second)
    assert shown(told, run)["state"] == "done"


def test_chunks_in_any_order_twice_and_at_once_end_the_run_once(told: Told) -> None:
    run = start(told)

    def second() -> None:
        perform(told, run, told.second, told.second)

    def first() -> None:
        perform(told, run, told.first, told.first)

    at_once(second, first, second, first)
    found = shown(told, run)
    assert (found["state"], verdicts(told, run)) == ("done", ["other_amount", "other_amount"])
    first()
    assert shown(told, run) == found


def test_of_two_who_end_at_the_same_time_the_later_one_closes_the_run(told: Told) -> None:
    """Neither sees the other's rows before they are committed; counted without a lock, nobody would close it."""
    run = start(told)
    with ThreadPoolExecutor(1) as other:
        with told.database.transaction() as session:
            case_runs.set_verdict(session, run, told.first, "same", {})
            assert not case_runs.finish(session, run, NOW)
            waiting = other.submit(perform, told, run, told.second, told.second)
            until_somebody_waits(told.at)
        waiting.result()
    assert (shown(told, run)["state"], verdicts(told, run)) == ("done", ["same", "other_amount"])


def test_a_chunk_that_another_holds_is_waited_for_and_done_when_that_one_dies(told: Told) -> None:
    """Skipped, its rows would be left to a worker that is gone."""
    run, dying = start(told), told.database.session()
    assert case_runs.claim_rows(dying, run, told.first, told.second) == [told.first, told.second]

    def die() -> None:
        until_somebody_waits(told.at)
        dying.rollback()
        dying.close()

    at_once(lambda: perform(told, run, told.first, told.second), die)
    assert shown(told, run)["state"] == "done"


def test_a_run_that_was_stopped_is_left_alone(told: Told) -> None:
    run = start(told)
    with told.database.transaction() as session:
        rehearsals.stop(session, seed.actor(session, "owner"), run, NOW)
    work_off(told.at.app)
    assert (shown(told, run)["state"], verdicts(told, run)) == ("stopped", [None, None])


def test_a_job_that_lost_too_many_workers_is_answered_in_its_run(
    told: Told, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run = start(told)
    monkeypatch.setattr(job_queue, "MOST_LOSSES", 1)
    lose(told.database)
    with told.database.transaction() as session:
        asked.retry_lost(session, NOW)
    assert (shown(told, run)["state"], verdicts(told, run)) == ("done", ["failed", "failed"])
    assert "the worker was lost" in caplog.text
