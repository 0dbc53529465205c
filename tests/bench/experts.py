"""Five experts of one case press the button at the same instant, over HTTP against `greencase up`."""

from __future__ import annotations

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

from server.settings import CHECKOUT
from tests.api_calls import Transport
from tests.contract_client import Office, fill

ROUNDS, PANEL = 50, 5


@contextmanager
def running() -> Iterator[str]:
    """`greencase up` on a fresh data folder; yields its address."""
    parent = CHECKOUT / "var"
    parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-up-", dir=parent, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "server.cli", "up", "--port", str(port), "--data", folder, "--start", "people"]
        env = {key: value for key, value in os.environ.items() if not key.startswith("GREENCASE_")}
        up = subprocess.Popen(
            command, cwd=CHECKOUT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, up)
            yield address
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(30)


def _wait(address: str, up: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if up.poll() is not None:
            raise RuntimeError(f"greencase up ended with {up.returncode}")
        try:
            urllib.request.urlopen(f"{address}/api/v1/schemes", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("greencase up did not answer within a minute")


def http_transport(address: str) -> Transport:
    """Calls over HTTP, a connection each, as a browser's first request would."""

    def send(method: str, path: str, headers: dict[str, str], body: Any, multipart: Any) -> tuple[int, Any]:
        assert not multipart
        request = urllib.request.Request(
            f"{address}/api/v1{path}",
            method=method,
            headers={**headers, "Content-Type": "application/json"},
            data=None if method == "GET" else json.dumps(body).encode(),
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                status, content = response.status, response.read()
        except urllib.error.HTTPError as error:
            status, content = error.code, error.read()
        try:
            return status, json.loads(content)
        except ValueError:
            return status, content

    return send


def measure() -> dict[str, float]:
    """Rounds of five completions released by one barrier: declarations and scores in turn."""
    errors, times = 0, []
    with running() as address, ThreadPoolExecutor(PANEL) as threads:
        office = Office(http_transport(address))
        batch = office.open_batch()
        rounds = 0
        while rounds < ROUNDS:
            applicant = f"e{rounds // 2 % 10 + 1:02}"
            reference = office.apply(applicant, batch=batch)
            office.drive(reference, "convene_review", applicant=applicant)
            office.step(reference, applicant)
            for element in ("declare_interest", "score_application"):
                tasks = [task for task in office.case(reference)["open_tasks"] if task["element_id"] == element]
                assert len(tasks) == PANEL, tasks
                barrier = Barrier(PANEL)
                prepared = [_prepare(office, task) for task in tasks]
                for status, seconds in threads.map(lambda each, b=barrier: _complete(office, each, b), prepared):
                    errors += status != 200
                    times.append(seconds)
                rounds += 1
    return {
        "parallel_experts_errors": errors,
        "parallel_experts_p95_ms": 1000 * statistics.quantiles(times, n=20)[18],
    }


def _prepare(office: Office, task: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    form = office.as_(task["assignee"]).get(f"/tasks/{task['id']}")["form"]
    return task["assignee"], task["id"], fill(form["schema"])


def _complete(office: Office, prepared: tuple[str, str, dict[str, Any]], barrier: Barrier) -> tuple[int, float]:
    username, task_id, data = prepared
    api = office.as_(username)
    barrier.wait()
    started = time.perf_counter()
    status, _ = api.try_call("POST", f"/tasks/{task_id}/completion", {"data": data})
    return status, time.perf_counter() - started
