"""Bytes that never became a document are removed a day later, and no others."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from minio import Minio
from sqlalchemy import select

from server.clock import machine_now
from server.embedded import S3
from storage.away import Away
from storage.documents import Document, UploadUnderWay
from storage.objects import ObjectStore
from tests.api_calls import ApiError
from tests.contract_client import Office
from workflows.casework import documents
from workflows.jobs import due

LATER = documents.ABANDONED + timedelta(minutes=1)


@pytest.fixture
def is_stored(object_store: S3) -> Callable[[str], bool]:
    client = Minio(object_store.endpoint, object_store.access_key, object_store.secret_key, secure=False)
    return lambda key: any(client.list_objects(object_store.bucket, prefix=key, include_version=True))


def announced(app: Flask) -> list[str]:
    with app.extensions["greencase"].database.transaction() as session:
        return list(session.scalars(select(UploadUnderWay.object_key)))


def key_of(app: Flask) -> str:
    with app.extensions["greencase"].database.transaction() as session:
        return session.scalars(select(Document.object_key)).one()


def test_what_a_transaction_that_failed_left_is_removed_a_day_later(
    app: Flask, office: Office, is_stored: Callable[[str], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    reference, installation = office.apply(), app.extensions["greencase"]
    office.as_("e01").upload(reference, "DOC_OTHER", name="一.pdf")
    assert announced(app) == [], "it came through"

    def fails(*_: object) -> None:
        raise RuntimeError("the transaction breaks off")

    with monkeypatch.context() as broken, pytest.raises(ApiError):
        broken.setattr(documents, "_shown", fails)
        office.as_("e01").upload(reference, "DOC_OTHER", name="二.pdf")
    [lost] = announced(app)
    assert is_stored(lost)

    def tidy(after: timedelta, store: ObjectStore = installation.store) -> int:
        return due.forget_abandoned(installation.database, store, machine_now() + after)

    assert tidy(timedelta()) == 0, "it may still be under way"
    with pytest.raises(Away):
        tidy(LATER, ObjectStore("127.0.0.1:9", "x", "x", "greencase", False))
    assert tidy(LATER) == 1
    assert (is_stored(lost), is_stored(key_of(app)), announced(app)) == (False, True, [])
    assert tidy(LATER) == 0


def test_bytes_that_a_document_names_are_kept_whatever_was_announced(
    app: Flask, office: Office, is_stored: Callable[[str], bool]
) -> None:
    office.as_("e01").upload(office.apply(), "DOC_OTHER")
    installation = app.extensions["greencase"]
    with installation.database.transaction() as session:
        documents.announce(session, key_of(app), machine_now())
    assert due.forget_abandoned(installation.database, installation.store, machine_now() + LATER) == 1
    assert (is_stored(key_of(app)), announced(app)) == (True, [])


def test_bytes_that_the_store_will_not_let_go_starve_no_others(app: Flask, is_stored: Callable[[str], bool]) -> None:
    """As in a bucket whose key may lock but not delete: asked again a day later."""
    installation = app.extensions["greencase"]
    with installation.database.transaction() as session:
        for age, key in enumerate(("locked/1", "free/2")):
            installation.store.put(key, io.BytesIO(b"%PDF-1.7"), "application/pdf")
            documents.announce(session, key, machine_now() + timedelta(seconds=age))
    version = installation.store.put("locked/1", io.BytesIO(b"%PDF-1.7"), "application/pdf")
    installation.store.lock("locked/1", version, machine_now() + timedelta(minutes=5))
    assert due.forget_abandoned(installation.database, installation.store, machine_now() + LATER) == 2
    assert (is_stored("locked/1"), is_stored("free/2"), announced(app)) == (True, False, ["locked/1"])
    assert due.forget_abandoned(installation.database, installation.store, machine_now() + LATER) == 0
