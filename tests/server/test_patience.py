"""Nobody waits for ever: for a lock, for a statement, or for a database that says nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psutil
import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from server.embedded import Urls
from server.embedded.postgres import driver_url
from server.settings import Settings
from server.worker import Worker
from storage.database import Database
from storage.patience import OF_JOBS, OF_PAGES, Patience
from tests.contract_client import Office
from tests.server.signing_in import bearer, put_into_cookie, token_of

# What is waited for in these tests is over at once, or would never be.
FROZEN = Patience(statement=0.5, lock=0.2, idle=10, answer=1)
FAR_TOO_LONG = 60

Impatient = Callable[[Patience], Flask]


@pytest.fixture
def impatient(app: Flask, settings: Settings) -> Impatient:
    """Lets the application wait no longer than is said."""

    def with_patience(waiting: Patience) -> Flask:
        installation = app.extensions["greencase"]
        installation.database.dispose()
        app.extensions["greencase"] = replace(installation, database=Database(settings.database_url, waiting=waiting))
        return app

    return with_patience


@contextmanager
def held(app: Flask, query: str, **values: str) -> Iterator[None]:
    """Somebody holds rows meanwhile."""
    with app.extensions["greencase"].database.engine.begin() as connection:
        connection.execute(text(query), values)
        yield


def claim(office: Office, reference: str) -> tuple[int, Any]:
    [task] = office.as_("e01").get(f"/cases/{reference}")["open_tasks"]
    return office.as_("e01").try_call("POST", f"/tasks/{task['id']}/claim")


@pytest.mark.parametrize(
    ("waiting", "answer"),
    [
        (replace(FROZEN, statement=0), (409, "其他人正在办理同一事项，你的操作没有生效，请刷新后重试。")),
        (replace(FROZEN, lock=0), (503, "系统处理时间过长，已停止；你的操作没有生效，请稍后重试。")),
    ],
)
def test_whoever_waits_too_long_for_another_is_told_so(
    impatient: Impatient, office: Office, waiting: Patience, answer: tuple[int, str]
) -> None:
    reference = office.apply()
    app = impatient(replace(waiting, answer=0))
    with held(app, "SELECT 1 FROM cases WHERE reference = :reference FOR UPDATE", reference=reference):
        status, problem = claim(office, reference)
    assert (status, problem["detail"]) == answer


def asked(database: Database) -> dict[str, str]:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "timezone")
    with database.engine.connect() as connection:
        return {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in names}


def test_pages_are_less_patient_than_jobs(app: Flask, settings: Settings) -> None:
    assert asked(app.extensions["greencase"].database) == {
        "statement_timeout": "15s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "5min",
        "timezone": "UTC",
    }
    worker = Worker(settings)
    assert asked(worker._database)["statement_timeout"] == "10min"
    worker.stop()
    worker.run()  # stopped: closes its connections
    for waiting in (OF_PAGES, OF_JOBS):
        # Whatever PostgreSQL ends itself, it tells before it would be given up.
        assert max(waiting.statement, waiting.lock) < waiting.answer


@contextmanager
def frozen(urls: Urls) -> Iterator[None]:
    """The whole server stands still: what is connected, and what listens."""
    with psycopg.connect(driver_url(urls.admin_url)) as connection:
        pid = connection.info.backend_pid
        server = psutil.Process(pid).parent() if psutil.pid_exists(pid) else None
        if server is None or not server.name().startswith("postgres"):
            pytest.skip("the database is on another machine: it cannot be frozen from here")
        family = [server, *server.children(recursive=True)]
        try:
            for process in family:
                process.suspend()
            yield
        finally:
            for process in family:
                process.resume()


@pytest.mark.parametrize("path", ["/api/v1/cases", "/my"])
def test_a_frozen_database_gives_words_and_no_hanging_page(impatient: Impatient, postgres: Urls, path: str) -> None:
    """Its machine goes on to acknowledge what is sent, so that no keepalive tells. Thawed, all is as before."""
    app = impatient(FROZEN)
    token, client = token_of(app, "e01"), app.test_client()
    put_into_cookie(client, token)

    def ask() -> tuple[int, str]:
        response = client.get(path, headers=bearer(token))
        return response.status_code, response.text if path == "/my" else str(response.get_json().get("detail"))

    assert ask()[0] == 200  # the pool holds a connection now
    with ThreadPoolExecutor(1) as pool, frozen(postgres):
        began = time.monotonic()
        status, words = pool.submit(ask).result(timeout=FAR_TOO_LONG)
        waited = time.monotonic() - began
    assert (status, "数据库暂时不可用，请稍后重试" in words) == (503, True)
    assert waited < FAR_TOO_LONG
    assert ask()[0] == 200


def test_a_database_that_freezes_in_the_middle_of_a_request_is_given_up(
    impatient: Impatient, office: Office, postgres: Urls
) -> None:
    reference = office.apply()
    app = impatient(replace(FROZEN, statement=0, lock=0, answer=2))
    query = "SELECT 1 FROM cases WHERE reference = :reference FOR UPDATE"
    with ThreadPoolExecutor(1) as pool, held(app, query, reference=reference):
        answer = pool.submit(claim, office, reference)
        _until_somebody_waits(app)
        with frozen(postgres):
            status, problem = answer.result(timeout=FAR_TOO_LONG)
    assert (status, "数据库暂时不可用" in problem["detail"]) == (503, True)
    assert claim(office, reference)[0] == 200


def _until_somebody_waits(app: Flask) -> None:
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with app.extensions["greencase"].database.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        while not connection.scalar(text(query)):
            time.sleep(0.01)
