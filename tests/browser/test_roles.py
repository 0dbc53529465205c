"""Everybody's pages: whatever the navigation offers opens, fits a phone, and leaves no complaint in the browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import DESK, PHONE, Site
from tests.server.signing_in import PERSON

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("username", [None, *PERSON.values()], ids=["public", *PERSON])
def test_what_the_navigation_offers_opens_and_fits(live: Site, username: str | None) -> None:
    page = live.visit(username)
    offered = page.locator(".site-nav a")
    addresses = [str(link.get_attribute("href")) for link in offered.all()]
    assert addresses
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        assert page.locator("h1").count() == 1, address
        expect(page.locator(".site-nav a[aria-current=page]")).to_have_count(1)
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            assert page.evaluate(OVERFLOW) <= 0, f"{address} is wider than {size['width']} pixels"
    page.close()
    assert live.wrong == []


def test_a_page_that_is_not_ones_own_says_so(live: Site) -> None:
    reference = live.office.apply("e02", "不给别人看的项目")
    page = live.visit("e03", "/my")
    answer = page.goto(f"/cases/{reference}")
    assert answer is not None and answer.status == 404
    expect(page.get_by_role("alert")).to_be_visible()
    answer = page.goto("/batches")
    assert answer is not None and answer.status == 403
    page.close()
    live.wrong.clear()
