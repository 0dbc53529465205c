"""P08 and P08b: the third party's audit, the firm's comment on its cuts, and the office's confirmation."""

from __future__ import annotations

from datetime import date, timedelta

from tests.api_calls import refused
from tests.journeys.conftest import At, open_letters

CUT = {
    "audited_investment": "2800000",
    "cut_lines": [
        {"item": "进项税额", "amount": "150000", "reason": "可抵扣，不计入投资"},
        {"item": "办公家具", "amount": "50000", "reason": "与改造无关"},
    ],
}


def test_cuts_add_up_line_by_line(at: At) -> None:
    office, case = at("audit_verification")
    with refused(422) as why:
        office.do(case, "audit_verification", **{**CUT, "audited_investment": "2800000.01"})
    assert "cut_lines" in why.fields
    with refused(422) as why:
        office.do(case, "audit_verification", audited_investment="3000000.01")
    assert "audited_investment" in why.fields
    with refused(422) as why:
        office.do(case, "audit_verification", audited_investment="2800000", cut_lines=[])
    assert "cut_lines" in why.fields
    assert office.at(case) == {"audit_verification"}


def test_the_firm_comments_on_cuts_before_they_are_confirmed(at: At) -> None:
    office, case = at("audit_verification")
    office.do(case, "audit_verification", **CUT)
    assert office.at(case) == {"cut_comment"}
    [letter] = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "cut_comment"]
    assert "进项税额" in letter["body"]
    office.do(case, "cut_comment", cut_opinion="disagree", cut_comment="家具用于中控室")
    assert office.at(case) == {"confirm_verified"}
    task = office.task(case, "confirm_verified")
    shown = office.as_("officer").get(f"/tasks/{task['id']}")["form"]["data"]
    assert shown["audited_investment"] == "2800000"


def test_without_a_comment_the_period_lapses(at: At) -> None:
    office, case = at("audit_verification")
    office.do(case, "audit_verification", **CUT)
    open_letters(office, "e01")
    last_day = date.fromisoformat(office.task(case, "cut_comment")["due_on"])
    office.wait_until(f"{last_day}T23:59:00+08:00")
    assert office.at(case) == {"cut_comment"}
    office.wait_until(f"{last_day + timedelta(days=1)}T00:00:00+08:00")
    assert office.at(case) == {"confirm_verified"}


def test_an_audit_without_cuts_asks_nobody(at: At) -> None:
    office, case = at("audit_verification")
    office.do(case, "audit_verification")
    assert office.at(case) == {"confirm_verified"}


def test_the_auditors_firm_asks_for_more(at: At) -> None:
    office, case = at("audit_verification")
    office.do(case, "audit_verification", decision="return")
    assert office.at(case) == {"audit_supplement"}
    office.do(case, "audit_supplement")
    assert office.at(case) == {"audit_verification"}


def test_never_more_is_confirmed_than_was_declared(at: At) -> None:
    office, case = at("confirm_verified")
    with refused(422) as why:
        office.do(case, "confirm_verified", approved_investment="3000000.01")
    assert why.fields == {"approved_investment"}
    office.do(case, "confirm_verified", approved_investment="3000000.00")


def test_a_second_audit_is_ordered(at: At) -> None:
    office, case = at("confirm_verified")
    office.do(case, "confirm_verified", decision="return")
    assert office.at(case) == {"audit_verification"}
    office.do(case, "audit_verification", by="verifier2", **CUT)
    office.drive(case, until="convene_review")
    assert office.case(case)["status"] == "EXPERTS"


def test_what_cannot_be_verified_is_refused(at: At) -> None:
    office, case = at("audit_verification")
    office.do(case, "audit_verification", decision="refuse")
    assert office.at(case) == {"confirm_verified"}
    office.do(case, "confirm_verified", decision="refuse", reason_code="NOT_VERIFIED")
    office.drive(case)
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("NOT_SUPPORTED", "NOT_VERIFIED")
