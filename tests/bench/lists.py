"""What people do all day, in an office of a thousand cases and in one of two hundred thousand: nothing may take longer.

Both are measured in turns, so that both share whatever else the machine does.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask

from server import seed
from server.embedded import S3, ObjectStore, PostgresServer, Urls
from server.embedded.postgres import driver_url, make_database
from server.settings import CHECKOUT
from storage.database import Database, migrate
from tests.api_calls import Api, flask_transport
from tests.app import application, settings_on
from tests.bench import bulk
from tests.contract_client import Office, fill
from tests.offices import sign_in_everybody
from tests.server.signing_in import put_into_cookie
from workflows.audit import EventRef
from workflows.case import duplicates
from workflows.case.running import open_case
from workflows.jobs import due
from workflows.permissions import SYSTEM

SIZES = (1_000, 200_000)
PAGES, STEPS = 40, 10
TIMER_ROUNDS, TIMERS = 6, 5
SEARCHES = 20
SERIES = "24117"
LINES_A_CASE, LINES_OF_ONE = 10, 100
# Each by somebody who has done nothing in the case before.
STEPS_BY = {"formality_check": "acceptance", "substantive_review": "officer2", "confirm_verified": "officer3"}


@dataclass
class Place:
    """An office of one size: its application, its database as the owner sees it, and everybody's session."""

    app: Flask
    owner: psycopg.Connection[Any]
    tokens: Mapping[str, str]
    clients: dict[str, Any] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        found: Database = self.app.extensions["greencase"].database
        return found

    def ask(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        return self.owner.execute(query, arguments).fetchall()

    def open_page(self, username: str, path: str) -> str:
        """A page as this person gets it."""
        if username not in self.clients:
            self.clients[username] = self.app.test_client()
            put_into_cookie(self.clients[username], self.tokens[username])
        answer = self.clients[username].get(path)
        assert answer.status_code == 200, (path, answer.status)
        return str(answer.text)


def measure() -> dict[str, float]:
    """Medians in the large office, the 95th part of a hundred where people wait, and large over small."""
    with offices() as places:
        figures = {
            **_page("worklist", places, lambda place: ("officer", "/tasks?tab=claim"), slowest=True),
            **_page("case_list", places, lambda place: ("officer", "/cases")),
            **_page("case_page", places, lambda place: ("officer", f"/cases/{_a_case(place)}")),
            **_searches(places),
        }
        completions = _in_turns(places, STEPS * len(STEPS_BY), _completions)
        timers = _in_turns(places, TIMER_ROUNDS, _timer_rounds)
        searches = _in_turns(places, SEARCHES, searches_for_duplicates)
    return {
        **figures,
        "completion_large_ms": statistics.median(completions[1]),
        "completion_ms_growth": _growth(completions),
        **_figures("timer_round", timers),
        **_figures("duplicate_check", searches),
    }


@contextmanager
def offices() -> Iterator[tuple[Place, Place]]:
    """The two offices on one server that is durable as in production; removed afterwards."""
    parent = CHECKOUT / "var"
    parent.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-lists-", dir=parent))
    folder.chmod(0o711)
    try:
        with PostgresServer(folder) as urls, ObjectStore(folder) as store, ExitStack() as stack:
            seeds = _seeds(urls, store, folder)
            small, large = (stack.enter_context(_office(urls, store, folder, seeds, cases)) for cases in SIZES)
            yield small, large
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _seeds(urls: Urls, store: S3, folder: Path) -> list[bulk.Seed]:
    migrate(urls.owner_url, urls.app_url)
    settings = settings_on(urls, store, folder)
    seed.ensure(settings)
    with application(settings) as app, psycopg.connect(driver_url(urls.owner_url), autocommit=True) as owner:
        return bulk.drive_seeds(Office(flask_transport(app)), owner)


@contextmanager
def _office(urls: Urls, store: S3, folder: Path, seeds: Sequence[bulk.Seed], cases: int) -> Iterator[Place]:
    """A database of its own with what the seeds' has, filled up to so many cases."""
    name = f"cases_{cases}"
    with psycopg.connect(driver_url(urls.admin_url), autocommit=True) as admin:
        make_database(admin, name, urls.app_url.rsplit("/", 1)[1])
    mine = replace(
        urls,
        owner_url=f"{urls.owner_url.rsplit('/', 1)[0]}/{name}",
        app_url=f"{urls.app_url.rsplit('/', 1)[0]}/{name}",
    )
    bulk.fill(mine.owner_url, seeds, cases)
    with (
        application(settings_on(mine, store, folder)) as app,
        psycopg.connect(driver_url(mine.owner_url), autocommit=True) as owner,
    ):
        yield Place(app, owner, sign_in_everybody(app.extensions["greencase"].database))


def _in_turns(
    places: Sequence[Place], rounds: int, work: Callable[[Place], Iterator[float]]
) -> tuple[list[float], list[float]]:
    """Milliseconds of each round in the small and in the large office; the first warms up and does not count."""
    small, large = (work(place) for place in places)
    times = [(next(small), next(large)) for _ in range(rounds)][1:]
    return [each[0] for each in times], [each[1] for each in times]


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - started)


def _growth(times: tuple[list[float], list[float]]) -> float:
    return statistics.median(times[1]) / statistics.median(times[0])


def _figures(name: str, times: tuple[list[float], list[float]], *, slowest: bool = False) -> dict[str, float]:
    figures = {f"{name}_ms": statistics.median(times[1])}
    if slowest:
        figures[f"{name}_p95_ms"] = statistics.quantiles(times[1], n=20)[-1]
    return {**figures, f"{name}_ms_growth": _growth(times)}


def _page(
    name: str, places: Sequence[Place], asked: Callable[[Place], tuple[str, str]], *, slowest: bool = False
) -> dict[str, float]:
    def work(place: Place) -> Iterator[float]:
        username, path = asked(place)
        while True:
            yield _timed(lambda: place.open_page(username, path))

    return _figures(name, _in_turns(places, PAGES, work), slowest=slowest)


def _a_case(place: Place) -> str:
    [(reference,)] = place.ask(
        "SELECT c.reference FROM task t JOIN cases c ON c.id = t.case_id WHERE t.status = 'open' "
        "AND t.element_id = 'substantive_review' AND c.suspended_at IS NULL ORDER BY c.id DESC LIMIT 1"
    )
    return str(reference)


def _searches(places: Sequence[Place]) -> dict[str, float]:
    """What is typed by kind, each found as often in both offices, but for the end of a reference."""

    def of_the_newest(place: Place) -> tuple[str, str, str]:
        [(name, uscc, reference)] = place.ask(
            "SELECT e.name, e.uscc, c.reference FROM cases c JOIN enterprise e ON e.id = c.enterprise_id "
            "WHERE c.submitted_at IS NOT NULL ORDER BY c.id DESC LIMIT 1"
        )
        return name, uscc, reference

    kinds: dict[str, Callable[[Place], str]] = {
        "firm": lambda place: of_the_newest(place)[0][2:8],
        "title": lambda place: "余热回收",
        "nothing": lambda place: "量子纠缠",
        "code": lambda place: of_the_newest(place)[1][9:16].lower(),
        "reference": lambda place: of_the_newest(place)[2][-5:],
        "common": lambda place: "改 造",
    }
    found: dict[str, tuple[list[float], list[float]]] = {}
    for kind, typed in kinds.items():

        def work(place: Place, typed: Callable[[Place], str] = typed) -> Iterator[float]:
            path = f"/cases?q={typed(place)}"
            while True:
                yield _timed(lambda: place.open_page("officer", path))

        found[kind] = _in_turns(places, PAGES, work)
    small, large = ([time for each in found.values() for time in each[size]] for size in (0, 1))
    figures = _figures("search", (small, large), slowest=True)
    for kind, times in found.items():
        figures |= _figures(f"search_{kind}", times)
    return figures


def _completions(place: Place) -> Iterator[float]:
    """Tasks of three posts in turn, each of another case; filled from the form's examples, which is not timed."""
    tasks = {
        element: [
            row[0]
            for row in place.ask(
                "SELECT t.id FROM task t JOIN cases c ON c.id = t.case_id WHERE t.status = 'open' "
                "AND t.assignee IS NULL AND t.element_id = %s AND c.suspended_at IS NULL ORDER BY c.id DESC LIMIT %s",
                element,
                STEPS,
            )
        ]
        for element in STEPS_BY
    }
    for number in range(STEPS):
        for element, username in STEPS_BY.items():
            api = Api(flask_transport(place.app), place.tokens[username], username)
            path = f"/tasks/{tasks[element][number]}"
            data = fill(api.get(path)["form"]["schema"])
            yield _timed(partial(api.post, f"{path}/completion", {"data": data}))


def _timer_rounds(place: Place) -> Iterator[float]:
    """Rounds of the worker that find so many timers due, among all those that are not."""
    [(due,)] = place.ask("SELECT min(next_due_at) FROM instance")
    later: datetime = due + timedelta(days=300)
    place.owner.execute("UPDATE instance SET next_due_at = %s WHERE next_due_at IS NOT NULL", [later])
    for _ in range(TIMER_ROUNDS):
        place.owner.execute(
            "UPDATE instance SET next_due_at = %s WHERE case_id IN ("
            "  SELECT c.id FROM cases c JOIN wait w ON w.case_id = c.id WHERE w.element_id = 'publicity_period' "
            "  AND w.ended_at IS NULL AND c.suspended_at IS NULL AND c.ended_at IS NULL ORDER BY c.id DESC LIMIT %s)",
            [due, TIMERS],
        )
        yield _timed(partial(_fire_all, place.database, due + timedelta(minutes=1)))


def _fire_all(database: Database, now: datetime) -> None:
    assert due.run_due(database, now) == TIMERS


def searches_for_duplicates(place: Place) -> Iterator[float]:
    """查重 of a case with a hundred invoices, three of them another's, among ten lines of every case."""
    place.owner.execute(
        "INSERT INTO case_identifier (case_id, kind, value) SELECT c.id, 'invoice', %s || c.id * 100 + line "
        "FROM cases c, generate_series(0, %s) line",
        [SERIES, LINES_A_CASE - 1],
    )
    place.owner.execute("ANALYZE case_identifier")
    others = place.ask("SELECT id FROM cases WHERE submitted_at IS NOT NULL ORDER BY id LIMIT 3")
    shared = [f"{SERIES}{case_id * 100}" for (case_id,) in others]
    found = place.ask(
        "SELECT t.case_id FROM task t WHERE t.status = 'open' AND t.element_id = 'confirm_verified' "
        "ORDER BY t.case_id DESC LIMIT %s",
        SEARCHES,
    )
    for number in range(SEARCHES):
        (case_id,) = found[number % len(found)]
        own = [f"{SERIES}9{case_id:09}{line:04}" for line in range(LINES_OF_ONE - len(shared))]
        yield _timed(partial(_search, place.database, case_id, [*own, *shared]))


class _Enough(Exception):
    """What was measured is not kept: the next one finds the same."""


def _search(database: Database, case_id: int, invoices: Sequence[str]) -> None:
    try:
        with database.transaction() as session:
            step = open_case(session, case_id, SYSTEM, datetime.now(UTC)).step
            step.facts = {**step.facts, "invoice_lines": [{"invoice_no": number} for number in invoices]}
            with step.following(EventRef(step.chain.name, 1)):
                assert duplicates.search(step)
            raise _Enough
    except _Enough:
        pass
