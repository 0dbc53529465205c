"""Withdrawal and suspension (domain.md 3.5)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.api_calls import refused
from tests.journeys.conftest import At, open_letters
from tests.journeys.test_publicity import ENDS_AT

REASON = {"reason": "企业经营调整"}


@pytest.mark.parametrize(
    "stage",
    ["formality_check", "credit_check", "score_application", "listed", "resolved", "publicity_period", "pay"],
)
def test_an_applicant_withdraws_at_any_stage_before_payment(at: At, stage: str) -> None:
    office, case = at(stage)
    for stranger, status in (("e02", 404), ("officer", 403), ("auditor", 403)):
        with refused(status):
            office.as_(stranger).post(f"/cases/{case}/withdrawal", REASON)
    before = office.open_tasks(case)
    office.as_("e01").post(f"/cases/{case}/withdrawal", REASON)
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("WITHDRAWN", "WITHDRAWN")
    assert not ended["open_tasks"] and not ended["waiting_for"]
    ledger = office.as_("auditor").get(f"/enterprises/{ended['enterprise']['uscc']}/ledger?year=2026")
    assert ledger["available"] == "2000000"
    for task in before:
        [person, *_] = office.people_for(task, case)
        with refused(409):
            office.as_(person).post(f"/tasks/{task['id']}/completion", {"data": {}})
    with refused(409):
        office.as_("e01").post(f"/cases/{case}/withdrawal", REASON)
    office.wait_until("2026-06-01T09:00:00+08:00")
    assert office.case(case)["status"] == "WITHDRAWN"
    assert not office.case(case)["incidents"]


def test_a_draft_is_withdrawn_too(at: At) -> None:
    office, case = at("fill_application")
    office.as_("e01").post(f"/cases/{case}/withdrawal", REASON)
    assert office.look(case)["status"] == "WITHDRAWN"


def test_what_was_paid_cannot_be_withdrawn(at: At) -> None:
    office, case = at("pay")
    office.do(case, "pay")
    with refused(409):
        office.as_("e01").post(f"/cases/{case}/withdrawal", REASON)
    assert office.case(case)["status"] == "PAID"


def test_a_suspended_case_stands_still(at: At) -> None:
    office, case = at("substantive_review")
    [task] = office.open_tasks(case)
    with refused(403):
        office.as_("officer").post(f"/cases/{case}/suspension", REASON)
    office.as_("chief").post(f"/cases/{case}/suspension", REASON)
    assert office.case(case)["status"] == "SUSPENDED"
    for action in ("claim", "completion"):
        with refused(409):
            office.as_("officer").post(f"/tasks/{task['id']}/{action}", {"data": {}} if action == "completion" else {})
    with refused(409):
        office.as_("chief").post(f"/cases/{case}/suspension", REASON)

    # Ten working days from March 2 end on March 16; three working days pass.
    assert task["due_on"] == "2026-03-16"
    office.as_("auditor").post("/demo/clock", {"advance": "P3D"})
    office.as_("chief").post(f"/cases/{case}/resumption")
    assert office.case(case)["status"] == "REVIEW"
    assert office.task(case, "substantive_review")["due_on"] == "2026-03-19"
    office.drive(case, until="site_inspection")
    with refused(409):
        office.as_("chief").post(f"/cases/{case}/resumption")


def test_an_overdue_task_stays_overdue_through_a_suspension(at: At) -> None:
    office, case = at("substantive_review")
    office.wait_until("2026-03-20T09:00:00+08:00")
    office.as_("chief").post(f"/cases/{case}/suspension", REASON)
    office.wait_until("2026-03-25T09:00:00+08:00")
    office.as_("chief").post(f"/cases/{case}/resumption")
    assert date.fromisoformat(office.task(case, "substantive_review")["due_on"]) < date(2026, 3, 25)


def test_timers_wait_while_a_case_is_suspended(at: At) -> None:
    office, case = at("publicity_period")
    office.as_("chief").post(f"/cases/{case}/suspension", REASON)
    office.wait_until("2026-03-16T09:00:00+08:00")
    assert office.case(case)["status"] == "SUSPENDED"
    office.as_("chief").post(f"/cases/{case}/resumption")
    assert office.case(case)["status"] == "PUBLICITY"
    due_at = office.case(case)["waiting_for"][0]["due_at"]
    assert due_at > "2026-03-23"
    assert due_at > ENDS_AT
    office.wait_until(due_at)
    assert office.case(case)["status"] == "DISTRICT_APPROVAL"


@pytest.mark.parametrize("stage", ["listed", "resolved", "published"])
def test_a_batch_leaves_a_suspended_case_alone(at: At, stage: str) -> None:
    office, case = at(stage)
    batch = office.case(case)["batch"]["id"]
    office.as_("chief").post(f"/cases/{case}/suspension", REASON)
    with refused(409):
        if stage == "listed":
            office.as_("chief").post(f"/batches/{batch}/list")
        elif stage == "resolved":
            office.resolve(batch, case, "support")
        else:
            office.as_("officer").post(f"/batches/{batch}/publicity")
    office.as_("chief").post(f"/cases/{case}/resumption")
    office.drive(case)
    assert office.case(case)["status"] == "PAID"


def test_a_suspended_case_may_be_withdrawn(at: At) -> None:
    office, case = at("publicity_period")
    office.as_("chief").post(f"/cases/{case}/suspension", REASON)
    office.as_("e01").post(f"/cases/{case}/withdrawal", REASON)
    assert office.case(case)["status"] == "WITHDRAWN"


def test_a_suspended_case_may_be_terminated(at: At) -> None:
    office, case = at("published")
    with refused(409):
        office.as_("chief").post(f"/cases/{case}/termination", {"reason": "申报单位已注销"})
    office.as_("chief").post(f"/cases/{case}/suspension", {"reason": "涉诉"})
    with refused(409) as why:
        office.as_("chief").post(f"/cases/{case}/termination", {"reason": "申报单位已注销。"})
    assert "送达" in why.detail, "the firm does not know yet that anything is held against it"
    open_letters(office, "e01")
    day = date.fromisoformat(office.now()[:10])
    office.wait_until(f"{day + timedelta(days=6)}T12:00:00+08:00")
    with refused(409):
        office.as_("chief").post(f"/cases/{case}/termination", {"reason": "申报单位已注销。"})
    office.wait_until(f"{day + timedelta(days=14)}T12:00:00+08:00")
    office.as_("chief").post(f"/cases/{case}/termination", {"reason": "申报单位已注销。"})
    ended = office.case(case)
    assert ended["status"] == "TERMINATED"
    assert not ended["open_tasks"] and not ended["waiting_for"]
    ledger = office.as_("auditor").get(f"/enterprises/{ended['enterprise']['uscc']}/ledger?year=2026")
    assert ledger["available"] == "2000000"
    [letter] = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "termination"]
    assert "决定终止办理。\n一、查明的事实：申报单位已注销。\n二、陈述申辩情况：《中止办理通知》已于" in letter["body"]
    assert "行政复议" in letter["body"]
