"""`greencase doctor`: what this machine has and what it lacks."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from server.embedded import account, ports, postgres, s3
from server.embedded.errors import NotShipped
from server.settings import CHECKOUT, data_folder, database_url
from storage import workers
from storage.database import Database, DBAPIError

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for."""

    what: str
    fine: bool
    words: str
    needed: bool = True
    """False for what only development or tests use."""


def findings() -> Iterator[Finding]:
    """Look at everything `greencase up` and the tests rely on; starts and changes nothing."""
    yield Finding("Python", sys.version_info >= (3, 11), f"{platform.python_version()}（{sys.executable}）")
    yield _server("数据库", "GREENCASE_DATABASE_URL", postgres.find_programs)
    yield _server("文件存储", "GREENCASE_S3_ENDPOINT", s3.find_program)
    if os.environ.get("GREENCASE_DATABASE_URL"):
        yield workers_of(os.environ["GREENCASE_DATABASE_URL"])
    assets = CHECKOUT / "server" / "static" / "app.css"
    yield Finding("页面资源", assets.exists(), "已构建" if assets.exists() else "未构建，请运行 make run")
    data = data_folder(os.environ)
    above = next(folder for folder in (data, *data.parents) if folder.exists())
    free = shutil.disk_usage(above).free // 2**20
    yield Finding("数据目录", os.access(above, os.W_OK) and free > 500, f"{data}（可用 {free} MB）")
    yield Finding("端口 8000", ports.is_free(8000), "空闲" if ports.is_free(8000) else "已被占用，将另选", needed=False)
    node = shutil.which("node")
    yield Finding("Node.js", node is not None, node or "未安装，make 会从软件包取得", needed=False)
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    yield Finding("Chromium", chromium is not None, chromium or "未安装，浏览器测试将跳过", needed=False)


def workers_of(url: str) -> Finding:
    """The workers that are there: without one no timer fires, and nothing that is asked for is done."""
    database = Database(database_url(url), pool_size=1)
    try:
        with database.transaction() as session:
            alive, silent = workers.list_alive(session), workers.list_silent(session)
    except DBAPIError as error:
        return Finding("后台任务", False, f"未能查看：{str(error.orig).splitlines()[0]}", needed=False)
    finally:
        database.dispose()
    words = "、".join(each.name + (f"（{each.doing}）" if each.doing else "") for each in alive)
    gone = f"；失去联系：{'、'.join(each.name for each in silent)}" if silent else ""
    return Finding(
        "后台任务", bool(alive), (words or "没有在运行的后台任务，到期事项和推演、测算不会办理") + gone, needed=False
    )


def _server(what: str, setting: str, find: Callable[[account.Account], Path]) -> Finding:
    if os.environ.get(setting):
        return Finding(what, True, f"由 {setting} 指定")
    try:
        return Finding(what, True, f"内嵌（{find(account.Account())}）")
    except NotShipped as error:
        return Finding(what, False, str(error).splitlines()[0])
