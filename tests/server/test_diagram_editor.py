"""What the diagram editor sends and asks for: kept under its etag, refused in words that the page can show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from server.access import actor_of
from server.clock import machine_now
from server.settings import CHECKOUT
from storage.people import find_user
from tests.server.signing_in import put_into_cookie, token_of
from workflows.workshop import drafts

RETROFIT = (CHECKOUT / "bpmn/retrofit.bpmn").read_bytes()


@dataclass
class Owner:
    """A process owner's browser at the editor of one draft."""

    app: Flask
    username: str
    number: int

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        put_into_cookie(self.client, token_of(self.app, self.username))
        self.address = f"/workshop/drafts/{self.number}/diagrams/retrofit"
        page = self.client.get(self.address).get_data(as_text=True)
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found is not None
        self.token = found[1]

    def etag(self) -> str:
        return self.client.get(f"{self.address}/content").headers["ETag"]

    def save(self, content: bytes, **headers: str) -> TestResponse:
        sent = {"X-CSRFToken": self.token, "Content-Type": "application/xml", **headers}
        return self.client.put(f"{self.address}/content", data=content, headers=sent)

    def ask(self, what: str) -> Any:
        return self.client.get(f"{self.address}/{what}").get_json()


@pytest.fixture
def owner(app: Flask) -> Owner:
    with app.extensions["greencase"].database.transaction() as session:
        user = find_user(session, "owner")
        assert user is not None
        actor = actor_of(user, None)
        draft = drafts.open_draft(session, actor, "retrofit", title="增设预审", now=machine_now())
    return Owner(app, "owner", draft["id"])


def test_what_is_saved_is_kept_under_a_new_etag_and_judged(owner: Owner) -> None:
    first = owner.etag()
    unfinished = RETROFIT.replace(b' gc:form="site_inspection"', b"")
    answer = owner.save(unfinished, **{"If-Match": first})
    assert answer.status_code == 200
    assert f'"{answer.get_json()["etag"]}"' == owner.etag() != first
    assert owner.client.get(f"{owner.address}/content").data == unfinished
    told = owner.ask("findings")
    assert [(each["file"], each["element"]) for each in told["findings"]] == [("retrofit.bpmn", "site_inspection")]
    assert "formality_check" in told["scope"]["intake_outcome"]


def test_nothing_is_kept_without_saying_what_it_was_begun_from(owner: Owner) -> None:
    first = owner.etag()
    assert owner.save(RETROFIT).status_code == 400
    assert owner.save(RETROFIT, **{"If-Match": '"0"'}).status_code == 412
    assert owner.save(RETROFIT, **{"If-Match": first, "X-CSRFToken": ""}).status_code == 400
    assert owner.etag() == first


def test_a_file_that_could_not_be_mended_is_refused_with_its_findings(owner: Owner) -> None:
    first = owner.etag()
    doctype = RETROFIT.replace(b"<bpmn:definitions", b'<!DOCTYPE x [<!ENTITY y "z">]><bpmn:definitions', 1)
    for content in (b"<not-xml", doctype, RETROFIT.replace(b'"retrofit"', b'"other"')):
        answer = owner.save(content, **{"If-Match": first})
        assert answer.status_code == 422
        assert answer.get_json()["findings"][0]["message"]
    assert owner.save(b" " * (2 * 1024 * 1024 + 1), **{"If-Match": first}).status_code == 413
    assert owner.etag() == first


def test_a_closed_draft_is_shown_and_takes_nothing(owner: Owner, app: Flask) -> None:
    first = owner.etag()
    with app.extensions["greencase"].database.transaction() as session:
        user = find_user(session, "owner")
        assert user is not None
        drafts.discard(session, actor_of(user, None), owner.number, now=machine_now())
    assert "只能查看" in owner.client.get(owner.address).get_data(as_text=True)
    assert owner.save(RETROFIT, **{"If-Match": first}).status_code == 409


def test_a_diagram_that_is_not_there_is_not_found(owner: Owner) -> None:
    for process in ("nothing", "..", "forms"):
        assert owner.client.get(f"/workshop/drafts/{owner.number}/diagrams/{process}").status_code == 404
    assert owner.client.get("/workshop/drafts/999999/diagrams/retrofit").status_code == 404
    assert owner.ask("terms")["process"] == "retrofit"
