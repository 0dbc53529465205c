"""Under which account the servers run, and where that account can reach their programs and data.

PostgreSQL refuses to run as root. So as root both servers run as `nobody`, which exists everywhere; and because a
checkout often lies in a home folder that only root may enter, programs and data then move to where `nobody` can go.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHARED = Path("/var/lib/greencase")
"""Where root keeps what must lie outside of an unreachable folder."""


@dataclass(frozen=True)
class Account:
    """The account of a server's process; `uid` None means our own."""

    uid: int | None = None
    gid: int | None = None

    @property
    def popen(self) -> Mapping[str, Any]:
        """The arguments that make `subprocess.Popen` run a program under this account."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path, mode: int) -> None:
        """Give a file or folder to this account with these permissions."""
        if sys.platform != "win32" and self.uid is not None:
            os.chown(path, self.uid, -1 if self.gid is None else self.gid)
        path.chmod(mode)

    def can(self, test: str, path: Path) -> bool:
        """Whether this account passes `test -x|-w|-r path`; asks the kernel rather than reading permission bits."""
        if self.uid is None:
            return True
        return subprocess.run(["test", test, str(path)], cwd="/", **self.popen).returncode == 0


def current() -> Account:
    """Our own account, or `nobody` when we are root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return Account()
    import pwd

    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def data_folder(account: Account, wanted: Path) -> Path:
    """An existing private folder for the account: `wanted`, or one under SHARED where `wanted` is out of its reach.

    A moved folder is named in `<wanted>.place`, so that deleting the data folder forgets it and a new one is made.
    """
    place = wanted.with_name(wanted.name + ".place")
    if place.exists():
        return Path(place.read_text("utf-8").strip())
    wanted.mkdir(parents=True, exist_ok=True)
    account.own(wanted, 0o700)
    if account.can("-w", wanted):
        return wanted
    wanted.rmdir()
    moved = SHARED / f"{wanted.name}-{secrets.token_hex(6)}"
    moved.mkdir(parents=True)
    SHARED.chmod(0o755)
    account.own(moved, 0o700)
    place.write_text(str(moved), "utf-8")
    return moved


def program_copy(parts: Mapping[str, Path], version: str) -> Path:
    """A folder under SHARED with copies of these files and folders at these relative paths, made once per version."""
    copy = SHARED / "programs" / version
    if copy.exists():
        return copy
    unfinished = copy.with_name(f"{version}.{os.getpid()}")
    for relative, source in parts.items():
        target = unfinished / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        elif source.exists():
            shutil.copy2(source, target)
    for folder in (SHARED, copy.parent, unfinished, *(path for path in unfinished.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    try:
        unfinished.rename(copy)
    except OSError:  # somebody else finished the same copy first
        shutil.rmtree(unfinished)
    return copy
