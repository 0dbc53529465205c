"""表单设计 with a browser: a form is made, changed and kept; the shipped ones come out as they went in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from server.access import actor_of
from storage import people
from tests.browser.visiting import PHONE, Site, press
from tests.forms.shipped_forms import FOLDER, PARTS, SHIPPED
from workflows import forms
from workflows.workshop import drafts, form_designs

EDITOR = "document.querySelector('[data-form-editor]').formEditor"


@pytest.fixture(scope="module")
def draft(live: Site) -> Iterator[int]:
    """A draft that the owner has opened."""
    with live.app.extensions["greencase"].database.transaction() as session:
        user = people.find_user(session, "owner")
        assert user is not None
        opened = drafts.open_draft(
            session, actor_of(user, None), "retrofit", title="调整初审要点（虚构）", now=datetime.now(UTC)
        )
    yield opened["id"]


def open_editor(live: Site, draft: int, key: str) -> Page:
    page = live.visit("owner", f"/workshop/drafts/{draft}/forms/{key}")
    page.locator("[data-canvas] .fjs-element").first.wait_for()
    return page


def wait_for_saved(page: Page) -> None:
    page.locator("[data-saved]", has_text="已保存").wait_for()


def select(page: Page, key: str) -> None:
    """Select the component with this key, as clicking it does."""
    found = f"{EDITOR}.get('formFieldRegistry').getAll().find(field => field.key === key)"
    page.evaluate(f"key => {EDITOR}.get('selection').set({found})", key)


def test_a_new_form_is_made_changed_and_kept(live: Site, draft: int) -> None:
    page = live.visit("owner", f"/workshop/drafts/{draft}/forms")
    page.locator("summary", has_text="新建表单").click()
    page.fill("#f-title", "补充核查意见")
    page.fill("#f-key", "retrofit_review")
    press(page, "建立")
    page.locator("#form-errors", has_text="已有同一标识的表单").wait_for()
    page.fill("#f-key", "extra_check")
    press(page, "建立")
    page.locator("[data-canvas] .fjs-element").first.wait_for()
    preview = page.locator("[data-preview]")
    assert preview.locator("legend", has_text="办理结论").count() == 1
    assert "审核通过 pass" in preview.inner_text()

    page.locator("[data-palette] [data-field-type=textfield]").focus()
    page.keyboard.press("Enter")
    preview.locator("label", has_text="单行文本").wait_for()
    page.locator("[data-canvas] .fjs-element", has_text="单行文本").last.click()
    page.get_by_label("名称", exact=True).fill("核减金额")
    page.get_by_label("数据类型", exact=True).select_option("money")
    preview.locator("label", has_text="核减金额").wait_for()
    preview.locator(".input-group-text", has_text="元").wait_for()
    page.get_by_role("checkbox", name="必填", exact=True).check()
    preview.locator("[role=alert]", has_text="核减金额").wait_for()
    assert "须有符合要求的样例" in preview.inner_text()
    page.locator(".bio-properties-panel-input[id^=gc-example]").fill("1000.00")
    preview.locator("label", has_text="核减金额").wait_for()
    wait_for_saved(page)

    page.reload()
    page.locator("[data-canvas] .fjs-element", has_text="核减金额").first.wait_for()
    assert page.locator("[data-preview] label", has_text="核减金额").count() == 1
    page = live.visit("owner", f"/workshop/drafts/{draft}/forms")
    assert "新增" in page.locator("tr", has_text="补充核查意见").inner_text()
    assert live.wrong == []


def test_a_field_is_dragged_in_and_taken_back(live: Site, draft: int) -> None:
    page = open_editor(live, draft, "recheck")
    before = page.locator("[data-canvas] .fjs-form-field").count()
    target = page.locator("[data-canvas] .fjs-form-field").first.bounding_box()
    assert target is not None
    page.locator("[data-palette] [data-field-type=textarea]").hover()
    page.mouse.down()
    page.mouse.move(target["x"] + 40, target["y"] + 4, steps=8)
    page.mouse.move(target["x"] + 42, target["y"] + 5, steps=3)
    page.mouse.up()
    page.locator("[data-preview] label", has_text="多行文本").wait_for()
    page.locator("[data-undo]").click()
    page.locator("[data-preview] label", has_text="多行文本").wait_for(state="detached")
    assert page.locator("[data-canvas] .fjs-form-field").count() == before
    wait_for_saved(page)
    assert live.wrong == []


def test_a_condition_is_chosen_from_the_options_of_the_form(live: Site, draft: int) -> None:
    page = open_editor(live, draft, "green_honour_review")
    select(page, "review_opinion")
    page.get_by_label("何时显示", exact=True).select_option("!=")
    page.get_by_label("何时显示：选项").select_option(label="「初审结论」要求说明")
    page.locator("[data-preview]", has_text="仅当「初审结论」选择「要求说明」时填写").wait_for()
    select(page, "reason_code")
    assert page.get_by_label("何时显示：选项").input_value() == 'decision|"refuse"'
    saved: dict[str, Any] = page.evaluate(f"{EDITOR}.saveSchema()")
    opinion = next(each for each in saved["components"] if each.get("key") == "review_opinion")
    assert opinion["conditional"] == {"hide": '=decision != "return"'}
    wait_for_saved(page)


def test_every_shipped_form_comes_out_as_it_went_in(live: Site, draft: int) -> None:
    page = open_editor(live, draft, "retrofit_review")
    for path in sorted(FOLDER.rglob("*.form")):
        key, content = path.stem, path.read_bytes()
        saved = page.evaluate(
            f"async schema => {{ await {EDITOR}.importSchema(schema); return {EDITOR}.saveSchema(); }}",
            json.loads(content),
        )
        assert saved == json.loads(content), key
        assert form_designs.written(saved) == content, key
        assert path.parent != FOLDER or forms.load(form_designs.written(saved), PARTS) is SHIPPED[key]
    assert live.wrong == []


def test_a_colleagues_work_is_not_overwritten(live: Site, draft: int) -> None:
    page = open_editor(live, draft, "fund_plan")
    with live.app.extensions["greencase"].database.transaction() as session:
        user = people.find_user(session, "owner2")
        assert user is not None
        actor, path = actor_of(user, None), "forms/fund_plan.form"
        view = drafts.read_file(session, actor, draft, path)
        newer = view.content.replace(b'"title": "', '"title": "新的'.encode())
        drafts.save_file(session, actor, draft, path, newer, etag=view.etag, now=datetime.now(UTC))
    page.locator("[data-palette] [data-field-type=separator]").focus()
    page.keyboard.press("Enter")
    page.locator("[data-problem]", has_text="他人已保存").wait_for()
    press(page, "载入最新版本")
    page.locator("[data-title]", has_text="新的").wait_for()
    live.wrong[:] = [each for each in live.wrong if "412" not in each]
    assert live.wrong == []


def test_a_telephone_shows_editor_and_preview_one_below_the_other(live: Site, draft: int) -> None:
    page = open_editor(live, draft, "retrofit_review")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("[data-preview]").scroll_into_view_if_needed()
    assert "初审意见" in page.locator("[data-preview]").inner_text()


def test_the_form_of_a_closed_draft_is_only_looked_at(live: Site, draft: int) -> None:
    with live.app.extensions["greencase"].database.transaction() as session:
        user = people.find_user(session, "owner")
        assert user is not None
        actor = actor_of(user, None)
        opened = drafts.open_draft(session, actor, "retrofit", title="作废的草稿", now=datetime.now(UTC))
        drafts.discard(session, actor, opened["id"], now=datetime.now(UTC))
    page = open_editor(live, opened["id"], "retrofit_review")
    assert page.locator("[data-import]").count() == 0
    assert not page.locator("[data-palette]").is_visible()
    page = live.visit("owner", f"/workshop/drafts/{opened['id']}/forms")
    assert page.locator("summary", has_text="新建表单").count() == 0
    assert live.wrong == []
