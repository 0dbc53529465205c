"""P15 to P19: the district's decision, the payee confirmed by another, payment and its return."""

from __future__ import annotations

import pytest

from tests.api_calls import refused
from tests.journeys.conftest import At
from tests.journeys.test_ceilings import balance
from workflows.casework import dossiers


def test_the_district_refuses(at: At) -> None:
    office, case = at("district_approval")
    office.do(case, "district_approval", decision="refuse", district_opinion="本年度不再安排")
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("NOT_SUPPORTED", "MEETING_REFUSED")
    assert balance(office, case) == ("0", "0", "0", "2000000")


def test_a_decision_of_tomorrow_cannot_be_registered(at: At) -> None:
    office, case = at("district_approval")
    with refused(422) as why:
        office.do(case, "district_approval", district_approved_on="2026-12-31")
    assert why.fields == {"district_approved_on"}


def test_money_goes_to_the_applicant_and_to_nobody_else(at: At) -> None:
    office, case = at("enter_payee")
    with refused(422) as why:
        office.do(case, "enter_payee", account_name="张三")
    assert why.fields == {"account_name"}
    with refused(422) as why:
        office.do(case, "enter_payee", bank_branch_code="12345")
    assert why.fields == {"bank_branch_code"}
    office.do(case, "enter_payee", account_no="62220000000001")
    with refused(403):
        office.do(case, "confirm_payee", by="finance2", payment_amount="900000")


def test_a_payee_is_sent_back_to_be_entered_again(at: At) -> None:
    office, case = at("confirm_payee")
    office.do(case, "confirm_payee", decision="return", payee_opinion="开户行与账号不符")
    assert office.case(case)["status"] == "PAYEE_CONFIRM"
    assert office.at(case) == {"enter_payee"}
    office.drive(case)
    assert office.case(case)["status"] == "PAID"


def test_a_returned_payment_is_corrected_confirmed_and_paid_again(at: At) -> None:
    office, case = at("pay")
    office.do(case, "pay", decision="returned", return_reason="账号与户名不符")
    returned = office.case(case)
    assert (returned["status"], returned["paid_amount"]) == ("PAYMENT_RETURNED", None)
    assert balance(office, case) == ("0", "900000", "0", "1100000")
    assert "payment_returned" in {each["kind"] for each in office.as_("e01").get("/messages")["items"]}

    office.do(case, "correct_payee", account_no="62220000000002")
    assert office.case(case)["status"] == "PAYEE_CONFIRM"
    office.do(case, "confirm_payee")
    office.do(case, "pay")
    assert office.case(case)["paid_amount"] == "900000"
    with at.database.transaction() as session:
        dossier = dossiers.get_dossier(session, at.actor("finance"), case, at.instant(office.now()))
    attempts = [(each["number"], each["state"], each["account_no"]) for each in dossier["payments"]]
    assert [attempt[:2] for attempt in attempts] == [(1, "returned"), (2, "paid")]
    assert attempts[0][2] != attempts[1][2] == "62220000000002"


@pytest.mark.parametrize("decision", ["paid", "returned"])
def test_each_outcome_of_a_payment_has_its_own_fields(at: At, decision: str) -> None:
    office, case = at("pay")
    task = office.task(case, "pay")
    with refused(422) as why:
        office.as_("finance2").post(f"/tasks/{task['id']}/completion", {"data": {"decision": decision}})
    # What was returned had a voucher too.
    assert why.fields == {"voucher_no", "paid_on", "return_reason" if decision == "returned" else "payment_amount"}
