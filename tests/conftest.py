"""Real servers for every test that needs one: PostgreSQL and an S3 store, started once for the run.

Each test that asks for a database gets a copy of its own, so no test sees another's rows.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from jinja2 import StrictUndefined

from server.embedded import S3, EmbeddedError, ObjectStore, PostgresServer, Urls
from server.embedded.postgres import make_roles, urls_of
from server.embedded.watch import Part, Question, watch
from server.settings import Settings
from tests.app import application, settings_on
from tests.contract_client import Office
from tests.offices import Databases, Snapshot, office_of, sign_in_everybody

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A name that nobody gave a template is a mistake in one of its branches, not an empty place on the page: so it is for
# every application that is made in this process.
Flask.jinja_options = {**Flask.jinja_options, "undefined": StrictUndefined}

PREFIX = "greencase-test-"
A_MINUTE = 60
# A whole run holds two gigabytes of databases at most.
ROOM = 6 * 1024**3
NOWHERE = S3("127.0.0.1:9", "", "", "", secure=False)
# The first is the same browser without what only a screen needs: a third less processor time.
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]


@pytest.fixture(scope="session")
def run_dir() -> Iterator[Path]:
    """A folder for this run's servers; also clears what runs that were killed left behind."""
    base = _where_copies_are_quick()
    for stale in base.glob(f"{PREFIX}*"):
        with suppress(EmbeddedError, OSError):  # InUse: that run is alive; not there: another cleared it
            if time.time() - stale.stat().st_ctime < A_MINUTE:
                continue  # the other process of this very run may just be starting its servers there
            PostgresServer(stale).clear()
            ObjectStore(stale).clear()
            shutil.rmtree(stale)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    folder.chmod(0o711)  # as root the servers run as nobody, who must pass through
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _where_copies_are_quick() -> Path:
    """In memory where there is room: to copy a database of a thousand files takes seven times as long on a disk."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return memory if roomy else Path(tempfile.gettempdir())


@pytest.fixture(scope="session")
def postgres(run_dir: Path) -> Iterator[Urls]:
    """The PostgreSQL of this run: embedded, or a superuser's address given in GREENCASE_TEST_DATABASE_URL."""
    given = os.environ.get("GREENCASE_TEST_DATABASE_URL")
    if given:
        make_roles(given, "test-owner", "test-app")
        address = given.rpartition("@")[2].partition("/")[0]
        yield replace(urls_of(address, "", "test-owner", "test-app"), admin_url=given)
        return
    with PostgresServer(run_dir, durable=False) as urls:
        yield urls


@pytest.fixture(scope="session")
def object_store(run_dir: Path) -> Iterator[S3]:
    """The S3 store of this run; one bucket for all tests, object keys are generated and never meet."""
    server = ObjectStore(run_dir)
    with server as store, _looked_after(server):
        yield store


@contextmanager
def _looked_after(server: ObjectStore) -> Iterator[None]:
    """As `greencase up` does it, only sooner: a store that hangs costs the tests of a minute, not all that follow."""

    def say(words: str) -> None:
        print(words, file=sys.__stderr__, flush=True)

    def start_anew() -> None:
        server.start_anew()
        # The folder goes with the run, and with it what the store's parts were waiting for.
        kept = Path(tempfile.gettempdir()) / f"greencase-store-{os.getpid()}.log"
        say(f"{server.log} → {shutil.copy(server.log, kept)}")

    question = Question(server.takes_an_object, "仍在运行却不再接收文件", every=5, again=1, failures=2)
    part = Part("文件存储", server.log, lambda: server.pid is not None, start_anew, question)
    ended = Event()
    watcher = Thread(target=watch, args=([part], say, ended), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


@pytest.fixture(scope="session")
def databases(postgres: Urls) -> Iterator[Databases]:
    """Where this process's tests get their databases; what they leave is dropped with the run."""
    made = Databases(postgres, f"greencase_{os.getpid()}")
    yield made
    made.drop_all()


@pytest.fixture(scope="session")
def clone_database(databases: Databases, run_dir: Path) -> Callable[[], Urls]:
    """Makes a fresh migrated and seeded database, in which nobody has done anything yet."""
    from server import seed
    from storage.database import migrate

    template = databases.make()
    migrate(template.owner_url, template.app_url)
    seed.ensure(settings_on(template, NOWHERE, run_dir))
    return lambda: databases.make(template)


@pytest.fixture(scope="session")
def prepared(clone_database: Callable[[], Urls], object_store: S3, run_dir: Path) -> Snapshot:
    """A database to be copied, in which every parameter is confirmed and everybody is signed in."""
    urls = clone_database()
    with application(settings_on(urls, object_store, run_dir)) as app:
        snapshot = Snapshot(urls, tokens=sign_in_everybody(app.extensions["greencase"].database))
        office_of(app, snapshot).confirm_parameters()
    return snapshot


@pytest.fixture
def database_urls(clone_database: Callable[[], Urls], databases: Databases) -> Iterator[Urls]:
    """A database for this test alone, in which nobody has done anything yet."""
    urls = clone_database()
    yield urls
    databases.drop(urls)


@pytest.fixture
def settings(prepared: Snapshot, databases: Databases, object_store: S3, run_dir: Path) -> Iterator[Settings]:
    """The settings of an installation in demo mode on a copy of the prepared database and the run's store."""
    urls = databases.make(prepared.urls)
    yield settings_on(urls, object_store, run_dir)
    databases.drop(urls)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    with application(settings) as made:
        yield made


@pytest.fixture
def office(app: Flask, prepared: Snapshot) -> Office:
    return office_of(app, prepared)


@pytest.fixture
def untouched(database_urls: Urls, object_store: S3, run_dir: Path) -> Iterator[Flask]:
    """An application as it is after installation: no value is confirmed, nobody has signed in."""
    with application(settings_on(database_urls, object_store, run_dir)) as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium from PATH. Where there is none the test is skipped and says so; in CI that is a failure."""
    found = next((path for path in map(shutil.which, CHROMIUM) if path), None)
    if found is None:
        words = "no Chromium on PATH: browser tests need it (Debian: apt install chromium fonts-noto-cjk)"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()
