"""P11 and P11b: chief, finance and legal countersign; one return sends the case back to the confirmed figure."""

from __future__ import annotations

from tests.journeys.conftest import At


def test_one_return_leads_to_a_new_figure_and_calculation_but_to_no_second_panel(at: At) -> None:
    office, case = at("chief_recheck")
    office.do(case, "chief_recheck")
    office.do(case, "finance_recheck", decision="return", opinion="核定金额依据不足，请复核")
    office.do(case, "legal_recheck")
    assert office.at(case) == {"confirm_verified"}
    assert office.case(case)["status"] == "VERIFICATION"

    office.do(case, "confirm_verified", approved_investment="2500000")
    assert office.at(case) == {"chief_recheck", "finance_recheck", "legal_recheck"}
    calculations = office.as_("auditor").get(f"/cases/{case}/calculation")["items"]
    assert [each["precap_amount"] for each in calculations] == ["900000", "750000"]
    office.drive(case, until="listed")
    assert office.case(case)["precap_amount"] == "750000"


def test_the_deputy_leader_sends_a_case_back(at: At) -> None:
    office, case = at("deputy_review")
    office.do(case, "deputy_review", decision="return")
    assert office.at(case) == {"confirm_verified"}
    office.drive(case, until="listed")
    assert office.case(case)["status"] == "RECHECK"
