"""Everybody's pages that do something: a reference calculation, an objection, and two people over one legal value."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.visiting import Site, press
from tests.contract_client import PASSWORD


def test_a_calculation_says_why_and_that_it_binds_nobody(live: Site) -> None:
    page = live.visit(None, "/calculation")
    page.get_by_label("核定总投资").fill("8,000,000")
    page.get_by_role("button", name="测算").click()
    expect(page.locator(".figure-main")).to_contain_text("2,000,000元")
    expect(page.get_by_text("不作为兑现承诺").first).to_be_visible()
    page.get_by_label("核定总投资").fill("八百万")
    page.get_by_role("button", name="测算").click()
    expect(page.get_by_role("alert")).to_be_visible()
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
    expect(page.get_by_text("异议已登记")).to_be_visible()
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
