"""What several people do at the same instant, on real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from time import sleep
from typing import Any, TypeVar

import pytest
from sqlalchemy import text

from storage import batches
from storage.database import Session
from tests.api_calls import Api, flask_transport
from tests.contract_client import Office, fill
from tests.journeys import meetings
from tests.journeys.conftest import At
from tests.journeys.test_record import broken
from workflows.casework import side_paths
from workflows.jobs import due

T = TypeVar("T")


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """The answers of acts that start together."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def answering(at: At, office: Office, username: str, path: str, json: Any) -> Callable[[], tuple[int, Any]]:
    """A POST by a person over a transport of his own; its status and its body."""
    api = Api(flask_transport(at.app), office.as_(username).token)
    return lambda: api.try_call("POST", path, json)


def posting(at: At, office: Office, username: str, path: str, json: Any) -> Callable[[], int]:
    """As `answering`; the status alone."""
    answer = answering(at, office, username, path, json)
    return lambda: answer()[0]


def completing(at: At, office: Office, username: str, task: Any) -> Callable[[], int]:
    schema = office.as_(username).get(f"/tasks/{task['id']}")["form"]["schema"]
    return posting(at, office, username, f"/tasks/{task['id']}/completion", {"data": fill(schema)})


def events(office: Office, case: str, action: str) -> Sequence[Any]:
    return [event for event in office.history(case) if event["action"] == action]


def test_one_task_is_completed_once(at: At) -> None:
    office, case = at("substantive_review")
    task = office.task(case, "substantive_review")
    done = len(events(office, case, "task_completed"))
    people = ("officer", "officer2", "officer3", "officer")
    answers = at_once(*(completing(at, office, username, task) for username in people))
    assert sorted(answers) == [200, 409, 409, 409]
    assert len(events(office, case, "task_completed")) == done + 1
    assert office.at(case) == {"site_inspection"}
    assert broken(at) == []


def test_seven_experts_score_at_the_same_instant(at: At) -> None:
    office, case = at("score_application", "large")
    tasks = [task for task in office.open_tasks(case) if task["element_id"] == "score_application"]
    assert len(tasks) == 7
    assert at_once(*(completing(at, office, task["assignee"], task) for task in tasks)) == [200] * 7
    assert office.at(case) == {"panel_opinion"}
    assert broken(at) == []


def test_the_list_is_fixed_once(at: At) -> None:
    office, large, small = at("listed", "siblings")
    at.give("deputy", "section_chief")
    path = f"/batches/{office.case(large)['batch']['id']}/list"
    answers = at_once(*(posting(at, office, username, path, {}) for username in ("chief", "deputy")))
    assert sorted(answers) == [200, 409]
    uscc = office.case(large)["enterprise"]["uscc"]
    entries = office.as_("auditor").get(f"/enterprises/{uscc}/ledger?year=2026")["entries"]
    assert sorted((entry["case"], entry["amount"]) for entry in entries) == sorted(
        [(large, "1800000"), (small, "200000")]
    )


def test_a_withdrawal_meets_a_completion(at: At) -> None:
    office, case = at("district_approval")
    task = office.task(case, "district_approval")
    withdrawn, completed = at_once(
        posting(at, office, "e01", f"/cases/{case}/withdrawal", {"reason": "企业经营调整"}),
        completing(at, office, "district", task),
    )
    # Whoever was first: the withdrawal holds, and what was committed in between is given back.
    assert withdrawn == 200
    assert completed in (200, 409)
    ended = office.case(case)
    assert (ended["status"], ended["open_tasks"], ended["waiting_for"]) == ("WITHDRAWN", [], [])
    ledger = office.as_("auditor").get(f"/enterprises/{ended['enterprise']['uscc']}/ledger?year=2026")
    assert ledger["available"] == "2000000"
    assert broken(at) == []


def test_a_list_meets_a_withdrawal(at: At) -> None:
    office, large, small = at("listed", "siblings")
    batch = office.case(large)["batch"]["id"]
    withdrawn, listed = at_once(
        posting(at, office, "e01", f"/cases/{large}/withdrawal", {"reason": "企业经营调整"}),
        posting(at, office, "chief", f"/batches/{batch}/list", {}),
    )
    assert (withdrawn, listed) == (200, 200)
    office.as_("auditor").post("/demo/clock", {"advance": "PT1S"})
    assert office.case(large)["status"] == "WITHDRAWN"
    # Nothing is left unspent though asked for.
    assert office.case(small)["final_amount"] == "900000"
    assert broken(at) == []


def overtaken(at: At, act: Callable[[Session, datetime], Any], post: Callable[[], T]) -> T:
    """The answer of a POST that had to wait for the locks of a transaction in which something else was done."""
    with ThreadPoolExecutor(1) as pool:
        with at.database.transaction() as session:
            act(session, datetime.fromisoformat("2026-03-03T09:00:00+08:00"))
            session.flush()
            waiting = pool.submit(post)
            until_somebody_waits(at)
        return waiting.result()


def until_somebody_waits(at: At, patience: float = 4) -> None:
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(int(patience / 0.02)):
        with at.database.transaction() as session:
            if session.scalar(query):
                return
        sleep(0.02)
    raise AssertionError("nobody waited for a lock")


def test_a_list_takes_no_case_that_was_withdrawn_while_it_waited(at: At) -> None:
    office, large, small = at("deputy_review", "siblings")
    office.drive(large, until="resolved")
    office.drive(small, until="listed")
    path = f"/batches/{office.case(large)['batch']['id']}/list"
    applicant = at.actor("e01")
    listed = overtaken(
        at,
        lambda session, now: side_paths.withdraw(session, applicant, large, "企业经营调整", now),
        posting(at, office, "chief", path, {}),
    )
    assert listed == 200
    assert office.case(large)["status"] == "WITHDRAWN"
    assert office.case(small)["final_amount"] == "900000"
    uscc = office.case(large)["enterprise"]["uscc"]
    assert office.as_("auditor").get(f"/enterprises/{uscc}/ledger?year=2026")["sums"]["RESERVED"] == "900000"
    assert broken(at) == []


def test_a_notice_announces_no_case_that_was_suspended_while_it_waited(at: At) -> None:
    office, first, second = at("published", "neighbours")
    path = f"/batches/{office.case(first)['batch']['id']}/publicity"
    chief = at.actor("chief")
    published = overtaken(
        at,
        lambda session, now: side_paths.suspend(session, chief, first, "接到举报核查", now),
        posting(at, office, "officer", path, {}),
    )
    assert published == 201
    [notice] = office.nobody.get("/public/notices")["items"]
    items = office.nobody.get(f"/public/notices/{notice['id']}")["items"]
    assert [item["case"] for item in items] == [second]


@pytest.mark.parametrize("act", meetings.OF_BATCHES)
def test_whatever_a_batch_does_waits_for_what_it_is_doing(at: At, act: str) -> None:
    """Of two lists, or a list and a meeting, the second one looks at what the first has made of the batch."""
    batch = meetings.Batch.begin(at)
    number = int(batch.path.rpartition("/")[2])
    answer = overtaken(at, lambda session, _: batches.lock(session, number), meetings.OF_BATCHES[act][0](batch))
    assert answer[0] < 300, answer


def test_a_timer_fires_once_however_many_workers_there_are(at: At) -> None:
    office, first, second = at("publicity_period", "neighbours")
    now = datetime.fromisoformat("2026-03-10T00:00:00+08:00")
    fired = at_once(*(lambda: due.run_due(at.database, now) for _ in range(4)))
    assert sum(fired) == 2
    for case in (first, second):
        assert len(events(office, case, "timer_fired")) == 1
        assert office.at(case) == {"district_approval"}
        assert not office.case(case)["incidents"]
    assert broken(at) == []


def test_an_objection_is_accepted_while_the_period_ends(at: At) -> None:
    from tests.journeys.test_publicity import object_to

    office, case = at("publicity_period")
    objection = object_to(office, case)
    now = datetime.fromisoformat("2026-03-10T00:00:00+08:00")
    accepted, _ = at_once(
        posting(at, office, "discipline", f"/objections/{objection}/acceptance", {}),
        lambda: due.run_due(at.database, now),
    )
    assert (accepted, office.case(case)["status"]) in ((200, "OBJECTION"), (409, "DISTRICT_APPROVAL"))
    assert broken(at) == []
