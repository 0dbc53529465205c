"""Ports on the loopback address: kept from run to run, chosen anew when somebody else has taken one."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":  # on Windows this option would let us bind a port that is in use
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def choose(names: Sequence[str], kept_in: Path) -> dict[str, int]:
    """A free port for each name: the one kept in the file where it is still free, else a new one. Keeps the choice."""
    before = kept(kept_in)
    chosen: dict[str, int] = {}
    for name in names:
        port = before.get(name)
        if port is None or port in chosen.values() or not is_free(port):
            port = _another(set(chosen.values()))
        chosen[name] = port
    kept_in.write_text(json.dumps(chosen, indent=1), "utf-8")
    return chosen


def kept(path: Path) -> dict[str, int]:
    """The ports of the last choice; empty when there was none or its file is damaged."""
    try:
        content = json.loads(path.read_text("utf-8"))
        return {name: port for name, port in content.items() if isinstance(port, int) and 1024 <= port <= 65535}
    except (OSError, ValueError, AttributeError):
        return {}


def _another(taken: set[int]) -> int:
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        if port not in taken:
            return port
