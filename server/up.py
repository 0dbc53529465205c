"""`greencase up`: the whole installation on this machine, started in order, watched, and stopped in order."""

from __future__ import annotations

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from server.embedded import S3, EmbeddedError, ObjectStore, PostgresServer, Urls, ports
from server.embedded.child import Child
from server.embedded.errors import StartFailed
from server.embedded.folder_lock import FolderLock
from server.embedded.patience import Patience
from server.embedded.watch import ChildKeepsDying, Part, Question, watch
from server.secret_file import keep_secret
from server.settings import CHECKOUT, STARTS, Settings, SettingsError, data_folder, port

DEMO_LOGINS = (
    ("e01 至 e12", "applicant"),
    ("acceptance", "acceptance_clerk"),
    ("officer、officer2、officer3", "case_officer"),
    ("chief", "section_chief"),
    ("legal", "legal_officer"),
    ("deputy", "deputy_leader"),
    ("finance", "finance_officer"),
    ("finance2", "finance_reviewer"),
    ("meeting", "meeting_secretary"),
    ("district", "district_approver"),
    ("verifier、verifier2", "verifier"),
    ("expert1 至 expert30", "expert"),
    ("organizer", "review_organizer"),
    ("codept", "co_department"),
    ("discipline", "discipline"),
    ("auditor", "auditor"),
    ("owner、owner2", "process_owner"),
    ("archivist", "archivist"),
    ("sysadmin", "system_admin"),
    ("secadmin", "security_admin"),
    ("auditadmin", "audit_admin"),
)


class Stopped(Exception):
    """Somebody asked us to stop."""


@dataclass(frozen=True)
class Installation:
    """What `up` is asked for; None leaves it to the environment, then to the default."""

    port: int | None = None
    data: Path | None = None
    start: str | None = None


def run(asked: Installation) -> int:
    """Run until a signal asks us to stop; answers the exit status. Prints what happens, in Chinese."""
    say = _Progress()
    try:
        with _signals_stop_us(), ExitStack() as parts:
            parts.callback(say.stopped)
            _run(asked, say, parts)
    except Stopped:
        return 0
    except (EmbeddedError, SettingsError, ChildKeepsDying) as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    return 0


def _run(asked: Installation, say: _Progress, parts: ExitStack) -> None:
    env = dict(os.environ)
    data = asked.data.resolve() if asked.data else data_folder(env)
    data.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(data, "up")
    lock.acquire()
    parts.callback(lock.release)
    env["GREENCASE_DATA"] = str(data)
    env["GREENCASE_START"] = _start_mode(asked, env, data)
    if "GREENCASE_DATABASE_URL" not in env:  # nothing but this machine reaches us: what is left out can be made up
        env.setdefault("GREENCASE_SECRET_KEY", keep_secret(data / "secrets" / "secret-key"))
        env.setdefault("GREENCASE_SECURE_COOKIES", "false")

    web = Child(data / "run" / "web.json", data / "log" / "web.log")
    worker = Child(data / "run" / "worker.json", data / "log" / "worker.log")
    for child in (web, worker):
        child.stop_leftover()
    env["GREENCASE_PORT"] = str(_web_port(asked, env, data))
    servers = _start_servers(env, data, say, parts)
    settings = Settings.from_environment(env)
    _prepare_database(settings, say)

    commands: dict[Child, list[str]] = {
        worker: [sys.executable, "-m", "server.worker"],
        web: _web_command(settings.port),
    }
    watched = [*servers]
    for child, name in ((worker, "后台任务"), (web, "网页服务")):
        program = Program(child, commands[child], env)
        parts.callback(child.stop)
        program.start()
        watched.append(program.part(name))
    address = f"http://{ports.LOOPBACK}:{settings.port}/"
    _wait_for_answer(address, web, say)
    say(f"网页已就绪\n\n  绿案 GreenCase：{address}")
    if settings.demo:
        _print_demo_logins()
    print("  按 Ctrl-C 停止。", flush=True)
    parts.callback(say, "正在停止…")
    watch(watched, say)


def _start_mode(asked: Installation, env: dict[str, str], data: Path) -> str:
    """demo, people or empty. A data folder stays what it was first started as: demo passwords never become real."""
    wanted = asked.start or env.get("GREENCASE_START") or None
    if wanted is not None and wanted not in STARTS:
        raise SettingsError(f"GREENCASE_START 只能是 {'、'.join(STARTS)}，现为“{wanted}”。")
    if "GREENCASE_DATABASE_URL" in env:
        return wanted or "empty"
    kept = data / "start"
    if not kept.exists():
        kept.write_text(wanted or "demo", "ascii")
    before = kept.read_text("ascii").strip()
    if wanted is not None and wanted != before:
        raise SettingsError(f"数据目录 {data} 首次启动时为“{before}”，不能改为“{wanted}”。请用 --data 另选一个空目录。")
    return before


def _web_port(asked: Installation, env: dict[str, str], data: Path) -> int:
    """The port asked for, which must be free; else 8000 or, where that is taken, another that is then kept."""
    if asked.port is not None or env.get("GREENCASE_PORT"):
        wanted = asked.port if asked.port is not None else port(env)
        if not ports.is_free(wanted):
            raise SettingsError(f"端口 {wanted} 已被其他程序占用。请用 --port 另选一个。")
        return wanted
    kept_in = data / "web.ports.json"
    if not kept_in.exists() and ports.is_free(port(env)):
        return port(env)
    return ports.choose(["web"], kept_in)["web"]


def _start_servers(env: dict[str, str], data: Path, say: _Progress, parts: ExitStack) -> list[Part]:
    """Start what the environment does not name, both at once, and name it there."""
    servers = []
    if "GREENCASE_DATABASE_URL" not in env:
        servers.append(_database(env, data, say, parts))
    if "GREENCASE_S3_ENDPOINT" not in env:
        servers.append(_store(env, data, say, parts))
    with ThreadPoolExecutor(max_workers=2) as pool:
        for started in [pool.submit(start) for start, _ in servers]:
            started.result()
    return [part for _, part in servers]


def _database(env: dict[str, str], data: Path, say: _Progress, parts: ExitStack) -> tuple[Callable[[], None], Part]:
    """The embedded database: how it is started, and how it is looked after."""
    server = PostgresServer(data, say=say)
    parts.callback(server.stop)

    def start() -> None:
        _name_database(env, server.start())
        say("数据库 PostgreSQL 已启动")

    def start_anew() -> None:
        _name_database(env, server.start_anew())

    # To be started anew costs everybody their work under way: it is given twice the time of the store.
    question = Question(server.answers, "仍在运行却不再应答", failures=6)
    return start, Part("数据库", server.log, lambda: server.pid is not None, start_anew, question)


def _store(env: dict[str, str], data: Path, say: _Progress, parts: ExitStack) -> tuple[Callable[[], None], Part]:
    """The embedded object store, likewise."""
    server = ObjectStore(data, say=say)
    parts.callback(server.stop)

    def start() -> None:
        _name_store(env, server.start())
        say("文件存储 S3 已启动")

    def start_anew() -> None:
        _name_store(env, server.start_anew())

    question = Question(server.takes_an_object, "仍在运行却不再接收文件")
    return start, Part("文件存储", server.log, lambda: server.pid is not None, start_anew, question)


def _name_database(env: dict[str, str], urls: Urls) -> None:
    env["GREENCASE_DATABASE_URL"], env["GREENCASE_DATABASE_OWNER_URL"] = urls.app_url, urls.owner_url


def _name_store(env: dict[str, str], store: S3) -> None:
    env["GREENCASE_S3_ENDPOINT"] = store.endpoint
    env["GREENCASE_S3_ACCESS_KEY"], env["GREENCASE_S3_SECRET_KEY"] = store.access_key, store.secret_key
    env["GREENCASE_S3_BUCKET"], env["GREENCASE_S3_SECURE"] = store.bucket, str(store.secure).lower()


def _prepare_database(settings: Settings, say: _Progress) -> None:
    from server import seed
    from storage.database import migrate

    migrate(settings.database_owner_url or settings.database_url, settings.database_url)
    say("数据库结构已就绪")
    seed.ensure(settings)
    say("基础数据已就绪" if settings.start == "empty" else "演示数据已就绪")


def _print_demo_logins() -> None:
    from workflows.permissions import ROLES

    print("\n  演示账号（密码均为 greencase-demo）：")
    for usernames, role in DEMO_LOGINS:
        wide = sum(2 if ord(letter) > 0x2FF else 1 for letter in usernames)
        print(f"    {usernames}{' ' * (30 - wide)}{ROLES[role]}")
    print()


def _web_command(on_port: int) -> list[str]:
    if sys.platform == "win32":  # gunicorn needs POSIX
        return [
            *(sys.executable, "-m", "flask", "--app", "server.wsgi:app", "run", "--no-debugger", "--no-reload"),
            *("--host", ports.LOOPBACK, "--port", str(on_port)),
        ]
    return [
        *(sys.executable, "-m", "gunicorn", "server.wsgi:app", "--bind", f"{ports.LOOPBACK}:{on_port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "8", "--timeout", "60"),
        *("--graceful-timeout", "10", "--no-control-socket"),
        "--preload",  # the application is read once and forked; it opens no connection before its first request
    ]


class Program:
    """The web or the worker: started with the addresses that the servers have at the time."""

    def __init__(self, child: Child, command: list[str], env: dict[str, str]) -> None:
        self._child, self._command, self._env = child, command, env
        self._started_with: dict[str, str] = {}

    def part(self, name: str) -> Part:
        current = Question(self._is_current, "所用的数据库或文件存储换了端口", every=0, failures=1)
        return Part(name, self._child.log, lambda: self._child.pid is not None, self.start, current)

    def start(self) -> None:
        self._child.stop()  # takes note that it has ended
        self._started_with = self._environment()
        self._child.start(self._command, env=self._started_with, cwd=CHECKOUT)

    def _is_current(self) -> bool:
        return self._started_with == self._environment()

    def _environment(self) -> dict[str, str]:
        """What both get: they do with the application's fewer rights."""
        return {name: value for name, value in self._env.items() if name != "GREENCASE_DATABASE_OWNER_URL"}


def _wait_for_answer(address: str, web: Child, say: _Progress) -> None:
    patience = Patience(web, "网页服务", say)
    while patience.lasts():
        try:
            with urllib.request.urlopen(address, timeout=30):  # noqa: S310  our own http address
                return
        except urllib.error.HTTPError as answer:
            if answer.code < 500:
                return
            raise StartFailed("网页服务", web.log, f"应答状态 {answer.code}") from None
        except OSError:
            time.sleep(0.05)
    raise StartFailed("网页服务", web.log, patience.why)


class _Progress:
    """Lines with the seconds since the start, so that one sees what takes how long."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._spoke = False

    def __call__(self, words: str) -> None:
        self._spoke = True
        print(f"[{time.monotonic() - self._began:5.1f} 秒] {words}", flush=True)

    def stopped(self) -> None:
        if self._spoke:
            self("已停止，数据已保存。")


@contextmanager
def _signals_stop_us() -> Iterator[None]:
    """The first signal raises Stopped where we are; later ones are ignored, for the stopping is under way."""
    signals = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32":
        signals.append(signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
