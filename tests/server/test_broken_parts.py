"""With the database or the object store away, calls say so in a sentence; the rest works, and all of it when back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import psycopg
import pytest
from flask import Flask

from server import create_app
from server.embedded import Urls
from server.embedded.postgres import driver_url
from server.settings import Settings
from server.worker import Worker
from storage.away import Away
from storage.objects import ObjectStore, ObjectStoreAway
from tests.api_calls import ApiError, flask_transport
from tests.app import application
from tests.contract_client import Office
from tests.server.signing_in import bearer, token_of

NOBODY_THERE = "127.0.0.1:9"


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """One that these tests may break."""
    with application(settings, of_its_own=True) as made:
        yield made


@pytest.fixture
def without_store(settings: Settings) -> Iterator[Flask]:
    app = create_app(replace(settings, s3_endpoint=NOBODY_THERE))
    yield app
    app.extensions["greencase"].database.dispose()


def test_without_the_store_only_files_are_missing(app: Flask, office: Office, without_store: Flask) -> None:
    reference = office.apply()
    document = office.as_("e01").upload(reference, "DOC_OTHER")["id"]
    poor = Office(flask_transport(without_store))
    for method, path in (("GET", f"/cases/{reference}/documents/{document}/content"),):
        status, problem = poor.as_("e01").try_call(method, path)
        assert (status, "稍后重试" in problem["detail"]) == (503, True)
    with pytest.raises(ApiError) as caught:
        poor.as_("e01").upload(reference, "DOC_OTHER", name="二.pdf")
    assert caught.value.status == 503
    assert "没有上传" in caught.value.body["detail"]
    assert len(poor.as_("e01").get(f"/cases/{reference}/documents")["items"]) == 1
    poor.submit(reference)
    assert poor.case(reference)["status"] == "SUBMITTED"


def test_the_worker_goes_on_without_the_store_and_locks_when_it_is_back(
    settings: Settings, app: Flask, office: Office
) -> None:
    reference = office.apply()
    office.as_("e01").upload(reference, "DOC_OTHER")
    office.drive(reference, "credit_check")

    def locked() -> list[bool]:
        return [each["locked"] for each in office.as_("e01").get(f"/cases/{reference}/documents")["items"]]

    for endpoint, expected in ((NOBODY_THERE, [False]), (settings.s3_endpoint, [True])):
        worker = Worker(replace(settings, s3_endpoint=endpoint))
        with suppress(Away):
            worker.tend_store()
        worker.do_due()
        worker.sweep()
        worker.stop()
        worker.run()  # stopped: closes its connections
        assert locked() == expected


@pytest.mark.parametrize("garbage", ["the database"])
def test_a_store_that_speaks_something_else_is_away(settings: Settings, garbage: str) -> None:
    address = settings.database_url.rpartition("@")[2].partition("/")[0]
    store = ObjectStore(address, "x" * 20, "x" * 20, "greencase", False)
    assert not store.answers()
    with pytest.raises(ObjectStoreAway):
        store.read("key", None)


def test_without_the_database_every_call_says_so(settings: Settings) -> None:
    app = create_app(replace(settings, database_url=settings.database_url.replace(_address(settings), NOBODY_THERE)))
    client = app.test_client()
    for method, path in (("GET", "/schemes"), ("GET", "/cases"), ("POST", "/session"), ("POST", "/demo/clock")):
        body = {"json": {"username": "e01", "password": "x"} if "session" in path else {}} if method == "POST" else {}
        response = client.open(f"/api/v1{path}", method=method, headers=bearer("x" * 43), **body)
        assert (response.status_code, response.mimetype) == (503, "application/problem+json"), path
        assert "数据库暂时不可用" in response.get_json()["detail"]


def _address(settings: Settings) -> str:
    return settings.database_url.rpartition("@")[2].partition("/")[0]


def test_connections_that_were_cut_are_made_again(
    app: Flask, office: Office, postgres: Urls, settings: Settings
) -> None:
    """As after a restart of the server: the pool holds dead connections and nobody notices."""
    office.as_("e01").get("/session")
    name = settings.database_url.rsplit("/", 1)[1]
    with psycopg.connect(driver_url(postgres.admin_url), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
    assert office.as_("e01").get("/session")["username"] == "e01"


def test_a_commit_that_fails_is_no_success(app: Flask, postgres: Urls, settings: Settings) -> None:
    """The connection dies after the work and before the commit: 503, and nothing happened."""
    token, name = token_of(app, "e01"), settings.database_url.rsplit("/", 1)[1]

    @app.after_request
    def cut(response: object) -> object:  # runs before the commit: the last one registered is the first to run
        with psycopg.connect(driver_url(postgres.admin_url), autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        return response

    app.testing = app.config["PROPAGATE_EXCEPTIONS"] = False
    response = app.test_client().delete("/api/v1/session", headers=bearer(token))
    assert response.status_code == 503, response.data
    assert "无法确认你的操作是否已经生效" in response.get_json()["detail"]
    app.after_request_funcs[None].remove(cut)  # type: ignore[arg-type]
    assert app.test_client().get("/api/v1/session", headers=bearer(token)).status_code == 200
