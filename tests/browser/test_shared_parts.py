"""A shared part with a browser: opened from a form, changed once, and changed in every form that holds it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from server.access import actor_of
from storage import people
from tests.browser.visiting import PHONE, Site, press
from workflows.workshop import drafts

EDITOR = "document.querySelector('[data-form-editor]').formEditor"
HINT = "信息有误的，请先到受理岗更正。"


@pytest.fixture(scope="module")
def draft(live: Site) -> Iterator[int]:
    """A draft that the owner has opened."""
    with live.app.extensions["greencase"].database.transaction() as session:
        user = people.find_user(session, "owner")
        assert user is not None
        owner = actor_of(user, None)
        opened = drafts.open_draft(session, owner, "retrofit", title="更正提示（虚构）", now=datetime.now(UTC))
    yield opened["id"]


def kept(live: Site, draft: int, path: str) -> bytes:
    with live.app.extensions["greencase"].database.transaction() as session:
        return drafts.changed_files(session, draft)[path]


def wait_for_saved(page: Page) -> None:
    page.locator("[data-saved]", has_text="已保存").wait_for()


def open_editor(live: Site, draft: int, address: str) -> Page:
    page = live.visit("owner", f"/workshop/drafts/{draft}/{address}")
    page.locator("[data-canvas] .fjs-element").first.wait_for()
    return page


def test_a_hint_is_changed_in_the_part_and_seen_in_every_form(live: Site, draft: int) -> None:
    page = open_editor(live, draft, "forms/retrofit_application")
    shared = page.locator("[data-canvas] .gc-shared-part").first
    assert "一、申报单位基本信息\n共用部分" in shared.inner_text()
    assert shared.locator(".fjs-element, input, select").count() == 0, "there is nothing in it to take hold of"
    shared.get_by_role("link", name="打开共用部分“申报单位基本信息”").click()

    page.locator("[data-canvas] .fjs-element").first.wait_for()
    assert "10张表单使用" in page.locator(".form-design-head").inner_text()
    assert "办理结论" not in page.locator("[data-preview]").inner_text()
    page.locator("[data-canvas] .fjs-element", has_text="如有变更请联系受理岗更正").last.click()
    page.get_by_role("textbox", name="文字", exact=True).fill(HINT)
    page.locator("[data-preview]", has_text=HINT).wait_for()
    wait_for_saved(page)
    assert HINT.encode() in kept(live, draft, "forms/parts/applicant.form")

    for form in ("retrofit_application", "carbon_trading_application"):
        page = open_editor(live, draft, f"forms/{form}")
        assert HINT in page.locator("[data-preview]").inner_text()
        assert HINT in page.locator("[data-canvas] .gc-shared-part").first.inner_text()
    page = live.visit("owner2", f"/workshop/drafts/{draft}/differences")
    assert page.locator("table.differences tbody tr").count() == 1
    assert "10张表单使用" in page.locator("main").inner_text()
    assert live.wrong == []


def test_a_form_is_saved_without_what_its_parts_hold(live: Site, draft: int) -> None:
    page = open_editor(live, draft, "forms/retrofit_audit")
    page.locator("[data-palette] [data-field-type=group]").focus()
    page.keyboard.press("Enter")
    page.locator("[data-canvas] .fjs-element[data-field-type=group]", has_text="分组").last.click()
    page.get_by_label("引用共用部分", exact=True).select_option("payee")
    page.locator("[data-canvas] .gc-shared-part", has_text="开户银行").wait_for()
    page.locator("[data-preview] label, [data-preview] .form-label", has_text="开户银行").first.wait_for()
    wait_for_saved(page)
    groups = [
        each
        for each in json.loads(kept(live, draft, "forms/retrofit_audit.form"))["components"]
        if each["type"] == "group"
    ]
    assert [each["properties"]["part"] for each in groups] == ["cut_lines", "payee"]
    assert all(each["components"] == [] for each in groups)

    page.get_by_label("引用共用部分", exact=True).select_option("cut_lines")
    page.locator("[data-preview] [role=alert]", has_text="在本表单中已经用过").wait_for()
    page.locator("[data-undo]").click()
    page.locator("[data-preview] [role=alert]").wait_for(state="detached")
    assert live.wrong == []


def test_conditions_may_ask_for_what_a_part_holds(live: Site, draft: int) -> None:
    page = open_editor(live, draft, "forms/green_honour_application")
    found = f"{EDITOR}.get('formFieldRegistry').getAll().find(field => field.type === 'textarea')"
    page.evaluate(f"{EDITOR}.get('selection').set({found})")
    page.get_by_label("何时显示", exact=True).select_option("!=")
    options = page.get_by_label("何时显示：选项").locator("option")
    assert any("规模以上" in each for each in options.all_inner_texts())
    page.locator("[data-undo]").click()
    wait_for_saved(page)
    assert live.wrong == []


def test_a_telephone_shows_a_part_in_its_place(live: Site, draft: int) -> None:
    page = open_editor(live, draft, "forms/retrofit_application")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    link = page.locator("[data-canvas] .gc-shared-part a").first
    link.scroll_into_view_if_needed()
    link.click()
    page.wait_for_url("**/parts/applicant")
    page.locator("[data-canvas] .fjs-element").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_change_is_published_in_every_scheme(live: Site, draft: int) -> None:
    page = live.visit("owner2", f"/workshop/drafts/{draft}/publication")
    page.get_by_label("发布说明").fill("更正提示")
    press(page, "复核发布")
    page.wait_for_url(f"**/drafts/{draft}")
    for scheme in ("retrofit", "carbon_trading"):
        page = live.visit("owner2", f"/workshop/definitions/{scheme}/versions/2?form={scheme}_application")
        assert HINT in page.locator("main").inner_text()
    assert live.wrong == []
