"""The workshop from end to end, as two process owners use it: draw, be stopped, rehearse, publish, migrate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server import clock
from tests.browser.test_diagram_editor import MIDDLE, PATIENCE, SELECT, _choose, _judged, _saved, _settled
from tests.browser.visiting import Site, press
from tests.working_off import work_off

FLOW, STAGE, FORM = "fund_plan_to_disbursement", "payment_review", "payment_opinion"


@pytest.fixture(scope="module")
def cases(live: Site) -> dict[str, str]:
    """Retrofit cases of the version in force: one paid, one refused, one that goes on, one to be migrated."""
    found = {}
    for number, name in enumerate(("paid", "refused", "goes_on", "migrated"), start=1):
        found[name] = live.office.apply(f"e{number:02}", f"节能改造（{name}）")
    live.office.drive(found["refused"], until="substantive_review")
    live.office.do(
        found["refused"], "substantive_review", decision="refuse", reason_code="BELOW_THRESHOLD", a3_2="not_met"
    )
    live.office.drive(found["refused"])
    live.office.drive(found["paid"])
    for name in ("goes_on", "migrated"):
        live.office.drive(found[name], until="substantive_review")
    return found


def now(live: Site) -> datetime:
    with live.app.extensions["greencase"].database.transaction() as session:
        return clock.now(session, demo=True)


def open_draft(live: Site) -> tuple[Page, str]:
    page = live.visit("owner", "/workshop/definitions/retrofit")
    page.get_by_label("草稿名称").fill("拨付前增加复核（虚构）")
    press(page, "建立草稿")
    page.wait_for_url("**/workshop/drafts/*")
    return page, page.url.removeprefix(live.url)


def make_form(page: Page, draft: str) -> None:
    page.goto(f"{draft}/forms")
    page.locator("summary", has_text="新建表单").click()
    page.fill("#f-title", "拨付前复核意见")
    page.fill("#f-key", FORM)
    press(page, "建立")
    page.locator("[data-preview] legend", has_text="办理结论").wait_for()


def draw_stage(page: Page, draft: str) -> None:
    """A task is dropped on the flow; the form is forgotten, and the gate says so on the element."""
    page.goto(f"{draft}/diagrams/retrofit")
    page.locator(".findings-summary").wait_for()
    _settled(page)
    page.evaluate(SELECT, FLOW)
    x, y = page.evaluate(MIDDLE, FLOW)
    page.locator(".djs-palette [data-action='create.user-task']").click()
    page.mouse.move(x - 3, y - 3, steps=5)
    page.mouse.click(x, y)
    page.keyboard.type("拨付前复核")
    page.keyboard.press("Enter")
    expect(page.locator(".panel-title")).to_have_text("拨付前复核")
    page.get_by_label("编号").fill(STAGE)
    page.get_by_label("编号").press("Enter")
    for label, value in (("状态", "APPROVED"), ("环节", "P17"), ("办理期限", "proc.payment_days")):
        _choose(page, label, value)
    _saved(page)
    dot = page.locator(f"[data-container-id={STAGE}] .finding-dot")
    expect(dot).to_be_visible(timeout=PATIENCE)


def mend(page: Page) -> None:
    page.evaluate(SELECT, STAGE)
    _choose(page, "表单", FORM)
    _saved(page)
    _judged(page)
    _settled(page)


def rehearse(live: Site, page: Page, draft: str) -> str:
    """All finished cases of the type through the draft; the page watches the run and shows what came out."""
    page.goto(f"{draft}/rehearsals")
    page.get_by_label("已办结的申报件").check()
    press(page, "开始推演")
    page.wait_for_url("**/workshop/rehearsals/*")
    work_off(live.app)
    page.get_by_role("status").filter(has_text="已完成，共2件").wait_for()
    page.reload()
    return page.locator("main").inner_text()


def run_migration(live: Site) -> None:
    work_off(live.app)


def version_of(live: Site, reference: str) -> int:
    return int(live.office.look(reference)["definition"]["version"])


def test_two_owners_change_a_procedure_and_nothing_else_is_disturbed(live: Site, cases: dict[str, str]) -> None:
    page, draft = open_draft(live)
    make_form(page, draft)
    draw_stage(page, draft)
    page.goto(f"{draft}/check")
    assert "拨付前复核" in page.locator("main").inner_text()
    page = live.visit("owner2", f"{draft}/publication")
    page.fill("#f-reason", "先试试")
    press(page, "复核发布")
    page.locator("[role=alert]", has_text="发布校验发现").wait_for()

    page = live.visit("owner", f"{draft}/diagrams/retrofit")
    _settled(page)
    mend(page)

    said = rehearse(live, page, draft)
    assert "需补数据" in said and "结果相同" in said
    assert cases["paid"] in said and "新经过：拨付前复核" in said
    assert "原件没有经过这一环节" in said
    page.goto(f"{draft}/differences")
    page.locator("main", has_text="拨付前复核").wait_for()
    assert "新增" in page.locator("main").inner_text()
    page.goto(f"{draft}/publication")
    assert "须由另一名流程与口径负责人复核发布" in page.locator("main").inner_text()

    page = live.visit("owner2", f"{draft}/publication")
    page.fill("#f-reason", "按2026年资金管理要求，拨付前增加一次复核（虚构）")
    press(page, "复核发布")
    page.locator("main", has_text="绿色低碳改造升级第2版").wait_for()

    new = live.office.apply("e05", "新版本的第一件")
    assert (version_of(live, new), version_of(live, cases["goes_on"])) == (2, 1)
    assert STAGE not in live.office.drive(cases["goes_on"])
    assert live.office.look(cases["goes_on"])["status"] == "PAID"

    migrate(live, cases["migrated"])
    assert version_of(live, cases["migrated"]) == 2
    assert STAGE in live.office.drive(cases["migrated"])
    assert live.office.look(cases["migrated"])["status"] == "PAID"
    assert live.wrong == []


def migrate(live: Site, reference: str) -> None:
    """One case by its own tick, after a dry run over all; the page watches the run."""
    page = live.visit("owner", "/workshop/definitions/retrofit/migration")
    page.get_by_role("button", name="迁移预演").click()
    row = page.locator("tr", has_text=reference)
    expect(row).to_contain_text("可迁移")
    row.get_by_role("checkbox").check()
    page.get_by_label("只迁移上表勾选的").check()
    page.fill("#f-reason", "该件尚未到拨付环节，改按新版本办理")
    press(page, "迁移到第2版")
    page.wait_for_url("**/migration/**")
    run_migration(live)
    page.get_by_role("status").filter(has_text="已完成，共1件").wait_for()
    page.goto(f"/cases/{reference}/history")
    assert "在办件迁移" in page.locator("main").inner_text()


def test_a_case_becomes_a_scenario_test_by_one_click(live: Site, cases: dict[str, Any]) -> None:
    page = live.visit("owner", f"/cases/{cases['refused']}")
    page.locator("summary", has_text="生成校验用例").click()
    page.fill("#scenario-name", "初审不予支持")
    press(page, "生成")
    page.locator("main .alert-success", has_text="校验用例已生成").wait_for()
    page.goto("/workshop/definitions/retrofit/scenarios")
    row = page.locator("tr", has_text="初审不予支持")
    expect(row).to_contain_text("通过")
    assert live.wrong == []
