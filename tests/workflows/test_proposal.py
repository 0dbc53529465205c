"""A publication reads and assembles what a draft proposes twice: before the gate, and again under the lock."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from server import seed
from server.settings import CHECKOUT, Settings
from storage.database import Database, Session
from tests.publishing import look_and_publish
from workflows import engine, rules
from workflows.jobs import due
from workflows.permissions import Actor
from workflows.workshop import drafts, publication

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
INTAKE = "shared/intake.bpmn"
SHIPPED = {(CHECKOUT / "bpmn" / f"{scheme}.bpmn").read_bytes(): scheme for scheme in rules.SCHEMES}


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url, pool_size=1)
    yield database
    database.dispose()


def begin(session: Session, owner: Actor) -> int:
    draft = int(drafts.open_draft(session, owner, "intake", title="统一用语", now=NOW)["id"])
    file = drafts.read_file(session, owner, draft, INTAKE)
    drafts.save_file(
        session, owner, draft, INTAKE, file.content.replace("形式审查".encode(), "形式核对".encode()),
        etag=file.etag, now=NOW,
    )  # fmt: skip
    return draft


@contextmanager
def counted(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often meanwhile a draft's files and the library are read, and each scheme's bundle is assembled."""
    found: Counter[str] = Counter()
    read_links = engine.read_links

    def note(*arguments: object) -> None:
        statement = " ".join(str(arguments[2]).split())
        found["files"] += statement.startswith("SELECT") and "FROM definition_draft_file" in statement
        found["library"] += statement.startswith("SELECT definition_file.path") and "GROUP BY" in statement

    def links(diagram: bytes) -> engine.Links:
        # Whoever assembles a bundle begins with the scheme's own diagram.
        found.update([SHIPPED[diagram]] if diagram in SHIPPED else [])
        return read_links(diagram)

    event.listen(database.engine, "before_cursor_execute", note)
    with monkeypatch.context() as patched:
        patched.setattr(engine, "read_links", links)
        yield found
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_publication_reads_and_assembles_twice(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.transaction() as session:
        owner, second = seed.actor(session, "owner"), seed.actor(session, "owner2")
        draft = begin(session, owner)
        seen = drafts.get_draft(session, second, draft)["content_sha256"]
        with counted(database, monkeypatch) as found:
            made = publication.publish(session, second, draft, reason="统一用语", seen=seen, now=NOW)
    assert {each["key"] for each in made["versions"]} == set(rules.SCHEMES)
    assert found == {"files": 2, "library": 2, **dict.fromkeys(rules.SCHEMES, 2)}


def test_a_publication_that_is_due_does_so_too(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    day = NOW + timedelta(days=7)
    with database.transaction() as session:
        owner, second = seed.actor(session, "owner"), seed.actor(session, "owner2")
        draft = begin(session, owner)
        look_and_publish(session, second, draft, reason="自下周起", at=day, now=NOW)
    with counted(database, monkeypatch) as found:
        assert due.run_due(database, day) == 1
    assert found == {"files": 2, "library": 2, **dict.fromkeys(rules.SCHEMES, 2)}
