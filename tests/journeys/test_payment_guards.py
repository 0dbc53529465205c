"""What stands against giving money, asked at each act that gives it: the firm's standing; voucher, date and amount."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from storage import audit, cases, people
from storage.cases import CaseFacts
from storage.database import Session
from storage.people import Enterprise
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At
from tests.journeys.projects import batch_of, fix_list, project, to_the_list
from tests.journeys.test_races import at_once, posting
from workflows.casework import requests


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
def test_a_firm_that_was_listed_meanwhile_is_not_paid_and_is_told(at: At, flag: str) -> None:
    """Held as often as it is tried, by letter with a term; paid when the flag is gone, and never taken away unheard."""
    office, case, _ = at.after(two_payments)
    _flag(at, "e03", flag)
    for _ in range(2):
        assert "中止办理" in office.do(case, "pay")["held"]
        assert (office.at(case), office.case(case)["paid_amount"]) == ({"hold_settled"}, None)
        held = standing(office, case)
        assert (held["kind"], held["state"], held["with"]) == ("payment", "open", None) and "中止办理" in held["why"]
        office.settle_checks(case)
        assert office.at(case) == {"pay"}
    letters = [each for each in office.as_("e03").get("/messages")["items"] if each["kind"] == "hold"]
    assert len(letters) == 2 and all("5个工作日" in each["body"] and "不因此取消" in each["body"] for each in letters)
    with at.database.transaction() as session:
        firm_of(session, "e03").credit_flags = []
    office.do(case, "pay")
    assert office.case(case)["paid_amount"] == "900000"


def test_an_award_is_not_ended_unheard(at: At) -> None:
    office, case, _ = at.after(two_payments)
    chief = office.as_("chief")
    chief.post(f"/cases/{case}/suspension", {"reason": "信用情况核实"})
    with refused(409) as why:
        chief.post(f"/cases/{case}/termination", {"reason": "失信"})
    assert "陈述申辩" in why.detail
    chief.post(f"/cases/{case}/resumption")
    office.do(case, "pay")


def test_the_reviewer_holds_a_payment_with_his_reason(at: At) -> None:
    office, case, _ = at.after(two_payments)
    assert set(why_not(office, case, decision="held", hold_reason="")) == {"hold_reason"}
    office.do(case, "pay", decision="held", hold_reason="收款单位正在办理更名")
    held = standing(office, case)
    assert (held["kind"], held["why"]) == ("payment", "收款单位正在办理更名")
    path = f"/cases/{case}/checks/{held['id']}"
    with refused(403):
        office.as_("finance2").post(f"{path}/conclusion", {"result": "unrelated", "reason": "已核实更名材料"})
    with refused(422) as why:
        office.as_("officer2").post(f"{path}/conclusion", {"result": "excluded", "reason": "已核实更名材料"})
    assert why.fields == {"result"}
    office.as_("officer2").post(f"{path}/conclusion", {"result": "referred", "reason": "移送监督机构"})
    conclusion = standing(office, case)["conclusions"][-1]["id"]
    office.as_("chief").post(f"{path}/confirmation", {"conclusion": conclusion})
    assert office.at(case) == {"hold_settled"}, "referred goes on waiting"
    office.settle_checks(case)
    office.do(case, "pay")
    assert office.case(case)["paid_amount"] == "900000"


def test_an_old_credit_check_is_asked_anew_before_the_payment(at: At) -> None:
    office, case, other = at.after(two_payments)
    office.wait_until("2026-12-01T10:00:00+08:00")
    office.do(case, "pay")
    assert office.at(case) == {"credit_recheck"}
    assert office.as_("auditor").get(f"/cases/{case}/checks")["items"] == [], "the task is on its desk already"
    assert set(why_not(office, case, "credit_recheck", credit_queried_on="2026-05-01")) == {"credit_queried_on"}
    office.do(case, "credit_recheck")
    office.do(case, "pay")
    assert office.case(case)["paid_amount"] == "900000"
    _flag(at, "e04", "dishonest_debtor")
    office.do(other, "pay")
    finding = "失信被执行人名单有记录"
    office.do(other, "credit_recheck", decision="veto", credit_finding=finding)
    assert office.at(other) == {"hold_settled"}
    assert {each["kind"] for each in office.as_("auditor").get(f"/cases/{other}/checks")["items"]} == {
        "payment",
        "credit",
    }
    office.settle_checks(other)
    assert office.at(other) == {"credit_recheck"}, "what was found is looked up again, not waved through"


def test_an_account_that_changed_is_confirmed_again(at: At) -> None:
    office, case, _ = at.after(two_payments)
    with at.database.transaction() as session:
        found = cases.find(session, case)
        assert found is not None
        kept = session.get_one(CaseFacts, found.id)
        kept.facts = {**kept.facts, "account_no": "62220000000009"}
    office.do(case, "pay")
    assert (office.at(case), office.case(case)["paid_amount"]) == ({"confirm_payee"}, None)
    office.do(case, "confirm_payee", decision="return", payee_opinion="账号与确认时不一致")
    office.do(case, "enter_payee")
    office.do(case, "confirm_payee")
    office.do(case, "pay")
    assert office.case(case)["paid_amount"] == "900000"


def standing(office: Office, case: str) -> Any:
    [check] = [
        each for each in office.as_("auditor").get(f"/cases/{case}/checks")["items"] if each["state"] != "settled"
    ]
    return check


def test_an_old_credit_check_is_asked_anew_before_the_meeting(at: At) -> None:
    """The list takes the case; then a task asks anew. Support waits for it, deferring and refusing do not."""
    office, first, second = at.after(one_at_the_list)
    batch = office.case(first)["batch"]["id"]
    office.wait_until("2026-06-15T10:00:00+08:00")
    assert set(fix_list(office, batch)) == {first, second}
    assert office.at(first) == office.at(second) == {"credit_recheck"}
    with refused(422) as why:
        office.resolve(batch, first, "support")
    assert why.fields == {"decisions.0.result"}
    office.resolve(batch, second, "defer", reason="待下次会议")
    assert office.at(second) == {"listed"}
    office.do(first, "credit_recheck", decision="curable", credit_finding="列入经营异常名录")
    assert office.at(first) == {"hold_settled"}
    office.settle_checks(first)
    office.do(first, "credit_recheck")
    assert office.at(first) == {"resolved"}
    office.resolve(batch, first, "support")
    assert office.at(first) == {"published"}


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
    assert shown["request"]["note"] == (requests.NO_QUOTA if element == "pay" else None)
    assert office.do(case, element)["held"] is None


def _flag(at: At, enterprise: str, flag: str) -> None:
    with at.database.transaction() as session:
        firm = firm_of(session, enterprise)
        firm.credit_flags = [*firm.credit_flags, flag]


def firm_of(session: Session, applicant: str) -> Enterprise:
    user = people.find_user(session, applicant)
    assert user is not None and user.enterprise_id is not None
    return people.get_enterprise(session, user.enterprise_id)
