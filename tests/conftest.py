"""Real servers for every test that needs one: PostgreSQL and an S3 store, started once for the run.

Each test that asks for a database gets a clone of a migrated and seeded template, so no test sees another's rows.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from server.embedded import S3, EmbeddedError, ObjectStore, PostgresServer, Urls
from server.embedded.postgres import driver_url, make_database, make_roles, urls_of
from server.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PREFIX = "greencase-test-"
A_MINUTE = 60
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]


@pytest.fixture(scope="session")
def run_dir() -> Iterator[Path]:
    """A folder for this run's servers; also clears what runs that were killed left behind."""
    for stale in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(EmbeddedError, OSError):  # InUse: that run is alive; not there: another cleared it
            if time.time() - stale.stat().st_ctime < A_MINUTE:
                continue  # the other process of this very run may just be starting its servers there
            PostgresServer(stale).clear()
            ObjectStore(stale).clear()
            shutil.rmtree(stale)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # as root the servers run as nobody, who must pass through
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


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
    with ObjectStore(run_dir) as store:
        yield store


@pytest.fixture(scope="session")
def clone_database(postgres: Urls, run_dir: Path) -> Iterator[Callable[[], Urls]]:
    """Makes a fresh migrated and seeded database; for fixtures that live longer than one test. Dropped with the run."""
    from server import seed
    from storage.database import migrate

    numbers = count(1)
    stem = f"greencase_{os.getpid()}"
    with psycopg.connect(driver_url(postgres.admin_url), autocommit=True) as admin:
        made = [f"{stem}_template"]
        make_database(admin, made[0])
        template = _with_name(postgres, made[0])
        migrate(template.owner_url, template.app_url)
        seed.ensure(_settings(template, None, run_dir))

        def clone() -> Urls:
            name = f"{stem}_{next(numbers)}"
            make_database(admin, name, template=made[0])
            made.append(name)
            return _with_name(postgres, name)

        yield clone
        for name in made:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database_urls(clone_database: Callable[[], Urls], postgres: Urls) -> Iterator[Urls]:
    """A database for this test alone."""
    urls = clone_database()
    yield urls
    name = urls.app_url.rsplit("/", 1)[1]
    with psycopg.connect(driver_url(postgres.admin_url), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def settings(database_urls: Urls, object_store: S3, run_dir: Path) -> Settings:
    """The settings of an installation in demo mode on this test's database and the run's store."""
    return _settings(database_urls, object_store, run_dir)


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


def _with_name(urls: Urls, database: str) -> Urls:
    def renamed(url: str) -> str:
        return f"{url.rsplit('/', 1)[0]}/{database}"

    return replace(urls, owner_url=renamed(urls.owner_url), app_url=renamed(urls.app_url))


def _settings(urls: Urls, store: S3 | None, run_dir: Path) -> Settings:
    return Settings(
        database_url=urls.app_url,
        database_owner_url=urls.owner_url,
        s3_endpoint=store.endpoint if store else "127.0.0.1:9",
        s3_access_key=store.access_key if store else "",
        s3_secret_key=store.secret_key if store else "",
        s3_bucket=store.bucket if store else "",
        secret_key="for-tests-only-" + "0" * 32,
        data_dir=run_dir,
        start="people",
    )
