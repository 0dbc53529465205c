"""A whole office on a database of its own, spoken to through the API.

Driving a case to a late stage takes seconds, so it is done once for the run: `at` copies the database in which it was
done. No two tests share one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from server import database_of_pages
from server.embedded import S3, Urls
from server.settings import Settings
from storage import ledger, people
from storage.cases import Case
from storage.database import Database
from storage.ledger import LedgerEntry
from tests.app import application, settings_on
from tests.attribution import misattributed
from tests.contract_client import Office
from tests.offices import Databases, Snapshot, office_of
from tests.server.signing_in import put_into_cookie, token_of
from workflows import audit, rules
from workflows.permissions import Actor

# The elements at which a case stops on the straight path (domain.md 3.2), in order; `at` knows these.
STAGES = (
    *("fill_application", "formality_check", "credit_check", "substantive_review", "site_inspection"),
    *("audit_verification", "confirm_verified", "convene_review", "declare_interest", "score_application"),
    *("chief_recheck", "deputy_review", "listed", "resolved", "published", "publicity_period", "district_approval"),
    *("decision_notice", "fund_plan", "enter_payee", "confirm_payee", "pay"),
)

# Stages on the way that are worth a snapshot of their own: others start from there.
REUSED = ("convene_review", "deputy_review", "published")


def investment(yuan: int) -> dict[str, str]:
    """The figures of an application over so much, all of it equipment; a tenth is asked for."""
    return {
        "declared_investment": str(yuan),
        "declared_amount": str(yuan // 10),
        "investment_equipment": str(yuan),
        **dict.fromkeys(("investment_construction", "investment_software", "investment_other"), "0"),
    }


# Who applies in each story, and with which investment (None: the examples, 3,000,000 yuan).
STORIES: Mapping[str, tuple[tuple[str, int | None], ...]] = {
    "alone": (("e01", None),),
    # Under 300,000 yuan of support: three experts. From 1,000,000 asked for: seven, which 10,000,000 brings.
    "small": (("e01", 900_000),),
    "large": (("e01", 10_000_000),),
    # 1,800,000 and 900,000 yuan under one ceiling of 2,000,000.
    "siblings": (("e01", 6_000_000), ("e01", 3_000_000)),
    "neighbours": (("e01", None), ("e02", None)),
}


# A story that is told by a function: it drives cases in an office where all ten schemes are open, and names them.
Story = Callable[[Office], Sequence[str]]


def ten_schemes(office: Office) -> Sequence[str]:
    """The beginning of every story that is told by a function: one batch, of all ten schemes."""
    office.make_batch(schemes=list(rules.SCHEMES))
    return ()


@dataclass
class Stages:
    """Snapshots by story and stage, each made from the nearest earlier one when first asked for."""

    databases: Databases
    prepared: Snapshot
    settings: Callable[[Urls], Settings]
    app: Flask
    kept: dict[tuple[str, str], Snapshot] = field(default_factory=dict)

    def get(self, story: str, stage: str) -> Snapshot:
        if (story, stage) not in self.kept:
            self.kept[story, stage] = self._drive(story, stage)
        return self.kept[story, stage]

    def _drive(self, story: str, stage: str) -> Snapshot:
        ahead = STAGES[: STAGES.index(stage)]
        earlier = next((name for name in reversed(ahead) if name in REUSED or (story, name) in self.kept), None)
        start = self.get(story, earlier) if earlier else self.prepared
        urls = self.databases.make(start.urls)
        with moved(self.app, self.settings(urls)) as app:
            office = office_of(app, start)
            references = start.references or _apply(office, story)
            for name in STAGES[STAGES.index(earlier or STAGES[0]) + 1 : STAGES.index(stage) + 1]:
                for reference in references:
                    office.drive(reference, until=name)
        return Snapshot(urls, references, _tokens(office), office.applicants)

    def told(self, story: Story) -> Snapshot:
        """The end of a story that is told by a function, by its module and name."""
        key = (story.__module__, story.__name__)
        if key not in self.kept:
            first = self.prepared if story is ten_schemes else self.told(ten_schemes)
            urls = self.databases.make(first.urls)
            with moved(self.app, self.settings(urls)) as app:
                office = office_of(app, first)
                references = tuple(story(office))
            self.kept[key] = Snapshot(urls, references, _tokens(office), office.applicants)
        return self.kept[key]


def _tokens(office: Office) -> dict[str, str]:
    return {name: api.token or "" for name, api in office.known.items()}


@contextmanager
def moved(app: Flask, settings: Settings) -> Iterator[Flask]:
    """The application on another database; to make its routes anew takes a third of a second each time."""
    before = app.extensions["greencase"]
    app.extensions["greencase"] = replace(before, settings=settings, database=database_of_pages(settings))
    try:
        yield app
    finally:
        app.extensions["greencase"].database.dispose()
        app.extensions["greencase"] = before


def _apply(office: Office, story: str) -> tuple[str, ...]:
    """Apply as the story says, and submit all but a lone case without figures of its own."""
    references = []
    for enterprise, yuan in STORIES[story]:
        reference = office.apply(enterprise)
        if yuan is not None:
            office.submit(reference, **investment(yuan))
        references.append(reference)
    return tuple(references)


@dataclass
class At:
    """`at(stage, story)` answers the office and the references of the story's cases, which are at that stage."""

    stages: Stages
    exits: ExitStack
    app: Flask = field(init=False)
    urls: Urls = field(init=False)
    began_as: Urls = field(init=False)

    def __call__(self, stage: str, story: str = "alone") -> tuple[Any, ...]:
        return self._begin(self.stages.get(story, stage))

    def after(self, story: Story) -> tuple[Any, ...]:
        """The office and the references of the cases at the end of a story that is told by a function."""
        return self._begin(self.stages.told(story))

    def _begin(self, snapshot: Snapshot) -> tuple[Any, ...]:
        self.began_as = snapshot.urls
        self.urls = self.stages.databases.make(snapshot.urls)
        self.exits.callback(self.stages.databases.drop, self.urls)
        self.app = self.exits.enter_context(moved(self.stages.app, self.stages.settings(self.urls)))
        self.exits.callback(self._refuse_false_names, self.database)
        return office_of(self.app, snapshot), *snapshot.references

    def again(self) -> None:
        """Let nothing have happened since this office was begun; everybody is still signed in."""
        self.database.dispose()
        self.stages.databases.make_again(self.urls, self.began_as)

    def give(self, username: str, *roles: str) -> None:
        """Let a person hold more than one post; separation of duties is by person, not by post."""
        with self.database.transaction() as session:
            user = people.find_user(session, username)
            assert user is not None
            user.roles = [*user.roles, *roles]

    def actor(self, username: str) -> Actor:
        """A person, for what is shown on pages only."""
        with self.database.transaction() as session:
            user = people.find_user(session, username)
            assert user is not None
            return Actor(user.id, username, user.display_name, frozenset(user.roles), user.enterprise_id)

    def case_id(self, reference: str) -> int:
        """The number of a case in the database."""
        with self.database.transaction() as session:
            return session.scalars(select(Case.id).where(Case.reference == reference)).one()

    def occupy(self, reference: str, yuan: int, scheme: str | None = None) -> None:
        """Let the enterprise of a case have been paid so much this year, earlier, by its scheme or another."""
        with self.database.transaction() as session:
            case = session.scalars(select(Case).where(Case.reference == reference)).one()
            uscc = people.get_enterprise(session, case.enterprise_id).uscc
            account = ledger.lock_accounts(session, {(uscc, 2026)})[uscc, 2026]
            copied = {column.key: getattr(case, column.key) for column in Case.__table__.columns if column.key != "id"}
            paid = {"reference": "TZL2025000001", "status": "PAID", "scheme": scheme or case.scheme}
            earlier = Case(**{**copied, **paid})
            session.add(earlier)
            session.flush()
            session.add(
                LedgerEntry(
                    account_id=account.id,
                    case_id=earlier.id,
                    state="PAID",
                    from_state=None,
                    amount=Decimal(yuan),
                    by="system",
                    at=case.created_at,
                    why="此前批次",
                )
            )

    @staticmethod
    def _refuse_false_names(database: Database) -> None:
        """Nobody is named on the record for what he did not do, whatever the journey was about."""
        with database.transaction() as session:
            # Some journeys damage the record on purpose; what is damaged says nothing about who is named.
            assert audit.verify(session) or misattributed(session) == []

    @staticmethod
    def instant(text: str) -> datetime:
        return datetime.fromisoformat(text)

    @property
    def database(self) -> Database:
        database: Database = self.app.extensions["greencase"].database
        return database


def open_letters(office: Office, by: str) -> list[str]:
    """Open every letter that an enterprise was sent, which is their delivery; answers their kinds, the newest first."""
    kinds = []
    for message in office.as_(by).get("/messages")["items"]:
        office.as_(by).post(f"/messages/{message['id']}/reading")
        kinds.append(message["kind"])
    return kinds


def page(at: At, username: str, path: str) -> str:
    """A page as a person reads it."""
    client = at.app.test_client()
    put_into_cookie(client, token_of(at.app, username))
    return client.get(path).get_data(as_text=True)


@pytest.fixture(scope="session")
def stages(databases: Databases, prepared: Snapshot, object_store: S3, run_dir: Path) -> Iterator[Stages]:
    def settings(urls: Urls) -> Settings:
        return settings_on(urls, object_store, run_dir)

    with application(settings(prepared.urls)) as app:
        app.extensions["greencase"].database.dispose()  # nobody is connected to what is copied
        yield Stages(databases, prepared, settings, app)


@pytest.fixture
def at(stages: Stages) -> Iterator[At]:
    with ExitStack() as exits:
        yield At(stages, exits)
