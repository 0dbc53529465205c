"""What stands against giving money, asked at each act that gives it: the firm's standing; voucher, date and amount."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from storage import audit, people
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At
from tests.journeys.projects import batch_of, fix_list, project, to_the_list
from tests.journeys.test_races import at_once, posting


def two_payments(office: Office) -> Sequence[str]:
    """Cases of two firms that wait to be paid, 900,000 yuan each."""
    batch = batch_of(office, "future_energy")
    cases = [project(office, batch, who, "future_energy", 900_000) for who in ("e03", "e04")]
    for case in cases:
        office.drive(case, until="pay")
    return cases


def why_not(office: Office, case: str, element: str = "pay", **values: Any) -> dict[str, str]:
    with refused(422) as refusal:
        office.do(case, element, **values)
    assert refusal.error is not None
    return {error["field"]: error["message"] for error in refusal.error.body["errors"]}


def test_a_line_of_a_voucher_pays_one_case(at: At) -> None:
    office, first, second = at.after(two_payments)
    office.do(first, "pay", voucher_no="国支〔2026〕0002")
    for same in ("国支〔2026〕0002", "国支〔２０２６〕 0002"):
        said = why_not(office, second, voucher_no=same)
        assert set(said) == {"voucher_no"} and first not in said["voucher_no"]
    assert office.case(second)["paid_amount"] is None
    office.do(second, "pay", voucher_no="国支〔2026〕0002", voucher_line=2)
    assert office.case(second)["paid_amount"] == "900000"


def test_a_voucher_that_came_back_may_be_paid_again(at: At) -> None:
    office, first, second = at.after(two_payments)
    office.do(first, "pay", decision="returned", voucher_no="国支〔2026〕0002", return_reason="账号有误")
    office.do(second, "pay", voucher_no="国支〔2026〕0002")
    assert office.case(second)["paid_amount"] == "900000"


def test_two_cases_are_paid_from_one_voucher_at_once(at: At) -> None:
    office, *cases = at.after(two_payments)
    data = {"decision": "paid", "voucher_no": "国支〔2026〕7", "paid_on": office.now()[:10], "payment_amount": "900000"}
    paths = [f"/tasks/{office.task(case, 'pay')['id']}/completion" for case in cases]
    presses = [posting(at, office, "finance2", path, {"data": data}) for path in paths]
    assert sorted(at_once(*presses)) == [200, 422]


@pytest.mark.parametrize("flag", ["barred", "dishonest_debtor"])
def test_a_firm_that_was_listed_meanwhile_is_neither_approved_nor_paid(at: At, flag: str) -> None:
    office, paid, _ = at.after(two_payments)
    _flag(at, "e03", flag)
    said = why_not(office, paid)
    assert set(said) == {"decision"} and "中止办理" in said["decision"]
    assert office.case(paid)["paid_amount"] is None
    # What is left is to suspend it; nothing was lost.
    office.as_("chief").post(f"/cases/{paid}/suspension", {"reason": "信用情况核实"})
    assert office.case(paid)["status"] == "SUSPENDED"


def one_at_the_list(office: Office) -> Sequence[str]:
    """Two firms' cases wait to be listed."""
    batch = batch_of(office, "future_energy")
    cases = [project(office, batch, who, "future_energy", 900_000) for who in ("e03", "e04")]
    to_the_list(office, *cases)
    return cases


def test_a_listed_firm_is_kept_off_the_list_and_waits(at: At) -> None:
    office, flagged, other = at.after(one_at_the_list)
    batch = office.case(flagged)["batch"]["id"]
    _flag(at, "e03", "barred")
    assert set(fix_list(office, batch)) == {other}
    assert (office.at(flagged), office.case(flagged)["final_amount"]) == ({"listed"}, None)
    with refused(409) as why:
        fix_list(office, batch)
    assert flagged in why.detail and "取消申报资格" in why.detail
    with at.database.transaction() as session:
        fixed = next(
            each for each in audit.list_chain(session, f"batch:{batch}", limit=50) if each.action == "list_fixed"
        )
        assert flagged in {change["field"] for change in fixed.changes}


def test_the_meeting_does_not_support_a_listed_firm(at: At) -> None:
    office, flagged, other = at.after(one_at_the_list)
    batch = office.case(flagged)["batch"]["id"]
    fix_list(office, batch)
    _flag(at, "e03", "dishonest_debtor")
    with refused(422) as why:
        office.resolve(batch, flagged, "support")
    assert why.fields == {"decisions.0.result"}
    office.resolve(batch, flagged, "defer", reason="信用情况待核实")
    office.resolve(batch, other, "support")


def test_the_district_does_not_approve_a_listed_firm(at: At) -> None:
    office, case = at("district_approval")
    _flag(at, "e01", "barred")
    assert set(why_not(office, case, "district_approval")) == {"decision"}
    office.do(case, "district_approval", decision="return", district_opinion="信用情况待核实")


def test_a_payment_is_not_older_than_its_decision(at: At) -> None:
    office, case, _ = at.after(two_payments)
    decided = "2025-01-01"
    assert set(why_not(office, case, paid_on=decided)) == {"paid_on"}


@pytest.mark.parametrize("element", ["confirm_payee", "pay"])
def test_the_amount_is_typed_as_it_was_approved(at: At, element: str) -> None:
    office, case = at(element)
    assert set(why_not(office, case, element, payment_amount="900001")) == {"payment_amount"}
    page = office.as_("finance" if element == "confirm_payee" else "finance2")
    shown = page.get(f"/tasks/{office.task(case, element)['id']}")
    assert shown["request"]["lines"][0] == "审定支持金额：900,000元"
    assert "payment_amount" not in shown["form"]["data"], "nothing is filled in before the person has read the paper"
    office.do(case, element)


def _flag(at: At, enterprise: str, flag: str) -> None:
    with at.database.transaction() as session:
        user = people.find_user(session, enterprise)
        assert user is not None and user.enterprise_id is not None
        firm = people.get_enterprise(session, user.enterprise_id)
        firm.credit_flags = [*firm.credit_flags, flag]
