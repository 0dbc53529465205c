"""What an officer decides over several cases."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.visiting import Site, press
from tests.contract_client import fill
from tests.journeys.conftest import investment


def test_two_find_two_cases_to_be_one_matter(live: Site) -> None:
    first, second = (live.office.apply("e07", "循环水系统改造项目") for _ in range(2))
    for number, case in enumerate((first, second)):
        live.office.submit(case, filing_no=f"通经信备〔2025〕90{number}号")
    page = live.visit("officer", f"/cases/{first}")
    page.get_by_role("link", name="查重比对").click()
    row = page.get_by_role("row").filter(has_text=second)
    expect(row).to_contain_text("项目名称相近")
    row.get_by_role("link", name="比对并认定").click()
    for case in (first, second):
        expect(page.get_by_text(case, exact=True)).to_be_visible()
    page.get_by_role("button", name="提交科室负责人确认").click()
    expect(page.locator(".invalid-feedback")).to_contain_text("请写明")
    page.get_by_label("理由和依据").fill("同一套循环水系统，分两件申报")
    page.get_by_role("button", name="提交科室负责人确认").click()
    expect(page.locator("main .alert-success")).to_contain_text("待科室负责人确认")
    place = page.url
    page.close()
    page = live.visit("chief", place)
    press(page, "确认此提议")
    expect(page.locator("main .alert-success")).to_contain_text("同一事项")
    page.goto(f"/cases/{second}/overlaps")
    expect(page.get_by_role("row").filter(has_text=first)).to_contain_text("同一事项")
    expect(page.get_by_role("link", name="比对并认定")).to_have_count(0)
    page.close()
    assert live.wrong == []


def test_an_officer_concludes_on_a_shared_invoice_and_the_chief_confirms(live: Site) -> None:
    shared = {"invoice_no": "24117000000099990001", "date": "2025-06-20", "category": "equipment", "vat": "0"}
    line = {**shared, "seller": "虚构节能设备（北京）有限公司", "net": "3000000", "paid_net": "3000000"}
    batch = live.office.open_batch()
    cases = [live.office.apply(who, "空压系统改造项目", batch) for who in ("e02", "e05")]
    for case in cases:
        live.office.submit(case, **investment(3_000_000), invoice_lines=[line])
    for case in cases:
        live.office.drive(case, until="checks_settled")
    page = live.visit("officer2", f"/cases/{cases[1]}")
    page.get_by_role("link", name="查重比对").click()
    page.get_by_text("作出结论", exact=True).click()
    page.get_by_label("结论", exact=False).select_option("shared")
    page.get_by_label("理由和证据").fill("合同约定共同采购，各付一部分（虚构）")
    page.get_by_role("button", name="提交结论").click()
    expect(page.locator(".invalid-feedback")).to_contain_text("3,000,000")
    page.get_by_label("本件计入金额").fill("1000000")
    page.get_by_role("button", name="提交结论").click()
    expect(page.locator("main .alert-success")).to_contain_text("待科室负责人确认")
    page.close()
    page = live.visit("chief", "/checks")
    page.get_by_role("row").filter(has_text=cases[0]).get_by_role("link").first.click()
    press(page, "确认此结论")
    expect(page.locator("main .alert-success")).to_contain_text("已确认")
    page.close()
    assert live.wrong == []


def test_an_officer_says_who_applies_and_answers_the_points(live: Site) -> None:
    case = live.office.apply("e03", "空压系统改造项目")
    live.office.drive(case, until="substantive_review")
    task = live.office.task(case, "substantive_review")
    page = live.visit("officer", f"/tasks/{task['id']}")
    for name, value in fill(live.office.schema(case, "substantive_review", "officer"), {}).items():
        if isinstance(value, str) and name not in ("subject_kind", "subject_basis", "review_opinion"):
            page.locator(f'[name="{name}"][value="{value}"]').check()
    page.get_by_label("初审意见").fill("经审核，建议进入现场核查。")
    page.get_by_label("申报主体类型").select_option("软件信息服务业企业")
    page.get_by_label("主体类型和所在区域的认定依据").fill("统计行业代码、主营业务收入构成")
    for name in ("registered_in_area", "site_in_area"):
        page.locator(f'[name="{name}"][value="true"]').check()
    answer = page.get_by_label("项目建设周期上限的答复")
    answer.select_option("不适用")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("不属于支持对象").first).to_be_visible()
    expect(page.get_by_text("“项目建设周期上限”的答复为不符合或不适用，请写明理由。").first).to_be_visible()
    expect(answer).to_have_value("not_applicable")
    page.get_by_label("申报主体类型").select_option("制造业企业")
    page.get_by_label("项目建设周期上限的理由").fill("设备整体更新，不分期")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("main .alert-success").first).to_contain_text("已提交")
    page.goto(f"/tasks/{task['id']}")
    expect(page.get_by_text("不适用：设备整体更新，不分期")).to_be_visible()
    page.close()
    assert live.wrong == []
