"""The database of an installation for a command beside it: the configured one, or the embedded one, running or not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from server.embedded import PostgresServer
from server.embedded.errors import InUse
from server.settings import SettingsError, data_folder, database_url
from storage.database import Database


@contextmanager
def running_database(data: Path | None = None) -> Iterator[Database]:
    """The database under the application's login. An embedded one is started for the while unless `up` runs it.

    Raises SettingsError when there is no installation, EmbeddedError when it cannot be started.
    """
    with ExitStack() as parts:
        url = database_url(os.environ.get("GREENCASE_DATABASE_URL", ""))
        if not url or data is not None:
            folder = data.resolve() if data is not None else data_folder(os.environ)
            server = PostgresServer(folder)
            if not server.exists:
                raise SettingsError(
                    f"数据目录 {folder} 中没有数据库。请用 --data 指定，或设置 GREENCASE_DATABASE_URL。"
                )
            try:
                url = server.start().app_url
                parts.callback(server.stop)
            except InUse:
                url = server.running_urls().app_url
        database = Database(url, pool_size=1)
        parts.callback(database.dispose)
        yield database
