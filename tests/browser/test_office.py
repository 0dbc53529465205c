"""What an officer decides over several cases."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.visiting import Site, press


def test_an_officer_finds_two_cases_to_be_one_matter(live: Site) -> None:
    first, second = (live.office.apply("e07", "循环水系统改造项目") for _ in range(2))
    for number, case in enumerate((first, second)):
        live.office.submit(case, filing_no=f"通经信备〔2025〕90{number}号")
    page = live.visit("officer", f"/cases/{first}")
    page.get_by_role("link", name="查重比对").click()
    row = page.get_by_role("row").filter(has_text=second)
    expect(row).to_contain_text("项目名称相近")
    row.get_by_text("认定为同一事项").first.click()
    row.get_by_label("理由").fill("同一套循环水系统，分两件申报")
    press(page, "认定为同一事项")
    expect(page.locator("main .alert-success")).to_contain_text("同一事项")
    for case in (first, second):
        expect(page.get_by_text(case, exact=True)).to_be_visible()
    page.goto(f"/cases/{second}/overlaps")
    expect(page.get_by_role("row").filter(has_text=first)).to_contain_text("同一事项")
    page.close()
    page = live.visit("chief", f"/cases/{first}/overlaps")
    expect(page.get_by_role("button", name="认定为同一事项")).to_have_count(0)
    page.close()
    assert live.wrong == []
