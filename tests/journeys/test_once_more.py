"""A transaction that PostgreSQL gives up, made on purpose: the request is done once more, whole, and it is counted."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest
from flask.testing import FlaskClient

from server.embedded.postgres import driver_url
from storage.retries import retries
from tests.api_calls import ApiError
from tests.contract_client import Office
from tests.journeys.conftest import At
from tests.journeys.test_races import events
from tests.journeys.test_record import broken
from tests.server.signing_in import put_into_cookie

GIVE_UP = """
CREATE SEQUENCE tries;
CREATE FUNCTION give_up() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF nextval('tries') <= {times} THEN
        RAISE EXCEPTION 'deadlock detected' USING ERRCODE = 'deadlock_detected';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER give_up BEFORE {event} FOR EACH ROW EXECUTE FUNCTION give_up();
"""


def give_up(at: At, event: str, times: int = 1) -> None:
    """Let the database give up what does this (as in a deadlock), so many times; a sequence is never rolled back."""
    address, name = driver_url(at.urls.admin_url).rpartition("/")[0], at.urls.app_url.rpartition("/")[2]
    with psycopg.connect(f"{address}/{name}", autocommit=True) as admin:
        admin.execute(GIVE_UP.format(times=times, event=event).encode())


@pytest.fixture
def counted() -> Callable[[], int]:
    """How many requests were done once more since the test began."""
    before = sum(retries.counts.values())
    return lambda: sum(retries.counts.values()) - before


def refuse(office: Office, case: str) -> None:
    """The district refuses: an operation of the diagram gives the reservation back."""
    office.do(case, "district_approval", decision="refuse", district_opinion="本年度不再安排")


def test_what_was_given_up_is_done_once_more(
    at: At, counted: Callable[[], int], caplog: pytest.LogCaptureFixture
) -> None:
    office, case = at("district_approval")
    give_up(at, "INSERT ON ledger_entry")
    refuse(office, case)
    assert counted() == 1
    assert "done once more after a deadlock: POST /api/v1/tasks/" in caplog.text
    shown = office.case(case)
    assert (shown["status"], shown["incidents"]) == ("NOT_SUPPORTED", [])
    assert len(events(office, case, "case_refused")) == 1
    assert broken(at) == []


def test_what_is_given_up_a_second_time_is_refused_in_words(at: At, counted: Callable[[], int]) -> None:
    office, case = at("district_approval")
    give_up(at, "INSERT ON ledger_entry", times=2)
    with pytest.raises(ApiError) as refused:
        refuse(office, case)
    assert (refused.value.status, counted()) == (409, 1)
    assert "你的操作没有生效，请刷新后重试" in refused.value.body["detail"]
    shown = office.case(case)
    # It says nothing about the case, so nobody has to look into it.
    assert (shown["status"], shown["incidents"]) == ("DISTRICT_APPROVAL", [])


def page_of(at: At, office: Office, username: str) -> FlaskClient:
    client = at.app.test_client()
    put_into_cookie(client, office.as_(username).token or "")
    return client


def test_a_page_says_once_what_was_done(at: At, counted: Callable[[], int]) -> None:
    """Given up at the commit, after the page had already written down what it was going to say."""
    office, case = at("formality_check")
    task = office.task(case, "formality_check")["id"]
    client = page_of(at, office, "acceptance")
    [token] = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(f"/tasks/{task}").text)[:1]
    give_up(at, "UPDATE ON task")
    response = client.post(f"/tasks/{task}/claim", data={"csrf_token": token}, follow_redirects=True)
    assert (response.status_code, counted()) == (200, 1)
    assert response.text.count("已领取，任务已转入") == 1
    assert len(events(office, case, "task_claimed")) == 1


def test_an_upload_is_not_sent_twice(at: At, counted: Callable[[], int]) -> None:
    """Its bytes are in the store already: whoever uploads is told, and nothing stays behind."""
    office, case = at("formality_check")
    give_up(at, "INSERT ON document")
    with pytest.raises(ApiError) as refused:
        office.as_("acceptance").upload(case, "DOC_OTHER")
    assert (refused.value.status, counted()) == (409, 0)
    assert "你的操作没有生效" in refused.value.body["detail"]
    office.as_("acceptance").upload(case, "DOC_OTHER")
    [item] = office.as_("acceptance").get(f"/cases/{case}/documents")["items"]
    assert item["version"] == 1


def test_the_clock_is_moved_once_whatever_happens_to_the_request(at: At, counted: Callable[[], int]) -> None:
    """It was moved in a transaction of its own, and that is not undone."""
    office, _ = at("formality_check")
    give_up(at, "UPDATE ON kept_answer")
    headers = {"Idempotency-Key": "k-clock"}
    status, _ = office.as_("auditor").try_call("POST", "/demo/clock", {"advance": "PT1H"}, headers=headers)
    assert (status, counted()) == (409, 0)
