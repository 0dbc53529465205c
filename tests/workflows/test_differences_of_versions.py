"""What two versions, or a draft and what is in force, differ in: file by file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from storage import definition_drafts, definitions
from storage.database import Session
from storage.people import find_user
from tests.offices import person as somebody
from workflows.errors import Forbidden, NotFound
from workflows.permissions import Actor
from workflows.workshop import differences, drafts
from workflows.workshop.deployments import Release, store_version

NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)
FORM = "forms/retrofit_review.form"
DIAGRAM = "retrofit.bpmn"


def person(session: Session, username: str) -> Actor:
    user = find_user(session, username)
    assert user is not None
    return Actor(user.id, username, user.display_name, frozenset(user.roles), user.enterprise_id)


def files_in_force(session: Session) -> dict[str, bytes]:
    version = definitions.latest(session, "retrofit")
    assert version is not None
    return definitions.load_files(session, version.id)


def retitled(form: bytes) -> bytes:
    schema: dict[str, Any] = json.loads(form)
    schema["properties"]["title"] = "业务初审（修订）"
    return json.dumps(schema).encode()


def test_two_versions_are_compared_by_their_files(session: Session) -> None:
    files = files_in_force(session)
    edited = {
        **{path: content for path, content in files.items() if path != "forms/explanation.form"},
        DIAGRAM: files[DIAGRAM].replace("现场核查".encode(), "实地核查".encode()),
        FORM: retitled(files[FORM]),
        "forms/extra.form": files[FORM],
    }
    store_version(
        session, "retrofit", edited, Release(somebody("owner2", "process_owner"), ["owner"], "修订", None, NOW)
    )
    found = differences.compare_versions(session, "retrofit", 1, 2)["files"]
    assert [(each["path"], each["state"]) for each in found] == [
        (DIAGRAM, "changed"),
        ("forms/explanation.form", "removed"),
        ("forms/extra.form", "added"),
        (FORM, "changed"),
    ]
    diagram, removed, added, form = found
    assert diagram["name"] == "绿色低碳改造升级"
    assert [each["id"] for each in diagram["differences"]["changed"]] == ["site_inspection"]
    assert diagram["old"].encode() == files[DIAGRAM] and diagram["new"].encode() == edited[DIAGRAM]
    assert (removed["new"], added["old"]) == (None, None)
    assert form["name"] == "业务初审（修订）"
    [title] = form["differences"]["changed"][0]["fields"]
    assert (title["label"], title["old"], title["new"]) == ("标题", "业务初审", "业务初审（修订）")
    json.dumps(found)  # it is for pages and clients alike


def test_the_other_way_round_what_was_added_is_removed(session: Session) -> None:
    files = files_in_force(session)
    store_version(
        session,
        "retrofit",
        {**files, "forms/extra.form": files[FORM]},
        Release(somebody("owner2", "process_owner"), [], "增加", None, NOW),
    )
    [forth] = differences.compare_versions(session, "retrofit", 1, 2)["files"]
    [back] = differences.compare_versions(session, "retrofit", 2, 1)["files"]
    assert (forth["state"], back["state"]) == ("added", "removed")
    assert differences.compare_versions(session, "retrofit", 2, 2)["files"] == []


def test_a_version_that_does_not_exist_is_not_found(session: Session) -> None:
    for old, new in ((1, 2), (0, 1)):
        with pytest.raises(NotFound):
            differences.compare_versions(session, "retrofit", old, new)


def test_a_file_that_cannot_be_read_is_said_to_be_one() -> None:
    [found] = differences.compare({"x.bpmn": b"<a"}, {"x.bpmn": b"<b/>"})
    assert (found["differences"], found["count"]) == (None, 0)
    [form] = differences.compare({}, {"forms/x.form": b"\xff"})
    assert (form["differences"], form["name"]) == (None, "x")


def test_a_draft_is_compared_with_what_is_in_force(session: Session) -> None:
    owner = person(session, "owner")
    draft = drafts.open_draft(session, owner, "retrofit", title="修订初审", now=NOW)["id"]
    assert differences.compare_draft(session, owner, draft)["files"] == []
    before = drafts.read_file(session, owner, draft, FORM)
    drafts.save_file(session, owner, draft, FORM, retitled(before.content), etag=before.etag, now=NOW)
    [form] = differences.compare_draft(session, person(session, "auditor"), draft)["files"]
    assert (form["path"], form["state"], form["count"]) == (FORM, "changed", 1)
    with pytest.raises(Forbidden):
        differences.compare_draft(session, person(session, "officer"), draft)
    with pytest.raises(NotFound):
        differences.compare_draft(session, owner, draft + 1)


def test_a_published_draft_is_compared_with_what_it_was_begun_from(session: Session) -> None:
    owner = person(session, "owner")
    draft = drafts.open_draft(session, owner, "retrofit", title="修订初审", now=NOW)["id"]
    before = drafts.read_file(session, owner, draft, FORM)
    changed = retitled(before.content)
    drafts.save_file(session, owner, draft, FORM, changed, etag=before.etag, now=NOW)
    files = {**files_in_force(session), FORM: changed}
    store_version(
        session, "retrofit", files, Release(somebody("owner2", "process_owner"), ["owner"], "修订", draft, NOW)
    )
    row = definition_drafts.find(session, draft)
    assert row is not None
    row.state = "published"
    session.flush()
    [form] = differences.compare_draft(session, owner, draft)["files"]
    assert (form["state"], form["count"]) == ("changed", 1)
