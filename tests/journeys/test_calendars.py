"""工作日历: a year is loaded by two owners; a period that crosses New Year ends on no day that nobody has announced."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api_calls import refused
from tests.contract_client import Office, fill
from tests.journeys.conftest import At, page
from tests.journeys.test_delivery import correcting, cuts, hearing
from tests.journeys.test_meeting import batch_of
from tests.journeys.test_publicity import accept, object_to
from tests.server.test_queries import counted

# A notice as it might be; the days are made up for the test.
NOTICE = {
    "holidays": ["2027-01-01/2027-01-03", "2027年2月5日至2月11日", "2027-05-01至2027-05-05", "2027-10-01/2027-10-07"],
    "workdays": ["2027-01-09", "2027-02-20"],
    "basis": "国务院办公厅关于2027年部分节假日安排的通知（虚构）",
}
WEEKENDS = {"holidays": [], "workdays": [], "basis": "通知尚未公布，暂按周末排定", "provisional": True}
# Five working days after December 30: the 31st, then four of January, of which the 1st to the 3rd are free.
LATE = "2026-12-30T09:00:00+08:00"


def propose(office: Office, by: str = "owner", year: int = 2027, **given: Any) -> Any:
    return office.as_(by).post(f"/calendars/{year}/proposals", given)


def load(office: Office, **given: Any) -> Any:
    proposed = propose(office, **given)["proposal"]
    return office.as_("owner2").post("/calendars/2027/confirmations", {"proposal": proposed["id"]})


def work(office: Office) -> None:
    """Let the worker do what is due."""
    office.as_("auditor").post("/demo/clock", {"advance": "PT1S"})


def wait_of(office: Office, case: str, element: str) -> Any:
    return next(each for each in office.case(case)["waiting_for"] if each["element_id"] == element)


def recounted(office: Office, case: str) -> list[Any]:
    history = office.as_("auditor").get(f"/cases/{case}/history")["items"]
    return [each for each in history if each["action"] == "term_recounted"]


def test_a_calendar_is_loaded_by_two_owners(at: At) -> None:
    office, _ = at("formality_check")
    known = {each["year"]: each["state"] for each in office.as_("owner").get("/calendars")["items"]}
    assert known == {2026: "announced", 2027: "missing"}
    first = propose(office, **NOTICE)["proposal"]
    assert first["holidays"][:3] == ["2027-01-01", "2027-01-02", "2027-01-03"]
    with refused(403):
        office.as_("owner").post("/calendars/2027/confirmations", {"proposal": first["id"]})
    second = propose(office, **{**NOTICE, "workdays": ["2027-01-09"]})["proposal"]
    with refused(409):
        office.as_("owner2").post("/calendars/2027/confirmations", {"proposal": first["id"]})
    shown = office.as_("owner2").post("/calendars/2027/confirmations", {"proposal": second["id"]})
    assert (shown["state"], shown["confirmed_by"], shown["proposal"]) == ("announced", "owner2", None)
    assert shown["workdays"] == ["2027-01-09"]
    # What was confirmed wrongly is put right by a later one, and is never provisional again.
    with refused(409):
        propose(office, **WEEKENDS)
    assert load(office, **NOTICE)["workdays"] == ["2027-01-09", "2027-02-20"]
    with refused(409):
        office.as_("owner2").post("/calendars/2027/confirmations", {"proposal": second["id"]})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"holidays": ["2026-12-31/2027-01-02"]}, "holidays"),
        ({"holidays": ["2027-02-30"]}, "holidays"),
        ({"holidays": ["春节"]}, "holidays"),
        ({"holidays": ["2027-01-03/2027-01-01"]}, "holidays"),
        ({"holidays": []}, "holidays"),
        ({"workdays": ["2027-01-05"]}, "workdays"),
        ({"workdays": ["2027-01-02"]}, "workdays"),
        ({"basis": ""}, "basis"),
    ],
)
def test_what_no_calendar_can_be_is_refused_with_a_sentence(at: At, wrong: dict[str, Any], field: str) -> None:
    office, _ = at("formality_check")
    with refused(422) as why:
        propose(office, **{**NOTICE, **wrong})
    assert field in why.fields
    assert office.as_("owner").get("/calendars/2027")["proposal"] is None


def test_publicity_over_new_year_waits_for_the_announced_calendar(at: At) -> None:
    office, case = at("published")
    office.wait_until(LATE)
    notice = office.as_("officer").post(f"/batches/{batch_of(office, case)}/publicity")
    assert (notice["ends_at"], notice["open"]) == (None, True)
    assert wait_of(office, case, "publicity_period")["due_at"] is None
    address = f"/public/notices/{notice['id']}"
    assert "待定" in page(at, "auditor", f"/notices/{notice['id']}")

    load(office, **WEEKENDS)
    work(office)
    assert wait_of(office, case, "publicity_period")["due_at"] is None
    assert recounted(office, case) == []
    office.wait_until("2027-01-07T09:00:00+08:00")
    assert office.case(case)["status"] == "PUBLICITY"

    load(office, **NOTICE)
    work(office)
    # 31 December, 4, 5, 6 and 7 January: that is today, which nobody could know; it ends with the next working day.
    assert wait_of(office, case, "publicity_period")["due_at"] == "2027-01-08T16:00:00+00:00"
    assert office.nobody.get(address)["ends_at"] == "2027-01-08T16:00:00+00:00"
    [*_, told] = recounted(office, case)
    assert (told["cause"]["chain"], told["cause"]["seq"]) == ("calendars", 4)
    office.wait_until("2027-01-08T23:59:00+08:00")
    assert office.case(case)["status"] == "PUBLICITY"
    office.wait_until("2027-01-09T00:00:00+08:00")
    assert office.case(case)["status"] == "DISTRICT_APPROVAL"


@pytest.mark.parametrize(
    ("stage", "begin", "task"),
    [
        ("formality_check", correcting, "correction"),
        ("credit_check", hearing, "credit_statement"),
        ("audit_verification", cuts, "cut_comment"),
    ],
)
def test_a_term_of_the_firm_over_new_year(at: At, stage: str, begin: Any, task: str) -> None:
    office, case = at(stage)
    office.wait_until(LATE)
    begin(office, case)
    assert office.task(case, task)["due_on"] is None
    load(office, **WEEKENDS)
    work(office)
    assert office.task(case, task)["due_on"] is None
    office.wait_until("2027-02-01T09:00:00+08:00")
    assert office.at(case) == {task}, "silence does not count while nobody can say how long it may last"
    load(office, **NOTICE)
    work(office)
    # It would have ended in January, but nobody could know that: it ends with the next working day.
    assert office.task(case, task)["due_on"] == "2027-02-02"
    office.wait_until("2027-02-02T23:59:00+08:00")
    assert office.at(case) == {task}


def test_a_term_is_counted_as_announced_when_the_notice_comes_in_time(at: At) -> None:
    office, case = at("formality_check")
    office.wait_until(LATE)
    correcting(office, case)
    letter = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "correction"]
    assert "届满日待国务院办公厅公布该年度节假日安排后确定" in str(letter)
    load(office, **NOTICE)
    work(office)
    # Ten working days: the 31st, 4 to 9 January (the 9th is worked), 11 to 13 January.
    assert office.task(case, "correction")["due_on"] == "2027-01-13"
    told = page(at, "officer", f"/cases/{case}/history")
    assert "按新工作日历重新计算期限" in told and "2027年1月13日 24:00" in told
    # A later notice that takes the 9th back: the term goes on by a day. One that adds a day of work shortens nothing.
    load(office, **{**NOTICE, "workdays": ["2027-02-20"]})
    work(office)
    assert office.task(case, "correction")["due_on"] == "2027-01-14"
    load(office, **NOTICE)
    work(office)
    assert office.task(case, "correction")["due_on"] == "2027-01-14"
    assert len(recounted(office, case)) == 4


def test_staff_work_by_a_provisional_calendar_and_see_that_it_is_one(at: At) -> None:
    office, case = at("published")
    office.wait_until(LATE)
    office.as_("officer").post(f"/batches/{batch_of(office, case)}/publicity")
    accept(office, object_to(office, case))
    assert office.task(case, "objection_notice")["due_on"] is None
    assert "待定（2个工作日）" in page(at, "officer", f"/cases/{case}")
    load(office, **WEEKENDS)
    work(office)
    assert office.task(case, "objection_notice")["due_on"] == "2027-01-01"
    assert "（暂定）" in page(at, "officer", f"/cases/{case}")
    load(office, **{**NOTICE, "workdays": ["2027-02-20"]})
    work(office)
    # New Year's Day is free after all.
    assert office.task(case, "objection_notice")["due_on"] == "2027-01-04"
    assert "（暂定）" not in page(at, "officer", f"/cases/{case}")
    assert office.as_("auditor").get(f"/cases/{case}")["open_tasks"][0]["working_days"] == 2


def test_a_suspended_term_goes_on_with_the_days_that_are_left(at: At) -> None:
    office, case = at("formality_check")
    office.wait_until("2026-12-28T09:00:00+08:00")
    correcting(office, case)
    office.wait_until("2026-12-30T09:00:00+08:00")
    office.as_("chief").post(f"/cases/{case}/suspension", {"reason": "等待另案查处结果"})
    office.wait_until("2027-01-20T09:00:00+08:00")
    office.as_("chief").post(f"/cases/{case}/resumption")
    assert office.task(case, "correction")["due_on"] is None
    load(office, **NOTICE)
    work(office)
    # Two of ten days were over; eight count from 20 January.
    assert office.task(case, "correction")["due_on"] == "2027-02-01"


def test_a_step_reads_the_calendars_in_a_statement_that_it_needs_anyway(at: At) -> None:
    office, case = at("formality_check")
    load(office, **NOTICE)
    task = office.task(case, "formality_check")
    data = fill(office.schema(case, "formality_check", "acceptance"))
    with counted(at.app) as statements:
        office.as_("acceptance").post(f"/tasks/{task['id']}/completion", {"data": data})
    assert [each for each in statements if "calendar_year" in each and "FROM instance" not in each] == []
    assert any("calendar_year" in each for each in statements)


def test_a_notice_whose_cases_have_ended_is_over_though_nobody_could_state_its_end(at: At) -> None:
    office, first, second = at("published", "neighbours")
    office.wait_until(LATE)
    notice = office.as_("officer").post(f"/batches/{batch_of(office, first)}/publicity")
    office.as_("e01").post(f"/cases/{first}/withdrawal", {"reason": "项目不再实施"})
    address = f"/public/notices/{notice['id']}"
    assert (office.nobody.get(address)["ends_at"], office.nobody.get(address)["open"]) == (None, True)
    # Nothing can be brought in time against what is not announced any more.
    with refused(409):
        object_to(office, first)
    object_to(office, second)
    office.as_("e02").post(f"/cases/{second}/withdrawal", {"reason": "项目不再实施"})
    for shown in (office.nobody.get(address), office.nobody.get("/public/notices")["items"][0]):
        assert (shown["ends_at"][:10], shown["open"], shown["working_days"]) == ("2026-12-30", False, None)
    for path in (f"/notices/{notice['id']}", "/notices", "/"):
        assert "待定" not in page(at, "auditor", path)
    load(office, **NOTICE)
    work(office)
    assert office.nobody.get(address)["open"] is False
