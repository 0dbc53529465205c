"""A child process that outlives neither us nor, unnoticed, a `kill -9` of us.

Each child leads its own session, so that Ctrl-C reaches only the supervisor, which then stops its children in order.
A record of PID and start time lets the next run find and stop what a killed run left behind, and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from server.embedded.account import Account

LOG_KEPT = 5_000_000
"""Bytes after which a log starts anew at the next start; the one before is kept as `.1`."""


class Child:
    """One supervised program, known by its record file."""

    def __init__(self, record: Path, log: Path) -> None:
        self._record = record
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """PID of the running process, None when it does not run."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def returncode(self) -> int | None:
        """The exit status once the process has ended by itself."""
        return None if self._process is None else self._process.poll()

    def deaf_on(self, wanted: set[int]) -> set[int]:
        """The ports among these that the process does not listen on; none where the system does not tell."""
        if self._process is None:
            return wanted
        try:
            found = psutil.Process(self._process.pid).net_connections("tcp")
        except psutil.AccessDenied:
            return set()
        except psutil.NoSuchProcess:
            return wanted
        return wanted - {each.laddr.port for each in found if each.status == psutil.CONN_LISTEN}

    def effort(self) -> tuple[float, int]:
        """What grows while the program gets on: seconds of processor time with its children's, and bytes of its log."""
        seconds = 0.0
        if self._process is not None:
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(self._process.pid)
                for each in (process, *process.children(recursive=True)):
                    with contextlib.suppress(psutil.Error):
                        times = each.cpu_times()
                        seconds += times.user + times.system
        return seconds, self.log.stat().st_size if self.log.exists() else 0

    def start(
        self,
        command: Sequence[str | Path],
        *,
        account: Account | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | Path = "/",
    ) -> None:
        """Run the program in a session of its own, its output going to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT:
            self.log.replace(self.log.with_name(self.log.name + ".1"))
        own_session: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            own_session = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=str(cwd) if sys.platform != "win32" or str(cwd) != "/" else None,
                env=dict(env) if env is not None else None,
                **own_session,
                **(account or Account()).popen,
            )
        self._remember(self._process.pid)

    def stop(self, how: int = signal.SIGTERM, grace: float = 20.0) -> None:
        """Ask the process to end and wait; kill it after `grace` seconds. Does nothing when it does not run."""
        process, self._process = self._process, None
        if process is not None:
            if process.poll() is None:
                process.send_signal(how if sys.platform != "win32" else signal.SIGTERM)
                try:
                    process.wait(grace)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            self._record.unlink(missing_ok=True)

    def stop_leftover(self, how: int = signal.SIGTERM, grace: float = 20.0) -> int | None:
        """Stop the process that a killed predecessor left behind; answers its PID, or None where there is none."""
        leftover = self._find_leftover()
        self._record.unlink(missing_ok=True)
        if leftover is None:
            return None
        end_process(leftover, how, grace)
        return leftover.pid

    def _remember(self, pid: int) -> None:
        try:
            started = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:  # it ended at once; the caller will see that
            return
        self._record.parent.mkdir(parents=True, exist_ok=True)
        self._record.write_text(json.dumps({"pid": pid, "started": started}), "utf-8")

    def _find_leftover(self) -> psutil.Process | None:
        try:
            kept = json.loads(self._record.read_text("utf-8"))
            process = psutil.Process(int(kept["pid"]))
            # PIDs are used again: only the same start time (to a clock's jitter) makes it the same process.
            same = abs(process.create_time() - float(kept["started"])) < 2
        except (OSError, ValueError, KeyError, TypeError, psutil.Error):
            return None
        return process if same and process.pid != os.getpid() else None


def end_process(process: psutil.Process, how: int, grace: float) -> None:
    """End a process that is not our child, with everything it started; kill what is left after `grace` seconds."""
    try:
        family = [process, *process.children(recursive=True)]
        process.send_signal(how if sys.platform != "win32" else signal.SIGTERM)
    except psutil.Error:
        return
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and any(is_alive(member) for member in family):
        time.sleep(0.02)
    for member in family:
        if is_alive(member):
            with contextlib.suppress(psutil.Error):
                member.kill()


def is_alive(process: psutil.Process) -> bool:
    """Whether the process still runs.

    A container's first process may never reap what it inherits: such a zombie has ended for our purposes.
    """
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
