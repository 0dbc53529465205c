"""工作日历 on pages: a notice is pasted or comes as a file, another owner confirms what he saw, its absence is said."""

from __future__ import annotations

import io
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api_calls import flask_transport
from tests.contract_client import Office
from tests.server.signing_in import put_into_cookie, token_of
from tests.sheets.workbooks import workbook

NOTICE = (
    "一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n二、春节：2月5日至11日放假调休，共7天。2月20日（周六）上班。"
)
PAGE = "/calendars/2027"


@pytest.fixture
def office(untouched: Flask) -> Office:
    return Office(flask_transport(untouched))


@pytest.fixture
def desks(untouched: Flask) -> dict[str, FlaskClient]:
    """People at their browsers; the CSRF tokens of the forms are taken for right."""
    untouched.config.update(WTF_CSRF_ENABLED=False)
    found = {}
    for username in ("owner", "owner2", "chief", "officer"):
        found[username] = untouched.test_client()
        put_into_cookie(found[username], token_of(untouched, username))
    return found


def shown(desk: FlaskClient, path: str = PAGE) -> str:
    return desk.get(path, follow_redirects=True).get_data(as_text=True)


def form(**given: object) -> dict[str, object]:
    return {"holidays": "", "workdays": "", "basis": "国务院办公厅通知（虚构）", **given}


def test_a_pasted_notice_is_confirmed_by_another_owner(office: Office, desks: dict[str, FlaskClient]) -> None:
    assert desks["owner"].post(f"{PAGE}/proposals", data=form(holidays=NOTICE)).status_code == 303
    proposal = office.as_("owner2").get(PAGE)["proposal"]
    assert (len(proposal["holidays"]), proposal["workdays"]) == (10, ["2027-02-20"])
    assert "放假日期中没有劳动节、国庆节" in shown(desks["owner2"]), "what looks like a skipped line is said"
    assert "由你提出" in shown(desks["owner"])
    seen = {"proposal": proposal["id"]}
    for who, status in (("owner", 403), ("chief", 403), ("owner2", 303)):
        assert desks[who].post(f"{PAGE}/confirmations", data=seen).status_code == status
    assert office.as_("owner").get(PAGE)["state"] == "announced"
    assert "2027-02-05至2027-02-11" in shown(desks["officer"])
    wrong = desks["owner"].post(f"{PAGE}/proposals", data=form(provisional="yes"))
    assert (wrong.status_code, "不能改为暂定" in wrong.get_data(as_text=True)) == (409, True)


def test_a_file_takes_the_place_of_what_is_typed(office: Office, desks: dict[str, FlaskClient]) -> None:
    rows = [
        ["日期", "结束日期", "安排"],
        [date(2027, 1, 1), date(2027, 1, 3), "放假"],
        ["2027年2月20日", "", "上班"],
    ]
    sent = form(holidays="不是日期9", file=(io.BytesIO(workbook(rows)), "放假安排.xlsx"))
    assert desks["owner"].post(f"{PAGE}/proposals", data=sent).status_code == 303
    proposal = office.as_("owner2").get(PAGE)["proposal"]
    assert proposal["holidays"] == ["2027-01-01", "2027-01-02", "2027-01-03"]
    assert proposal["workdays"] == ["2027-02-20"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"holidays": "1月32日"}, "没有这一天"),
        ({"holidays": NOTICE, "basis": " "}, "请写明依据"),
        ({"file": (b"x", "a.xlsx")}, "文件内容与扩展名不符"),
        ({"file": ("日期,安排\n2027-01-01,也许\n".encode(), "a.csv")}, "第2行"),
    ],
)
def test_what_cannot_be_read_is_said_where_it_stands(
    desks: dict[str, FlaskClient], sent: dict[str, object], said: str
) -> None:
    if isinstance(sent.get("file"), tuple):
        content, name = sent["file"]
        sent = {"file": (io.BytesIO(content), name)}
    answer = desks["owner"].post(f"{PAGE}/proposals", data=form(**sent))
    assert (answer.status_code, said in answer.get_data(as_text=True)) == (422, True)


def test_its_absence_is_said_from_november_on(office: Office, desks: dict[str, FlaskClient]) -> None:
    warning = "2027年工作日历</a>尚未加载"
    homes = {"owner": "/cases", "chief": "/tasks"}
    office.wait_until("2026-10-31T23:00:00+08:00")
    assert not any(warning in shown(desks[who], home) for who, home in homes.items())
    office.wait_until("2026-11-01T00:00:00+08:00")
    assert all(warning in shown(desks[who], home) for who, home in homes.items())
    assert warning not in shown(desks["officer"], "/tasks")
    desks["owner"].post(f"{PAGE}/proposals", data=form(provisional="yes"))
    seen = {"proposal": office.as_("owner").get(PAGE)["proposal"]["id"]}
    desks["owner2"].post(f"{PAGE}/confirmations", data=seen)
    assert "2027年工作日历</a>为暂定" in shown(desks["chief"], "/tasks")
    desks["owner"].post(f"{PAGE}/proposals", data=form(holidays=NOTICE))
    seen = {"proposal": office.as_("owner").get(PAGE)["proposal"]["id"]}
    desks["owner2"].post(f"{PAGE}/confirmations", data=seen)
    assert "2027年工作日历" not in shown(desks["chief"], "/tasks")


@pytest.mark.parametrize("year", [2019, 2099, 99999])
def test_no_calendar_is_of_such_a_year(office: Office, desks: dict[str, FlaskClient], year: int) -> None:
    assert desks["owner"].get(f"/calendars/{year}").status_code == 404
    assert desks["owner"].post(f"/calendars/{year}/proposals", data=form(holidays=NOTICE)).status_code == 404
