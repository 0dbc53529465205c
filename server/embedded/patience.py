"""For how long a child is waited for: as long as it lives and gets on, for a loaded machine is slow but not broken."""

from __future__ import annotations

import time
from collections.abc import Callable

from server.embedded.child import Child

Say = Callable[[str], None]

STANDSTILL = 60.0
"""Seconds in which a child neither computes nor writes before it is given up."""
LONGEST = 1800.0
"""Seconds after which a child is given up that computes and writes and yet never answers."""
SPEAK_EVERY = 15.0
LOOK_EVERY = 0.5  # to look at a whole family of processes is not free


def silent(_words: str) -> None:
    """Says nothing: for servers that nobody watches at a terminal."""


class Patience:
    """Ask `lasts` again and again while waiting: it tells whether there is still hope, and says what is waited for."""

    def __init__(
        self, child: Child, what: str, say: Say = silent, *, standstill: float = STANDSTILL, longest: float = LONGEST
    ) -> None:
        self._child, self._what, self._say = child, what, say
        self._standstill, self._longest = standstill, longest
        self._began = self._looked = self._moved = self._spoke = time.monotonic()
        self._effort = child.effort()
        self.why = ""

    def lasts(self) -> bool:
        """Whether to wait on. After a no, `why` says in Chinese what ended it."""
        if self._child.returncode is not None:
            self.why = f"进程已退出，状态 {self._child.returncode}"
            return False
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked, effort = now, self._child.effort()
            if effort != self._effort:
                self._effort, self._moved = effort, now
        if now - self._moved >= self._standstill:
            self.why = f"{self._standstill:.0f} 秒内没有任何进展"
            return False
        if now - self._began >= self._longest:
            self.why = f"{self._longest:.0f} 秒后仍无应答"
            return False
        if now - self._spoke >= SPEAK_EVERY:
            self._spoke = now
            self._say(f"机器繁忙，仍在等待{self._what}启动（已 {now - self._began:.0f} 秒）")
        return True
