"""P13 and P14: the period in working days, and real-name objections (domain.md 3.4)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from storage.instances import Instance
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At
from tests.journeys.test_ceilings import balance, ledger
from tests.journeys.test_meeting import batch_of, resolve
from tests.journeys.test_verification import CUT

OBJECTION = {
    "name": "测试异议人（虚构）",
    "id_no": "110112199001010000",
    "phone": "13800000000",
    "text": "该项目设备在改造前已经投入使用，不属于新增投资。",
}
# Published on Monday March 2, five working days: until Monday March 9, 24:00.
ENDS_AT = "2026-03-09T16:00:00+00:00"


def object_to(office: Office, case: str) -> int:
    """Object to a published case under one's own name; the number of the objection."""
    [notice] = [
        each
        for each in office.nobody.get("/public/notices")["items"]
        if case in {item["case"] for item in office.nobody.get(f"/public/notices/{each['id']}")["items"]}
    ][:1]
    answer = office.nobody.post(f"/public/notices/{notice['id']}/objections", {"case": case, **OBJECTION})
    return int(answer["id"])


def accept(office: Office, objection: int) -> Any:
    return office.as_("discipline").post(f"/objections/{objection}/acceptance")


def investigate(office: Office, case: str) -> None:
    """Tell the firm, let it speak, and look into what was objected."""
    for task in ("objection_notice", "objection_statement", "objection_investigation"):
        office.do(case, task)


def states(office: Office) -> list[str]:
    return [each["state"] for each in office.as_("discipline").get("/objections")["items"]]


def test_the_period_is_counted_in_working_days(at: At) -> None:
    office, case = at("published")
    notice = office.as_("officer").post(f"/batches/{batch_of(office, case)}/publicity")
    assert notice["ends_at"] == ENDS_AT
    [item] = notice["items"]
    assert (item["case"], item["amount"], item["remark"]) == (case, "900000", "")
    [wait] = office.case(case)["waiting_for"][:1]
    assert (wait["element_id"], wait["kind"], wait["due_at"]) == ("publicity_period", "timer", ENDS_AT)
    office.wait_until("2026-03-09T23:59:00+08:00")
    assert office.case(case)["status"] == "PUBLICITY"
    office.wait_until("2026-03-10T00:00:00+08:00")
    assert office.case(case)["status"] == "DISTRICT_APPROVAL"


def test_the_period_does_not_end_before_an_objection_was_looked_at(at: At) -> None:
    """Filed on the last evening, and nobody has looked at it by midnight."""
    office, first, second = at("publicity_period", "neighbours")
    office.wait_until("2026-03-09T22:00:00+08:00")
    objection = object_to(office, first)
    office.wait_until("2026-03-12T09:00:00+08:00")
    assert office.case(first)["status"] == "PUBLICITY"
    assert office.case(second)["status"] == "DISTRICT_APPROVAL"
    accept(office, objection)
    assert office.case(first)["status"] == "OBJECTION"


def test_an_objection_turned_down_after_the_period_lets_it_end(at: At) -> None:
    office, case = at("publicity_period")
    objection = object_to(office, case)
    office.wait_until("2026-03-12T09:00:00+08:00")
    office.as_("discipline").post(f"/objections/{objection}/rejection", {"reply": "不属于公示内容"})
    office.let_work()
    assert office.case(case)["status"] == "DISTRICT_APPROVAL"


def test_a_timer_armed_before_the_program_knew_of_holding_is_withheld(at: At) -> None:
    """The instant of the timer still stands in the table, as the release before left it."""
    office, case = at("publicity_period")
    object_to(office, case)
    with at.database.transaction() as session:
        instance = session.get_one(Instance, at.case_id(case))
        assert instance.next_due_at is None
        instance.next_due_at = datetime.fromisoformat(ENDS_AT)
    office.wait_until("2026-03-12T09:00:00+08:00")
    assert office.case(case)["status"] == "PUBLICITY"


def test_a_suspended_case_whose_period_is_withheld_keeps_its_end(at: At) -> None:
    office, case = at("publicity_period")
    objection = object_to(office, case)
    office.wait_until("2026-03-12T09:00:00+08:00")
    office.as_("chief").post(f"/cases/{case}/suspension", {"reason": "核实情况"})
    office.wait_until("2026-03-18T09:00:00+08:00")
    office.as_("chief").post(f"/cases/{case}/resumption")
    assert office.case(case)["waiting_for"][0]["due_at"] == ENDS_AT
    office.as_("discipline").post(f"/objections/{objection}/rejection", {"reply": "不属于公示内容"})
    office.let_work()
    assert office.case(case)["status"] == "DISTRICT_APPROVAL"


def test_what_comes_late_is_registered_and_answered_and_stops_nothing(at: At) -> None:
    office, case = at("district_approval")
    [notice] = office.nobody.get("/public/notices")["items"]
    filed = office.nobody.post(f"/public/notices/{notice['id']}/petitions", {"case": case, **OBJECTION})
    assert (filed["kind"], filed["state"]) == ("petition", "registered")
    with refused(409):
        accept(office, filed["id"])
    office.drive(case)
    assert office.case(case)["status"] == "PAID"
    path = f"/objections/{filed['id']}/answer"
    office.as_("legal").post(path, {"reply": "经核实，设备购置于改造期内，发票日期相符。"})
    asked = office.nobody.post("/public/objections/query", {"code": filed["query_code"].lower()})
    assert (asked["state"], asked["reply"]) == ("answered", "经核实，设备购置于改造期内，发票日期相符。")


def test_what_is_about_staff_goes_to_discipline_and_holds_nothing(at: At) -> None:
    office, case = at("publicity_period")
    objection = object_to(office, case)
    office.as_("legal").post(f"/objections/{objection}/referral")
    office.wait_until(ENDS_AT)
    assert office.case(case)["status"] == "DISTRICT_APPROVAL"
    answer = f"/objections/{objection}/answer"
    with refused(403):
        office.as_("legal").post(answer, {"reply": "已核查"})
    office.as_("discipline").post(answer, {"reply": "经核查，未发现违纪问题。"})
    assert states(office) == ["answered"]


def test_whoever_has_the_code_reads_how_it_stands_and_nobody_else(at: At) -> None:
    office, case = at("publicity_period")
    [notice] = office.nobody.get("/public/notices")["items"]
    filed = office.nobody.post(f"/public/notices/{notice['id']}/objections", {"case": case, **OBJECTION})
    code = {"code": filed["query_code"]}
    assert filed["due_on"] == "2026-03-04"
    asked = office.nobody.post("/public/objections/query", code)
    assert (asked["state"], asked["due_on"], asked["reply"]) == ("registered", "2026-03-04", None)
    assert not set(OBJECTION.values()) & set(map(str, asked.values()))
    with refused(404):
        office.nobody.post("/public/objections/query", {"code": "AAAA-AAAA-AAAA-AAAA"})
    reply = "异议事项不属于公示内容，不予受理。"
    office.as_("discipline").post(f"/objections/{filed['id']}/rejection", {"reply": reply})
    asked = office.nobody.post("/public/objections/query", code)
    assert (asked["state"], asked["reply"]) == ("rejected", reply)


def test_the_notice_says_how_it_stands(at: At) -> None:
    office, case = at("publicity_period")
    [notice] = office.nobody.get("/public/notices")["items"]

    def shown() -> object:
        return office.nobody.get(f"/public/notices/{notice['id']}")["items"][0]["objection"]

    assert shown() is None
    objection = object_to(office, case)
    assert shown() == "registered"
    accept(office, objection)
    assert shown() == "accepted"


def test_an_accepted_objection_interrupts_this_case_only(at: At) -> None:
    office, first, second = at("publicity_period", "neighbours")
    accept(office, object_to(office, first))
    assert office.case(first)["status"] == "OBJECTION"
    assert office.at(first) == {"objection_notice"}
    assert office.case(second)["status"] == "PUBLICITY"
    office.wait_until(ENDS_AT)
    assert office.case(first)["status"] == "OBJECTION"
    office.drive(second)
    assert office.case(second)["status"] == "PAID"


def test_a_dismissed_objection_lets_the_period_run_to_its_stored_end(at: At) -> None:
    office, case = at("publicity_period")
    accept(office, object_to(office, case))
    investigate(office, case)
    office.do(case, "objection_handling", decision="dismiss")
    assert states(office) == ["dismissed"]
    waiting = office.case(case)
    assert waiting["status"] == "PUBLICITY"
    assert waiting["waiting_for"][0]["due_at"] == ENDS_AT
    # A second one, accepted and dismissed after the end: on at once.
    accept(office, object_to(office, case))
    office.wait_until("2026-03-12T09:00:00+08:00")
    investigate(office, case)
    office.do(case, "objection_handling", decision="dismiss")
    office.as_("auditor").post("/demo/clock", {"advance": "PT1S"})
    assert office.case(case)["status"] == "DISTRICT_APPROVAL"


def test_an_upheld_objection_leads_through_a_new_figure_to_a_new_publication(at: At) -> None:
    office, case = at("publicity_period")
    accept(office, object_to(office, case))
    investigate(office, case)
    office.do(case, "objection_handling", decision="uphold")
    assert states(office) == ["accepted"]
    office.do(case, "objection_legal_review")
    assert states(office) == ["upheld"]
    assert office.at(case) == {"audit_verification"}
    assert office.case(case)["status"] == "VERIFICATION"
    assert balance(office, case) == ("0", "0", "0", "2000000")

    office.do(case, "audit_verification", **CUT)
    office.do(case, "cut_comment")
    office.do(case, "confirm_verified", approved_investment="2800000")
    # No second panel: the first one's verdict was not about the figure.
    assert office.at(case) == {"chief_recheck", "finance_recheck", "legal_recheck"}
    office.drive(case, until="published")
    assert office.case(case)["final_amount"] == "840000"
    office.wait_until("2026-03-12T09:00:00+08:00")
    notice = office.as_("officer").post(f"/batches/{batch_of(office, case)}/publicity")
    assert [item["amount"] for item in notice["items"]] == ["840000"]
    assert notice["ends_at"] == "2026-03-19T16:00:00+00:00"
    office.drive(case)
    paid = office.case(case)
    assert (paid["status"], paid["paid_amount"]) == ("PAID", "840000")
    assert [entry["state"] for entry in ledger(office, case)["entries"]] == [
        *("RESERVED", "RELEASED", "RESERVED", "COMMITTED", "PAID")
    ]


def test_an_objection_may_end_the_case(at: At) -> None:
    office, case = at("publicity_period")
    accept(office, object_to(office, case))
    investigate(office, case)
    office.do(case, "objection_handling", decision="refuse")
    office.do(case, "objection_legal_review")
    # The meeting takes an award away, nobody else; it may send the proposal back.
    office.do(case, "objection_meeting", decision="return")
    office.do(case, "objection_handling", decision="refuse")
    office.do(case, "objection_legal_review")
    office.do(case, "objection_meeting")
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("NOT_SUPPORTED", "OBJECTION_UPHELD")
    [letter] = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "refusal"]
    for part in (
        "查明的事实：",
        "陈述申辩情况：你单位于",
        "对陈述申辩的答复：",
        "决定程序：异议经集体审议，决定不予支持（",
    ):
        assert part in letter["body"], letter["body"]
    assert balance(office, case) == ("0", "0", "0", "2000000")


def test_an_objection_is_turned_down_without_stopping_the_case(at: At) -> None:
    office, case = at("publicity_period")
    objection = object_to(office, case)
    office.as_("discipline").post(f"/objections/{objection}/rejection", {"reply": "不属于公示内容"})
    assert states(office) == ["rejected"]
    with refused(409):
        accept(office, objection)
    assert office.case(case)["status"] == "PUBLICITY"


def test_nobody_objects_after_the_period_or_to_what_is_not_published(at: At) -> None:
    office, case = at("publicity_period")
    [notice] = office.nobody.get("/public/notices")["items"]
    path = f"/public/notices/{notice['id']}/objections"
    with refused(422) as why:
        office.nobody.post(path, {"case": "TZL2026000099", **OBJECTION})
    assert why.fields == {"case"}
    with refused(422) as why:
        office.nobody.post(path, {"case": case, **OBJECTION, "name": " ", "text": "太短"})
    assert why.fields == {"name", "text"}
    office.wait_until(ENDS_AT)
    with refused(409):
        office.nobody.post(path, {"case": case, **OBJECTION})


def test_who_objects_stays_hidden_from_the_applicant_and_the_office(at: At) -> None:
    office, case = at("publicity_period")
    accept(office, object_to(office, case))
    investigate(office, case)
    office.do(case, "objection_handling", decision="dismiss")
    for name in ("e01", "officer", "chief", "auditor"):
        shown = [office.as_(name).get(f"/cases/{case}"), office.history(case, name)]
        shown.append(office.as_(name).try_call("GET", "/objections")[1])
        for secret in ("name", "id_no", "phone"):
            assert OBJECTION[secret] not in str(shown), name
    with refused(403):
        office.as_("e01").get("/objections")


def test_support_after_a_return_by_the_district_is_published_again(at: At) -> None:
    office, case = at("district_approval")
    office.do(case, "district_approval", decision="return", district_opinion="请重新审议")
    assert office.case(case)["status"] == "MEETING"
    assert balance(office, case) == ("900000", "0", "0", "1100000")
    resolve(office, case, {"case": case, "result": "adjust", "amount": "700000", "reason": "按区政府意见调减"})
    office.drive(case)
    paid = office.case(case)
    assert (paid["status"], paid["paid_amount"]) == ("PAID", "700000")
    assert len(office.nobody.get("/public/notices")["items"]) == 2
