"""A live server on a database of its own for each file, and people who use it with a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser
from werkzeug.serving import WSGIRequestHandler, make_server

from server.embedded import S3
from tests.app import application, settings_on
from tests.browser.visiting import Site
from tests.offices import Databases, Snapshot, office_of


class Quiet(WSGIRequestHandler):
    """Requests are not worth a line each."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def live_app(prepared: Snapshot, databases: Databases, object_store: S3, run_dir: Path) -> Iterator[Flask]:
    urls = databases.make(prepared.urls)
    with application(settings_on(urls, object_store, run_dir)) as made:
        yield made
    databases.drop(urls)


@pytest.fixture(scope="module")
def live(live_app: Flask, prepared: Snapshot, browser: Browser) -> Iterator[Site]:
    """The pages under an address, an open batch, and whoever is needed signed in."""
    server = make_server("127.0.0.1", 0, live_app, threaded=True, request_handler=Quiet)
    server.daemon_threads = False  # closing waits for requests under way, so that none leaves a connection behind
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    office = office_of(live_app, prepared)
    office.open_batch()
    site = Site(f"http://127.0.0.1:{server.server_port}", live_app, browser, office)
    yield site
    site.close()
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()
