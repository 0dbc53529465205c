"""What can go wrong with an embedded server, in words for the person at the terminal (Chinese, then English)."""

from __future__ import annotations

from pathlib import Path


class EmbeddedError(RuntimeError):
    """An embedded server cannot be used; the message says what to do."""


class NotShipped(EmbeddedError):
    """This platform has no wheel with the server's binaries."""

    def __init__(self, what: str, package: str, settings: str) -> None:
        super().__init__(
            f"本机没有内嵌的 {what}（软件包 {package} 不支持此平台或未安装）。"
            f"请改用已有的服务，并设置环境变量：{settings}\n"
            f"No embedded {what} here (package {package} is not installed or has no wheel for this platform). "
            f"Use a server of your own and set: {settings}"
        )


class InUse(EmbeddedError):
    """Another living GreenCase process holds this data folder."""

    def __init__(self, folder: Path, pid: str) -> None:
        super().__init__(
            f"数据目录 {folder} 正由另一个 GreenCase 进程（PID {pid or '未知'}）使用。"
            f"请先停止它，或用 --data 另选目录。\n"
            f"The data folder is in use by process {pid or 'unknown'}: stop it, or choose another with --data."
        )


class StartFailed(EmbeddedError):
    """The server's process ended, or never answered; says why where that is known, and carries the end of its log."""

    def __init__(self, what: str, log: Path, why: str = "") -> None:
        reason = f"（{why}）" if why else ""
        super().__init__(f"{what} 未能启动{reason}，日志：{log}\n{what} did not start; its log ends:\n{_tail(log)}")


def _tail(log: Path, lines: int = 15) -> str:
    try:
        return "\n".join(log.read_text("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"
