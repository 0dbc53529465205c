"""免申即享: an official list is imported, matched, and becomes cases that the firms confirm."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from storage import people
from tests.api_calls import ApiError, refused
from tests.app import application
from tests.contract_client import Office
from tests.journeys.conftest import Stages
from tests.journeys.lists import E01, E02, E03, HONOURS, honour, refusals, send, send_file
from tests.offices import Snapshot, office_of
from tests.sheets.workbooks import inline, package, workbook, worksheet

PATH = "/official-lists"
DOCUMENT = "虚构经信发〔2026〕1号"
NAME_01, NAME_02 = "北京潞测绿能装备制造有限公司（虚构）", "北京运测精密电子有限公司（虚构）"
PROJECTS = (
    "企业名称",
    "统一社会信用代码",
    "项目名称",
    "项目编号",
    "市级文号",
    "市级批准金额",
    "到账金额",
    "到账日期",
    "领域",
)
PROJECT = [
    *("北京宋测氢能科技有限公司（虚构）", "91110112YYYY0008XU", "站用制氢装置", "京未来〔2025〕8号"),
    *("虚构函〔2025〕3号", 2000000, "1500000.00", "2025-12-20", "氢能"),
]


@pytest.fixture(scope="module")
def with_batch(stages: Stages) -> Iterator[Snapshot]:
    """A database with an open batch of both schemes, to be copied."""
    urls = stages.databases.make(stages.prepared.urls)
    with application(stages.settings(urls)) as app:
        office_of(app, stages.prepared).make_batch(schemes=("green_honour", "future_energy"))
    yield replace(stages.prepared, urls=urls)
    stages.databases.drop(urls)


@pytest.fixture
def app(stages: Stages, with_batch: Snapshot) -> Iterator[Flask]:
    urls = stages.databases.make(with_batch.urls)
    with application(stages.settings(urls)) as made:
        yield made
    stages.databases.drop(urls)


@pytest.fixture
def office(app: Flask, with_batch: Snapshot) -> Office:
    return office_of(app, with_batch)


def fields(office: Office, scheme: str = "green_honour", **more: str) -> dict[str, str]:
    """The form of an import into the newest batch."""
    return {
        "scheme": scheme,
        "title": "2025年度北京市绿色制造名单（虚构）",
        "document_no": "虚构经信发〔2026〕1号",
        "published_on": "2026-01-20",
        "batch": str(office.as_("officer").get("/batches")["items"][0]["id"]),
        **more,
    }


def import_honours(office: Office, *lines: list[Any], by: str = "officer", **more: str) -> Any:
    return send(office.as_(by), PATH, [HONOURS, *lines], **fields(office, **more))


def read(office: Office, list_id: int, by: str = "officer") -> dict[int, Any]:
    """The lines of a list by their row."""
    return {line["row"]: line for line in office.as_(by).get(f"{PATH}/{list_id}")["items"]}


def test_a_line_is_matched_where_code_and_name_agree_else_proposed(office: Office) -> None:
    report = import_honours(
        office,
        honour("改过名的公司", E01),
        honour("北京运测精密电子有限公司"),
        honour("没有登记的公司"),
        honour("北京副测云数据中心有限公司（虚构）", "91350100M000100Y43"),
    )
    assert (report["accepted"], report["refused"]) == (4, [])
    assert report["states"] == {"to_confirm": 3, "unmatched": 1}
    lines = read(office, report["id"])
    assert [(line["state"], line["enterprise"] and line["enterprise"]["uscc"]) for line in lines.values()] == [
        ("to_confirm", E01),
        ("to_confirm", E02),
        ("unmatched", None),
        ("to_confirm", E03),
    ]
    assert [line["name_differs"] for line in lines.values()] == [True, False, False, False]
    assert lines[2]["facts"] == {
        "honour_type": "绿色工厂",
        "level": "municipal",
        "honour_date": "2026-01-15",
        "list_document_no": "虚构经信发〔2026〕1号",
    }


@pytest.mark.parametrize(
    ("name", "state"),
    [
        (NAME_01, "matched"),
        ("北京潞测绿能装备制造有限公司(虚构)", "matched"),
        (" 北京潞测绿能装备制造有限公司 （虚构） ", "matched"),
        ("北京潞测绿能装备制造有限公司", "matched"),
        (NAME_02, "to_confirm"),
        ("北京潞测绿能装备有限公司（虚构）", "to_confirm"),
        ("潞测绿能", "to_confirm"),
        ("E01", "to_confirm"),
    ],
)
def test_a_name_that_contradicts_its_code_is_to_be_settled(office: Office, name: str, state: str) -> None:
    """A column that slipped by a row offered the money of one firm to another: no case before somebody looked."""
    listed = import_honours(office, honour(name, E01))["id"]
    line = read(office, listed)[2]
    assert (line["state"], line["enterprise"]["uscc"], line["name_differs"]) == (state, E01, state == "to_confirm")
    officer = office.as_("officer")
    if state == "to_confirm":
        with refused(409):
            officer.post(f"{PATH}/{listed}/candidates")
        assert office.as_("e01").get("/messages")["items"] == []
        officer.post(f"{PATH}/{listed}/entries/{line['id']}/match", {"uscc": E02 if name == NAME_02 else E01})
    assert len(officer.post(f"{PATH}/{listed}/candidates")["items"]) == 1
    assert len(office.as_("e02").get("/cases")["items"]) == (name == NAME_02)


def test_a_firm_renamed_after_the_import_is_looked_at_again(app: Flask, office: Office) -> None:
    listed = import_honours(office, honour(NAME_01, E01))["id"]
    with app.extensions["greencase"].database.transaction() as session:
        enterprise = people.find_enterprise(session, E01)
        assert enterprise is not None
        enterprise.name = "北京新潞测有限公司（虚构）"
    with refused(409) as refusal:
        office.as_("officer").post(f"{PATH}/{listed}/candidates")
    assert "第2行" in refusal.detail
    line = read(office, listed)[2]
    office.as_("officer").post(f"{PATH}/{listed}/entries/{line['id']}/match", {"uscc": E01})
    assert len(office.as_("officer").post(f"{PATH}/{listed}/candidates")["items"]) == 1


def test_an_officer_decides_over_names(office: Office) -> None:
    listed = import_honours(office, honour(NAME_02), honour("曾用名公司"), honour(NAME_01))["id"]
    lines = read(office, listed)
    officer, path = office.as_("officer"), f"{PATH}/{listed}/entries"
    assert officer.post(f"{path}/{lines[2]['id']}/match", {"uscc": E02})["state"] == "matched"
    assert officer.post(f"{path}/{lines[3]['id']}/match", {"uscc": E03.lower()})["enterprise"]["uscc"] == E03
    dismissed = officer.post(f"{path}/{lines[4]['id']}/dismissal", {"reason": "已移出名单"})
    assert (dismissed["state"], dismissed["enterprise"], dismissed["decided_by"]) == ("dismissed", None, "officer")
    assert office.as_("auditor").get(f"{PATH}/{listed}")["states"] == {
        **dict.fromkeys(("to_confirm", "unmatched"), 0),
        "matched": 2,
        "dismissed": 1,
    }
    with refused(422) as refusal:
        officer.post(f"{path}/{lines[2]['id']}/match", {"uscc": "911101120000000000"})
    assert refusal.fields == {"uscc"}
    with refused(422):
        officer.post(f"{path}/{lines[2]['id']}/dismissal", {"reason": " "})
    for wrong in (f"{path}/999", f"{PATH}/999/entries/{lines[2]['id']}"):
        with refused(404):
            officer.post(f"{wrong}/match", {"uscc": E01})


def test_each_bad_line_is_refused_with_its_reason(office: Office) -> None:
    good = honour(NAME_01, E01)
    bad: list[tuple[list[Any], str]] = [
        (honour(NAME_01, "91110112YYYY000122"), "校验不通过"),
        (honour(NAME_01, "9111"), "18位"),
        (honour("", E02), "“企业名称”必须填写"),
        (honour(NAME_01, E01, level="区级"), "“级别”"),
        (honour(NAME_01, E01, kind="文明单位"), "不在支持范围内"),
        ([*good[:4], "2027-01-01", None], "晚于今日"),
        ([*good[:4], "去年", None], "应为日期"),
        ([NAME_01, "=B2", *good[2:]], "公式"),
        (["长" * 600, *good[1:]], "超过500字"),
        (good, "与第2行重复"),
        (honour("改过名的公司", E01), "与第2行重复"),
    ]
    report = import_honours(office, good, *(line for line, _ in bad))
    assert report["accepted"] == 1
    reasons = refusals(report)
    assert set(reasons) == set(range(3, 3 + len(bad)))
    for number, (line, words) in enumerate(bad, start=3):
        assert words in reasons[number], line
    assert set(read(office, report["id"])) == {2}
    assert office.as_("owner").get(f"{PATH}/{report['id']}")["report"]["refused"] == report["refused"]


def test_a_line_of_an_earlier_list_is_not_taken_again(office: Office) -> None:
    first = import_honours(office, honour(NAME_01, E01), honour(NAME_02))
    again = import_honours(office, honour(NAME_01, E01), honour(NAME_02, E02), honour(NAME_01, E01, level="国家级"))
    assert again["accepted"] == 1
    assert {number: "已在名单" in words for number, words in refusals(again).items()} == {2: True, 3: True}
    entry = read(office, first["id"])[2]["id"]
    office.as_("officer").post(f"{PATH}/{first['id']}/entries/{entry}/dismissal", {"reason": "名单有误，重新导入"})
    assert import_honours(office, honour(NAME_01, E01))["accepted"] == 1


def test_where_no_line_is_good_there_is_no_list(office: Office) -> None:
    report = import_honours(office, honour(NAME_01, "91110112YYYY000122"))
    assert (report["id"], report["accepted"], len(report["refused"])) == (None, 0, 1)
    assert office.as_("officer").get(PATH)["items"] == []


UNREADABLE: list[tuple[bytes, str, str]] = [
    (b"", "a.xlsx", "空的"),
    (b"%PDF-1.4", "a.xlsx", "不符"),
    (b"PK\x03\x04" + bytes(100), "a.xlsx", "损坏"),
    (workbook([HONOURS]), "a.xlsx", "没有数据行"),
    (workbook([["单位"], ["甲"]]), "a.xlsx", "“企业名称”"),
    (package(" " * 60 * 1024 * 1024), "bomb.xlsx", "解压"),
    (package("<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>"), "a.xlsx", "DTD"),
    (package(worksheet(inline("企业名称")), {"xl/vbaProject.bin": b"x"}), "a.xlsx", "宏"),
    (("企业名称,荣誉类型,级别,认定日期\n" + "甲,绿色工厂,市级,2026-01-15\n" * 100_000).encode(), "a.csv", "20,000行"),
]


def test_a_file_that_cannot_be_read_changes_nothing(office: Office) -> None:
    form = fields(office)
    for content, name, words in UNREADABLE:
        with refused(422) as refusal:
            send_file(office.as_("owner"), PATH, content, name, **form)
        assert words in refusal.detail
        assert refusal.fields == {"file"}
    assert office.as_("owner").get(PATH)["items"] == []


def test_what_a_list_must_say_of_itself(office: Office) -> None:
    for field, wrong in [
        ("scheme", "retrofit"),
        ("title", ""),
        ("document_no", " "),
        ("published_on", ""),
        ("published_on", "2026-13-01"),
        ("published_on", "2026-04-01"),
        ("batch", "999"),
        ("batch", "x"),
    ]:
        with refused(422) as refusal:
            import_honours(office, honour(NAME_01, E01), **{field: wrong})
        assert refusal.fields == {field}


def test_who_may_do_what(office: Office) -> None:
    listed = import_honours(office, honour(NAME_01, E01), by="owner")["id"]
    entry = read(office, listed)[2]["id"]
    for username in ("chief", "auditor", "acceptance"):
        assert office.as_(username).get(f"{PATH}/{listed}")["id"] == listed
        with refused(403):
            import_honours(office, honour(NAME_02, E02), by=username)
    with refused(403):
        office.as_("e01").get(PATH)
    for username in ("owner", "chief", "e01"):
        for path, body in ((f"entries/{entry}/match", {"uscc": E02}), ("candidates", {})):
            with refused(403):
                office.as_(username).post(f"{PATH}/{listed}/{path}", body)


def test_pages_of_a_list(office: Office) -> None:
    lines = [honour(f"未登记公司{number}", kind="绿色工厂") for number in range(5)]
    listed = import_honours(office, *lines)["id"]
    first = office.as_("officer").get(f"{PATH}/{listed}?limit=3")
    rest = office.as_("officer").get(f"{PATH}/{listed}?limit=3&cursor={first['next']}")
    assert [line["row"] for line in (*first["items"], *rest["items"])] == [2, 3, 4, 5, 6]
    assert rest["next"] is None


def test_projects_of_the_city(office: Office) -> None:
    form = fields(office, "future_energy", title="北京市未来能源创新项目（虚构）")
    more = [*PROJECT[:3], "另一编号", *PROJECT[4:]]
    bad = [*PROJECT[:3], "第三编号", *PROJECT[4:5], 1000000, 1000000.01, *PROJECT[7:]]
    report = send(office.as_("officer"), PATH, [PROJECTS, PROJECT, [*more[:5], None, None, None, None], bad], **form)
    assert report["accepted"] == 2
    assert "不能大于" in refusals(report)[4]
    lines = read(office, report["id"])
    assert lines[2]["facts"] == {
        "project_name": "站用制氢装置",
        "city_project_no": "京未来〔2025〕8号",
        "city_document_no": "虚构函〔2025〕3号",
        "city_award_approved": "2000000",
        "city_award_received": "1500000.00",
        "received_date": "2025-12-20",
        "field": "hydrogen",
    }
    assert set(lines[3]["facts"]) == {"project_name", "city_project_no", "city_document_no"}


def test_rows_that_a_file_hides_are_mentioned(office: Office) -> None:
    rows = inline(*HONOURS[:5]) + "".join(
        inline(name, uscc, "绿色工厂", "市级", "2026-01-15").replace("<row>", row)
        for name, uscc, row in ((NAME_01, E01, "<row>"), (NAME_02, E02, '<row hidden="1">'))
    )
    report = send_file(office.as_("officer"), PATH, package(worksheet(rows)), "名单.xlsx", **fields(office))
    assert report["accepted"] == 2 and "第3行" in report["notes"][0]
    assert office.as_("officer").get(f"{PATH}/{report['id']}")["report"]["notes"] == report["notes"]


def test_projects_of_the_city_state_yuan(office: Office) -> None:
    form = fields(office, "future_energy", title="北京市未来能源创新项目（虚构）")
    for place, header in ((5, "市级批准金额（万元）"), (6, "累计到账金额/亿元")):
        with refused(422) as refusal:
            send(office.as_("officer"), PATH, [[*PROJECTS[:place], header, *PROJECTS[place + 1 :]], PROJECT], **form)
        assert header in refusal.detail
    assert office.as_("officer").get(PATH)["items"] == []


def test_candidates_are_confirmed_by_their_firms(office: Office) -> None:
    listed = import_honours(office, honour(NAME_01, E01), honour(NAME_02), honour("没有登记的公司"))["id"]
    officer = office.as_("officer")
    made = officer.post(f"{PATH}/{listed}/candidates")
    assert (len(made["items"]), made["remaining"]) == (1, 0)
    reference = made["items"][0]["case"]
    office.applicants[reference] = "e01"
    case = office.as_("e01").get(f"/cases/{reference}")
    assert (case["title"], [task["element_id"] for task in case["open_tasks"]]) == (
        "市级绿色工厂",
        ["confirm_candidate"],
    )
    assert office.as_("e01").get("/messages")["items"][0]["title"] == "免申即享确认通知"
    assert read(office, listed)[2]["confirmation"] == "unconfirmed"

    office.do(reference, "confirm_candidate")
    assert read(office, listed)[2]["confirmation"] == "confirmed"
    assert office.case(reference)["status"] == "CREDIT_CHECK"


def test_a_firm_may_decline(office: Office) -> None:
    listed = import_honours(office, honour(NAME_01, E01))["id"]
    [made] = office.as_("officer").post(f"{PATH}/{listed}/candidates")["items"]
    office.applicants[made["case"]] = "e01"
    office.do(made["case"], "confirm_candidate", decision="decline")
    line = read(office, listed)[2]
    assert (line["case"], line["confirmation"]) == (made["case"], "declined")


def test_a_line_never_makes_two_cases(office: Office) -> None:
    listed = import_honours(office, honour(NAME_01, E01), honour(NAME_02, E02))["id"]
    officer, results = office.as_("officer"), []

    def press() -> None:
        results.append(officer.try_call("POST", f"{PATH}/{listed}/candidates")[0])

    presses = [threading.Thread(target=press) for _ in range(4)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert sorted(results) == [201, 409, 409, 409]
    lines = read(office, listed)
    assert len({line["case"] for line in lines.values()}) == 2
    assert len(office.as_("e01").get("/cases")["items"]) == 1
    for path, body in (("match", {"uscc": E03}), ("dismissal", {"reason": "不再支持"})):
        with pytest.raises(ApiError, match="409"):
            officer.post(f"{PATH}/{listed}/entries/{lines[2]['id']}/{path}", body)


def test_no_case_is_made_before_the_batch_is_open(office: Office) -> None:
    body = {
        "title": "未发布的批次（虚构）",
        "schemes": ["green_honour"],
        "window_from": "2026-03-02T00:00:00+08:00",
        "window_to": "2026-04-15T23:59:59+08:00",
        "cap_year": 2026,
    }
    office.as_("officer").post("/batches", body)
    listed = import_honours(office, honour(NAME_01, E01))["id"]
    with refused(409):
        office.as_("officer").post(f"{PATH}/{listed}/candidates")
    assert read(office, listed)[2]["case"] is None


def to_verify(office: Office) -> str:
    """A case that e01 filed by itself for a municipal green factory, where its honour is confirmed."""
    case = office.apply(scheme="green_honour", title="绿色工厂")
    office.do(case, "fill_application", honour_type="绿色工厂", level="municipal", list_document_no=DOCUMENT)
    office.drive(case, until="confirm_verified")
    return case


def verified(office: Office, case: str) -> dict[str, Any]:
    task = office.task(case, "confirm_verified")
    return dict(office.as_("officer").get(f"/tasks/{task['id']}")["form"]["data"])


def honour_of(office: Office, case: str) -> tuple[bool | None, str]:
    office.drive(case, until="listed")
    [calculation] = office.as_("officer").get(f"/cases/{case}/calculation")["items"]
    [found] = [each["met"] for each in calculation["conditions"] if each["code"] == "HONOUR_AWARDED"]
    return found, calculation["precap_amount"]


def test_a_list_that_names_the_firm_is_the_fact(office: Office) -> None:
    import_honours(office, honour(NAME_01, E01), document_no=DOCUMENT)
    case = to_verify(office)
    assert verified(office, case)["on_official_list"] is True
    office.do(case, "confirm_verified")
    assert honour_of(office, case) == (True, "500000")


def test_a_list_that_does_not_name_the_firm_is_the_fact(office: Office) -> None:
    import_honours(office, honour(NAME_02, E02), document_no=DOCUMENT)
    case = to_verify(office)
    assert verified(office, case)["on_official_list"] is False
    with refused(422) as why:
        office.do(case, "confirm_verified", on_official_list=True)
    assert why.fields == {"on_official_list"}
    # Another document's list may name it: the officer answers for that, by its number.
    office.do(case, "confirm_verified", on_official_list=False)
    assert honour_of(office, case) == (False, "0")


def test_where_no_list_was_imported_the_officer_answers_by_the_document(office: Office) -> None:
    case = to_verify(office)
    assert "on_official_list" not in verified(office, case)
    with refused(422) as why:
        office.do(case, "confirm_verified", award_document_no="")
    assert why.fields == {"award_document_no"}
    office.do(case, "confirm_verified", on_official_list=True, award_document_no="虚构工信函〔2026〕9号")
    assert honour_of(office, case) == (True, "500000")
