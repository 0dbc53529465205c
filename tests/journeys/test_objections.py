"""P14: who looks into an objection, who is heard, who decides, and what is never told."""

from __future__ import annotations

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, page
from tests.journeys.test_publicity import ENDS_AT, OBJECTION, accept, investigate, object_to, states

SECRETS = tuple(OBJECTION[field] for field in ("name", "id_no", "phone"))


def letters(office: Office, kind: str, firm: str = "e01") -> list[str]:
    """The bodies of the letters of a kind, the newest first."""
    items = office.as_(firm).get("/messages")["items"]
    titles = {"notice": "公示异议告知书", "result": "公示异议处理结果告知"}
    return [each["body"] for each in items if each["title"] == titles[kind]]


def test_who_judged_the_case_does_not_look_into_what_is_objected(at: At) -> None:
    office, case = at("publicity_period")
    accept(office, object_to(office, case))
    task = office.task(case, "objection_notice")
    merits = ("substantive_review", "confirm_verified")
    judged = {each["actor"] for each in office.history(case) if each["subject"] in merits}
    assert judged
    for username in judged & {"officer", "officer2", "officer3"}:
        with refused(403):
            office.as_(username).post(
                f"/tasks/{task['id']}/completion", {"data": {"objection_substance": "设备已投入使用。"}}
            )


def test_the_firm_is_told_the_substance_and_never_who(at: At) -> None:
    office, case = at("publicity_period")
    accept(office, object_to(office, case))
    with refused(422) as why:
        office.do(case, "objection_notice", objection_substance=f"{OBJECTION['name']}反映设备已投入使用。")
    assert why.fields == {"objection_substance"}
    office.do(case, "objection_notice", objection_substance="反映设备在改造前已经投入使用")
    [letter] = letters(office, "notice")
    assert "反映设备在改造前已经投入使用" in letter
    assert "5个工作日" in letter
    task = office.task(case, "objection_statement")
    shown = office.as_("e01").get(f"/tasks/{task['id']}")
    assert "反映设备在改造前已经投入使用" in str(shown["request"])
    assert "反映设备在改造前已经投入使用" in page(at, "e01", f"/tasks/{task['id']}")
    office.do(case, "objection_statement")
    office.do(case, "objection_investigation")
    office.do(
        case, "objection_handling", decision="dismiss", objection_reply="经核查，发票和验收记录相符，异议不成立。"
    )
    [result] = letters(office, "result")
    for text in (letter, result, str(shown), str(office.as_("e01").get(f"/cases/{case}"))):
        assert not [secret for secret in SECRETS if secret in text]


def test_silence_counts_only_after_delivery(at: At) -> None:
    office, case = at("publicity_period")
    accept(office, object_to(office, case))
    office.do(case, "objection_notice")
    # Nobody opened the letter: the term begins anew.
    office.wait_until("2026-03-10T00:00:00+08:00")
    assert {each["element_id"] for each in office.open_tasks(case)} == {"objection_statement"}
    for message in office.as_("e01").get("/messages")["items"]:
        office.as_("e01").post(f"/messages/{message['id']}/reading")
    office.wait_until("2026-03-25T09:00:00+08:00")
    assert {each["element_id"] for each in office.open_tasks(case)} == {"objection_investigation"}


def test_the_legal_review_sends_a_proposal_back(at: At) -> None:
    office, case = at("publicity_period")
    accept(office, object_to(office, case))
    investigate(office, case)
    office.do(case, "objection_handling", decision="uphold")
    office.do(case, "objection_legal_review", decision="return")
    assert states(office) == ["accepted"]
    office.do(case, "objection_handling", decision="dismiss")
    assert (states(office), office.case(case)["status"]) == (["dismissed"], "PUBLICITY")


def test_advice_of_discipline_is_answered_and_is_no_veto(at: At) -> None:
    office, case = at("publicity_period")
    objection = object_to(office, case)
    accept(office, objection)
    with refused(403):
        office.as_("legal").post(f"/objections/{objection}/advice", {"advice": "建议退回重审"})
    office.as_("discipline").post(f"/objections/{objection}/advice", {"advice": "建议调取设备铭牌照片。"})
    investigate(office, case)
    with refused(422) as why:
        office.do(case, "objection_handling", decision="dismiss")
    assert why.fields == {"decision"}
    path = f"/objections/{objection}/advice/answer"
    with refused(403):
        office.as_("officer").post(path, {"advice_answer": "不采纳"})
    office.as_("chief").post(path, {"advice_answer": "铭牌照片已在验收记录中，不再另行调取。"})
    office.do(case, "objection_handling", decision="dismiss")
    assert states(office) == ["dismissed"]


def test_one_accepted_while_another_is_looked_into_has_its_own_turn(at: At) -> None:
    office, case = at("publicity_period")
    accept(office, object_to(office, case))
    office.do(case, "objection_notice")
    second = office.as_("discipline").get("/objections")["items"]
    assert len(second) == 1
    waiting = accept(office, object_to(office, case))
    assert (waiting["state"], waiting["waits"]) == ("accepted", True)
    office.do(case, "objection_statement")
    office.do(case, "objection_investigation")
    office.do(case, "objection_handling", decision="dismiss")
    office.wait_until(ENDS_AT)
    assert office.at(case) == {"objection_notice"}, "the period may not end before the second was looked into"
    assert sorted(states(office)) == ["accepted", "dismissed"]
    investigate(office, case)
    office.do(case, "objection_handling", decision="dismiss")
    office.let_work()
    assert office.case(case)["status"] == "DISTRICT_APPROVAL"


def test_those_accepted_before_the_firm_is_told_are_looked_into_together(at: At) -> None:
    office, case = at("publicity_period")
    accept(office, object_to(office, case))
    assert accept(office, object_to(office, case))["waits"] is False
    investigate(office, case)
    office.do(case, "objection_handling", decision="dismiss")
    assert states(office) == ["dismissed", "dismissed"]


def test_the_objector_reads_the_reasoned_answer_by_the_code(at: At) -> None:
    office, case = at("publicity_period")
    [notice] = office.nobody.get("/public/notices")["items"]
    filed = office.nobody.post(f"/public/notices/{notice['id']}/objections", {"case": case, **OBJECTION})
    accept(office, filed["id"])
    investigate(office, case)
    reply = "经调取合同、发票和安装记录，设备为改造期内新购置，异议不成立。"
    office.do(case, "objection_handling", decision="dismiss", objection_reply=reply)
    asked = office.nobody.post("/public/objections/query", {"code": filed["query_code"]})
    assert (asked["state"], asked["reply"]) == ("dismissed", reply)


def test_it_stands_beside_the_investigation_and_on_the_pages_of_those_who_decide_on_money(at: At) -> None:
    office, case = at("publicity_period")
    objection = object_to(office, case)
    assert "审查公示异议" in page(at, "discipline", "/tasks")
    assert "督办逾期未审查的异议" not in page(at, "chief", "/tasks")
    office.wait_until("2026-03-05T09:00:00+08:00")
    assert "督办逾期未审查的异议" in page(at, "chief", "/tasks")
    accept(office, objection)
    beside = page(at, "officer2", f"/tasks/{office.task(case, 'objection_notice')['id']}")
    assert OBJECTION["text"] in beside
    assert not [secret for secret in SECRETS if secret in beside]
    investigate(office, case)
    office.do(case, "objection_handling", decision="dismiss")
    office.drive(case, until="district_approval")
    decides = page(at, "district", f"/tasks/{office.task(case, 'district_approval')['id']}")
    assert "公示异议1号" in decides
    assert OBJECTION["text"] not in decides
    assert "公示异议：异议不成立" in page(at, "meeting", f"/batches/{office.case(case)['batch']['id']}")
    office.drive(case, until="pay")
    assert "公示异议1号" in page(at, "finance2", f"/tasks/{office.task(case, 'pay')['id']}")
