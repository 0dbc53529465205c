"""Sessions for tests without the cost of a password check: the row that signing in writes, and its token."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from server import seed
from server.clock import machine_now
from storage.people import SignIn, find_user

# One person for each role; whoever has none is nobody.
PERSON = {"applicant": "e01", "expert": "expert1", **{role: name for name, role, _ in reversed(seed.STAFF)}}


def token_of(app: Flask, username: str, *, hours: float = 1) -> str:
    """A session of this person that lasts so many hours (negative: that has expired)."""
    token, now = secrets.token_urlsafe(32), machine_now()
    with app.extensions["greencase"].database.transaction() as session:
        user = find_user(session, username)
        assert user is not None, username
        digest = hashlib.sha256(token.encode()).hexdigest()
        expires = now + timedelta(hours=hours)
        session.add(SignIn(token_hash=digest, user_id=user.id, created_at=now, expires_at=expires))
    return token


def bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def put_into_cookie(client: FlaskClient, token: str) -> None:
    """Let this browser hold the session: what signing in on a page does."""
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
