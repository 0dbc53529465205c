"""Secrets that are made once per data folder and kept in a file only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def keep_secret(path: Path) -> str:
    """The secret in this file; made on first use: 43 URL-safe characters from 256 random bits, file mode 0600."""
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(32))
    try:
        os.link(unfinished, path)  # unlike rename, fails when somebody else was first: both then read the same secret
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
    return path.read_text("ascii").strip()
