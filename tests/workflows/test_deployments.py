"""What becomes a definition version passes the gate, also when it is stored already."""

from datetime import UTC, datetime

import pytest

from server.settings import CHECKOUT, Settings
from storage.database import Database
from workflows import deployments, operations
from workflows.deployments import GateRefused

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_a_stored_version_is_judged_again_at_every_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(operations.REGISTRY, "calculate_amount")
    database = Database(settings.database_url, pool_size=1)
    with pytest.raises(GateRefused) as refused, database.transaction() as session:
        deployments.publish_shipped(session, CHECKOUT / "bpmn", NOW)
    assert {finding.element for finding in refused.value.findings} == {"calculate_amount"}
    database.dispose()
