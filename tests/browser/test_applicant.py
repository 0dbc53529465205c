"""The applicant's form without JavaScript, its errors, its drafts and rows; a letter read; a withdrawal."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.api_calls import PDF
from tests.browser.visiting import Site, fill_in, press
from tests.contract_client import fill


def _open_form(live: Site, username: str, title: str, *, scripts: bool) -> tuple[str, Page]:
    reference = live.office.apply(username, title)
    page = live.visit(username, f"/cases/{reference}", scripts=scripts)
    page.get_by_role("link", name="填写申报书", exact=True).click()
    return reference, page


def test_the_application_without_javascript(live: Site) -> None:
    reference, page = _open_form(live, "e04", "空调水泵变频改造", scripts=False)

    page.locator("#task-form .form-actions").get_by_role("button", name="提交").click()
    expect(page.locator("#form-errors")).to_be_visible()
    page.locator("#form-errors a").first.click()
    assert "#f-" in page.url

    page.locator("button[name=_add][value=invoice_lines]").click()
    expect(page.locator("#f-invoice_lines-0")).to_be_visible()
    page.locator("button[name=_remove][value='invoice_lines:0']").click()
    expect(page.locator("#f-invoice_lines-0")).to_have_count(0)

    page.locator("[name=project_name]").fill("空调水泵变频改造（一期）")
    page.get_by_role("button", name="暂存并上传材料").click()
    paper = page.locator(".paper").filter(has_text="发票").first
    paper.locator("summary").click()
    paper.locator("input[type=file]").set_input_files(
        {"name": "发票.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    paper.get_by_role("button", name="上传").click()
    expect(page.get_by_role("link", name="发票.pdf")).to_be_visible()

    page.get_by_role("link", name="填写申报书", exact=True).click()
    expect(page.locator("[name=project_name]")).to_have_value("空调水泵变频改造（一期）")
    task = page.url.rsplit("/", 1)[1]
    schema = live.office.as_("e04").get(f"/tasks/{task}")["form"]["schema"]
    fill_in(page, fill(schema))
    page.locator("#task-form .form-actions").get_by_role("button", name="提交").click()
    expect(page.locator(".page-head .status-tag")).to_have_text("已提交，待受理")
    assert live.office.case(reference)["status"] == "SUBMITTED"
    page.close()


def test_a_correction_is_told_once_and_read(live: Site) -> None:
    reference = live.office.apply("e06", "冷却塔节水改造")
    live.office.drive(reference, "formality_check")
    page = live.visit("acceptance", f"/tasks/{live.office.task(reference, 'formality_check')['id']}")
    page.locator("[name=decision][value=correct]").check()
    fill_in(page, {"correction_items": [{"document_code": "DOC_CONTRACT", "problem": "合同第3页未盖章，请补充。"}]})
    press(page, "提交")
    expect(page.get_by_text("“形式审查”已提交")).to_be_visible()
    page.close()

    page = live.visit("e06", f"/cases/{reference}")
    expect(page.get_by_text("合同第3页未盖章，请补充。")).to_be_visible()
    page.goto("/messages")
    page.get_by_role("link", name="一次性补正告知书").first.click()
    expect(page.locator(".letter")).to_contain_text("送达")
    page.goto(f"/cases/{reference}")
    page.get_by_text("撤回申报").first.click()
    page.get_by_label("撤回理由").fill("设备型号有变，另行申报")
    press(page, "撤回申报")
    expect(page.locator(".page-head .status-tag")).to_have_text("已撤回")
    page.close()
    assert live.wrong == []


def test_a_row_that_cannot_be_added_costs_nothing_that_was_typed(live: Site) -> None:
    _, page = _open_form(live, "e09", "冷库保温改造", scripts=True)
    name, add = page.locator("[name=project_name]"), page.locator("button[name=_add][value=invoice_lines]")
    name.fill("冷库保温改造（二期）")
    refusals = [lambda route: route.fulfill(status=500, body="<html>"), lambda route: route.abort()]
    for refuse, words in zip(refusals, ("服务暂不可用", "网络中断"), strict=True):
        page.route("**/tasks/*", refuse)
        add.click()
        expect(page.locator("[data-row-error]")).to_contain_text(words)
        page.unroute("**/tasks/*")
        expect(name).to_have_value("冷库保温改造（二期）")
    add.click()
    expect(page.locator("#f-invoice_lines-0")).to_be_visible()
    expect(page.locator("[data-row-error]")).to_have_count(0)

    # An answer without the list: the form goes the way that it has without scripts.
    page.route("**/tasks/*", lambda route: route.fulfill(status=200, body="<html>"), times=1)
    page.locator("[name=invoice_lines-0-invoice_no]").fill("25112000000012345678")
    add.click()
    expect(page.locator("#f-invoice_lines-1")).to_be_visible()
    expect(page.locator("[name=invoice_lines-0-invoice_no]")).to_have_value("25112000000012345678")
    expect(name).to_have_value("冷库保温改造（二期）")
    page.close()
    live.wrong[:] = [each for each in live.wrong if "500" not in each and "ERR_FAILED" not in each]
    assert live.wrong == []


def test_a_firm_that_a_ceiling_cuts_chooses_what_is_kept(live: Site) -> None:
    """The list cut one of two matters: the firm sees both amounts, each outcome in one sentence, and chooses."""
    office = live.office
    batch = office.make_batch("限额测试批次（虚构）", ["future_energy"])
    cases = []
    for yuan in (1_500_000, 1_000_000):
        reference = office.apply("e12", f"新型储能示范项目{yuan // 10_000}万元", batch, "future_energy")
        amounts = dict.fromkeys(("city_award_approved", "city_award_received", "declared_amount"), str(yuan))
        office.submit(reference, **amounts)
        office.drive(reference, until="listed")
        cases.append(reference)
    office.as_("chief").post(f"/batches/{batch}/list")
    large, small = cases

    page = live.visit("e12", f"/cases/{small}")
    page.get_by_role("link", name="选择保留的事项", exact=True).click()
    expect(page.locator("#f-final_amount")).to_have_text("500,000 元")
    page.get_by_label("选择优先保留的事项").check()
    kept = page.locator("input[name=kept_matters]")
    expect(kept).to_have_count(1)
    kept.check()
    press(page, "提交")
    expect(page.get_by_text("“选择保留的事项”已提交")).to_be_visible()
    page.close()
    office.let_work()
    assert [office.case(each)["final_amount"] for each in (large, small)] == ["1000000", "1000000"]
    assert live.wrong == []
