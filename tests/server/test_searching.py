"""What people type into the search of a list, and what pages say of what they do not count."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from storage.cases import Case
from storage.counting import MOST
from storage.tasks import Task
from tests.api_calls import refused
from tests.contract_client import Office
from tests.server.signing_in import put_into_cookie, token_of
from workflows.rules.uscc import is_valid

TITLE = "Ａ座（一期）空压系统节能改造"
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FIRM = ("潞测绿能", "装备 制造", "91110112yyyy0001", "0121")
# A firm that is not registered here.
STRANGER = next(code for code in (f"91110105MA01ABCD2{sign}" for sign in SIGNS) if is_valid(code))
TOO_SHORT = "请至少输入两个字"


def page(app: Flask, username: str, path: str, status: int = 200) -> str:
    browser: FlaskClient = app.test_client()
    put_into_cookie(browser, token_of(app, username))
    answer = browser.get(path)
    assert answer.status_code == status, answer.status
    return str(answer.text)


@pytest.mark.parametrize(
    "typed", ["空压系统", "节能", "a座一期", "A 座(一期)空压", "【一期】", "tzl2026", "TZL 2026", *FIRM]
)
def test_any_part_finds_case_and_task(office: Office, typed: str) -> None:
    reference = office.apply("e01", TITLE)
    office.submit(reference)
    other = office.apply("e02", "余热回收项目")
    office.submit(other)
    listed = office.as_("auditor").get(f"/cases?q={quote(typed)}")["items"]
    assert reference in [case["reference"] for case in listed]
    offered = office.as_("acceptance").get(f"/tasks?q={quote(typed)}")["items"]
    assert reference in [task["case"] for task in offered]
    assert ("tzl" in typed.lower()) == (other in [case["reference"] for case in listed])


def test_a_search_stays_within_what_one_may_see(office: Office) -> None:
    office.submit(office.apply("e01", TITLE))
    draft = office.apply("e01", "空压系统草稿")
    assert office.as_("e02").get(f"/cases?q={quote('空压')}")["items"] == []
    assert [each["title"] for each in office.as_("officer").get(f"/cases?q={quote('空压')}")["items"]] == [TITLE]
    own = office.as_("e01").get(f"/cases?q={quote('空压')}")["items"]
    assert [each["title"] for each in own] == ["空压系统草稿", TITLE] and own[0]["reference"] == draft


@pytest.mark.parametrize("typed", ["电", "（）", "a", " 1 ", "—－"])
@pytest.mark.parametrize(
    ("who", "path"), [("officer", "/cases"), ("officer", "/tasks"), ("auditor", "/historic-awards")]
)
def test_one_sign_is_too_little_and_is_told_so(
    shared_app: Flask, shared_office: Office, typed: str, who: str, path: str
) -> None:
    with refused(422) as refusal:
        shared_office.as_(who).get(f"{path}?q={quote(typed)}")
    assert refusal.fields == {"q"}
    shown = page(shared_app, who, f"{path}?q={quote(typed)}", 422)
    assert TOO_SHORT in shown and 'aria-invalid="true"' in shown and "没有符合条件" not in shown


def test_blanks_alone_are_no_search(shared_app: Flask, shared_office: Office) -> None:
    shared_office.as_("officer").get("/cases?q=%20%20")
    assert TOO_SHORT not in page(shared_app, "officer", "/cases?q=%20")


def test_history_is_found_by_name_and_code(office: Office, app: Flask) -> None:
    award = {"uscc": "91110112YYYY000121", "scheme": "green_honour", "precap_amount": "100000", "paid_amount": "100000"}
    stranger = {
        **award,
        "uscc": next(
            code for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY" if is_valid(code := f"91110105MA01ABCD2{sign}")
        ),
    }
    told = {"honour_type": "绿色工厂", "level": "市级", "decided_on": "2024-12-01", "document_no": "虚构文〔2024〕9号"}
    report = office.import_history([{**award, **told}, {**stranger, **told}])
    assert report["refused"] == [], report
    auditor = office.as_("auditor")
    for typed, found in (("潞测", 1), ("yyyy 0001", 1), ("01abcd", 1), ("9111", 2), ("余热", 0)):
        assert len(auditor.get(f"/historic-awards?q={quote(typed)}")["items"]) == found, typed
    assert "北京潞测" in page(app, "auditor", f"/historic-awards?q={quote('潞测')}")
    assert "没有符合条件的记录" in page(app, "auditor", f"/historic-awards?q={quote('余热')}")


def test_badges_stop_at_ninety_nine(office: Office, app: Flask) -> None:
    reference = office.apply()
    office.submit(reference)
    with app.extensions["greencase"].database.transaction() as session:
        case = session.query(Case).one()
        [task] = session.query(Task).filter_by(status="open")
        columns = {column.key: getattr(task, column.key) for column in Task.__table__.columns if column.key != "id"}
        session.add_all(Task(id=f"{number:032x}", **columns) for number in range(MOST - 2))
    shown = page(app, "acceptance", "/tasks?tab=claim")
    assert f'<span class="count">{MOST - 1}</span>' in shown
    with app.extensions["greencase"].database.transaction() as session:
        session.add(Task(id="f" * 32, **columns))
    shown = page(app, "acceptance", "/tasks?tab=claim")
    assert '<span class="count">99+</span>' in shown and case.reference in shown


def test_done_tasks_of_one_instant_are_shown_on_two_pages(office: Office, app: Flask) -> None:
    """B10: a page that ended between two tasks of one instant lost those behind its edge."""
    references = [office.apply(title=f"项目{number}") for number in range(5)]
    for reference in references:
        office.submit(reference)
    with app.extensions["greencase"].database.transaction() as session:
        for task in session.query(Task).filter_by(completed_by="e01"):
            task.ended_at = session.query(Task).filter_by(completed_by="e01").first().ended_at
    seen, cursor = [], ""
    while cursor is not None:
        found = office.as_("e01").get("/tasks?status=done&limit=2" + (f"&cursor={cursor}" if cursor else ""))
        seen += [task["case"] for task in found["items"]]
        cursor = found["next"]
    assert sorted(seen) == sorted(references)


@pytest.mark.parametrize("status", ["open", "done"])
@pytest.mark.parametrize("cursor", ["MjAyNi0wMy0wMg", "MjAyNi0wMy0wMiAnIg", "eCB5", "MjAyNi0wMy0wMlQwMTowMDowMCBhYg"])
def test_a_cursor_of_another_list_is_unreadable(shared_office: Office, status: str, cursor: str) -> None:
    """A day without an id, an id that is none, no day, an instant without its zone."""
    answer = shared_office.as_("officer").try_call("GET", f"/tasks?status={status}&cursor={cursor}")
    assert answer[0] == 400, answer
