"""An office at work, in a database that is copied for whoever needs one of its own: nobody makes it anew for a test.

To confirm a hundred values and to check sixty passwords takes longer than most tests.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import select

from server.embedded import Urls
from server.embedded.postgres import driver_url, make_database
from storage.database import Database
from storage.people import SignIn, User
from tests.api_calls import Api, flask_transport
from tests.contract_client import Office
from workflows.permissions import Actor


@dataclass
class Databases:
    """The databases of one process of a run, all on one server."""

    server: Urls
    stem: str
    made: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=count)

    def make(self, template: Urls | None = None) -> Urls:
        """A new database: empty, or with the rows of another, which nobody must be connected to."""
        name = f"{self.stem}_{next(self.numbers)}"
        self._make(name, template)
        return replace(
            self.server,
            owner_url=f"{self.server.owner_url.rsplit('/', 1)[0]}/{name}",
            app_url=f"{self.server.app_url.rsplit('/', 1)[0]}/{name}",
        )

    def _make(self, name: str, template: Urls | None) -> None:
        with psycopg.connect(driver_url(self.server.admin_url), autocommit=True) as admin:
            make_database(admin, name, **({"template": _name(template)} if template else {}))
        self.made.add(name)

    def make_again(self, urls: Urls, template: Urls) -> None:
        """Put a database back to what it was made from: whatever is kept in memory of its definitions stays true."""
        self.drop(urls)
        self._make(_name(urls), template)

    def drop(self, urls: Urls) -> None:
        """Drop a database, whoever is connected."""
        name = _name(urls)
        with psycopg.connect(driver_url(self.server.admin_url), autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self.made.discard(name)

    def drop_all(self) -> None:
        with psycopg.connect(driver_url(self.server.admin_url), autocommit=True) as admin:
            for name in self.made:
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self.made.clear()


def _name(urls: Urls) -> str:
    return urls.app_url.rsplit("/", 1)[1]


@dataclass(frozen=True)
class Snapshot:
    """A database in which cases have come to a stage, with whoever has signed in by then."""

    urls: Urls
    references: tuple[str, ...] = ()
    tokens: Mapping[str, str] = field(default_factory=dict)
    applicants: Mapping[str, str] = field(default_factory=dict)


def person(username: str, *roles: str) -> Actor:
    """Somebody of these posts, who has not signed in."""
    return Actor(0, username, username, frozenset(roles))


def office_of(app: Flask, snapshot: Snapshot) -> Office:
    """The office of a snapshot, in an application that stands on its database or on a copy."""
    send = flask_transport(app)
    office = Office(send)
    office.known = {name: Api(send, token, name) for name, token in snapshot.tokens.items()}
    office.applicants = dict(snapshot.applicants)
    return office


def sign_in_everybody(database: Database) -> dict[str, str]:
    """A session for every person, by username."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        users = session.execute(select(User.id, User.username)).all()
        tokens = {username: secrets.token_urlsafe(32) for _, username in users}
        session.add_all(
            SignIn(
                token_hash=sha256(tokens[username].encode()).hexdigest(),
                user_id=user_id,
                created_at=now,
                expires_at=now + timedelta(hours=8),
            )
            for user_id, username in users
        )
    return tokens
