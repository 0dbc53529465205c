"""Lists ask the database as often for thirty cases as for one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from tests.contract_client import Office
from tests.journeys.lists import HONOURS
from tests.server.signing_in import put_into_cookie, token_of


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that the application executes meanwhile."""
    statements: list[str] = []
    engine = app.extensions["greencase"].database.engine

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


LISTS = [
    ("e01", "/cases"), ("e01", "/tasks"), ("e01", "/messages"), ("officer", "/cases"), ("officer", "/tasks"),
    ("acceptance", "/tasks"), ("auditor", "/cases?limit=200"), ("owner", "/cases"), ("chief", "/batches"),
    ("organizer", "/cases"), ("e01", "/cases?q=改造"), ("officer", "/batches/1"), ("officer", "/cases?q=量子纠缠"),
    ("acceptance", "/tasks?q=改造"), ("acceptance", "/tasks?status=done"), ("auditor", "/cases?status=SUSPENDED"),
]  # fmt: skip


def test_lists_do_not_ask_more_for_more_cases(app: Flask, office: Office) -> None:
    def statements() -> dict[tuple[str, str], int]:
        found = {}
        for username, path in LISTS:
            api = office.as_(username)
            with counted(app) as seen:
                api.get(path)
            found[username, path] = len(seen)
        return found

    batch = office.open_batch()
    office.submit(office.apply(batch=batch))
    office.apply(batch=batch)
    one = statements()
    for number in range(2, 31):
        reference = office.apply(title=f"改造项目{number}", batch=batch)
        if number % 2:
            office.submit(reference)
    assert len(office.as_("e01").get("/cases")["items"]) == 31
    assert len(office.as_("acceptance").get("/tasks")["items"]) == 15
    assert statements() == one
    assert max(one.values()) <= 12, one


@pytest.mark.parametrize(("path", "size"), [("/cases", 7), ("/tasks", 4)])
def test_pages_together_hold_everything_once(office: Office, path: str, size: int) -> None:
    batch = office.open_batch()
    for number in range(size):
        office.apply(title=f"项目{number}", batch=batch)
    api, seen, cursor = office.as_("e01"), [], ""
    while cursor is not None:
        page = api.get(f"{path}?limit=3" + (f"&cursor={cursor}" if cursor else ""))
        assert len(page["items"]) <= 3
        seen += [each.get("reference") or each["id"] for each in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == size


def statements_of(app: Flask, username: str, path: str) -> int:
    """How often a page asks."""
    browser = app.test_client()
    put_into_cookie(browser, token_of(app, username))
    with counted(app) as seen:
        assert browser.get(path).status_code == 200
    return len(seen)


PAGES = [("officer", "/official-lists"), ("officer", "/publicity"), ("officer", "/tasks?tab=claim"), ("e01", "/my")]


def test_pages_do_not_ask_more_for_more_lists_and_batches(app: Flask, office: Office) -> None:
    """The lists of names asked three times for each, the notices read the whole list of each of ten batches."""

    def grow(number: int) -> None:
        batch = office.make_batch(f"第{number}批", ("retrofit", "green_honour"))
        office.import_list("green_honour", batch, HONOURS, [honour_of(number)])
        office.apply(batch=batch)

    grow(1)
    one = [statements_of(app, *each) for each in PAGES]
    for number in range(2, 6):
        grow(number)
    assert [statements_of(app, *each) for each in PAGES] == one
    assert max(one) <= 14, one


def honour_of(number: int) -> list[str]:
    return [f"虚构企业{number}", "", "绿色工厂", "市级", "2026-01-15", ""]
