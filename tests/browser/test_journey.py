"""One case by hand in the browser, from the application to the payment, then looked up by the auditor."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.api_calls import PDF
from tests.browser.visiting import Site, press, work

APPLICANT = "e09"


def test_a_case_by_hand_from_application_to_payment(live: Site) -> None:
    reference = apply(live)
    for _ in range(60):
        case = live.office.look(reference, APPLICANT)
        if case["ended_at"]:
            break
        if case["open_tasks"]:
            task = case["open_tasks"][0]
            work(live, person(live, task, reference), task["id"]).close()
        else:
            go_on(live, case)
    assert live.office.look(reference, APPLICANT)["status"] == "PAID"
    look_up(live, reference)
    assert live.wrong == []


def apply(live: Site) -> str:
    page = live.visit(APPLICANT, "/apply")
    page.get_by_label("申报名称").fill("淬火线余热回收改造")
    press(page, "开始填报")
    reference = page.url.rsplit("/", 1)[1]
    live.office.applicants[reference] = APPLICANT
    paper = page.locator(".paper").filter(has_text="承诺书")
    paper.locator("summary").click()
    paper.locator("input[type=file]").set_input_files(
        {"name": "承诺书（盖章）.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    paper.get_by_role("button", name="上传").click()
    expect(page.get_by_role("link", name="承诺书（盖章）.pdf")).to_be_visible()
    page.close()
    return reference


def person(live: Site, task: dict[str, Any], reference: str) -> str:
    return str(live.office.people_for(task, reference)[0])


def go_on(live: Site, case: dict[str, Any]) -> None:
    """What the batch's page and the clock are for."""
    wait, batch = case["waiting_for"][0], f"/batches/{case['batch']['id']}"
    if wait["kind"] == "timer":
        page = live.visit("auditor", "/cases")
        page.get_by_text("调整时间").click()
        page.get_by_role("button", name="推进10天").click()
        expect(page.get_by_text("演示时钟已调至")).to_be_visible()
    elif wait["element_id"] == "listed":
        page = live.visit("chief", batch)
        press(page, "锁定汇总表")
        expect(page.get_by_text("汇总表已锁定")).to_be_visible()
    elif wait["element_id"] == "resolved":
        page = live.visit("meeting", batch)
        page.get_by_label("会议纪要文号").fill("虚构会纪〔2026〕9号")
        press(page, "登记审议结果")
        expect(page.get_by_text("审议结果已登记")).to_be_visible()
    else:
        page = live.visit("officer", batch)
        press(page, "发布公示")
        expect(page.get_by_role("heading", name="提出异议")).to_be_visible()
    page.close()


def look_up(live: Site, reference: str) -> None:
    """The auditor finds the case and reads all of it, and has nothing to press."""
    page = live.visit("auditor", "/cases")
    page.get_by_label("编号、名称、单位或信用代码").fill(reference)
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="淬火线余热回收改造").click()
    expect(page.locator(".page-head .status-tag")).to_have_text("已拨付")
    for tab, words in (
        ("办理意见", "审核通过"),
        ("材料", "承诺书（盖章）.pdf"),
        ("办理全程留痕", "完成拨付"),
        ("金额溯源", "第三条"),
        ("流程图", "已完成"),
    ):
        page.get_by_role("link", name=tab, exact=True).click()
        expect(page.locator("main").get_by_text(words).first).to_be_visible()
    page.locator(".diagram .djs-element.mark-done").first.wait_for()
    assert page.locator("main form[method=post]").count() == 0
    page.close()
