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
from server.secret_file import keep_secret
from server.settings import CHECKOUT, STARTS, Settings, SettingsError, data_folder, port

RESTARTS = 3
"""How often one child may die within RESTART_WINDOW seconds before everything is stopped."""
RESTART_WINDOW = 60.0
ANSWER_TIMEOUT = 30.0

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


class ChildKeepsDying(RuntimeError):
    """A part died again and again; the sentence names it and its log."""


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

    env.pop("GREENCASE_DATABASE_OWNER_URL", None)  # web and worker do with the application's fewer rights
    commands: dict[Child, list[str]] = {
        worker: [sys.executable, "-m", "server.worker"],
        web: _web_command(settings.port),
    }
    watched = [*servers]
    for child, name in ((worker, "后台任务"), (web, "网页服务")):
        start = _starter(child, commands[child], env)
        parts.callback(child.stop)
        start()
        watched.append(_Watched(name, child.log, lambda child=child: child.pid is not None, start))  # type: ignore[misc]
    address = f"http://{ports.LOOPBACK}:{settings.port}/"
    _wait_for_answer(address, web)
    say(f"网页已就绪\n\n  绿案 GreenCase：{address}")
    if settings.demo:
        _print_demo_logins()
    print("  按 Ctrl-C 停止。", flush=True)
    parts.callback(say, "正在停止…")
    _watch(watched, say)


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


def _start_servers(env: dict[str, str], data: Path, say: _Progress, parts: ExitStack) -> list[_Watched]:
    """Start what the environment does not name, both at once, and name it there."""
    watched: list[_Watched] = []
    starts: list[Callable[[], None]] = []
    if "GREENCASE_DATABASE_URL" not in env:
        postgres = PostgresServer(data)
        parts.callback(postgres.stop)

        def start_postgres() -> None:
            _name_database(env, postgres.start())
            say("数据库 PostgreSQL 已启动")

        starts.append(start_postgres)
        watched.append(_Watched("数据库", postgres.log, lambda: postgres.pid is not None, _again(postgres)))
    if "GREENCASE_S3_ENDPOINT" not in env:
        store = ObjectStore(data)
        parts.callback(store.stop)

        def start_store() -> None:
            _name_store(env, store.start())
            say("文件存储 S3 已启动")

        starts.append(start_store)
        watched.append(_Watched("文件存储", store.log, lambda: store.pid is not None, _again(store)))
    with ThreadPoolExecutor(max_workers=2) as pool:
        for started in [pool.submit(start) for start in starts]:
            started.result()
    return watched


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


def _starter(child: Child, command: list[str], env: dict[str, str]) -> Callable[[], None]:
    def start() -> None:
        child.stop()  # takes note that it has ended
        child.start(command, env=env, cwd=CHECKOUT)

    return start


def _again(server: PostgresServer | ObjectStore) -> Callable[[], None]:
    def start() -> None:
        server.stop()
        server.start()  # on the port it had, which web and worker know

    return start


def _wait_for_answer(address: str, web: Child) -> None:
    deadline = time.monotonic() + ANSWER_TIMEOUT
    while time.monotonic() < deadline and web.returncode is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  our own http address
                return
        except urllib.error.HTTPError as answer:
            if answer.code < 500:
                return
            break
        except OSError:
            time.sleep(0.05)
    raise StartFailed("网页服务", web.log)


@dataclass
class _Watched:
    name: str
    log: Path
    is_alive: Callable[[], bool]
    start: Callable[[], None]


def _watch(watched: list[_Watched], say: _Progress) -> None:
    """Restart what dies, for ever; raises ChildKeepsDying when one dies too often."""
    deaths: dict[str, list[float]] = {part.name: [] for part in watched}
    while True:
        time.sleep(0.5)
        for part in watched:
            if part.is_alive():
                continue
            now = time.monotonic()
            recent = deaths[part.name] = [at for at in deaths[part.name] if now - at < RESTART_WINDOW] + [now]
            if len(recent) > RESTARTS:
                raise ChildKeepsDying(f"{part.name}反复退出，已停止全部服务。日志：{part.log}")
            say(f"{part.name}意外退出，正在重新启动（日志：{part.log}）")
            part.start()


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
