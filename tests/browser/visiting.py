"""People at a browser: who sits there changes with the cookie, so that the pages' assets are read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

from tests.contract_client import Office, fill
from tests.server.signing_in import token_of

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1440, "height": 900}


@dataclass
class Site:
    """A running server; `wrong` collects what browsers complain of."""

    url: str
    app: Flask
    browser: Browser
    office: Office
    windows: dict[bool, BrowserContext] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def visit(self, username: str | None = None, path: str = "/", *, scripts: bool = True) -> Page:
        """A page as this person sees it, or as the public does; one person at a time sits at the one window."""
        if scripts not in self.windows:
            self.windows[scripts] = self.browser.new_context(
                base_url=self.url, locale="zh-CN", viewport=DESK, java_script_enabled=scripts
            )
            self.windows[scripts].set_default_timeout(30_000)
        window = self.windows[scripts]
        window.clear_cookies()
        if username:
            window.add_cookies([{"name": "greencase", "value": self._cookie(username), "url": self.url}])
        page = window.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))
        page.goto(path, wait_until="domcontentloaded")
        return page

    def _cookie(self, username: str) -> str:
        """The cookie of a session of this person; the sign-in page has a test of its own."""
        if username not in self.cookies:
            signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
            assert signer is not None
            self.cookies[username] = signer.dumps({"_user_id": token_of(self.app, username), "_fresh": True})
        return self.cookies[username]

    def _listen(self, message: ConsoleMessage) -> None:
        # A form that is refused answers 422: the browser notes that as an error, we do not.
        if message.type == "error" and "422" not in message.text:
            self.wrong.append(f"{message.location.get('url')}: {message.text}")

    def close(self) -> None:
        for window in self.windows.values():
            window.close()


def press(page: Page, name: str) -> None:
    """Press a button of the page's main part, and agree where it asks."""
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()
    agree = page.locator("dialog.confirm button[value=yes]")
    if agree.count():
        agree.click()
    page.wait_for_load_state()


def fill_in(page: Page, data: Mapping[str, Any]) -> None:
    """Enter these values into the form on the page, the way its fields want them."""
    for name in sorted(data, key=lambda name: name != "decision"):
        value = data[name]
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            _fill_rows(page, name, value)
        else:
            _fill_one(page, name, value)


def _fill_rows(page: Page, key: str, rows: list[Mapping[str, Any]]) -> None:
    for number, row in enumerate(rows):
        if not page.locator(f"#f-{key}-{number}").count():
            page.locator(f"button[name=_add][value={key}]").click()
            page.locator(f"#f-{key}-{number}").wait_for()
        for column, value in row.items():
            _fill_one(page, f"{key}-{number}-{column}", value)


def _fill_one(page: Page, name: str, value: Any) -> None:
    inputs = page.locator(f"#task-form [name='{name}']")
    kind = inputs.first.evaluate("element => element.type")
    if kind == "radio":
        chosen = str(value).lower() if isinstance(value, bool) else value
        inputs.locator(f"xpath=self::*[@value='{chosen}']").check()
    elif kind == "checkbox":
        chosen = ["true"] if value is True else value or []
        for each in chosen:
            inputs.locator(f"xpath=self::*[@value='{each}']").check()
    elif kind == "select-one":
        inputs.first.select_option(str(value))
    else:
        inputs.first.fill(str(value))


def work(site: Site, username: str, task: str, **values: Any) -> Page:
    """Open a task, fill its form from the examples of its schema (or these values), and submit it."""
    schema = site.office.as_(username).get(f"/tasks/{task}")["form"]["schema"]
    page = site.visit(username, f"/tasks/{task}")
    fill_in(page, fill(schema, values))
    page.locator("#task-form .form-actions button.btn-primary").click()
    agree, done = page.locator("dialog.confirm button[value=yes]"), page.locator("main .alert-success")
    agree.or_(done).first.wait_for()  # on a busy machine the question may come a moment after the click
    if agree.count():
        agree.click()
    done.first.wait_for()
    return page
