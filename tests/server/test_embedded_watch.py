"""A slow machine is waited for, and a server that lives but no longer works is started anew."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import minio
import psutil
import pytest

from server.embedded import S3, ObjectStore, PostgresServer, patience, ports
from server.embedded.child import Child
from server.embedded.patience import Patience
from server.embedded.watch import ChildKeepsDying, Part, Question, watch
from server.up import Program

STARVED = "import time; time.sleep(60)"
BUSY = "while True: pass"
TALKATIVE = "import time\nwhile True: print('.', flush=True); time.sleep(0.02)"
ENDS = "raise SystemExit(7)"
TELLS = """
import os, time
print(os.environ["GREENCASE_S3_ENDPOINT"], os.environ.get("GREENCASE_DATABASE_OWNER_URL"), flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that `nobody` can reach."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture
def run(folder: Path) -> Iterator[Callable[[str], Child]]:
    """Runs small Python programs as children, and stops them in the end."""
    children: list[Child] = []

    def start(program: str) -> Child:
        child = Child(folder / "run" / f"{len(children)}.json", folder / "log" / f"{len(children)}.log")
        children.append(child)
        child.start([sys.executable, "-c", program])
        return child

    yield start
    for child in children:
        child.stop(signal.SIGKILL)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(patience, "SPEAK_EVERY", 0.2)


def lasting(waiting: Patience, seconds: float) -> float:
    """How long it lasts, at most so many seconds."""
    began = time.monotonic()
    while waiting.lasts() and time.monotonic() - began < seconds:
        time.sleep(0.01)
    return time.monotonic() - began


@pytest.mark.parametrize("program", [BUSY, TALKATIVE])
def test_a_child_that_gets_on_is_waited_for_with_words(program: str, run: Callable[[str], Child], often: None) -> None:
    said: list[str] = []
    # A second of standstill, for on a loaded machine even a busy child computes only now and then.
    waiting = Patience(run(program), "网页服务", said.append, standstill=1.0)
    assert lasting(waiting, 1.5) >= 1.5
    words = re.compile("机器繁忙，仍在等待网页服务启动（已 ([0-9]+) 秒）")
    told = [int(found[1]) for each in said if (found := words.fullmatch(each))]
    assert len(told) == len(said) and told == sorted(told) and told[-1] >= 1
    assert waiting.why == ""


def test_a_child_that_has_ended_or_does_not_get_on_is_given_up(run: Callable[[str], Child], often: None) -> None:
    ended = Patience(run(ENDS), "数据库")
    still = Patience(run(STARVED), "数据库", standstill=1)
    never = Patience(run(BUSY), "数据库", longest=1)
    for waiting in (ended, still, never):
        assert lasting(waiting, 60) < 60
    assert ended.why == "进程已退出，状态 7"
    assert still.why == "1 秒内没有任何进展"
    assert never.why == "1 秒后仍无应答"


def test_the_work_of_a_childs_children_is_its_own(run: Callable[[str], Child]) -> None:
    child = run(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])")
    began = time.monotonic()
    while child.effort()[0] < 1 and time.monotonic() - began < 60:
        time.sleep(0.05)
    assert child.pid is not None
    family = psutil.Process(child.pid).children()
    assert sum(psutil.Process(child.pid).cpu_times()[:2]) < child.effort()[0]
    for each in family:
        each.kill()


def client(store: S3) -> minio.Minio:
    return minio.Minio(store.endpoint, store.access_key, store.secret_key, secure=store.secure)


def read(store: S3, key: str) -> bytes:
    answer = client(store).get_object(store.bucket, key)
    try:
        return answer.read()
    finally:
        answer.close()
        answer.release_conn()


def test_a_question_to_the_store_leaves_nothing_behind(object_store: S3, folder: Path) -> None:
    server = ObjectStore(folder)
    assert not server.takes_an_object()
    with server as store:
        assert server.takes_an_object()
        assert not list(client(store).list_objects(store.bucket, recursive=True, include_version=True))


def test_a_store_that_hangs_is_started_anew_with_all_it_holds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.embedded.s3.ANSWER", 1.0)
    monkeypatch.setattr("server.embedded.s3.HUNG", 0.2)
    server, said = ObjectStore(folder), list[str]()

    def start_anew() -> None:
        server.start_anew()

    with server as store:
        client(store).put_object(store.bucket, "kept", io.BytesIO("绿案".encode()), 6)
        question = Question(server.takes_an_object, "仍在运行却不再接收文件", every=0, again=0, failures=2)
        part = Part("文件存储", server.log, lambda: server.pid is not None, start_anew, question)
        assert server.pid is not None
        hung = psutil.Process(server.pid)
        os.kill(server.pid, signal.SIGSTOP)
        part.look_after(said.append)
        assert not said  # once is no proof
        part.look_after(said.append)
        assert said == [
            f"文件存储仍在运行却不再接收文件，正在重新启动（日志：{server.log}）",
            "文件存储已重新启动",
        ]
        assert not hung.is_running()
        assert read(store, "kept").decode() == "绿案"  # at the same address
        client(store).put_object(store.bucket, "more", io.BytesIO(b"more"), 4)


def test_a_store_that_hangs_leaves_word_of_where(folder: Path) -> None:
    server = ObjectStore(folder)
    with server:
        server.start_anew()
        assert "goroutine" in server.log.read_text("utf-8", "replace")


def sockets_of(port: int) -> list[Path]:
    return list(Path("/tmp").glob(f"seaweedfs-*-{port}.sock"))


def test_a_store_does_not_take_the_doors_of_another_that_has_its_old_ports(folder: Path) -> None:
    first, second = ObjectStore(folder / "first"), ObjectStore(folder / "second")
    for name in ("first", "second"):
        (folder / name).mkdir(mode=0o711)
    with first:
        (folder / "second" / "s3.ports.json").write_text((folder / "first" / "s3.ports.json").read_text())
        second.clear()
        assert sockets_of(ports.kept(folder / "first" / "s3.ports.json")["filer.port.grpc"])
        with second as other:
            assert read_back(other) == b"second"
        assert first.takes_an_object()
    assert not [path for port in ports.kept(folder / "first" / "s3.ports.json").values() for path in sockets_of(port)]


def read_back(store: S3) -> bytes:
    client(store).put_object(store.bucket, "mine", io.BytesIO(b"second"), 6)
    return read(store, "mine")


def test_a_database_that_no_longer_answers_is_noticed(folder: Path) -> None:
    server = PostgresServer(folder, durable=False)
    assert not server.answers(1)
    with server:
        assert server.pid is not None
        assert server.answers()
        os.kill(server.pid, signal.SIGSTOP)
        try:
            assert not server.answers(1)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        assert server.answers()


def test_what_a_restart_does_not_mend_is_tried_less_and_less_often(folder: Path) -> None:
    said: list[str] = []
    question = Question(lambda: False, "不再工作", every=0, again=0, failures=1)
    part = Part("它", folder / "log", lambda: True, lambda: None, question)
    restarted = []
    for look in range(1, 16):
        before = len(said)
        part.look_after(said.append)
        if len(said) > before:
            restarted.append(look)
    assert restarted == [1, 3, 7, 15]


def test_a_failure_now_and_then_is_no_reason_to_restart(folder: Path) -> None:
    said: list[str] = []
    answers = iter([False, True, False, True, False, False])
    question = Question(lambda: next(answers), "不再工作", every=0, again=0, failures=2)
    part = Part("它", folder / "log", lambda: True, lambda: None, question)
    for _ in range(5):
        part.look_after(said.append)
    assert not said
    part.look_after(said.append)
    assert said == [f"它不再工作，正在重新启动（日志：{folder / 'log'}）", "它已重新启动"]


def test_a_part_that_dies_again_and_again_is_given_up(folder: Path) -> None:
    said: list[str] = []
    part = Part("它", folder / "log", lambda: False, lambda: None)
    with pytest.raises(ChildKeepsDying, match="它反复退出"):
        watch([part, part], said.append)
    assert said.count("它已重新启动") == 3


def test_web_and_worker_follow_a_server_to_its_new_port(folder: Path) -> None:
    said: list[str] = []
    child = Child(folder / "run" / "web.json", folder / "log" / "web.log")
    env = {**os.environ, "GREENCASE_S3_ENDPOINT": "one", "GREENCASE_DATABASE_OWNER_URL": "secret"}
    program = Program(child, [sys.executable, "-c", TELLS], env)
    part = program.part("网页服务")
    program.start()
    try:
        hears(child, "one None\n")
        env["GREENCASE_DATABASE_OWNER_URL"] = "another secret"  # none of theirs
        part.look_after(said.append)
        assert not said
        env["GREENCASE_S3_ENDPOINT"] = "two"
        part.look_after(said.append)
        hears(child, "one None\ntwo None\n")
        part.look_after(said.append)
    finally:
        child.stop()
    assert said == [
        f"网页服务所用的数据库或文件存储换了端口，正在重新启动（日志：{child.log}）",
        "网页服务已重新启动",
    ]


def hears(child: Child, words: str) -> None:
    deadline = time.monotonic() + 60
    while child.log.read_text() != words and time.monotonic() < deadline:
        time.sleep(0.02)
    assert child.log.read_text() == words
