"""The command line: every command says what it found, and `up` brings everything up and down again."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import psutil
import psycopg
import pytest

from server import cli
from server.embedded import PostgresServer, ports
from server.embedded.child import is_alive
from server.embedded.postgres import driver_url
from server.settings import CHECKOUT
from workflows import program

FIRST_ANSWER = 60.0
"""Seconds that `up` may take on a busy machine before a test gives it up."""


class Up:
    """`greencase up` as a person runs it: a process of its own whose lines are read as they come."""

    def __init__(self, data: Path, *arguments: str) -> None:
        own = {name: value for name, value in os.environ.items() if not name.startswith("GREENCASE_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "up", "--data", str(data), *arguments],
            cwd=CHECKOUT,
            env=own,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self.said: list[str] = []
        self._lines: Queue[str] = Queue()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self.process.stdout.close()

    def hears(self, pattern: str, timeout: float = FIRST_ANSWER) -> re.Match[str]:
        """The first line that matches; fails with everything said so far when none comes."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                self.said.append(self._lines.get(timeout=0.2))
            except Empty:
                if self.process.poll() is not None and self._lines.empty():
                    break
                continue
            if found := re.search(pattern, self.said[-1]):
                return found
        pytest.fail(f"no line like {pattern!r} in:\n" + "\n".join(self.said))

    def ends(self, how: int | None = signal.SIGINT) -> int:
        """Send a signal, wait for the end, answer the exit status."""
        if how is not None:
            self.process.send_signal(how)
        status = self.process.wait(60)
        time.sleep(0.1)
        while not self._lines.empty():
            self.said.append(self._lines.get())
        return status

    def abandoned(self) -> None:
        """Whatever happened in the test: nothing of it goes on."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def start_up() -> Iterator[Callable[..., Up]]:
    """Starts `greencase up` as often as a test likes, and leaves none running."""
    started: list[Up] = []

    def start(data: Path, *arguments: str) -> Up:
        started.append(Up(data, *arguments))
        return started[-1]

    yield start
    for up in started:
        up.abandoned()


def test_up_brings_everything_up_survives_kills_and_goes_down_in_order(data: Path, start_up: Callable[..., Up]) -> None:
    # A first start, on a port that is not the default one.
    up = start_up(data, "--start", "people")
    address = up.hears(r"http://127\.0\.0\.1:\d+/").group()
    up.hears("greencase-demo")
    up.hears("Ctrl-C")
    ready = next(line for line in up.said if "网页已就绪" in line)
    assert re.search(r"\[\s*[\d.]+ 秒", ready), "it says how long that took"
    with urllib.request.urlopen(address, timeout=10) as answer:
        assert answer.status == 200

    # Nobody else may use the folder meanwhile.
    second = start_up(data)
    assert second.ends(None) == 1
    assert f"PID {up.process.pid}" in "\n".join(second.said)
    # A command beside it reads the same database.
    assert audit_verify(data).returncode == 0

    # Web dies: it comes back.
    web = psutil.Process(json.loads((data / "run" / "web.json").read_text())["pid"])
    for process in (web, *web.children(recursive=True)):
        process.kill()
    up.hears("网页服务意外退出")
    wait_for(address)

    # The supervisor dies of kill -9: the next start cleans up, keeps port and data, and says nothing of it.
    left_behind = up.family()
    up.ends(signal.SIGKILL)
    again = start_up(data)
    assert again.hears(r"http://127\.0\.0\.1:\d+/").group() == address
    assert not any(is_alive(process) for process in left_behind)
    again.hears("Ctrl-C")

    # Ctrl-C: all of it ends, with success.
    family = again.family()
    assert len(family) >= 4
    assert again.ends(signal.SIGINT) == 0
    assert "已停止" in again.said[-1]
    assert not any(is_alive(process) for process in family)
    with PostgresServer(data) as urls, psycopg.connect(driver_url(urls.admin_url)) as connection:
        clean = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    assert clean == (False,)
    assert audit_verify(data).returncode == 0  # starts the database for the while


def audit_verify(data: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server.cli", "audit", "verify", "--data", str(data)]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60)


def wait_for(address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{address} does not answer")


def test_a_data_folder_stays_what_it_was_first_started_as(tmp_path: Path, start_up: Callable[..., Up]) -> None:
    (tmp_path / "start").write_text("demo")
    up = start_up(tmp_path, "--start", "empty")
    assert up.ends(None) == 1
    assert "不能改为“empty”" in "\n".join(up.said)


def test_a_port_that_was_asked_for_and_is_taken_is_not_replaced(tmp_path: Path, start_up: Callable[..., Up]) -> None:
    with socket.socket() as taker:
        taker.bind((ports.LOOPBACK, 0))
        taker.listen()
        up = start_up(tmp_path, "--port", str(taker.getsockname()[1]))
        assert up.ends(None) == 1
    assert "已被其他程序占用" in "\n".join(up.said)
    assert not (tmp_path / "postgres").exists()


def test_the_version_is_said_by_the_command_line_and_by_the_package(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"greencase {program.RELEASE}\n"
    declared = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    assert declared["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "workflows.program.RELEASE"}
    assert f"image: greencase:{program.RELEASE}\n" in (CHECKOUT / "docker-compose.yml").read_text("utf-8")
    monkeypatch.setenv("GREENCASE_BUILD", "7f3c21a")
    assert program.version() == f"{program.RELEASE}+7f3c21a"


def test_calculate_shows_each_step_with_its_article(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text('{"approved_investment": "1999999", "granted_same_project": "0"}')
    assert cli.main(["calculate", "retrofit", str(facts)]) == 0
    shown = capsys.readouterr().out
    assert "599,999" in shown
    assert "第三条" in shown
    assert "仅供参考" in shown


@pytest.mark.parametrize(
    ("scheme", "facts", "words"),
    [
        ("nothing", "{}", "没有编号"),
        ("retrofit", "{}", "缺少"),
        ("retrofit", '{"approved_investment": 1e309}', "填写有误"),
        ("retrofit", '{"approved_investment": "0.005"}', "填写有误"),
        ("retrofit", "[]", "JSON 对象"),
        ("retrofit", "{", "无法读取"),
    ],
)
def test_calculate_refuses_in_words(
    scheme: str, facts: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "facts.json"
    file.write_text(facts)
    assert cli.main(["calculate", scheme, str(file)]) == 1
    assert words in capsys.readouterr().err


def test_gate_passes_what_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    shipped = sorted((CHECKOUT / "bpmn").rglob("*.bpmn"))
    assert shipped
    assert cli.main(["gate", *map(str, shipped)]) == 0
    assert "retrofit" in capsys.readouterr().out


def test_gate_names_file_line_and_mending(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    diagram = (CHECKOUT / "bpmn" / "retrofit.bpmn").read_text("utf-8")
    script = '<bpmn:scriptTask id="danger" name="x"><bpmn:script>1</bpmn:script></bpmn:scriptTask>'
    changed = tmp_path / "retrofit.bpmn"
    changed.write_text(re.sub(r"(</bpmn:process>)", rf"{script}\1", diagram, count=1), "utf-8")
    assert cli.main(["gate", str(changed)]) == 1
    shown = capsys.readouterr()
    assert re.search(r"retrofit\.bpmn:\d+: danger \[", shown.out)
    assert "共发现" in shown.err


def test_gate_says_which_file_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["gate", str(tmp_path / "none.bpmn")]) == 1
    assert "none.bpmn" in capsys.readouterr().err


def test_doctor_finds_what_this_run_uses(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == 0
    shown = capsys.readouterr().out
    for what in ("Python", "数据库", "文件存储", "页面资源"):
        assert re.search(rf"^有  {what}", shown, re.MULTILINE)


def test_audit_verify_without_an_installation_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["audit", "verify", "--data", str(tmp_path)]) == 1
    assert "没有数据库" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["up", "--port", "0"], ["up", "--start", "other"], ["audit"], ["nothing"]])
def test_a_wrong_call_is_answered_with_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: greencase" in capsys.readouterr().err
