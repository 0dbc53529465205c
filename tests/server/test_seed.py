"""What a first start puts into the database, and what it refuses."""

from dataclasses import replace

import pytest

from server import seed
from server.settings import Settings, SettingsError
from storage import definitions
from storage.database import Database
from workflows import rules


def test_a_second_start_changes_nothing(settings: Settings) -> None:
    seed.ensure(settings)
    database = Database(settings.database_url, pool_size=1)
    with database.transaction() as session:
        assert [(each.key, each.version) for each in definitions.list_all(session)] == [
            (scheme, 1) for scheme in sorted(rules.SCHEMES)
        ]
    database.dispose()


def test_demo_data_never_becomes_a_real_installation(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="演示数据"):
        seed.ensure(replace(settings, start="empty"))
