"""版本管理: the versions of a type, those that changed a called process, and what one of them holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from storage import definitions
from storage.database import Session
from tests.contract_client import Office
from tests.offices import person
from workflows.errors import NotFound
from workflows.workshop import versions
from workflows.workshop.deployments import Release, store_version

REASON = "异议办理期限改为8个工作日"


def release(session: Session, key: str, path: str, old: str, new: str) -> int:
    """The next version of a type with one file edited."""
    version = definitions.latest(session, key)
    assert version is not None
    files = definitions.load_files(session, version.id)
    assert old.encode() in files[path]
    edited = {**files, path: files[path].replace(old.encode(), new.encode())}
    at = version.published_at + timedelta(days=1)
    return store_version(
        session, key, edited, Release(person("owner2", "process_owner"), ["owner"], REASON, None, at)
    ).version


def test_a_version_says_who_drew_and_released_it_and_why(session: Session) -> None:
    release(session, "retrofit", "retrofit.bpmn", "现场核查", "实地核查")
    found = versions.list_versions(session, "retrofit")
    assert found["is_scheme"]
    new, old = found["versions"]
    assert [new["version"], old["version"]] == [2, 1]
    assert (new["published_by"], new["authors"], new["reason"]) == ("测试口径二", ["测试口径一"], REASON)
    assert (new["is_current"], old["is_current"]) == (True, False)
    assert (new["before"], old["before"]) == (1, None)


def test_cases_are_counted_where_they_stand(office: Office, app: Flask) -> None:
    first, draft = office.apply("e01"), office.apply("e02")
    office.submit(first)
    with app.extensions["greencase"].database.transaction() as session:
        release(session, "retrofit", "retrofit.bpmn", "现场核查", "实地核查")
    later = office.apply("e03")
    office.submit(later)
    office.as_("e01").post(f"/cases/{first}/withdrawal", {"reason": "项目调整"})
    with app.extensions["greencase"].database.transaction() as session:
        new, old = versions.list_versions(session, "retrofit")["versions"]
    assert (new["running"], new["drafts"], new["ended"]) == (1, 0, 0)
    assert (old["running"], old["drafts"], old["ended"]) == (0, 1, 1)
    assert draft


def test_a_called_process_shows_the_versions_that_changed_it(session: Session) -> None:
    shipped = versions.list_versions(session, "publicity")
    assert not shipped["is_scheme"]
    assert {each["version"] for each in shipped["versions"]} == {1}
    release(session, "retrofit", "retrofit.bpmn", "现场核查", "实地核查")
    release(session, "retrofit", "shared/publicity.bpmn", 'gc:due="2"', 'gc:due="8"')
    newest, *others = versions.list_versions(session, "publicity")["versions"]
    assert (newest["key"], newest["version"], newest["before"]) == ("retrofit", 3, 2)
    assert len(others) == len(shipped["versions"])


def test_a_withdrawn_version_is_not_the_current_one(session: Session) -> None:
    release(session, "retrofit", "retrofit.bpmn", "现场核查", "实地核查")
    row = definitions.find(session, "retrofit", 2)
    assert row is not None
    row.state, row.retired_at, row.retired_by, row.retired_reason = "retired", row.published_at, "owner2", "有误"
    session.flush()
    new, old = versions.list_versions(session, "retrofit")["versions"]
    assert (new["is_current"], old["is_current"]) == (False, True)
    assert (new["retired_by"], new["retired_reason"]) == ("测试口径二", "有误")


def test_a_version_shows_its_diagrams_and_forms(session: Session) -> None:
    version = versions.get_version(session, "retrofit", 1)
    assert [each["key"] for each in version["diagrams"]][:2] == ["retrofit", "clearance"]
    review = next(each for each in version["forms"] if each["key"] == "retrofit_review")
    assert (review["title"], review["form_object"].key) == ("业务初审", "retrofit_review")
    assert version["is_current"]


@pytest.mark.parametrize("key", ["unknown", "forms/recheck", "%"])
def test_what_does_not_exist_is_not_found(session: Session, key: str) -> None:
    with pytest.raises(NotFound):
        versions.list_versions(session, key)
    with pytest.raises(NotFound):
        versions.get_version(session, key, 1)
    with pytest.raises(NotFound):
        versions.get_version(session, "retrofit", 99)
