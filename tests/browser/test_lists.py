"""名单导入 and 历史支持台账 with a browser: files go in, reports come out, an officer decides, a firm is told."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Page

from tests.browser.visiting import Site, press
from tests.journeys.lists import E01, HONOURS, honour
from tests.sheets.workbooks import workbook

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADERS = ["统一社会信用代码", "支持事项", "荣誉类型", "级别", "认定日期", "限额调减前金额", "实拨金额", "文号"]
ROW = [E01, "绿色制造荣誉认定", "绿色工厂", "市级", "2025-06-20", 500000, 500000, "虚构文〔2025〕12号"]


def choose(page: Page, rows: list[list[object]]) -> None:
    """Choose a workbook with these rows as the file of the form."""
    page.set_input_files("#f-file", FilePayload(name="名单.xlsx", mimeType=TYPE, buffer=workbook(rows)))


def test_a_list_is_imported_confirmed_and_becomes_cases(live: Site) -> None:
    live.office.make_batch(title="免申即享批次（虚构）", schemes=("green_honour", "retrofit"))
    page = live.visit("officer", "/official-lists/new")
    page.fill("#f-title", "2025年度北京市绿色制造名单（虚构）")
    page.fill("#f-document_no", "虚构经信发〔2026〕1号")
    page.fill("#f-published_on", "2026-01-20")
    page.select_option("#f-batch", label="免申即享批次（虚构）（已发布）")
    choose(page, [["只有列名"], ["甲"]])
    press(page, "导入")
    page.locator("#form-errors", has_text="“企业名称”").wait_for()
    assert page.input_value("#f-title") == "2025年度北京市绿色制造名单（虚构）"

    wrong = honour("代码有误的公司", "91110112YYYY000122")
    choose(
        page, [[*HONOURS], honour("改过名的公司", E01), wrong, honour("北京运测精密电子有限公司"), honour("外区公司")]
    )
    press(page, "导入")
    page.locator(".import-report", has_text="校验不通过").wait_for()
    assert page.locator("text=名称与名单不一致").count() == 1
    for row in ("第2行", "第4行"):
        page.locator("tr", has_text=row).get_by_role("button", name="确认是该单位").click()
        page.locator("[role=status]", has_text=f"{row}已匹配").wait_for()
    line = page.locator("tr", has_text="外区公司")
    line.locator("summary").click()
    line.locator("input[name=reason]").fill("不在通州区")
    line.get_by_role("button", name="排除").click()
    page.locator("[role=status]", has_text="第5行已排除").wait_for()
    press(page, "建立申报件并通知企业")
    page.locator("[role=status]", has_text="已建立2件申报件").wait_for()
    assert page.locator("td", has_text="未确认").count() == 2

    firm = live.visit("e01", "/messages")
    assert "免申即享确认通知" in firm.locator("main").inner_text()
    assert live.wrong == []


def test_the_history_is_imported_with_a_report(live: Site) -> None:
    page = live.visit("owner", "/historic-awards/new")
    choose(page, [HEADERS, ["91110112YYYY000122", *ROW[1:]], ROW])
    press(page, "读取并核对")
    page.locator(".import-report", has_text="“统一社会信用代码”校验不通过").wait_for()
    assert page.url.split("/")[-2] == "imports"
    assert page.get_by_role("button", name="确认导入").count() == 0
    other = live.visit("owner2", "/historic-awards")
    other.get_by_role("link", name="名单.xlsx").click()
    other.wait_for_url("**/imports/*")
    assert "500,000" in other.locator("main").inner_text()
    press(other, "确认导入")
    other.locator("[role=status]", has_text="已确认").wait_for()
    page = live.visit("auditor", "/historic-awards")
    assert "市级绿色工厂" in page.locator("main").inner_text()
    assert page.get_by_role("link", name="导入台账").count() == 0
    assert live.wrong == []
