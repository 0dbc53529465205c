"""The editors on a bad day: what is drawn or typed is kept in the end, and nobody leaves without a warning before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from server.access import actor_of
from storage.people import find_user
from tests.browser.visiting import Site
from workflows.permissions import Actor
from workflows.workshop import drafts

NOW = datetime(2026, 4, 1, 2, tzinfo=UTC)
PATIENCE = 30_000  # ms: two failures are seven seconds of waiting on a quiet machine
DIAGRAM, FORM = "retrofit.bpmn", "forms/retrofit_review.form"


class Draft:
    def __init__(self, live: Site) -> None:
        self.live, self.database = live, live.app.extensions["greencase"].database
        with self.database.transaction() as session:
            opened = drafts.open_draft(session, self._owner(), "retrofit", title="网络不好的一天（虚构）", now=NOW)
        self.number = int(opened["id"])

    def _owner(self) -> Actor:
        with self.database.transaction() as session:
            user = find_user(session, "owner")
            assert user is not None
            return actor_of(user, None)

    def kept(self, path: str) -> str:
        with self.database.transaction() as session:
            return drafts.read_file(session, self._owner(), self.number, path).content.decode()

    def page(self, path: str) -> Page:
        return self.live.visit("owner", f"/workshop/drafts/{self.number}/{path}")


@pytest.fixture
def draft(live: Site) -> Draft:
    return Draft(live)


class Answers:
    """What the server answers when something is to be kept: these statuses in turn, then its own."""

    def __init__(self, page: Page, *statuses: int) -> None:
        self.left = list(statuses)
        page.route("**/content", self._answer)

    def _answer(self, route: Route) -> None:
        if route.request.method == "PUT" and self.left:
            route.fulfill(status=self.left.pop(0), content_type="text/html", body="<html>")
        else:
            route.continue_()


def _warned(page: Page) -> bool:
    """Whether the browser asks when the page is left; the answer is to stay."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.evaluate("setTimeout(() => location.assign('/workshop'))")
    page.wait_for_timeout(500)
    page.remove_listener("dialog", stay)
    return asked == ["beforeunload"]


def _only_this_failed(live: Site, status: int) -> None:
    assert [each for each in live.wrong if f"status of {status}" not in each] == []
    live.wrong.clear()


def test_a_drawing_is_kept_though_the_server_failed_twice(live: Site, draft: Draft) -> None:
    page = draft.page("diagrams/retrofit?element=explanation")
    answers = Answers(page, 500, 500)
    page.get_by_label("名称", exact=True).fill("补充说明材料")
    page.get_by_label("名称", exact=True).press("Enter")
    banner = page.locator(".workbench-banner")
    expect(banner).to_have_text("暂时未能保存：服务暂不可用，修改尚未保存，将自动重试。立即重试", timeout=PATIENCE)
    assert _warned(page)
    expect(page.locator(".workbench-state")).to_have_text("已保存", timeout=PATIENCE)
    expect(banner).to_have_count(0)
    assert answers.left == []
    assert "补充说明材料" in draft.kept(DIAGRAM)
    expect(page.locator(".findings-asking")).to_have_count(0, timeout=PATIENCE)
    assert not _warned(page)
    page.wait_for_url("**/workshop")
    page.close()
    _only_this_failed(live, 500)


def test_a_form_that_was_refused_is_kept_when_it_is_sent_again(live: Site, draft: Draft) -> None:
    page = draft.page("forms/retrofit_review")
    Answers(page, 413)
    page.locator("[data-canvas] .fjs-element").first.wait_for()
    page.locator("[data-palette] [data-field-type=separator]").focus()
    page.keyboard.press("Enter")
    problem = page.locator("[data-problem]")
    expect(problem).to_contain_text("当前内容未能保存：内容过大", timeout=PATIENCE)
    expect(page.locator("[data-saved]")).to_have_text("未保存")
    assert _warned(page)
    expect(problem.get_by_role("button")).to_have_text(["立即重试", "导出我的版本"])
    problem.get_by_role("button", name="立即重试").click()
    expect(page.locator("[data-saved]")).to_contain_text("已保存", timeout=PATIENCE)
    expect(problem).to_be_hidden()
    assert '"separator"' in draft.kept(FORM)
    assert not _warned(page)
    page.close()
    _only_this_failed(live, 413)


def test_a_form_whose_answer_was_lost_is_no_conflict_with_itself(live: Site, draft: Draft) -> None:
    page = draft.page("forms/retrofit_review")
    page.locator("[data-canvas] .fjs-element").first.wait_for()
    lost: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method == "PUT" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/content", lose)
    page.locator("[data-palette] [data-field-type=separator]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-problem]")).to_contain_text("网络中断", timeout=PATIENCE)
    assert lost == [200]
    assert '"separator"' in draft.kept(FORM)
    page.locator("[data-palette] [data-field-type=text]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-saved]")).to_contain_text("已保存", timeout=PATIENCE)
    assert '"说明文字"' in draft.kept(FORM)
    page.close()
    live.wrong[:] = [each for each in live.wrong if "412" not in each and "ERR_FAILED" not in each]
    assert live.wrong == []
