"""Signing in and out: sessions end at once, guessing is slowed down, and cookies and tokens stay where they belong."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from server import access
from server.settings import Settings
from tests.app import application
from tests.contract_client import PASSWORD, Office
from tests.server.signing_in import bearer, token_of


def sign_in(app: Flask, username: str, password: str = PASSWORD, address: str = "192.0.2.1") -> TestResponse:
    body = {"username": username, "password": password}
    return app.test_client().post("/api/v1/session", json=body, environ_base={"REMOTE_ADDR": address})


def status(app: Flask, token: str, path: str = "/session") -> int:
    return app.test_client().get(f"/api/v1{path}", headers=bearer(token)).status_code


def test_signing_out_ends_the_token_at_once_and_no_other(shared_app: Flask) -> None:
    first, second = (sign_in(shared_app, "e01").get_json()["token"] for _ in range(2))
    assert shared_app.test_client().delete("/api/v1/session", headers=bearer(first)).status_code == 204
    assert (status(shared_app, first), status(shared_app, second)) == (401, 200)


def test_an_expired_session_is_over(shared_app: Flask) -> None:
    assert status(shared_app, token_of(shared_app, "e01", hours=0.1)) == 200
    assert status(shared_app, token_of(shared_app, "e01", hours=-0.1)) == 401


def test_a_person_who_was_barred_is_out_at_once(app: Flask) -> None:
    from storage.people import find_user

    token = token_of(app, "e01")
    with app.extensions["greencase"].database.transaction() as session:
        person = find_user(session, "e01")
        assert person is not None
        person.active = False
    assert status(app, token) == 401
    assert sign_in(app, "e01").status_code == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer x", "Basic ZTAxOng=", "Bearer " + "x" * 10_000, "Bearer \xff" * 9]
)
def test_what_is_no_token_is_nobody(shared_app: Flask, header: str) -> None:
    response = shared_app.test_client().get("/api/v1/session", headers={"Authorization": header})
    assert response.status_code == 401


def test_the_token_is_kept_as_a_digest_only(shared_app: Flask) -> None:
    from sqlalchemy import text

    token = sign_in(shared_app, "e01").get_json()["token"]
    with shared_app.extensions["greencase"].database.transaction() as session:
        rows = session.execute(text("SELECT row_to_json(s)::text FROM sign_in s")).scalars().all()
    assert rows and not any(token in row for row in rows)


def test_two_hundred_wrong_passwords_slow_down_the_guesser_alone(app: Flask) -> None:
    answers = [sign_in(app, "e01", "wrong").status_code for _ in range(200)]
    assert answers == [401] * access.ACCOUNT_FAILURES + [429] * (200 - access.ACCOUNT_FAILURES)
    refused = sign_in(app, "e01")
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert sign_in(app, "e02").status_code == 201, "another account at the same address goes on"
    assert sign_in(app, "e01", address="192.0.2.2").status_code == 201, "the owner comes in from another address"


def test_an_address_cannot_try_one_password_on_everybody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setattr(access, "_NOBODY", access.hash_password("x"))
    answers = [sign_in(app, f"nobody{number}", "wrong").status_code for number in range(access.ADDRESS_FAILURES + 1)]
    assert answers == [401] * access.ADDRESS_FAILURES + [429]
    assert sign_in(app, "e01", address="192.0.2.2").status_code == 201


def test_an_unknown_name_costs_as_much_and_says_the_same(shared_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many hashes of the same cost: so neither the answer nor its delay tells whether there is such an account."""
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            verified.append(str(hash).rsplit("$", 2)[0])
            return super().verify(hash, password)

    monkeypatch.setattr(access, "_hasher", Counting())
    known = sign_in(shared_app, "e05", "wrong", "192.0.2.7")
    unknown = sign_in(shared_app, "nobody", "wrong", "192.0.2.7")
    assert known.status_code == unknown.status_code == 401
    assert known.get_json() == unknown.get_json()
    assert len(verified) == 2 and verified[0] == verified[1]


@pytest.mark.parametrize("password", ["", "x" * 1000, PASSWORD + "x", PASSWORD.upper(), PASSWORD + " " * 200])
def test_only_the_very_password_opens(shared_app: Flask, password: str) -> None:
    assert sign_in(shared_app, "e06", password, address=f"192.0.2.{10 + len(password) % 200}").status_code == 401


def test_a_cookie_does_not_open_the_api(shared_app: Flask) -> None:
    client = shared_app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token_of(shared_app, "e01"), True
    assert client.get("/api/v1/session").status_code == 401
    assert client.post("/api/v1/demo/clock", json={"advance": "PT1S"}).status_code == 401


def test_behind_a_proxy_the_client_is_whom_the_proxy_names(settings: Settings) -> None:
    """Without a trusted proxy a header claims nothing: the throttle counts the real address."""
    with application(settings) as app:
        for number in range(access.ACCOUNT_FAILURES + 1):
            response = app.test_client().post(
                "/api/v1/session",
                json={"username": "e01", "password": "wrong"},
                headers={"X-Forwarded-For": f"198.51.100.{number}"},
                environ_base={"REMOTE_ADDR": "192.0.2.1"},
            )
    assert response.status_code == 429


def test_the_token_opens_what_its_owner_may(shared_office: Office) -> None:
    assert shared_office.as_("e01").get("/session")["roles"] == ["applicant"]
