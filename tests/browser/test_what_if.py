"""政策调整测算 with a browser: an owner changes a rate, waits on the page, and sees the effect as chart and table."""

from __future__ import annotations

from tests.browser.visiting import PHONE, Site, press
from tests.workflows.twenty_cases import write_batch
from tests.working_off import work_off


def test_an_owner_changes_a_rate_and_reads_the_effect(live: Site) -> None:
    database = live.app.extensions["greencase"].database
    with database.transaction() as session:
        title = write_batch(session).title
    page = live.visit("owner", "/workshop/what-ifs")
    page.get_by_label(title).check()
    press(page, "选择口径")
    page.fill("#f-title", "支持比例降至25%")
    page.locator("[name='value-a3.rate']").fill("0.31")
    press(page, "开始测算")
    page.locator("#form-errors", has_text="不得超过政策上限30%").wait_for()
    page.locator("[name='value-a3.rate']").fill("0.25")
    press(page, "开始测算")
    page.locator("[role=status]", has_text="正在逐件测算").wait_for()
    work_off(live.app)
    page.locator("#answer", has_text="减少333,334元").wait_for()  # the page came back by itself
    page.locator(".what-if-chart canvas").wait_for()
    assert "绿色低碳改造升级3,800,000元→3,166,666元" in (
        page.locator(".what-if-chart").get_attribute("aria-label") or ""
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="导出Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    without = live.visit("chief", page.url.removeprefix(live.url), scripts=False)
    assert "减少333,334元" in without.locator("main").inner_text()
    assert without.locator(".what-if-chart").count() == 0
    assert live.wrong == []
