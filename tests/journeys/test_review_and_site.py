"""P06 and P07: the officer's review and the visit on site."""

from __future__ import annotations

from tests.api_calls import refused
from tests.journeys.conftest import At

TWO = "核查员甲、核查员乙"


def test_an_explanation_is_asked_for_and_read(at: At) -> None:
    office, case = at("substantive_review")
    office.do(case, "substantive_review", decision="return", explanation_request="请说明改造前能耗的计量依据")
    assert office.at(case) == {"explanation"}
    assert office.case(case)["status"] == "REVIEW"
    office.do(case, "explanation", explanation="依据2025年能源审计报告")
    assert office.at(case) == {"substantive_review"}
    office.drive(case, until="site_inspection")


def test_a_review_refuses_with_a_reason(at: At) -> None:
    office, case = at("substantive_review")
    office.do(case, "substantive_review", decision="refuse", reason_code="BELOW_THRESHOLD", a3_2="not_met")
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("NOT_SUPPORTED", "BELOW_THRESHOLD")
    [letter] = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "refusal"]
    assert "未达到政策规定标准" in letter["body"]
    assert "行政复议" in letter["body"]


def test_a_review_cannot_pass_what_is_not_met(at: At) -> None:
    office, case = at("substantive_review")
    with refused(422) as why:
        office.do(case, "substantive_review", a3_3="not_met")
    assert why.fields == {"a3_3"}


def test_a_visit_takes_two_inspectors_and_has_happened(at: At) -> None:
    office, case = at("site_inspection")
    with refused(422) as why:
        office.do(case, "site_inspection", inspectors="核查员甲")
    assert "inspectors" in why.fields
    with refused(422) as why:
        office.do(case, "site_inspection", inspectors="核查员甲、核查员甲")
    assert "inspectors" in why.fields
    with refused(422) as why:
        office.do(case, "site_inspection", inspected_on="2026-03-03")
    assert "inspected_on" in why.fields
    office.do(case, "site_inspection", inspectors=TWO)
    assert office.case(case)["status"] == "VERIFICATION"


def test_a_visit_leads_back_to_the_review(at: At) -> None:
    office, case = at("site_inspection")
    office.do(case, "site_inspection", decision="return")
    assert office.at(case) == {"substantive_review"}
    office.drive(case, until="audit_verification")


def test_a_visit_refuses_with_a_reason(at: At) -> None:
    office, case = at("site_inspection")
    office.do(case, "site_inspection", decision="refuse", reason_code="NOT_VERIFIED")
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("NOT_SUPPORTED", "NOT_VERIFIED")


def test_what_no_rule_reads_is_named_to_the_officer_with_its_value(at: At) -> None:
    office, case = at("substantive_review")
    task = office.task(case, "substantive_review")
    points = {each["parameter"]: each for each in office.as_("officer").get(f"/tasks/{task['id']}")["points"]}
    assert points["a3.max_construction_years"] == {
        "parameter": "a3.max_construction_years",
        "label": "项目建设周期上限",
        "value": "3年",
        "question": "项目建设周期是否未超过上限",
        "article": "第三条",
    }
    assert points["elig.site_in_district"]["value"] == "是"
    assert points["a3.dc_industry_codes"]["value"] == "I6450；I6550"
    assert "a6.technologies" not in points, "of another article"
    assert "elig.no_veto_years" not in points, "of another task"
    office.do(case, "substantive_review")
