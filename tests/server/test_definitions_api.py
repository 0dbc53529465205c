"""Definitions over the API: a diagram is judged, and a second owner lets it go live; what is hostile stays out."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from server.settings import CHECKOUT
from storage import audit, definition_drafts, definitions
from tests.api_calls import refused
from tests.contract_client import Office
from tests.server.signing_in import bearer, token_of

RETROFIT = (CHECKOUT / "bpmn" / "retrofit.bpmn").read_bytes()
DRAFTS = "/definitions/retrofit/drafts"
NO_OPERATION = RETROFIT.replace(b'implementation="calculate_amount"', b'implementation="pay_everybody"')
BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE definitions [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="retrofit">&b;</process></definitions>"""
HOSTILE = {
    "entities": BILLION_LAUGHS,
    "no diagram": b"<html/>",
    "no XML": b"\x89PNG\r\n",
    "nothing": b"",
    "another process": RETROFIT.replace(b'process id="retrofit"', b'process id="green_event"'),
    "beyond what is kept": RETROFIT + b"<!--" + b"x" * (3 * 1024 * 1024) + b"-->",
}


def renamed(old: str = "现场核查", new: str = "实地核查") -> bytes:
    assert old.encode() in RETROFIT
    return RETROFIT.replace(old.encode(), new.encode())


def send(
    app: Flask, username: str, xml: bytes, *, kind: str = "application/xml", path: str = DRAFTS
) -> tuple[int, Any]:
    client = app.test_client(use_cookies=False)
    answer = client.post(f"/api/v1{path}", data=xml, content_type=kind, headers=bearer(token_of(app, username)))
    return answer.status_code, answer.get_json()


def events(app: Flask, key: str = "retrofit") -> list[audit.AuditEvent]:
    with app.extensions["greencase"].database.transaction() as session:
        return [event for event in audit.walk(session) if event.chain == f"definition:{key}"]


def latest(app: Flask, key: str) -> int:
    with app.extensions["greencase"].database.transaction() as session:
        version = definitions.latest(session, key)
        assert version is not None
        return version.version


@pytest.mark.parametrize("kind", ["application/xml", "text/xml", "application/xml; charset=utf-8"])
def test_a_diagram_becomes_a_draft_and_a_second_owner_publishes_it(app: Flask, office: Office, kind: str) -> None:
    status, draft = send(app, "owner", renamed(), kind=kind, path=f"{DRAFTS}?title=统一用语")
    assert (status, draft["title"], draft["findings"], draft["affects"]) == (201, "统一用语", [], ["retrofit"])
    path = f"{DRAFTS}/{draft['id']}"
    owner, second = office.as_("owner"), office.as_("owner2")
    assert office.as_("auditor").get(path)["authors"] == ["owner"]
    assert [each["id"] for each in owner.get(DRAFTS)["items"]] == [draft["id"]]
    checked = owner.post(f"{path}/check")
    seen = {"content_sha256": draft["content_sha256"]}
    assert checked == {"findings": [], **seen}
    with refused(403):
        owner.post(f"{path}/publication", {"reason": "统一用语", **seen})
    with refused(422):
        second.post(f"{path}/publication", {"reason": "统一用语"})
    with refused(412):
        second.post(f"{path}/publication", {"content_sha256": "0" * 64})
    assert latest(app, "retrofit") == 1

    published = second.post(f"{path}/publication", seen)
    assert (published["state"], published["versions"][0]["version"]) == ("published", 2)
    versions = owner.get("/definitions/retrofit/versions")["items"]
    assert [(each["version"], each["published_by"], each["reason"]) for each in versions] == [
        (2, "owner2", "统一用语"),
        (1, "system", "随程序提供"),
    ]
    assert owner.get(DRAFTS)["items"] == []
    assert [each["state"] for each in owner.get(f"{DRAFTS}?closed=true")["items"]] == ["published"]
    with refused(409):
        second.post(f"{path}/publication", seen)


def test_what_can_be_mended_is_kept_and_its_findings_stop_it(app: Flask, office: Office) -> None:
    status, draft = send(app, "owner", NO_OPERATION)
    (finding,) = draft["findings"]
    assert (status, finding["rule"], finding["element"]) == (201, "operation-unknown", "calculate_amount")
    assert finding["line"] > 1 and finding["message"] and finding["mend"]
    path = f"{DRAFTS}/{draft['id']}"
    with refused(422) as caught:
        office.as_("owner").post(f"{path}/check")
    assert caught.error is not None and caught.error.body["findings"] == draft["findings"]
    with refused(422) as caught:
        office.as_("owner2").post(f"{path}/publication", {"content_sha256": draft["content_sha256"]})
    assert caught.error is not None and caught.error.body["findings"] == draft["findings"]
    assert latest(app, "retrofit") == 1


@pytest.mark.parametrize("xml", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_hostile_leaves_one_event_and_nothing_else(app: Flask, office: Office, xml: bytes) -> None:
    before = events(app)
    status, problem = send(app, "owner", xml)
    assert status == 422 and problem["findings"], problem
    assert all({"line", "element", "rule", "message"} <= set(each) for each in problem["findings"])
    assert office.as_("owner").get(DRAFTS)["items"] == []
    [event] = events(app)[len(before) :]
    assert (event.action, event.actor, event.subject) == ("draft_refused", "owner", "retrofit")
    found = {change["field"]: change["new"] for change in event.changes}
    assert found["sha256"] == hashlib.sha256(xml).hexdigest()
    assert found["rules"] == sorted({each["rule"] for each in problem["findings"]})
    with app.extensions["greencase"].database.transaction() as session:
        assert not session.scalars(text("SELECT id FROM definition_draft")).all()
        assert not session.scalars(text("SELECT path FROM definition_draft_file")).all()


def test_a_draft_belongs_to_its_process(app: Flask, office: Office) -> None:
    _, draft = send(app, "owner", renamed())
    other = f"/definitions/green_event/drafts/{draft['id']}"
    for username, method, path, body in (
        ("owner", "GET", other, None),
        ("owner", "POST", f"{other}/check", {}),
        ("owner2", "POST", f"{other}/publication", {"content_sha256": draft["content_sha256"]}),
        ("owner", "GET", "/definitions/nothing/drafts", None),
        ("owner", "GET", "/definitions/nothing/versions", None),
    ):
        assert office.as_(username).try_call(method, path, body)[0] == 404, path
    assert send(app, "owner", renamed(), path="/definitions/nothing/drafts")[0] == 404
    assert send(app, "owner", RETROFIT, kind="application/json")[0] == 415
    assert send(app, "auditor", RETROFIT)[0] == 403


def test_a_publication_may_wait_for_its_day(app: Flask, office: Office) -> None:
    _, draft = send(app, "owner", renamed())
    path, body = f"{DRAFTS}/{draft['id']}/publication", {"content_sha256": draft["content_sha256"]}
    with refused(422) as caught:
        office.as_("owner2").post(path, {**body, "reason": "自四月起", "at": "明天"})
    assert caught.fields == {"at"}
    waiting = office.as_("owner2").post(path, {**body, "reason": "自四月起", "at": "2026-04-01T00:00:00+08:00"})
    assert (waiting["state"], waiting["versions"]) == ("scheduled", [])
    assert latest(app, "retrofit") == 1


def test_a_repeated_key_makes_one_draft(app: Flask, office: Office) -> None:
    client = app.test_client(use_cookies=False)
    headers = {**bearer(token_of(app, "owner")), "Idempotency-Key": "draft-1"}
    answers = [
        client.post(f"/api/v1{DRAFTS}", data=xml, content_type="text/xml", headers=headers)
        for xml in (renamed(), renamed(), RETROFIT)
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert answers[0].get_json() == answers[1].get_json()
    with app.extensions["greencase"].database.transaction() as session:
        found = definition_drafts.list_all(session, states=["open"], key="retrofit", limit=9)
    assert len(found) == 1
