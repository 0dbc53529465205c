"""版本管理, 版本比较 and 环节时效 with a browser: what differs is marked on both sides, what is slow is coloured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from storage import definitions
from tests.browser.visiting import PHONE, Site
from tests.offices import person
from workflows.workshop.deployments import Release, store_version

FORM = "forms/retrofit_review.form"
# Which part of a drawing is seen, and at which size.
SHOWN = "group => (({ a, e, f }) => [a, e, f])(group.transform.baseVal.consolidate().matrix)"
NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def changed(live: Site) -> Iterator[Site]:
    """A second version of retrofit: a task with another name and term, another moved, a form with another title."""
    with live.app.extensions["greencase"].database.transaction() as session:
        shipped = definitions.latest(session, "retrofit")
        assert shipped is not None
        files = definitions.load_files(session, shipped.id)
        diagram = files["retrofit.bpmn"].decode()
        diagram = diagram.replace('name="现场核查"', 'name="实地核查"').replace('gc:due="10"', 'gc:due="15"')
        at = diagram.index("<dc:Bounds", diagram.index('bpmnElement="deputy_review"'))
        diagram = diagram[:at] + diagram[at:].replace('x="', 'x="1', 1)
        form = json.loads(files[FORM])
        form["properties"]["title"] = "业务初审（修订）"
        edited = {**files, "retrofit.bpmn": diagram.encode(), FORM: json.dumps(form).encode()}
        store_version(
            session,
            "retrofit",
            edited,
            Release(person("owner2", "process_owner"), ["owner"], "核查期限改为15日", None, NOW),
        )
    yield live


def test_two_versions_stand_side_by_side(changed: Site) -> None:
    page = changed.visit("owner", "/workshop/definitions/retrofit")
    row = page.locator("#version-retrofit-2")
    expect(row).to_contain_text("现行")
    expect(row).to_contain_text("核查期限改为15日")
    row.get_by_role("link", name="与上一版比较").click()
    expect(page.locator(".comparison-canvas")).to_have_count(2)
    for side in page.locator(".comparison-canvas").all():
        expect(side.locator("[data-element-id=site_inspection].way-changed")).to_have_count(1)
        expect(side.locator("[data-element-id=deputy_review].way-moved")).to_have_count(1)
    line = page.locator("tr[data-element=site_inspection]")
    for words in ("修改", "现场核查", "实地核查", "办理期限（工作日）", "10", "15"):
        expect(line).to_contain_text(words)
    line.get_by_role("button").click()
    for side in page.locator(".comparison-canvas").all():
        expect(side.locator("[data-element-id=site_inspection].selected")).to_be_visible()
    page.get_by_role("link", name="业务初审（修订）").click()
    expect(page.locator("table.differences")).to_contain_text("业务初审（修订）")
    page.close()
    assert changed.wrong == []


def test_both_sides_move_together(changed: Site) -> None:
    page = changed.visit("auditor", "/workshop/definitions/retrofit/differences?from=1&to=2")
    viewports = page.locator(".comparison-canvas g.viewport")
    expect(viewports).to_have_count(2)
    before = viewports.first.get_attribute("transform")
    page.get_by_role("button", name="放大").click()
    expect(viewports.first).not_to_have_attribute("transform", before or "")
    first, last = (each.evaluate(SHOWN) for each in viewports.all())
    assert first == pytest.approx(last, abs=0.01)
    page.close()
    assert changed.wrong == []


def test_an_auditor_reads_a_version_and_changes_nothing(changed: Site) -> None:
    page = changed.visit("auditor", "/workshop/definitions/retrofit")
    expect(page.get_by_text("停用")).to_have_count(0)
    expect(page.get_by_text("新建草稿")).to_have_count(0)
    page.get_by_role("link", name="第1版", exact=True).click()
    expect(page.locator("[data-element-id=site_inspection]").first).to_be_visible()
    page.get_by_role("link", name="业务初审", exact=True).click()
    expect(page.locator("fieldset[disabled] legend").first).to_be_visible()
    page.close()
    assert changed.wrong == []


def test_the_heat_map_shows_who_stays_where(changed: Site) -> None:
    reference = changed.office.apply("e05", "照明系统节能改造")
    changed.office.submit(reference)
    page = changed.visit("owner", "/workshop/definitions/retrofit/heat")
    expect(page.locator("[data-element-id=fill_application].heat-1")).to_have_count(1)
    expect(page.locator("[data-container-id=fill_application] .heat-badge")).to_have_text("不足1分钟 · 1次")
    page.locator(".heat-canvas a").first.click()
    expect(page.locator("[data-container-id=formality_check] .heat-waiting")).to_be_visible()
    expect(page.get_by_role("link", name=reference)).to_be_visible()
    page.get_by_role("button", name="当前停留").click()
    expect(page.locator("th[aria-sort=descending]")).to_have_text("当前停留")
    page.close()
    assert changed.wrong == []


def test_on_a_phone_they_stand_below_each_other(changed: Site) -> None:
    page = changed.visit("owner", "/workshop/definitions/retrofit/differences?from=1&to=2")
    page.set_viewport_size(PHONE)
    page.reload()
    boxes = [side.bounding_box() for side in page.locator(".comparison-pane").all()]
    assert len(boxes) == 2 and boxes[0] and boxes[1]
    assert boxes[1]["y"] >= boxes[0]["y"] + boxes[0]["height"]
    for path in ("", "/heat", "/versions/2", "/differences?from=1&to=2"):
        page.goto(f"/workshop/definitions/retrofit{path}")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
    page.close()
    assert changed.wrong == []
