"""The history of awards: imported from a file or as JSON, each row taken or refused by itself."""

from __future__ import annotations

import json
from typing import Any

from server.json import dumps
from storage import matters
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At
from tests.journeys.lists import E01, E02, refusals, send, send_file
from tests.sheets.workbooks import inline, package, worksheet
from workflows import audit

PATH = "/historic-awards"
E09 = "91110112YYYY00098U"
# What the demo batch rests on: an earlier municipal honour, a recognised cluster, an earlier certificate.
HISTORY: list[dict[str, Any]] = [
    {
        "enterprise": "E01",
        "uscc": E01,
        "scheme": "green_honour",
        "matter_key": "HON-E01-GF",
        "honour_type": "绿色工厂",
        "level": "municipal",
        "decided_on": "2025-06-20",
        "precap_amount": "500000",
        "paid_amount": "500000",
        "document_no": "虚构文〔2025〕12号",
    },
    {
        "enterprise": "E09",
        "uscc": E09,
        "scheme": "industry_cluster",
        "matter_key": "CLU-E09",
        "approved_total": "5000000",
        "years": [2026, 2027, 2028],
        "decided_on": "2025-11-18",
        "precap_amount": "0",
        "paid_amount": "0",
        "document_no": "虚构文〔2025〕31号",
    },
    {
        "enterprise": "E02",
        "uscc": E02,
        "scheme": "carbon_footprint",
        "matter_key": "CFP-E02",
        "certificate_no": "TEST-CFP-2023-0002",
        "issued_on": "2023-09-01",
        "decided_on": None,
        "precap_amount": "0",
        "paid_amount": "0",
        "document_no": None,
        "note": "an earlier certificate, never supported",
    },
]
HONOUR = HISTORY[0]
HEADERS = ["统一社会信用代码", "支持事项", "荣誉类型", "级别", "认定日期", "限额调减前金额", "实拨金额", "文号"]
ROW = [E01, "绿色制造荣誉认定", "绿色工厂", "市级", "2025-06-20", 500000, 500000, "虚构文〔2025〕12号"]


def counted(office: Office, report: Any) -> Any:
    """The report of an import that the other process owner confirms where there is anything to confirm."""
    if report["accepted"]:
        office.as_("owner2").post(f"{PATH}/imports/{report['id']}/confirmation")
    return report


def everything(office: Office) -> Any:
    """What there is of the history."""
    return office.as_("auditor").get(PATH)["items"]


def test_the_history_of_the_demo_comes_as_json(office: Office) -> None:
    report = office.import_history(HISTORY)
    assert (report["accepted"], report["refused"]) == (3, [])
    footprint, cluster, honour = everything(office)
    assert honour == {
        **honour,
        "uscc": E01,
        "enterprise": "北京潞测绿能装备制造有限公司（虚构）",
        "scheme": "green_honour",
        "level": "municipal",
        "policy": "this",
        "decided_on": "2025-06-20",
        "precap_amount": "500000",
        "paid_amount": "500000",
    }
    assert (cluster["approved_total"], cluster["years"]) == ("5000000", [2026, 2027, 2028])
    assert (footprint["certificate_no"], footprint["decided_on"]) == ("TEST-CFP-2023-0002", None)


def test_the_same_from_a_workbook_and_from_gb18030(office: Office) -> None:
    assert counted(office, send(office.as_("owner"), PATH, [HEADERS, ROW]))["accepted"] == 1
    text = ",".join(HEADERS) + "\n" + ",".join(map(str, [E02, *ROW[1:]])) + "\n"
    assert counted(office, send_file(office.as_("owner"), PATH, text.encode("gb18030"), "台账.csv"))["accepted"] == 1
    assert [award["uscc"] for award in everything(office)] == [E02, E01]


def test_what_was_imported_is_not_imported_again(office: Office) -> None:
    assert office.import_history(HISTORY)["accepted"] == 3
    again = office.import_history([*HISTORY, {**HONOUR, "level": "national"}, {**HONOUR, "level": "national"}])
    assert again["accepted"] == 1
    reasons = refusals(again)
    assert {1, 2, 3, 5} == set(reasons)
    assert "已有" in reasons[1] and "第4行重复" in reasons[5]
    assert len(everything(office)) == 4


BAD: list[tuple[dict[str, Any], str]] = [
    ({"uscc": "91110112YYYY000122"}, "校验不通过"),
    ({"uscc": "91110112YYYYI00121"}, "校验不通过"),
    ({"uscc": "9111"}, "18位"),
    ({"uscc": None}, "必须填写"),
    ({"scheme": "nothing"}, "支持事项"),
    ({"scheme": None}, "必须填写"),
    ({"precap_amount": "-1"}, "限额调减前金额"),
    ({"precap_amount": "1e5"}, "限额调减前金额"),
    ({"precap_amount": 500000}, "须以文本填写"),
    ({"precap_amount": "500000.50"}, "整元"),
    ({"precap_amount": None}, "必须填写"),
    ({"precap_amount": "9" * 15}, "限额调减前金额"),
    ({"paid_amount": "500001"}, "不能大于"),
    ({"precap_amount": "500001"}, "超过第四条的最高支持金额500,000元"),
    ({"precap_amount": "1000001", "level": "national"}, "超过第四条的最高支持金额1,000,000元"),
    ({"scheme": "retrofit", "matter_key": "京通备1号", "precap_amount": "2000001"}, "超过第三条"),
    ({"scheme": "carbon_trading", "precap_amount": "150001"}, "超过第五条"),
    ({"decided_on": "2025-02-30"}, "没有这一天"),
    ({"decided_on": "2027-01-01"}, "晚于今日"),
    ({"decided_on": None}, "认定日期"),
    ({"document_no": None}, "文号"),
    ({"level": None}, "级别"),
    ({"level": "district"}, "级别"),
    ({"honour_type": None}, "荣誉类型"),
    ({"honour_type": "=1+1"}, "公式"),
    ({"honour_type": "长" * 501}, "超过500字"),
    ({"honour_type": "a\u202eb"}, "控制字符"),
    ({"honour_type": {"a": 1}}, "须以文本填写"),
    ({"policy": "older"}, "适用政策"),
    ({"approved_total": "1"}, "仅由产业集群"),
    ({"surprise": "1"}, "没有“surprise”这一项"),
    ({"scheme": "retrofit", "matter_key": None}, "同一事项标识"),
]


def test_money_in_another_unit_changes_nothing(office: Office) -> None:
    """50 (万元) taken for 50 yuan made the difference of a promotion 999,950 instead of 500,000."""
    for unit in ("（万元）", "/万元", "：千元"):
        with refused(422) as refusal:
            send(office.as_("owner"), PATH, [[*HEADERS[:5], f"限额调减前金额{unit}", *HEADERS[6:]], ROW])
        assert "限额调减前金额" in refusal.detail and unit.strip("（）/：") in refusal.detail
    with refused(422):
        send(office.as_("owner"), PATH, [["单位：万元"], HEADERS, ROW])
    assert everything(office) == []


def test_a_list_is_taken_as_people_paste_it(office: Office) -> None:
    """What spreadsheets and people do to codes, amounts and days, as a .csv file."""
    lines = [
        f'"=""{E01}""",绿色制造荣誉认定,绿色工厂,市级,2025年 6月 30日,"500,000","￥500,000 元",="0012"',
        f"'{E02.lower()},绿色制造荣誉认定,绿色工厂,市级,20250630,５０００００,500000\u200b,'0013",
        f"\ufeff{E09},绿色制造荣誉认定,绿色工厂,市级,2025-06-30 08:30,500000元,500 000,0014",
        f"{E01},绿色制造荣誉认定,绿色工厂,国家级,2025-06-30,50万,50万,15",
        f"{E02},绿色制造荣誉认定,绿色工厂,国家级,2025-06,500000,500000,16",
    ]
    content = "\n".join([",".join(HEADERS), *lines]).encode()
    report = counted(office, send_file(office.as_("owner"), PATH, content, "台账.csv"))
    assert report["accepted"] == 3
    reasons = refusals(report)
    assert "“万”" in reasons[5] and "写明到日" in reasons[6]
    told = [(award["uscc"], award["precap_amount"], award["decided_on"]) for award in reversed(everything(office))]
    assert told == [(uscc, "500000", "2025-06-30") for uscc in (E01, E02, E09)]
    assert [award["document_no"] for award in reversed(everything(office))] == ["0012", "0013", "0014"]


def test_what_the_repealed_rules_gave_is_not_judged_by_this_law(office: Office) -> None:
    old = {**HONOUR, "policy": "old", "precap_amount": "800000"}
    assert office.import_history([old])["accepted"] == 1


def test_a_bad_row_is_refused_and_the_good_one_beside_it_taken(office: Office) -> None:
    items = [*({**HONOUR, **changed} for changed, _ in BAD), {**HONOUR, "uscc": E02}]
    report = office.import_history(items)
    assert report["accepted"] == 1
    assert_refused(report, BAD)
    assert [award["uscc"] for award in everything(office)] == [E02]


def assert_refused(report: dict[str, Any], rows: list[tuple[dict[str, Any], str]]) -> None:
    reasons = refusals(report)
    assert set(reasons) == set(range(1, len(rows) + 1))
    for number, (changed, words) in enumerate(rows, start=1):
        assert words in reasons[number], changed


BAD_CLUSTERS: list[tuple[dict[str, Any], str]] = [
    ({"approved_total": "5000001"}, "5,000,000元"),
    ({"approved_total": "0"}, "大于0"),
    ({"approved_total": None}, "必须填写"),
    ({"years": None}, "必须填写"),
    ({"years": [2026, 2027]}, "连续的3年"),
    ({"years": [2026, 2027, 2029]}, "连续的3年"),
    ({"years": [2024, 2025, 2026]}, "不能早于认定日期"),
    ({"years": [2028, 2027, 2026]}, "由早到晚"),
    ({"years": "2026-2028"}, "年度"),
    ({"decided_on": None}, "必须填写"),
    ({"uscc": "911101120000000000"}, "尚未在系统中登记"),
]


def test_a_cluster_of_article_8_is_checked_by_its_article(office: Office) -> None:
    report = office.import_history([{**HISTORY[1], **changed} for changed, _ in BAD_CLUSTERS])
    assert report["accepted"] == 0
    assert_refused(report, BAD_CLUSTERS)
    assert everything(office) == []


def test_a_cluster_is_recognised_once(office: Office) -> None:
    other = {**HISTORY[1], "decided_on": "2025-12-01"}
    report = office.import_history([HISTORY[1], other])
    assert report["accepted"] == 1
    assert "不得重复认定" in refusals(report)[2]
    assert "不得重复认定" in refusals(office.import_history([other]))[1]


def test_rows_of_a_file_are_refused_by_the_number_that_excel_shows(office: Office) -> None:
    bad = [["91110112YYYY000122", *ROW[1:]], ROW, ["=A2", *ROW[1:]], [], [E02, *ROW[1:5], "=1", *ROW[6:]], ROW]
    report = counted(office, send(office.as_("owner"), PATH, [["历史支持台账"], HEADERS, *bad]))
    assert report["accepted"] == 1
    reasons = refusals(report)
    assert set(reasons) == {3, 5, 7, 8}
    assert "校验" in reasons[3] and "公式" in reasons[5] and "公式" in reasons[7] and "第4行重复" in reasons[8]
    assert len(everything(office)) == 1


def hundred_thousand_rows() -> bytes:
    return (",".join(HEADERS[:2]) + "\n" + ",".join(ROW[:2]) + "\n").encode() + f"{E01},art4\n".encode() * 100_000


UNREADABLE: list[tuple[bytes, str, str]] = [
    (b"", "a.xlsx", "空的"),
    (b"not a workbook", "a.xlsx", "不符"),
    (b"PK\x03\x04" + bytes(100), "a.xlsx", "损坏"),
    (",".join(HEADERS).encode(), "a.csv", "没有数据行"),
    ("单位\n甲\n".encode(), "a.csv", "“统一社会信用代码”、“支持事项”"),
    (package(" " * 60 * 1024 * 1024), "bomb.xlsx", "解压"),
    (package("<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>"), "a.xlsx", "DTD"),
    (package(worksheet(inline("x")), {"xl/vbaProject.bin": b"x"}), "a.xlsx", "宏"),
    (hundred_thousand_rows(), "a.csv", "20,000行"),
]


def test_a_file_that_cannot_be_read_changes_nothing(office: Office) -> None:
    for content, name, words in UNREADABLE:
        with refused(422) as refusal:
            send_file(office.as_("owner"), PATH, content, name)
        assert words in refusal.detail
        assert refusal.fields == {"file"}
    assert everything(office) == []


def test_a_file_beyond_the_limit_is_not_even_read(office: Office) -> None:
    with refused(413) as refusal:
        send_file(office.as_("owner"), PATH, bytes(6 * 1024 * 1024), "a.csv")
    assert "5 MB、20,000行" in refusal.detail
    with refused(422):
        office.as_("owner").post(PATH, files={"file": "not a file"})


def test_only_the_process_owner_imports(office: Office) -> None:
    for username in ("officer", "auditor", "chief"):
        with refused(403):
            office.as_(username).post(PATH, {"items": HISTORY})
        assert office.as_(username).get(PATH)["items"] == []
    with refused(403):
        office.as_("e01").get(PATH)


def test_pages_of_the_history(office: Office) -> None:
    owner = office.as_("owner")
    office.import_history([{**HONOUR, "site": f"{number}号厂区"} for number in range(5)])
    first = owner.get(f"{PATH}?limit=3")
    rest = owner.get(f"{PATH}?limit=3&cursor={first['next']}")
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [3, 2, None]
    assert owner.get(f"{PATH}?uscc={E02}")["items"] == []
    assert len(owner.get(f"{PATH}?uscc={E01.lower()}")["items"]) == 5


def test_an_import_is_on_the_record_with_the_digest_of_its_file(app: Any, office: Office) -> None:
    report = office.import_history(HISTORY)
    assert len(report["sha256"]) == 64
    with app.extensions["greencase"].database.transaction() as session:
        proposed, event = audit.store.list_chain(session, "historic_awards", limit=10)
        assert (proposed.action, event.action) == ("historic_awards_proposed", "historic_awards_imported")
        told = {change["field"]: change["new"] for change in event.changes}
        assert told == {"filename": "JSON", "sha256": report["sha256"], "accepted": 3, "refused": 0}
        assert audit.verify(session) == []


def test_thousands_of_rows_are_imported_at_once(office: Office) -> None:
    rows = [{**HONOUR, "site": f"{number}号厂区"} for number in range(2_000)]
    report = office.import_history(rows)
    assert (report["accepted"], report["refused"]) == (2_000, [])
    assert len(json.loads(dumps(report))) == 14


def test_the_matter_of_a_row_is_where_a_new_case_looks(app: Any, office: Office) -> None:
    """The key is the program's own, whatever the bureau's register calls it; a number or name names the rest."""
    paid = {**HONOUR, "honour_type": None, "level": None}
    rows = [
        HONOUR,
        {**HONOUR, "honour_type": "绿色供应链", "site": "二厂"},
        {**paid, "scheme": "retrofit", "matter_key": "京通备〔2024〕7号"},
        {**paid, "scheme": "art9", "matter_key": "EVT:峰会:2025-05-01"},
        {**paid, "scheme": "碳足迹认证", "matter_key": None},
    ]
    assert office.import_history(rows)["accepted"] == 5
    with app.extensions["greencase"].database.transaction() as session:
        found = [matters.find(session, award["matter"]) for award in reversed(everything(office))]
    assert [matter.key for matter in found if matter] == [
        f"HON:{E01}:绿色工厂:",
        f"HON:{E01}:绿色供应链管理企业:二厂",
        "PRJ:京通备(2024)7号",
        "EVT:峰会:2025-05-01",
        f"CFP:{E01}",
    ]


# ---- what other offices of the district gave ----

ELSEWHERE: dict[str, Any] = {
    "uscc": E01,
    "scheme": "retrofit",
    "policy": "通州区其他扶持政策",
    "office": "通州区科学技术委员会（虚构）",
    "decided_on": "2025-09-10",
    "paid_amount": "300000",
    "document_no": "虚构通科发〔2025〕6号",
}


def filed(office: Office, case: str) -> dict[str, Any]:
    """A row of another office for the project of this case, by the key that a filing number gives it."""
    return {**ELSEWHERE, "matter_key": office.case(case)["matter"]["key"]}


def register(office: Office, row: dict[str, Any]) -> None:
    report = counted(office, office.as_("owner").post(PATH, {"items": [row]}))
    assert report["accepted"] == 1, report


def test_what_another_office_gave_is_found_where_the_figure_is_confirmed(at: At) -> None:
    office, case = at("confirm_verified")
    register(office, filed(office, case))
    task = office.task(case, "confirm_verified")["id"]
    data = office.as_("officer").get(f"/tasks/{task}")["form"]["data"]
    assert data["other_district_paid"] == "300000"
    assert data["granted_same_project"] == "0", "it is no award of article 3"
    with refused(422) as why:
        office.do(case, "confirm_verified", other_district_paid="299999")
    assert why.fields == {"other_district_paid"}
    office.drive(case, until="listed")
    batch = office.case(case)["batch"]["id"]
    [row] = office.as_("chief").post(f"/batches/{batch}/list")["items"]
    assert (row["precap_amount"], row["final_amount"]) == ("900000", "0")
    assert row["reasons"] == ["同一事项已获通州区其他政策支持300,000元，按“从优不重复”原则不再支持"]
    matter = office.as_("officer").get(f"/matters/{office.case(case)['matter']['id']}")
    assert [each["office"] for each in matter["historic_awards"]] == [ELSEWHERE["office"]]


def test_what_is_registered_after_the_verification_counts_at_the_list(at: At) -> None:
    office, case = at("listed")
    register(office, filed(office, case))
    [row] = office.as_("chief").post(f"/batches/{office.case(case)['batch']['id']}/list")["items"]
    assert row["final_amount"] == "0"


def test_a_row_of_another_office_says_who_when_and_for_what(at: At) -> None:
    office, case = at("confirm_verified")
    row = filed(office, case)
    for missing in ("office", "decided_on", "paid_amount", "document_no", "matter_key"):
        report = office.as_("owner").post(PATH, {"items": [{**row, missing: None}]})
        assert report["accepted"] == 0 and "必须填写" in refusals(report)[1], missing
    own = {**HONOUR, "office": "通州区科学技术委员会（虚构）"}
    report = office.as_("owner").post(PATH, {"items": [own]})
    assert "“主管部门”仅由通州区其他扶持政策填写" in refusals(report)[1]
