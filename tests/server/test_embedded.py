"""The embedded servers: closed to strangers, and unharmed by what happens to machines and processes."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import minio
import psutil
import psycopg
import pytest
from minio.commonconfig import GOVERNANCE
from minio.retention import Retention

from server.embedded import S3, ObjectStore, PostgresServer, Urls, account, ports
from server.embedded.child import is_alive
from server.embedded.errors import InUse, NotShipped, StartFailed
from server.embedded.postgres import driver_url
from server.secret_file import keep_secret

CHECKOUT = Path(__file__).parents[2]
START_AND_DIE = """
import os, signal, sys
from pathlib import Path
from server.embedded import ObjectStore, PostgresServer
folder = Path(sys.argv[1])
postgres, store = PostgresServer(folder), ObjectStore(folder)
postgres.start(), store.start()
print(postgres.pid, store.pid, flush=True)
sys.stdin.readline()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that `nobody` can reach, as `var` in a checkout usually is."""
    made = Path(tempfile.mkdtemp())
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(driver_url(url), autocommit=True)


def client(store: S3, secret_key: str | None = None) -> minio.Minio:
    return minio.Minio(store.endpoint, store.access_key, secret_key or store.secret_key, secure=store.secure)


def listening(pid: int) -> set[str]:
    """The addresses that a process and its children accept connections on."""
    process = psutil.Process(pid)
    addresses = set()
    for each in (process, *process.children(True)):
        # A backend whose client has just left ends between the two calls: it listens on nothing.
        with suppress(psutil.NoSuchProcess):
            addresses |= {found.laddr.ip for found in each.net_connections() if found.status == psutil.CONN_LISTEN}
    return addresses


def test_the_database_asks_everybody_for_a_password(postgres: Urls) -> None:
    with connect(postgres.app_url) as connection:
        assert connection.execute("SELECT current_user, current_database()").fetchone() == ("greencase", "greencase")
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
    for url in (postgres.app_url, postgres.owner_url, postgres.admin_url):
        password = url.split(":")[2].split("@")[0]
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            connect(url.replace(password, "wrong"))


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE mine (x int)", "CREATE DATABASE mine", "CREATE ROLE mine", "COPY (SELECT 1) TO PROGRAM 'cat'"],
)
def test_the_application_has_no_rights_beyond_what_it_is_granted(postgres: Urls, statement: str) -> None:
    with connect(postgres.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_what_was_written_survives_kill_9_of_everything(folder: Path) -> None:
    with PostgresServer(folder) as urls, ObjectStore(folder) as store:
        with connect(urls.owner_url) as connection:
            connection.execute("CREATE TABLE kept (what text)")
        client(store).put_object(store.bucket, "kept", io.BytesIO("绿案".encode()), 6)

    # A supervisor dies with both servers running: their processes are left behind.
    supervisor = subprocess.Popen(
        [sys.executable, "-c", START_AND_DIE, str(folder)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert supervisor.stdout is not None and supervisor.stdin is not None
    left_behind = [psutil.Process(int(pid)) for pid in supervisor.stdout.readline().split()]
    # The same ports unless somebody took one meanwhile, which on a busy machine happens.
    with connect(PostgresServer(folder).running_urls().owner_url) as connection:
        connection.execute("INSERT INTO kept VALUES ('committed')")
    supervisor.communicate("die\n")
    assert supervisor.returncode == -signal.SIGKILL

    postgres, objects = PostgresServer(folder), ObjectStore(folder)
    try:
        again = postgres.start()
        objects.start()
        assert not any(map(is_alive, left_behind))
        with connect(again.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM kept")
        # Then the servers die themselves.
        for pid in (postgres.pid, objects.pid):
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
    finally:
        postgres.stop()
        objects.stop()
    with PostgresServer(folder) as urls, ObjectStore(folder) as store:
        with connect(urls.owner_url) as connection:
            assert connection.execute("SELECT what FROM kept").fetchall() == [("committed",)]
        answer = client(store).get_object(store.bucket, "kept")
        assert answer.read().decode() == "绿案"
        answer.close()
        answer.release_conn()
    s3_port = ports.kept(folder / "s3.ports.json")["s3.port"]
    assert not list(Path("/tmp").glob(f"seaweedfs-*-{s3_port}.sock"))


def test_a_data_folder_has_one_user_at_a_time(run_dir: Path, postgres: Urls, object_store: S3) -> None:
    for second in (PostgresServer(run_dir), ObjectStore(run_dir)):
        with pytest.raises(InUse, match=str(os.getpid())):
            second.start()
    assert PostgresServer(run_dir).running_urls() == postgres


def test_a_stale_pid_file_that_names_a_stranger_is_no_obstacle(folder: Path) -> None:
    with PostgresServer(folder, durable=False):
        pass
    pid_file = folder / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{folder / 'postgres'}\n")
    with PostgresServer(folder, durable=False):
        assert pid_file.read_text().splitlines()[0] != str(os.getpid())


def test_an_initdb_that_was_killed_is_begun_anew(folder: Path) -> None:
    half = folder / "postgres"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    (half / "base").mkdir()
    (folder / "postgres.unfinished").touch()
    with PostgresServer(folder, durable=False) as urls, connect(urls.app_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_cannot_start_shows_the_end_of_its_log(folder: Path) -> None:
    with PostgresServer(folder, durable=False):
        pass
    (folder / "postgres" / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(StartFailed, match="pg_control"):
        PostgresServer(folder, durable=False).start()
    PostgresServer(folder).clear()  # and lets go of the folder


def test_nothing_listens_beyond_this_machine(run_dir: Path, postgres: Urls, object_store: S3) -> None:
    for server in ("postgres", "s3"):
        pid = json.loads((run_dir / "run" / f"{server}.json").read_text())["pid"]
        assert listening(pid) == {"127.0.0.1"}, server


def test_the_store_keeps_versions_and_what_is_locked(object_store: S3) -> None:
    store = client(object_store)
    first = store.put_object(object_store.bucket, "locked", io.BytesIO(b"first"), 5)
    second = store.put_object(object_store.bucket, "locked", io.BytesIO(b"second"), 6)
    assert first.version_id and second.version_id and first.version_id != second.version_id
    until = datetime.now(UTC) + timedelta(days=1)
    store.set_object_retention(object_store.bucket, "locked", Retention(GOVERNANCE, until), first.version_id)
    with pytest.raises(minio.error.S3Error):
        store.remove_object(object_store.bucket, "locked", first.version_id)
    answer = store.get_object(object_store.bucket, "locked", version_id=first.version_id)
    assert answer.read() == b"first"
    answer.close()
    answer.release_conn()


def test_the_store_opens_no_door_without_a_key(object_store: S3, run_dir: Path) -> None:
    with pytest.raises(minio.error.S3Error):
        client(object_store, secret_key="wrong").bucket_exists(object_store.bucket)
    anonymous = minio.Minio(object_store.endpoint, secure=False)
    with pytest.raises(minio.error.S3Error):
        list(anonymous.list_objects(object_store.bucket))
    filer = f"http://127.0.0.1:{ports.kept(run_dir / 's3.ports.json')['filer.port']}"
    for method in ("GET", "PUT", "DELETE"):
        request = urllib.request.Request(f"{filer}/buckets/{object_store.bucket}/x", method=method, data=b"x")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        refused.value.close()
        assert refused.value.code == 401


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root has to hand its servers to another account")
def test_root_in_a_private_home_runs_them_where_nobody_can_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = Path(tempfile.mkdtemp())
    shared.chmod(0o755)
    monkeypatch.setattr(account, "SHARED", shared / "greencase")
    (tmp_path / "private").mkdir(mode=0o700)
    data = tmp_path / "private" / "var"
    try:
        server = PostgresServer(data, durable=False)
        with server as urls, connect(urls.app_url):
            assert server.pid is not None
            assert psutil.Process(server.pid).username() == "nobody"
            moved = Path((data / "postgres.place").read_text())
            assert moved.is_relative_to(shared)
            assert stat.S_IMODE(moved.stat().st_mode) == 0o700
        with server as again:
            assert again == urls
        # Programs that lie where nobody can go are copied, once.
        private = tmp_path / "private" / "program"
        private.write_text("#!/bin/sh\n")
        private.chmod(0o755)
        copied = account.program_copy({"program": private}, "1")
        assert account.current().can("-x", copied / "program")
        assert account.program_copy({"program": private}, "1") == copied
    finally:
        shutil.rmtree(shared)


@pytest.mark.parametrize(("server", "setting"), [(PostgresServer, "DATABASE_URL"), (ObjectStore, "S3_ENDPOINT")])
def test_without_a_wheel_the_words_say_which_settings_to_give(
    server: type[PostgresServer | ObjectStore], setting: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotShipped, match=f"环境变量：GREENCASE_{setting}"):
        server(folder).start()


def test_a_secret_is_made_once_and_only_its_owner_reads_it(folder: Path) -> None:
    path = folder / "secrets" / "key"
    secret = keep_secret(path)
    assert len(secret) == 43
    assert keep_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["key"]
