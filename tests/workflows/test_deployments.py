"""What becomes a definition version passes the gate, also when it is stored already."""

from datetime import UTC, datetime

import pytest

from server.settings import CHECKOUT, Settings
from storage.database import Database
from tests.offices import person
from workflows.case import operations
from workflows.workshop import bundling, deployments
from workflows.workshop.bundling import GateRefused

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_a_stored_version_is_judged_again_at_every_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(operations.REGISTRY, "calculate_amount")
    database = Database(settings.database_url, pool_size=1)
    with pytest.raises(GateRefused) as refused, database.transaction() as session:
        deployments.publish_shipped(session, CHECKOUT / "bpmn", NOW)
    assert {finding.element for finding in refused.value.findings} == {"calculate_amount"}
    database.dispose()


def test_going_back_to_an_earlier_content_is_a_version_of_its_own(settings: Settings) -> None:
    library = bundling.read_library(CHECKOUT / "bpmn")
    first = bundling.assemble(library, "retrofit")
    second = {**first, "retrofit.bpmn": first["retrofit.bpmn"].replace("现场核查".encode(), "实地核查".encode())}
    database = Database(settings.database_url, pool_size=1)
    with database.transaction() as session:
        published = [
            deployments.publish(session, "retrofit", bundle, person("admin", "process_owner"), NOW)
            for bundle in (first, first, second, second, first, first)
        ]
        assert [version.version for version in published] == [1, 1, 2, 2, 3, 3]
        assert published[4].sha256 == published[0].sha256 != published[2].sha256
    with database.transaction() as session:
        shown = {number: deployments.get_definition(session, "retrofit", number)["files"] for number in (1, 2, 3)}
    assert shown[3] == shown[1] == {path: content.decode() for path, content in first.items()}
    assert shown[2]["retrofit.bpmn"] == second["retrofit.bpmn"].decode() != shown[3]["retrofit.bpmn"]
    database.dispose()
