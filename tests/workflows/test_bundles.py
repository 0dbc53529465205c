"""Compiled bundles: kept by database and version, the ones in use."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from server.settings import CHECKOUT, Settings
from storage.database import Database, Session
from workflows.case import bundles
from workflows.case.bundles import bundle_of
from workflows.errors import NotFound
from workflows.workshop import deployments

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def session(settings: Settings) -> Iterator[Session]:
    database = Database(settings.database_url, pool_size=1)
    with database.transaction() as session:
        yield session
    database.dispose()


@pytest.fixture
def versions(session: Session) -> list[int]:
    return [version.id for version in deployments.publish_shipped(session, CHECKOUT / "bpmn", NOW)]


def test_a_version_is_compiled_once(session: Session, versions: list[int]) -> None:
    first, second = (bundle_of(session, version) for version in versions[:2])
    assert bundle_of(session, versions[0]) is first
    assert bundle_of(session, versions[1]) is second
    assert first.diagrams.key != second.diagrams.key


def test_what_is_in_use_stays(session: Session, versions: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MAX_KEPT", 2)
    used, rarely, fresh = versions[:3]
    first, second = bundle_of(session, used), bundle_of(session, rarely)
    assert bundle_of(session, used) is first
    bundle_of(session, fresh)
    assert bundle_of(session, used) is first
    assert bundle_of(session, rarely) is not second


def test_a_version_that_does_not_exist_is_not_kept(session: Session) -> None:
    for _ in range(2):
        with pytest.raises(NotFound):
            bundle_of(session, 10**6)
