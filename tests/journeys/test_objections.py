"""P14: who looks into an objection, who is heard, who decides, and what is never told."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy import event

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, page
from tests.journeys.test_publicity import ENDS_AT, OBJECTION, accept, investigate, object_to, states
from tests.server.files import EXE, PDF
from tests.server.signing_in import bearer, token_of

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
    with refused(422) as why:
        office.do(case, "objection_investigation", objection_findings=f"{OBJECTION['name']}所述不实")
    assert why.fields == {"objection_findings"}
    office.do(case, "objection_investigation")
    with refused(422) as why:
        office.do(case, "objection_handling", decision="dismiss", objection_reply=f"已电告{OBJECTION['phone']}")
    assert why.fields == {"objection_reply"}
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


def notice_of(office: Office) -> int:
    return int(office.nobody.get("/public/notices")["items"][0]["id"])


def test_numbers_that_can_be_nobodys_are_refused_with_a_sentence(at: At) -> None:
    office, case = at("publicity_period")
    path = f"/public/notices/{notice_of(office)}/objections"
    wrong = (
        *("aaaaaa", "11011219900101000A", "110112199001010000000", "91110112MA00000000", "身份证号没有", "12-34-5"),
    )
    for id_no in wrong:
        with refused(422) as why:
            office.nobody.post(path, {"case": case, **OBJECTION, "id_no": id_no})
        assert why.fields == {"id_no"}, id_no
    for phone in ("没有电话号", "12345", "电话13800000000"):
        with refused(422) as why:
            office.nobody.post(path, {"case": case, **OBJECTION, "phone": phone})
        assert why.fields == {"phone"}, phone
    for right in (
        {"id_no": " e12345678 "},
        {"id_no": "1101121990 0101 000x"},
        {"phone": "010-6954 0000转801"},
        {"phone": "+86 138 0000 0000"},
    ):
        assert office.nobody.post(path, {"case": case, **OBJECTION, **right})["query_code"]


def test_the_receipt_stands_where_the_form_was_and_once(at: At) -> None:
    office, case = at("publicity_period")
    client, notice = at.app.test_client(), notice_of(office)
    form = client.get(f"/notices/{notice}").get_data(as_text=True)
    csrf = form.split('name="csrf_token" value="')[1].split('"')[0]
    sent = {"csrf_token": csrf, "case": case, **OBJECTION}
    answer = client.post(f"/notices/{notice}/objections", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/notices/{notice}#objection")
    shown = client.get(f"/notices/{notice}").get_data(as_text=True)
    assert "登记回执" in shown
    assert 'id="query-code"' in shown
    assert 'name="id_no"' not in shown
    assert not [secret for secret in SECRETS if secret in shown]
    again = client.get(f"/notices/{notice}").get_data(as_text=True)
    assert "登记回执" not in again
    assert 'name="id_no"' in again


def test_the_page_of_the_query_code_takes_files_and_says_what_it_does_not_take(at: At) -> None:
    office, case = at("publicity_period")
    filed = office.nobody.post(f"/public/notices/{notice_of(office)}/objections", {"case": case, **OBJECTION})
    client = at.app.test_client()
    csrf = client.get("/filed").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    asked = client.post("/filed", data={"csrf_token": csrf, "code": filed["query_code"]}).get_data(as_text=True)
    assert "补充证据材料" in asked
    for content, name, status, said in (
        (EXE, "证据.pdf", 415, "只接受"),
        (PDF, "证据.pdf", 200, "已提交的证据材料"),
    ):
        sent = {"csrf_token": csrf, "code": filed["query_code"], "file": (io.BytesIO(content), name)}
        answer = client.post("/filed/evidence", data=sent, content_type="multipart/form-data")
        assert answer.status_code == status
        assert said in answer.get_data(as_text=True)
    answer = client.post("/filed/evidence", data={"csrf_token": csrf, "code": filed["query_code"]})
    assert answer.status_code == 422
    assert "请选择要上传的文件" in answer.get_data(as_text=True)
    wrong = {"csrf_token": csrf, "case": case, **OBJECTION, "id_no": "aaaaaa"}
    refused_page = client.post(f"/notices/{notice_of(office)}/objections", data=wrong)
    assert refused_page.status_code == 422
    assert "证件号码有误" in refused_page.get_data(as_text=True)


def add(office: Office, code: str, content: bytes = PDF, name: str = "现场照片.pdf") -> Any:
    return office.nobody.post("/public/objections/evidence", files={"code": code, "file": (io.BytesIO(content), name)})


def test_what_an_objector_adds_is_for_discipline_until_it_discloses_it(at: At) -> None:
    office, case = at("publicity_period")
    filed = office.nobody.post(f"/public/notices/{notice_of(office)}/objections", {"case": case, **OBJECTION})
    with refused(404):
        add(office, "AAAA-AAAA-AAAA-AAAA")
    with refused(415):
        add(office, filed["query_code"], EXE)
    evidence = add(office, filed["query_code"])
    assert office.nobody.post("/public/objections/query", {"code": filed["query_code"]})["files"] == ["现场照片.pdf"]
    opened = {who: opens(at, who, filed["id"], evidence["id"]) for who in ("discipline", "legal", "auditor")}
    assert set(opened.values()) == {200}
    assert [opens(at, who, filed["id"], evidence["id"]) for who in ("chief", "officer")] == [404, 404]
    assert [opens(at, who, filed["id"], evidence["id"]) for who in ("e01", "owner")] == [403, 403]
    assert "现场照片" not in page(at, "chief", "/objections")
    for who in ("chief", "officer"):
        with refused(403):
            office.as_(who).post(f"/objections/{filed['id']}/evidence/{evidence['id']}/disclosure")
    office.as_("discipline").post(f"/objections/{filed['id']}/evidence/{evidence['id']}/disclosure")
    assert "现场照片" in page(at, "chief", "/objections")
    assert opens(at, "officer", filed["id"], evidence["id"]) == 200
    # The firm's papers know nothing of it, nor does the record know the name of the file.
    accept(office, filed["id"])
    office.do(case, "objection_notice")
    for shown in (
        office.as_("e01").get(f"/cases/{case}/documents"),
        page(at, "e01", f"/cases/{case}"),
        office.as_("auditor").get(f"/cases/{case}/history"),
    ):
        assert "现场照片" not in str(shown)


def opens(at: At, who: str, objection: int, evidence: int) -> int:
    """The status with which a person is answered who opens a file of an objector."""
    client = at.app.test_client()
    path = f"/api/v1/objections/{objection}/evidence/{evidence}/content"
    return client.get(path, headers=bearer(token_of(at.app, who))).status_code


def test_nothing_is_added_to_what_was_answered(at: At) -> None:
    office, case = at("publicity_period")
    filed = office.nobody.post(f"/public/notices/{notice_of(office)}/objections", {"case": case, **OBJECTION})
    office.as_("discipline").post(f"/objections/{filed['id']}/rejection", {"reply": "所反映的事项与公示内容无关。"})
    with refused(409):
        add(office, filed["query_code"])


def test_an_answer_that_is_late_is_on_the_desks(at: At) -> None:
    office, case = at("publicity_period")
    accept(office, object_to(office, case))
    due = next(each["due_on"] for each in office.as_("chief").get("/objections")["items"])
    office.wait_until(f"{due}T23:00:00+08:00")
    assert "督办逾期未答复的异议" not in page(at, "chief", "/tasks")
    office.wait_until("2026-04-30T09:00:00+08:00")
    for who in ("chief", "discipline", "legal"):
        assert "督办逾期未答复的异议" in page(at, who, "/tasks")


def test_the_pages_name_people(at: At) -> None:
    office, case = at("publicity_period")
    accept(office, object_to(office, case))
    handled = office.as_("discipline").get("/objections")["items"][0]["handled_by"]
    assert handled
    assert handled != "discipline"
    assert handled in page(at, "chief", "/objections")


def test_a_list_of_many_objections_asks_no_more_than_one_of_a_few(at: At) -> None:
    office, case = at("publicity_period")
    seen: list[str] = []
    event.listen(at.database.engine, "before_cursor_execute", lambda *arguments: seen.append(str(arguments[2])))

    def asked() -> int:
        seen.clear()
        office.as_("discipline").get("/objections")
        return len(seen)

    object_to(office, case)
    asked()
    few = asked()
    for _ in range(4):
        object_to(office, case)
    assert len(office.as_("discipline").get("/objections")["items"]) == 5
    assert asked() == few
