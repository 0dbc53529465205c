"""不予支持 on the merits: proposed by an officer, heard once, looked at by the chief, decided by the meeting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.api_calls import refused
from tests.contract_client import Office, fill
from tests.journeys.conftest import At

FACTS = "项目至申报截止日尚未投运"
EVIDENCE = "现场核查照片及设备台账（虚构）"
REFUSE = {
    "decision": "refuse",
    "reason_code": "BELOW_THRESHOLD",
    "a3_2": "not_met",
    "refusal_facts": FACTS,
    "refusal_evidence": EVIDENCE,
}


def letters(office: Office, kind: str, firm: str = "e01") -> list[Mapping[str, Any]]:
    """What a firm got of a kind, the newest first; it is read only where somebody opens it."""
    return [each for each in office.as_(firm).get("/messages")["items"] if each["kind"] == kind]


def opened(office: Office, kind: str) -> None:
    for letter in letters(office, kind):
        office.as_("e01").post(f"/messages/{letter['id']}/reading")


def test_nobody_refuses_alone(at: At) -> None:
    """The officer's 不予支持 is a proposal: the firm is told why, nothing is decided, and no refusal has gone out."""
    office, case = at("substantive_review")
    office.do(case, "substantive_review", **REFUSE)
    shown = office.case(case)
    assert (shown["status"], shown["reason"]) == ("RECHECK", None)
    assert office.at(case) == {"refusal_statement"}
    [told] = letters(office, "refusal_hearing")
    assert "一、查明的事实：“二、项目已竣工并投入运行”经审核不符合（业务初审，2026年3月2日）" in told["body"]
    assert f"{FACTS}（业务初审，2026年3月2日）" in told["body"]
    assert f"二、证据及来源：{EVIDENCE}。" in told["body"]
    assert "三、依据：《实施细则》第三条：“支持制造业企业及数据中心企业绿色低碳改造升级。" in told["body"]
    assert "四、理由：未达到政策规定标准。" in told["body"]
    assert "5个工作日内陈述申辩" in told["body"]
    assert not letters(office, "refusal")


def test_what_the_firm_said_and_the_answer_stand_in_the_decision(at: At) -> None:
    office, case = at("substantive_review")
    office.do(case, "substantive_review", **REFUSE)
    [task] = office.open_tasks(case)
    assert FACTS in str(office.as_("e01").get(f"/tasks/{task['id']}")["request"])
    office.do(case, "refusal_statement", refusal_statement="设备已于三月投运")
    office.do(case, "refusal_ruling", ruling_answer="投运日期晚于申报截止日，不予采纳")
    assert office.case(case)["status"] == "MEETING"
    batch = office.case(case)["batch"]["id"]
    shown = office.as_("meeting").get(f"/batches/{batch}")
    assert shown["waiting"]["resolved"] == 1
    [row] = shown["refusals"]
    assert (row["case"], row["reason"]) == (case, "BELOW_THRESHOLD")
    assert f"{FACTS}（业务初审，2026年3月2日）" in row["found"]
    office.resolve(batch, case, "refuse", reason="同意")
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("NOT_SUPPORTED", "BELOW_THRESHOLD")
    [letter] = letters(office, "refusal")
    for part in (
        f"二、证据及来源：{EVIDENCE}。",
        "五、陈述申辩情况：你单位于2026年3月2日陈述申辩：设备已于三月投运。",
        "六、对陈述申辩的答复：投运日期晚于申报截止日，不予采纳（科室负责人复核，2026年3月2日）。",
        "七、决定程序：经集体审议决定（虚构会纪〔2026〕8号），理由：同意（2026年3月2日）。",
        "向北京市通州区人民政府申请行政复议",
        "向北京市通州区人民法院提起行政诉讼",
    ):
        assert part in letter["body"], letter["body"]


def test_silence_counts_only_after_delivery_and_is_said_as_it_was(at: At) -> None:
    office, case = at("substantive_review")
    office.do(case, "substantive_review", **REFUSE)
    office.wait_until("2026-03-10T00:00:00+08:00")
    assert "refusal_statement" in office.at(case), "the letter was not delivered"
    opened(office, "refusal_hearing")
    office.wait_until("2026-03-18T00:00:00+08:00")
    assert office.at(case) == {"refusal_ruling"}
    office.drive(case)
    [letter] = letters(office, "refusal")
    assert "五、陈述申辩情况：《拟不予支持告知书》（通经信绿拟〔2026〕1号）已于2026年3月10日以" in letter["body"]
    assert "你单位逾期未陈述申辩" in letter["body"]
    assert "六、复核意见：" in letter["body"] and "答复" not in letter["body"]


def test_an_explanation_of_the_same_facts_is_the_hearing(at: At) -> None:
    office, case = at("substantive_review")
    with refused(422) as why:
        office.do(case, "substantive_review", **REFUSE, heard_by="explained")
    assert why.fields == {"heard_by"}, "nobody was asked"
    office.do(case, "substantive_review", decision="return", explanation_request="请说明投运情况")
    office.do(case, "explanation", explanation="尚在调试")
    office.do(case, "substantive_review", **REFUSE, heard_by="explained")
    assert office.at(case) == {"refusal_ruling"}
    assert not letters(office, "refusal_hearing")
    office.drive(case)
    [letter] = letters(office, "refusal")
    assert "陈述申辩情况：你单位于2026年3月2日就上述事实说明：尚在调试。" in letter["body"]


@pytest.mark.parametrize("by", ["chief", "meeting"])
def test_a_refusal_that_does_not_hold_goes_back_to_the_review(at: At, by: str) -> None:
    office, case = at("substantive_review")
    office.do(case, "substantive_review", **REFUSE)
    office.do(case, "refusal_statement")
    if by == "chief":
        office.do(case, "refusal_ruling", decision="return", ruling_answer="意见成立")
    else:
        office.do(case, "refusal_ruling")
        office.resolve(office.case(case)["batch"]["id"], case, "defer", reason="请再核实投运日期")
    assert office.at(case) == {"substantive_review"}
    assert office.case(case)["reason"] is None
    office.drive(case)
    assert office.case(case)["status"] == "PAID"
    assert not letters(office, "refusal")


def test_a_proposal_that_was_given_back_leaves_nothing_in_a_later_refusal(at: At) -> None:
    office, case = at("substantive_review")
    office.do(case, "substantive_review", **REFUSE)
    office.do(case, "refusal_statement", refusal_statement="第一次的意见")
    office.do(case, "refusal_ruling", decision="return", ruling_answer="意见成立")
    office.do(case, "substantive_review", **{**REFUSE, "refusal_facts": "另查明设备未投运"})
    office.do(case, "refusal_statement", refusal_statement="第二次的意见")
    office.drive(case)
    [letter] = letters(office, "refusal")
    assert "第二次的意见" in letter["body"] and "第一次的意见" not in letter["body"]
    assert FACTS not in letter["body"]


def test_the_meeting_supports_nothing_that_was_never_calculated(at: At) -> None:
    office, case = at("substantive_review")
    office.do(case, "substantive_review", **REFUSE)
    office.do(case, "refusal_statement")
    office.do(case, "refusal_ruling")
    batch = office.case(case)["batch"]["id"]
    for result in ("support", "adjust"):
        with refused(422) as why:
            office.resolve(batch, case, result, amount="100", reason="同意")
        assert why.fields == {"decisions.0.result"}
    with refused(422) as why:
        office.resolve(batch, case, "refuse")
    assert why.fields == {"decisions.0.reason"}


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ("substantive_review", {"reason_code": "BELOW_THRESHOLD"}),
        ("substantive_review", {"reason_code": "NOT_ELIGIBLE_TYPE"}),
        ("substantive_review", {"reason_code": "NOT_IN_DISTRICT"}),
        ("confirm_verified", {"reason_code": "BELOW_THRESHOLD"}),
        ("confirm_verified", {"reason_code": "NOT_ELIGIBLE_TYPE"}),
        ("confirm_verified", {"reason_code": "DUPLICATE_INVOICE"}),
    ],
)
def test_a_refusal_that_its_own_form_contradicts_is_stopped(at: At, element: str, said: dict[str, str]) -> None:
    office, case = at(element)
    with refused(422) as why:
        office.do(case, element, decision="refuse", **said)
    assert why.fields == {"reason_code"}
    assert office.at(case) == {element}, "nothing was lost"


def test_a_refusal_says_what_was_found_and_from_what(at: At) -> None:
    office, case = at("substantive_review")
    [task] = office.open_tasks(case)
    data = {"decision": "refuse", "reason_code": "FRAUD", "review_opinion": "不实"}
    with refused(422) as why:
        office.as_("officer").post(f"/tasks/{task['id']}/completion", {"data": data})
    assert {"refusal_facts", "refusal_evidence", "heard_by"} <= why.fields


def test_a_legal_point_that_is_not_met_is_among_the_facts(at: At) -> None:
    office, case = at("substantive_review")
    [task] = office.open_tasks(case)
    api = office.as_("officer")
    said = {
        "decision": "refuse",
        "reason_code": "BELOW_THRESHOLD",
        "refusal_facts": FACTS,
        "refusal_evidence": EVIDENCE,
    }
    data = fill(api.get(f"/tasks/{task['id']}")["form"]["schema"], said)
    points = {"a3.max_construction_years": {"answer": "not_met", "remark": "建设周期四年"}}
    api.post(f"/tasks/{task['id']}/completion", {"data": data, "points": points})
    [told] = letters(office, "refusal_hearing")
    assert "对照“项目建设周期上限”不符合：建设周期四年（业务初审，2026年3月2日）" in told["body"]


def test_who_proposed_a_refusal_does_not_rule_on_it(at: At) -> None:
    office, case = at("site_inspection")
    at.give("chief", "case_officer")
    at.give("officer3", "section_chief")
    said = {"decision": "refuse", "reason_code": "NOT_VERIFIED", "refusal_facts": FACTS, "refusal_evidence": EVIDENCE}
    office.do(case, "site_inspection", by="chief", **said)
    office.do(case, "refusal_statement")
    with refused(403) as why:
        office.do(case, "refusal_ruling", by="chief")
    assert "须由另一人复核" in why.detail
    office.do(case, "refusal_ruling", by="officer3")
    office.drive(case)
    assert office.case(case)["status"] == "NOT_SUPPORTED"
