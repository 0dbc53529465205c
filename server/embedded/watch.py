"""Parts of an installation are looked after: what died is started anew, and what lives but no longer works as well."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from server.embedded.patience import Say

RESTARTS = 3
"""How often one part may die within RESTART_WINDOW seconds before everything is stopped."""
RESTART_WINDOW = 60.0
LOOK_EVERY = 0.5
ASK_EVERY = 120.0  # a question to the store leaves some 4 KB in its own journals
ASK_AGAIN = 5.0
FAILURES = 3
"""How often in a row a part must fail at its work before it is started anew: busy is not broken."""
MOST_FAILURES = 96


class ChildKeepsDying(RuntimeError):
    """A part died again and again; the sentence names it and its log."""


@dataclass
class Question:
    """What a part is asked now and then, to see whether it still does its work."""

    works: Callable[[], bool]
    trouble: str
    """What to say when it does not, after the part's name: 不再接收文件."""
    every: float = ASK_EVERY
    again: float = ASK_AGAIN
    """Seconds until it is asked again after a failure."""
    failures: int = FAILURES


@dataclass
class Part:
    """One program that is looked after."""

    name: str
    log: Path
    is_alive: Callable[[], bool]
    restart: Callable[[], None]
    question: Question | None = None
    _deaths: list[float] = field(default_factory=list, init=False)
    _failed: int = field(default=0, init=False)
    _needed: int = field(default=0, init=False)
    _ask_at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        if self.question is not None:
            self._needed = self.question.failures
            self._ask_at = time.monotonic() + self.question.every

    def look_after(self, say: Say) -> None:
        """Start the part anew where it needs that. Raises ChildKeepsDying when it dies too often."""
        if not self.is_alive():
            self._count_death()
            self._start_anew(f"{self.name}意外退出", say)
        elif self.question is not None and self._fails(self.question):
            self._start_anew(f"{self.name}{self.question.trouble}", say)

    def _count_death(self) -> None:
        now = time.monotonic()
        self._deaths = [at for at in self._deaths if now - at < RESTART_WINDOW] + [now]
        if len(self._deaths) > RESTARTS:
            raise ChildKeepsDying(f"{self.name}反复退出，已停止全部服务。日志：{self.log}")

    def _start_anew(self, what_happened: str, say: Say) -> None:
        say(f"{what_happened}，正在重新启动（日志：{self.log}）")
        self.restart()
        say(f"{self.name}已重新启动")
        if self.question is not None:
            self._failed, self._ask_at = 0, time.monotonic() + self.question.again

    def _fails(self, question: Question) -> bool:
        if time.monotonic() < self._ask_at:
            return False
        if question.works():
            self._failed, self._needed = 0, question.failures
            self._ask_at = time.monotonic() + question.every
            return False
        self._failed += 1
        self._ask_at = time.monotonic() + question.again
        if self._failed < self._needed:
            return False
        # What a restart does not mend, a full disk say, another soon after will not mend either.
        self._needed = min(2 * self._needed, MOST_FAILURES)
        return True


def watch(parts: Sequence[Part], say: Say, ended: Event | None = None) -> None:
    """Look after the parts until `ended`, or for ever; raises ChildKeepsDying when one dies too often."""
    ended = ended or Event()
    while not ended.wait(LOOK_EVERY):
        for part in parts:
            part.look_after(say)
