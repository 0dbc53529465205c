"""What a program of before left unfinished has its jobs after the upgrade."""

from __future__ import annotations

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from server.embedded.postgres import driver_url
from storage.database import MIGRATIONS, migrate
from tests.offices import Databases

RUN = """INSERT INTO case_run (kind, key, options, state, started_by, started_at)
         VALUES (%s, 'retrofit', '{}', %s, 'owner', now()) RETURNING id"""
WHAT_IF = """INSERT INTO what_if (title, batch_ids, parameters, state, asked_by, asked_at)
             VALUES ('测算', '{1}', '{}', %s, 'owner', now()) RETURNING id"""


def test_unfinished_runs_and_what_ifs_are_deferred(databases: Databases) -> None:
    urls = databases.make()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(urls.owner_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0007-1")
    engine.dispose()
    with psycopg.connect(driver_url(urls.owner_url), autocommit=True) as owner:
        ids = [
            owner.execute(statement, arguments).fetchone()
            for statement, arguments in (
                (RUN, ("rehearsal", "running")),
                (RUN, ("migration", "running")),
                (RUN, ("rehearsal", "done")),
                (WHAT_IF, ("waiting",)),
                (WHAT_IF, ("done",)),
            )
        ]
    migrate(urls.owner_url, urls.app_url)
    (first,), (second,), _, (what_if,), _ = (each or () for each in ids)
    with psycopg.connect(driver_url(urls.app_url)) as app:
        jobs = app.execute("SELECT task_name, priority, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        assert jobs.fetchall() == [
            ("rehearse", -10, {"run_id": first, "first": 0, "last": 0}),
            ("migrate", -10, {"run_id": second, "first": 0, "last": 0}),
            ("what_if", 0, {"what_if_id": what_if}),
        ]
    databases.drop(urls)
