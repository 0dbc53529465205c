"""P02–P04: submission, formality check, one correction, non-acceptance."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest

from tests.api_calls import PDF, refused
from tests.journeys.conftest import At, investment, open_letters

CORRECT = {
    "decision": "correct",
    "correction_items": [{"document_code": "DOC_INVOICE", "problem": "设备发票缺页，请补齐全部发票"}],
}


def _end_of(day: str) -> str:
    """24:00 of a day."""
    return f"{date.fromisoformat(day) + timedelta(days=1)}T00:00:00+08:00"


def test_a_correction_is_asked_for_once_and_changes_the_figures(at: At) -> None:
    office, case = at("formality_check")
    office.do(case, "formality_check", **CORRECT)
    assert office.case(case)["status"] == "CORRECTION"
    # Ten working days from Monday March 2.
    assert office.task(case, "correction")["due_on"] == "2026-03-16"

    office.do(case, "correction", **investment(2_000_000))
    assert office.case(case)["status"] == "SUBMITTED"
    schema = office.schema(case, "formality_check", "acceptance")
    assert schema["properties"]["decision"]["enum"] == ["accept", "not_accept"]
    with refused(422) as why:
        office.do(case, "formality_check", **CORRECT)
    assert why.fields == {"decision"}

    office.do(case, "formality_check")
    office.drive(case, until="listed")
    assert office.case(case)["precap_amount"] == "600000"


def test_all_that_is_missing_is_told_at_once(at: At) -> None:
    office, case = at("formality_check")
    with refused(422) as why:
        office.do(case, "formality_check", decision="correct", correction_items=[])
    assert "correction_items" in why.fields


def test_silence_after_a_letter_that_was_read_ends_the_case(at: At) -> None:
    office, case = at("formality_check")
    office.do(case, "formality_check", **CORRECT)
    assert "correction" in open_letters(office, "e01")
    deadline = _end_of(office.task(case, "correction")["due_on"])
    office.wait_until(deadline)
    ended = office.case(case)
    assert (ended["status"], ended["reason"], ended["open_tasks"]) == ("NOT_ACCEPTED", "INCOMPLETE", [])
    assert "non_acceptance" in open_letters(office, "e01")


def test_silence_does_not_count_when_the_letter_was_never_read(at: At) -> None:
    office, case = at("formality_check")
    office.do(case, "formality_check", **CORRECT)
    first = office.task(case, "correction")
    office.wait_until(_end_of(first["due_on"]))
    again = office.task(case, "correction")
    assert again["id"] != first["id"]
    assert again["due_on"] > first["due_on"]
    assert office.case(case)["status"] == "CORRECTION"
    # The same letter stands; it is now to be served on paper.
    letters = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "correction"]
    assert len(letters) == 1
    office.drive(case, until="credit_check")


def test_not_accepted_with_a_reason_and_filed_again(at: At) -> None:
    office, case = at("formality_check")
    office.do(case, "formality_check", decision="not_accept", reason_code="NOT_ELIGIBLE_TYPE", reason="主体类型不符")
    assert (office.case(case)["status"], office.at(case)) == ("SUBMITTED", {"non_acceptance_review"})
    assert "non_acceptance" not in {each["kind"] for each in office.as_("e01").get("/messages")["items"]}
    office.do(case, "non_acceptance_review", decision="return", non_acceptance_opinion="请核对行业代码")
    assert office.at(case) == {"formality_check"}
    office.do(case, "formality_check", decision="not_accept", reason_code="NOT_ELIGIBLE_TYPE", reason="主体类型不符")
    office.do(case, "non_acceptance_review")
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("NOT_ACCEPTED", "NOT_ELIGIBLE_TYPE")
    [letter] = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "non_acceptance"]
    assert "主体类型不符" in letter["body"]
    assert "行政复议" in letter["body"]
    again = office.apply("e01")
    office.drive(again, until="credit_check")


@pytest.mark.parametrize("reason", ["LATE", "INCOMPLETE", "SAME_ITEM"])
def test_no_reason_is_taken_that_the_record_contradicts(at: At, reason: str) -> None:
    office, case = at("formality_check")
    schema = office.schema(case, "formality_check", "acceptance")
    assert reason not in schema["properties"]["reason_code"]["enum"]
    with refused(422) as why:
        office.do(case, "formality_check", decision="not_accept", reason_code=reason, reason="超过期限")
    assert why.fields == {"reason_code"}


def test_what_stays_incomplete_after_a_correction_is_named_in_the_letter(at: At) -> None:
    office, case = at("formality_check")
    office.do(case, "formality_check", **CORRECT)
    office.as_("e01").get("/messages")
    office.do(case, "correction")
    office.do(case, "formality_check", decision="not_accept", reason_code="INCOMPLETE", reason="补正后仍缺合同")
    office.do(case, "non_acceptance_review")
    [letter] = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "non_acceptance"]
    assert "补正后仍缺合同；尚缺：承诺书；" in letter["body"]


def test_papers_that_are_missing_are_waived_with_a_reason_and_a_term(at: At) -> None:
    """容缺受理: the letter names what is missing, and says that all is there only where it is."""
    office, case = at("formality_check")
    clerk, [task] = office.as_("acceptance"), office.open_tasks(case)
    with refused(422) as why:
        clerk.post(f"/tasks/{task['id']}/completion", {"data": {"decision": "accept"}})
    assert why.fields == {"waiver", "waiver_days"}
    said = {"decision": "accept", "waiver": "验收报告正在出具", "waiver_days": 5}
    clerk.post(f"/tasks/{task['id']}/completion", {"data": said})
    [letter] = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "acceptance"]
    assert "验收报告正在出具，予以容缺受理。尚缺材料：承诺书；" in letter["body"]
    assert "请于2026年3月9日前补齐" in letter["body"], letter["body"]
    assert "齐全" not in letter["body"]


def test_with_all_papers_nothing_is_waived(at: At) -> None:
    office, case = at("formality_check")
    firm = office.as_("e01")
    for each in firm.get(f"/cases/{case}/documents")["checklist"]:
        if each["required"]:
            content = (io.BytesIO(PDF), f"{each['code']}.pdf")
            firm.post(f"/cases/{case}/documents", files={"code": each["code"], "file": content})
    assert "waiver" not in office.schema(case, "formality_check", "acceptance")["properties"]
    [task] = office.open_tasks(case)
    office.as_("acceptance").post(f"/tasks/{task['id']}/completion", {"data": {"decision": "accept"}})
    [letter] = [each for each in firm.get("/messages")["items"] if each["kind"] == "acceptance"]
    assert "材料齐全、符合法定形式" in letter["body"]


def test_outside_the_window_nothing_can_be_submitted_and_the_draft_stays(at: At) -> None:
    office, case = at("fill_application")
    [task] = office.open_tasks(case)
    office.as_("e01").call("PUT", f"/tasks/{task['id']}/draft", {"data": {"project_name": "空压系统改造"}})
    office.wait_until("2026-04-16T00:00:00+08:00")
    with refused(409) as why:
        office.submit(case)
    assert "申报期" in why.detail
    with refused(409):
        office.apply("e02")
    form = office.as_("e01").get(f"/tasks/{task['id']}")["form"]
    assert form["data"]["project_name"] == "空压系统改造"
    assert office.look(case)["status"] == "DRAFT"


def test_a_draft_is_its_applicants_own(at: At) -> None:
    office, case = at("fill_application")
    for stranger in ("e02", "officer", "auditor", "owner", "verifier", "expert1", "sysadmin"):
        with refused(404):
            office.as_(stranger).get(f"/cases/{case}")
        with refused(404):
            office.as_(stranger).get(f"/tasks/{office.open_tasks(case)[0]['id']}")


def test_figures_that_do_not_add_up_are_refused(at: At) -> None:
    office, case = at("fill_application")
    wrong = {
        "declared_investment": {**investment(3_000_000), "investment_equipment": "2999999.99"},
        "declared_amount": {**investment(3_000_000), "declared_amount": "3000000.01"},
        "completion_date": {"start_date": "2026-02-01", "completion_date": "2026-01-31"},
    }
    for field, values in wrong.items():
        with refused(422) as why:
            office.submit(case, **values)
        assert field in why.fields
    assert office.look(case)["status"] == "DRAFT"
