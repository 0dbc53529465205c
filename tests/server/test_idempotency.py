"""A repeated Idempotency-Key gets the first answer again; nothing happens twice, and a failed try burns no key."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api_calls import PDF
from tests.contract_client import Office
from tests.server.signing_in import bearer, token_of

Send = Callable[..., TestResponse]


@pytest.fixture
def send(shared_app: Flask) -> Send:
    tokens: dict[str, str] = {}

    def post(key: str, body: Any, path: str = "/cases", username: str = "e07", **more: Any) -> TestResponse:
        token = tokens.setdefault(username, token_of(shared_app, username))
        headers = {**bearer(token), "Idempotency-Key": key}
        more = more or {"json": body}
        return shared_app.test_client().post(f"/api/v1{path}", headers=headers, **more)

    return post


def new_case(batch: int, title: str = "同一请求") -> dict[str, Any]:
    return {"scheme": "retrofit", "batch": batch, "title": title}


def count_cases(office: Office, username: str = "e07") -> int:
    return len(office.as_(username).get("/cases?limit=200")["items"])


def test_a_repeated_key_gets_the_first_answer(send: Send, shared_office: Office, batch: int) -> None:
    before = count_cases(shared_office)
    first, second = send("k-1", new_case(batch)), send("k-1", new_case(batch))
    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert (first.status_code, first.mimetype) == (201, second.mimetype)
    assert count_cases(shared_office) == before + 1


def test_a_key_is_for_one_request(send: Send, shared_office: Office, batch: int) -> None:
    assert send("k-2", new_case(batch)).status_code == 201
    before = count_cases(shared_office)
    assert send("k-2", new_case(batch, "另一请求")).status_code == 409
    assert send("k-2", {"advance": "PT1S"}, "/demo/clock").status_code == 409
    assert count_cases(shared_office) == before


def test_a_key_is_the_callers_own(send: Send, batch: int) -> None:
    mine, theirs = send("k-3", new_case(batch)), send("k-3", new_case(batch), username="e08")
    assert mine.get_json()["reference"] != theirs.get_json()["reference"]


def test_two_at_once_make_one_case(send: Send, shared_office: Office, batch: int) -> None:
    before = count_cases(shared_office)
    send("warm", new_case(batch))
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: send("k-4", new_case(batch)), range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert count_cases(shared_office) == before + 2


def test_a_failed_try_does_not_burn_the_key(send: Send, batch: int) -> None:
    assert send("k-5", new_case(batch, "")).status_code == 422
    assert send("k-5", new_case(batch)).status_code == 201


def test_an_upload_is_not_taken_twice(send: Send, shared_office: Office, batch: int) -> None:
    reference = shared_office.apply("e07", batch=batch)

    def upload(content: bytes) -> TestResponse:
        data = {"code": "DOC_OTHER", "file": (io.BytesIO(content), "材料.pdf")}
        return send("k-6", None, f"/cases/{reference}/documents", data=data, content_type="multipart/form-data")

    first, second = upload(PDF), upload(PDF)
    assert (first.status_code, first.data) == (second.status_code, second.data) == (201, first.data)
    assert upload(PDF + b"%").status_code == 409
    assert len(shared_office.as_("e07").get(f"/cases/{reference}/documents")["items"]) == 1


@pytest.mark.parametrize("key", ["k" * 201, "k\x07", "\xff"])
def test_a_key_is_a_short_plain_text(send: Send, batch: int, key: str) -> None:
    assert send(key, new_case(batch)).status_code == 400


def test_no_token_is_kept_as_an_answer(send: Send) -> None:
    """Signing in again with a key opens a second session: a token is shown once and stored nowhere."""
    body = {"username": "e07", "password": "greencase-demo"}
    first, second = send("k-7", body, "/session"), send("k-7", body, "/session")
    assert first.get_json()["token"] != second.get_json()["token"]


def test_nobodys_key_counts_at_his_address(shared_app: Flask) -> None:
    """A person who is not signed in may press the button twice, too."""

    def calculate(investment: str, address: str) -> int:
        return (
            shared_app.test_client()
            .post(
                "/api/v1/schemes/retrofit/calculation",
                json={"facts": {"approved_investment": investment, "granted_same_project": "0"}},
                headers={"Idempotency-Key": "k-8"},
                environ_base={"REMOTE_ADDR": address},
            )
            .status_code
        )

    assert [calculate("3000000", "192.0.2.1") for _ in range(2)] == [200, 200]
    assert calculate("4000000", "192.0.2.1") == 409
    assert calculate("4000000", "192.0.2.2") == 200
