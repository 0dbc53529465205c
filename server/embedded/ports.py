"""Ports on this machine: kept from run to run, chosen anew when somebody else has taken one."""

from __future__ import annotations

import json
import random
import socket
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
# Below what systems hand out to outgoing connections (from 32768 on Linux, 49152 elsewhere): among those a port is
# often taken between its choice and its use, last by the very server it was chosen for.
CHOICE = range(15000, 32768)
# Seconds that a server which comes back waits for the port that others know it by.
PUBLIC_DOOR = 10.0


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    return _binds(socket.AF_INET, LOOPBACK, port)


def is_free_everywhere(port: int) -> bool:
    """Whether nobody on this machine uses the port, not even on another address.

    SeaweedFS listens on the loopback address, yet refuses a port that an outgoing connection has on any other.
    """
    if not is_free(port) or not _binds(socket.AF_INET, "0.0.0.0", port):  # noqa: S104  bound for an instant, never heard
        return False
    return not _has_ipv6() or _binds(socket.AF_INET6, "::", port)


def choose(names: Sequence[str], kept_in: Path, refused: Collection[int] = ()) -> dict[str, int]:
    """A free port for each name: the one kept in the file, else a new one. Keeps the choice.

    A kept port is replaced when it is taken, or among `refused`: the doors of a start that has just failed.
    """
    before = kept(kept_in)
    chosen: dict[str, int] = {}
    for name in names:
        port = before.get(name)
        if port is None or port in refused or port in chosen.values() or not is_free_everywhere(port):
            port = _another({*chosen.values(), *before.values(), *refused})
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


def wait_until_free(port: int, seconds: float) -> None:
    """Give whoever has the port some time to let go of it."""
    deadline = time.monotonic() + seconds
    while not is_free_everywhere(port) and time.monotonic() < deadline:
        time.sleep(0.1)


def _another(taken: Collection[int]) -> int:
    for port in random.sample(CHOICE, 500):
        if port not in taken and is_free_everywhere(port):
            return port
    while True:  # a machine so full that the system may know better
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((LOOPBACK, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port


def _has_ipv6() -> bool:
    if not socket.has_ipv6:
        return False
    try:
        socket.socket(socket.AF_INET6, socket.SOCK_STREAM).close()
    except OSError:
        return False
    return True


def _binds(family: socket.AddressFamily, address: str, port: int) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":  # on Windows this option would let us bind a port that is in use
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
        return True
