"""P06 and P07: the officer's review and the visit on site."""

from __future__ import annotations

from typing import Any

from tests.api_calls import refused
from tests.contract_client import Office, fill
from tests.journeys.conftest import At, page

TWO = "核查员甲、核查员乙"
BASIS = "虚构文〔2026〕1号"


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
    office.drive(case)
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
    office.drive(case)
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
        "basis": BASIS,
    }
    assert points["a3.dc_max_pue"]["basis"] == BASIS
    assert points["elig.area_scope"]["basis"] is None, "the policy itself"
    assert points["elig.area_scope"]["value"] == "按行政区划代码"
    assert "elig.site_in_district" not in points, "a rule reads it"
    assert points["a3.dc_industry_codes"]["value"] == "I6450；I6550"
    assert "a6.technologies" not in points, "of another article"
    assert "elig.no_veto_years" not in points, "of another task"
    office.do(case, "substantive_review")


def test_a_review_passes_nobody_whom_the_article_does_not_support(at: At) -> None:
    office, case = at("substantive_review")
    with refused(422) as why:
        office.do(case, "substantive_review", subject_kind="software", site_in_area=False)
    assert why.fields == {"subject_kind", "site_in_area"}
    assert "不属于支持对象（制造业企业、数据中心企业）（第三条）" in str(why.error.body)
    office.do(case, "substantive_review", decision="refuse", reason_code="NOT_ELIGIBLE_TYPE", subject_kind="software")
    office.drive(case)
    assert office.case(case)["reason"] == "NOT_ELIGIBLE_TYPE"
    [letter] = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "refusal"]
    found = "申报主体为软件信息服务业企业，不属于支持对象（制造业企业、数据中心企业）"
    assert f"一、查明的事实：{found}（业务初审，2026年3月2日，第三条）；" in letter["body"]
    assert "理由：申报主体不属于支持对象。" in letter["body"]


def test_what_is_found_outside_the_area_after_the_review_is_refused_by_the_calculation(at: At) -> None:
    office, case = at("confirm_verified")
    task = office.task(case, "confirm_verified")
    data = office.as_("officer").get(f"/tasks/{task['id']}")["form"]["data"]
    assert (data["subject_kind"], data["site_in_area"]) == ("manufacturing", True), "as the review found"
    office.do(case, "confirm_verified", site_in_area=False, subject_basis="现场核查发现厂区已迁出")
    office.drive(case, until="listed")
    [calculation] = office.as_("officer").get(f"/cases/{case}/calculation")["items"]
    told = {each["code"]: (each["article"], each["met"]) for each in calculation["conditions"]}
    assert told["SITE_IN_AREA"] == ("第一条", False)
    assert told["SUBJECT_KIND"] == ("第三条", True)
    assert (calculation["eligible"], calculation["precap_amount"]) == (False, "0")
    batch = office.case(case)["batch"]["id"]
    [row] = office.as_("chief").post(f"/batches/{batch}/list")["items"]
    assert (row["proposal"], row["final_amount"]) == ("refuse", "0")
    office.resolve(batch, case, "refuse", reason="厂区已迁出")
    assert office.case(case)["reason"] == "NOT_IN_DISTRICT"
    [letter] = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "refusal"]
    assert "查明的事实：项目、厂区不在支持区域内（金额测算，第一条）；厂区已迁出（集体审议，" in letter["body"]
    assert "理由：不在支持区域范围内。" in letter["body"]


def answer(at_review: tuple[Office, str], **points: dict[str, str]) -> Any:
    """Pass the review with these answers, by the names of article 3's parameters."""
    office, case = at_review
    task = office.task(case, "substantive_review")
    form = office.as_("officer").get(f"/tasks/{task['id']}")["form"]
    given = {f"a3.{name}": said for name, said in points.items()}
    office.as_("officer").post(f"/tasks/{task['id']}/completion", {"data": fill(form["schema"], {}), "points": given})
    return task["id"]


def test_a_point_is_answered_and_stands_on_the_record(at: At) -> None:
    office, case = at("substantive_review")
    met = {"answer": "met"}
    no_centre = {"answer": "not_applicable", "remark": "申报单位不是数据中心"}
    task = answer((office, case), max_construction_years=met, dc_requires_idc_licence=no_centre)
    kept = [
        {"parameter": "a3.max_construction_years", "answer": "met", "remark": ""},
        {"parameter": "a3.dc_requires_idc_licence", **no_centre},
    ]
    assert office.as_("officer").get(f"/tasks/{task}")["answers"] == kept
    changes = [
        each for event in office.as_("auditor").get(f"/cases/{case}/history")["items"] for each in event["changes"]
    ]
    assert {"field": "review_points", "old": None, "new": kept} in changes
    done, record = page(at, "officer", f"/tasks/{task}"), page(at, "auditor", f"/cases/{case}/history")
    assert "不适用：申报单位不是数据中心" in done
    assert "未答复" in done, "what was left open says so"
    assert "项目建设周期上限：符合" in record
    office.drive(case, until="listed")


def test_an_answer_against_a_point_says_why_and_passes_nothing(at: At) -> None:
    office, case = at("substantive_review")
    for said in ({"answer": "not_met"}, {"answer": "not_applicable"}, {"answer": "not_met", "remark": "建设四年"}):
        with refused(422) as why:
            answer((office, case), max_construction_years=said)
        assert why.fields == {"review_points.a3.max_construction_years"}
    with refused(422) as why:
        answer((office, case), rate={"answer": "met"})
    assert why.fields == {"review_points.a3.rate"}
    assert office.at(case) == {"substantive_review"}


def test_a_point_is_answered_on_the_page(at: At) -> None:
    office, case = at("substantive_review")
    task = office.task(case, "substantive_review")["id"]
    shown = page(at, "officer", f"/tasks/{task}")
    assert 'name="point-a3.max_construction_years"' in shown
    assert f"政策未规定，依据：{BASIS}" in shown
