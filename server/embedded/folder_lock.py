"""One living process per data folder, and no stale lock after a `kill -9`: the kernel drops it with the process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from server.embedded.errors import InUse


class FolderLock:
    """An exclusive lock on `<folder>/<name>.lock`; the file names its holder's PID for people."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self._path = folder / f"{name}.lock"
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock. Raises InUse when another living process has it."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor)
        except OSError:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() if hasattr(os, "pread") else ""
            os.close(descriptor)
            raise InUse(self.folder, holder) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        self._file = descriptor

    def release(self) -> None:
        """Give the lock back; does nothing when it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, 1024, os.SEEK_SET)  # past the PID, which stays readable for others
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
