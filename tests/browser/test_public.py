"""Everybody's pages that do something: a reference calculation, an objection, and two people over one legal value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visiting import Site, press
from tests.contract_client import PASSWORD
from tests.server.test_schemes import CASES, stated
from workflows import rules
from workflows.codes.checklists import CHECKLISTS


def fill_facts(page: Page, scheme: str, facts: dict[str, Any]) -> None:
    """The facts of a scheme, typed and chosen as a visitor does."""
    for fact in rules.SCHEMES[scheme].FACTS:
        if fact.name not in facts:
            continue
        field, value = page.locator(f"#f-{fact.name}"), facts[fact.name]
        if fact.kind in ("boolean", "choice"):
            field.select_option(str(value).lower())
        else:
            field.fill(f"{Decimal(value):,f}" if fact.kind == "money" else value)


@pytest.mark.parametrize(("scheme", "inputs", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_visitor_calculates_any_of_the_ten(live: Site, scheme: str, inputs: dict[str, Any], expected: str) -> None:
    page = live.visit(None, "/calculation", scripts=False)
    page.get_by_role("link", name=rules.SCHEMES[scheme].TITLE, exact=True).click()
    fill_facts(page, scheme, stated(scheme, inputs))
    page.get_by_role("button", name="测算").click()
    expect(page.locator(".figure-main")).to_contain_text(f"{int(expected):,}元")
    expect(page.get_by_text("参考测算、口径待明确、不作为兑现承诺").first).to_be_visible()
    papers = page.locator(".trial-papers li").all_inner_texts()
    assert [text.split("\n")[0].strip() for text in papers] == [
        item.name for item in sorted(CHECKLISTS[scheme], key=lambda item: not item.required)
    ]
    page.close()
    assert live.wrong == []


def test_what_is_no_figure_is_said_where_it_stands(live: Site) -> None:
    page = live.visit(None, "/calculation/retrofit")
    page.get_by_label("核定总投资").fill("八百万")
    page.get_by_role("button", name="测算").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("核定总投资")).to_have_value("八百万")
    page.close()


def test_an_objection_is_registered_and_accepted_by_discipline(live: Site) -> None:
    reference = live.office.apply("e10", "熔炼炉蓄热燃烧改造")
    live.office.drive(reference, "publicity_period")
    notice = live.office.nobody.get("/public/notices")["items"][0]["id"]

    page = live.visit(None, f"/notices/{notice}")
    press(page, "提交异议")
    expect(page.get_by_role("alert")).to_contain_text("请填写联系电话")
    page.get_by_label("对哪个项目有异议").select_option(reference)
    page.get_by_label("姓名或单位名称").fill("测试群众")
    page.get_by_label("证件号码").fill("110112199001010000")
    page.get_by_label("联系电话").fill("10000000099")
    page.get_by_label("事实和理由").fill("该项目设备为二手设备，不应计入投资。")
    press(page, "提交异议")
    expect(page.get_by_role("heading", name="登记回执")).to_be_visible()
    code = page.locator("#query-code").inner_text()
    page.get_by_role("link", name="查询办理情况").click()
    page.get_by_label("查询码").fill(code)
    press(page, "查询")
    expect(page.get_by_text("待审查", exact=True)).to_be_visible()
    expect(page.get_by_text("测试群众")).to_have_count(0)
    page.close()

    page = live.visit("discipline", "/objections")
    expect(page.get_by_text("测试群众")).to_have_count(0)
    press(page, "查看（将留痕）")
    expect(page.get_by_text("测试群众")).to_be_visible()
    page.goto("/objections")
    press(page, "受理异议")
    expect(page.get_by_text("异议已受理")).to_be_visible()
    page.close()
    page = live.visit("chief", "/objections")
    expect(page.get_by_text("测试群众")).to_have_count(0)
    page.close()
    assert live.office.case(reference)["status"] == "OBJECTION"
    assert live.wrong == []


def test_a_value_takes_two_owners(live: Site) -> None:
    page = live.visit("owner", "/parameters/a3.rate")
    page.get_by_role("textbox", name="取值").fill("0.31")
    page.get_by_label("确认依据").fill("虚构文〔2026〕7号")
    press(page, "提出，待第二人确认")
    expect(page.get_by_role("alert")).to_contain_text("30%")
    page.get_by_role("textbox", name="取值").fill("0.30")
    press(page, "提出，待第二人确认")
    expect(page.get_by_text("须由另一名流程与口径负责人确认")).to_be_visible()
    expect(page.get_by_role("button", name="确认取值")).to_have_count(0)
    page.close()
    page = live.visit("owner2", "/parameters/a3.rate")
    press(page, "确认取值")
    expect(page.get_by_text("取值已确认")).to_be_visible()
    page.close()
    assert live.wrong == []


def test_signing_in_and_out(live: Site) -> None:
    page = live.visit(None, "/my")
    expect(page.get_by_text("请登录后继续")).to_be_visible()
    page.get_by_label("用户名").fill("e12")
    page.get_by_label("密码", exact=True).fill("不是密码")
    press(page, "登录")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    press(page, "登录")
    expect(page.get_by_role("heading", name="我的申报")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    page.goto("/my")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    page.close()
    live.wrong.clear()
