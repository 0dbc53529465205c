"""Drafts are laid over what is in force, nobody overwrites a colleague, and two owners make a version."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from server import seed
from server.settings import CHECKOUT, Settings
from storage import definitions
from storage.database import Database, Session
from tests.publishing import look_and_publish
from workflows import rules
from workflows.errors import Changed, Conflict, Forbidden, GreenCaseError, Invalid, NotFound, TooLarge
from workflows.jobs import due
from workflows.permissions import Actor
from workflows.workshop import deployments, drafts, inspection, publication
from workflows.workshop.bundling import GateRefused

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
RETROFIT, INTAKE = "retrofit.bpmn", "shared/intake.bpmn"


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url, pool_size=1)
    yield database
    database.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        yield session


@pytest.fixture
def owner(session: Session) -> Actor:
    return seed.actor(session, "owner")


@pytest.fixture
def second(session: Session) -> Actor:
    return seed.actor(session, "owner2")


def renamed(content: bytes, old: str, new: str) -> bytes:
    assert old.encode() in content
    return content.replace(old.encode(), new.encode())


def begin(session: Session, owner: Actor, key: str = "retrofit") -> int:
    return int(drafts.open_draft(session, owner, key, title="现场核查改名", now=NOW)["id"])


def change(session: Session, owner: Actor, draft: int, path: str, old: str, new: str) -> None:
    file = drafts.read_file(session, owner, draft, path)
    drafts.save_file(session, owner, draft, path, renamed(file.content, old, new), etag=file.etag, now=NOW)


def versions_in_force(session: Session) -> set[int]:
    """The number of the version in force, of every scheme."""
    numbers = set()
    for scheme in rules.SCHEMES:
        latest = definitions.latest(session, scheme)
        assert latest is not None, scheme
        numbers.add(latest.version)
    return numbers


def test_a_second_owner_publishes_and_only_what_changed_gets_a_version(
    session: Session, owner: Actor, second: Actor
) -> None:
    draft = begin(session, owner)
    change(session, owner, draft, RETROFIT, "现场核查", "实地核查")
    shown = drafts.get_draft(session, second, draft)
    assert (shown["affects"], shown["authors"]) == (["retrofit"], ["owner"])
    assert [(file["path"], file["state"], file["stale"]) for file in shown["files"]] == [(RETROFIT, "changed", False)]
    assert publication.check(session, owner, draft, NOW) == []
    with pytest.raises(Forbidden):
        look_and_publish(session, owner, draft, reason="统一用语", now=NOW)

    made = look_and_publish(session, second, draft, reason="统一用语", now=NOW)
    assert [(each["key"], each["version"]) for each in made["versions"]] == [("retrofit", 2)]
    latest = definitions.latest(session, "retrofit")
    assert latest is not None
    assert (latest.version, latest.authors, latest.published_by, latest.reason) == (2, ["owner"], "owner2", "统一用语")
    with pytest.raises(Conflict):
        change(session, owner, draft, RETROFIT, "实地核查", "现场查看")


def test_a_called_process_changes_in_every_scheme_that_calls_it(session: Session, owner: Actor, second: Actor) -> None:
    draft = begin(session, owner, "intake")
    change(session, owner, draft, INTAKE, "形式审查", "形式核对")
    made = look_and_publish(session, second, draft, reason="统一用语", now=NOW)
    assert {each["key"] for each in made["versions"]} == set(rules.SCHEMES)


def test_nobody_overwrites_what_a_colleague_saved(session: Session, owner: Actor, second: Actor) -> None:
    draft = begin(session, owner)
    mine = drafts.read_file(session, owner, draft, RETROFIT)
    change(session, second, draft, RETROFIT, "现场核查", "实地核查")
    with pytest.raises(Changed):
        drafts.save_file(session, owner, draft, RETROFIT, mine.content + b"\n", etag=mine.etag, now=NOW)
    kept = drafts.read_file(session, owner, draft, RETROFIT)
    assert "实地核查".encode() in kept.content and kept.editable and kept.changed
    assert drafts.get_draft(session, owner, draft)["authors"] == ["owner", "owner2"]
    with pytest.raises(Forbidden):
        look_and_publish(session, second, draft, reason="两人都改过", now=NOW)


def test_what_is_saved_as_it_is_in_force_is_no_change(session: Session, owner: Actor) -> None:
    draft = begin(session, owner)
    opened = drafts.read_file(session, owner, draft, RETROFIT)
    for _ in range(2):
        change(session, owner, draft, RETROFIT, "现场核查", "实地核查")
        etag = drafts.read_file(session, owner, draft, RETROFIT).etag
        assert drafts.save_file(session, owner, draft, RETROFIT, opened.content, etag=etag, now=NOW) == opened.etag
        assert (drafts.changed_files(session, draft), drafts.get_draft(session, owner, draft)["affects"]) == ({}, [])


def test_what_was_not_seen_does_not_go_live(session: Session, owner: Actor, second: Actor) -> None:
    draft = begin(session, owner)
    change(session, owner, draft, RETROFIT, "现场核查", "实地核查")
    seen = drafts.get_draft(session, second, draft)["content_sha256"]
    change(session, owner, draft, RETROFIT, "实地核查", "现场查看")
    with pytest.raises(Changed, match="重新查看差异"):
        publication.publish(session, second, draft, reason="统一用语", seen=seen, now=NOW)
    seen = drafts.get_draft(session, second, draft)["content_sha256"]
    assert publication.publish(session, second, draft, reason="统一用语", seen=seen, now=NOW)["state"] == "published"


def test_who_drops_a_change_has_a_part_in_the_draft(session: Session, owner: Actor, second: Actor) -> None:
    draft = begin(session, owner)
    change(session, owner, draft, RETROFIT, "现场核查", "实地核查")
    drafts.restore_file(session, second, draft, INTAKE, now=NOW)
    assert drafts.get_draft(session, owner, draft)["authors"] == ["owner"], "there was nothing to drop"
    change(session, owner, draft, INTAKE, "形式审查", "形式核对")
    seen = drafts.read_file(session, second, draft, INTAKE).etag
    change(session, owner, draft, INTAKE, "形式核对", "形式检查")
    with pytest.raises(Changed):
        drafts.restore_file(session, second, draft, INTAKE, etag=seen, now=NOW)
    seen = drafts.read_file(session, second, draft, INTAKE).etag
    drafts.restore_file(session, second, draft, INTAKE, etag=seen, now=NOW)
    assert drafts.get_draft(session, owner, draft)["authors"] == ["owner", "owner2"]
    with pytest.raises(Forbidden):
        look_and_publish(session, second, draft, reason="只留一处修改", now=NOW)


def test_a_draft_begun_before_another_publication_must_be_begun_again(
    session: Session, owner: Actor, second: Actor
) -> None:
    early, late = begin(session, owner), begin(session, owner)
    change(session, owner, early, RETROFIT, "现场核查", "实地核查")
    change(session, owner, late, RETROFIT, "现场核查", "现场查看")
    look_and_publish(session, second, late, reason="先发布", now=NOW)
    assert drafts.get_draft(session, owner, early)["files"][0]["stale"]
    with pytest.raises(Conflict, match=RETROFIT):
        look_and_publish(session, second, early, reason="后发布", now=NOW)
    drafts.restore_file(session, owner, early, RETROFIT, now=NOW)
    change(session, owner, early, RETROFIT, "现场查看", "实地核查")
    assert look_and_publish(session, second, early, reason="重新修改", now=NOW)["state"] == "published"


def test_of_two_publications_at_once_the_second_sees_the_first(settings: Settings) -> None:
    database = Database(settings.database_url, pool_size=3)
    with database.transaction() as session:
        owner, second = seed.actor(session, "owner"), seed.actor(session, "owner2")
        rivals = [begin(session, owner), begin(session, owner)]
        for draft, name in zip(rivals, ("实地核查", "现场查看"), strict=True):
            change(session, owner, draft, RETROFIT, "现场核查", name)
    together = Barrier(2)

    def publish(draft: int) -> str:
        with database.transaction() as session:
            together.wait()
            try:
                return str(look_and_publish(session, second, draft, reason="同时发布", now=NOW)["state"])
            except Conflict:
                return "stale"

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(publish, rivals)) == ["published", "stale"]
    database.dispose()


def test_the_gate_stands_before_every_publication(session: Session, owner: Actor, second: Actor) -> None:
    draft = begin(session, owner)
    change(session, owner, draft, RETROFIT, 'implementation="calculate_amount"', 'implementation="pay_everybody"')
    (finding,) = publication.check(session, owner, draft, NOW)
    assert (finding["rule"], finding["element"]) == ("operation-unknown", "calculate_amount")
    with pytest.raises(GateRefused):
        look_and_publish(session, second, draft, reason="试试", now=NOW)
    latest = definitions.latest(session, "retrofit")
    assert latest is not None and latest.version == 1


def test_what_would_be_lost_in_silence_is_a_finding(session: Session, owner: Actor) -> None:
    draft = begin(session, owner)
    form = drafts.read_file(session, owner, draft, "forms/retrofit_review.form")
    path = "forms/energy_opinion.form"
    fresh = renamed(form.content, '"id": "retrofit_review"', '"id": "energy_opinion"')
    drafts.save_file(session, owner, draft, path, fresh, etag=None, now=NOW)
    assert [(each["rule"], each["file"]) for each in publication.check(session, owner, draft, NOW)] == [
        ("file-unused", path)
    ]


def test_a_publication_waits_for_its_day(database: Database, settings: Settings) -> None:
    day = NOW + timedelta(days=7)
    with database.transaction() as session:
        owner, second = seed.actor(session, "owner"), seed.actor(session, "owner2")
        draft, recalled = begin(session, owner), begin(session, owner)
        for each in (draft, recalled):
            change(session, owner, each, RETROFIT, "现场核查", "实地核查")
            look_and_publish(session, second, each, reason="自下月起", at=day, now=NOW)
        publication.recall(session, owner, recalled, now=NOW)
        with pytest.raises(Conflict):
            change(session, owner, draft, RETROFIT, "实地核查", "现场查看")
    assert not due.run_due(database, day - timedelta(seconds=1))
    assert due.run_due(database, day) == 1
    assert not due.run_due(database, day)
    with database.transaction() as session:
        assert drafts.get_draft(session, owner, draft)["state"] == "published"
        assert drafts.get_draft(session, owner, recalled)["state"] == "open"
        latest = definitions.latest(session, "retrofit")
        assert latest is not None and (latest.version, latest.published_at) == (2, day)


def test_a_scheduled_publication_that_no_longer_fits_is_open_again_and_says_why(database: Database) -> None:
    day = NOW + timedelta(days=7)
    with database.transaction() as session:
        owner, second = seed.actor(session, "owner"), seed.actor(session, "owner2")
        waiting, faster = begin(session, owner), begin(session, owner)
        change(session, owner, waiting, RETROFIT, "现场核查", "实地核查")
        change(session, owner, faster, RETROFIT, "现场核查", "现场查看")
        look_and_publish(session, second, waiting, reason="自下月起", at=day, now=NOW)
        look_and_publish(session, second, faster, reason="立即", now=NOW)
    assert due.run_due(database, day) == 1
    with database.transaction() as session:
        shown = drafts.get_draft(session, owner, waiting)
        assert shown["state"] == "open" and RETROFIT in shown["failure"]


def test_a_publication_that_fails_for_no_known_reason_is_not_tried_for_ever(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    later = NOW + timedelta(days=1)
    with database.transaction() as session:
        owner, second = seed.actor(session, "owner"), seed.actor(session, "owner2")
        draft = begin(session, owner)
        change(session, owner, draft, RETROFIT, "现场核查", "实地核查")
        look_and_publish(session, second, draft, reason="自次日起", at=later, now=NOW)
    monkeypatch.setattr(publication.scenarios, "failures", lambda *_: 1 / 0)
    assert due.run_due(database, later) == 1
    assert not due.run_due(database, later)
    assert [record.exc_info is not None for record in caplog.records] == [True]
    with database.transaction() as session:
        shown = drafts.get_draft(session, owner, draft)
        assert (shown["state"], shown["failure"]) == ("open", "到期发布时程序出错，没有发布；请重新校验后再发布。")


def test_a_version_is_withdrawn_with_all_that_its_draft_made(session: Session, owner: Actor, second: Actor) -> None:
    draft = begin(session, owner, "intake")
    change(session, owner, draft, INTAKE, "形式审查", "形式核对")
    look_and_publish(session, second, draft, reason="统一用语", now=NOW)
    publication.retire_version(session, owner, "green_event", 2, reason="用语有误", now=NOW)
    assert versions_in_force(session) == {1}
    for scheme, number in (("retrofit", 2), ("retrofit", 1)):
        with pytest.raises(Conflict):
            publication.retire_version(session, owner, scheme, number, reason="再次", now=NOW)
    again = begin(session, owner)
    change(session, owner, again, RETROFIT, "现场核查", "实地核查")
    assert look_and_publish(session, second, again, reason="改名", now=NOW)["versions"][0]["version"] == 3


def test_what_the_program_ships_never_undoes_what_an_owner_published(
    session: Session, owner: Actor, second: Actor, tmp_path_factory: pytest.TempPathFactory
) -> None:
    draft = begin(session, owner)
    change(session, owner, draft, RETROFIT, "现场核查", "实地核查")
    look_and_publish(session, second, draft, reason="统一用语", now=NOW)
    deployments.publish_shipped(session, CHECKOUT / "bpmn", NOW)
    assert drafts.list_drafts(session, owner) == []

    update = tmp_path_factory.mktemp("update")
    for path, content in drafts.in_force(session).items():
        target = update / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((CHECKOUT / "bpmn" / path).read_bytes() if path != INTAKE else content + b"<!-- new -->\n")
    for _ in range(2):
        deployments.publish_shipped(session, update, NOW)
    latest = definitions.latest(session, "retrofit")
    assert latest is not None and latest.version == 2
    (offered,) = drafts.list_drafts(session, owner)
    assert offered["authors"] == ["system"]
    assert [file["path"] for file in drafts.get_draft(session, owner, offered["id"])["files"]] == [INTAKE]
    look_and_publish(session, second, offered["id"], reason="采用随程序更新的流程", now=NOW)


def test_what_an_owner_withdrew_does_not_come_back_with_the_program(
    session: Session, owner: Actor, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A program's update is withdrawn as a whole, since its versions share files, and stays withdrawn."""
    update = tmp_path_factory.mktemp("update")
    for path, content in drafts.in_force(session).items():
        (update / path).parent.mkdir(exist_ok=True)
        (update / path).write_bytes(content if path != INTAKE else content + b"<!-- new -->\n")
    deployments.publish_shipped(session, update, NOW)
    publication.retire_version(session, owner, "retrofit", 2, reason="暂不采用", now=NOW)
    assert versions_in_force(session) == {1}
    deployments.publish_shipped(session, update, NOW)
    assert versions_in_force(session) == {1}
    assert drafts.list_drafts(session, owner) == []


def test_what_an_owner_published_is_judged_at_every_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(settings.database_url, pool_size=1)
    with database.transaction() as session:
        owner, second = seed.actor(session, "owner"), seed.actor(session, "owner2")
        draft = begin(session, owner)
        change(session, owner, draft, RETROFIT, 'gc:status="SITE"', 'gc:status="ARCHIVED"')
        look_and_publish(session, second, draft, reason="试验（虚构）", now=NOW)
    seed.ensure(settings)
    assert not caplog.records
    monkeypatch.delitem(inspection.STATUSES, "ARCHIVED")
    seed.ensure(settings)
    assert [record.args[2] for record in caplog.records if record.args] == ["site_inspection"]  # type: ignore[index]
    database.dispose()


@pytest.mark.parametrize(
    ("path", "content", "error"),
    [
        ("retrofit.py", b"", Invalid),
        ("../retrofit.bpmn", b"", Invalid),
        ("forms/x/y.form", b"{}", Invalid),
        ("subsidy_of_my_own.bpmn", b"<x/>", Invalid),
        ("retrofit.bpmn", b"x" * (drafts.DIAGRAM_BYTES + 1), TooLarge),
        ("forms/x.form", b"x" * (drafts.FORM_BYTES + 1), TooLarge),
    ],
)
def test_only_diagrams_and_forms_of_a_sane_size_are_kept(
    session: Session, owner: Actor, path: str, content: bytes, error: type[GreenCaseError]
) -> None:
    draft = begin(session, owner)
    before = drafts.get_draft(session, owner, draft)
    with pytest.raises((error, Changed)):
        drafts.save_file(session, owner, draft, path, content, etag=None, now=NOW)
    assert drafts.get_draft(session, owner, draft) == before


def test_only_owners_change_and_readers_read(session: Session, owner: Actor) -> None:
    draft = begin(session, owner)
    officer, auditor = seed.actor(session, "officer"), seed.actor(session, "auditor")
    assert drafts.get_draft(session, auditor, draft)["key"] == "retrofit"
    file = drafts.read_file(session, auditor, draft, RETROFIT)
    assert not file.editable
    for act in (
        lambda: drafts.get_draft(session, officer, draft),
        lambda: drafts.open_draft(session, auditor, "retrofit", title="x", now=NOW),
        lambda: drafts.save_file(session, auditor, draft, RETROFIT, file.content, etag=file.etag, now=NOW),
        lambda: drafts.discard(session, auditor, draft, now=NOW),
        lambda: look_and_publish(session, auditor, draft, reason="x", now=NOW),
        lambda: publication.retire_version(session, auditor, "retrofit", 1, reason="x", now=NOW),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(NotFound):
        drafts.open_draft(session, owner, "no_such", title="x", now=NOW)
    drafts.discard(session, owner, draft, now=NOW)
    assert [each["state"] for each in drafts.list_drafts(session, owner, closed=True)] == ["discarded"]
