"""Cases that wander through diagrams until every way was taken, and what there is to be reached."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from tests.engine.shipped import PAYLOADS, Case
from workflows.engine import Diagrams, ProcessInstance


class Living(Case):
    """A case that stays in memory but for when its clock is moved."""

    _live: ProcessInstance | None = None

    @property
    def instance(self) -> ProcessInstance:
        if self._live is None:
            self._live = super().instance
        return self._live

    def step(self, move: Callable[[ProcessInstance], object]) -> None:
        move(self.instance)

    def advance(self, delta: timedelta = timedelta()) -> None:
        self.state, self._live = self.instance.dump(), None
        super().advance(delta)


FEW = 5


class Explorer(Living):
    """A case that mostly moves on and now and then takes the answer taken least so far."""

    def __init__(self, diagrams: Diagrams, chance: random.Random, taken: Counter[tuple[str, str]]) -> None:
        self.chance, self.taken = chance, taken
        self.bold = chance.choice((0.1, 0.2, 0.4))
        # Some cases go straight on to the payment, else few would come to it at all.
        self.straight = chance.random() < 0.3
        self.at = ""
        super().__init__(diagrams, chance.choice)

    def dares(self, name: str, value: Any) -> bool:
        """Whether to leave the straight way here; what few cases have done is worth half of the tries."""
        if self.straight:
            return False
        done = self.taken[name, str(value)]
        return self.chance.random() < (self.bold if done > FEW else 0.5)

    def call(self, request: Any) -> Any:
        self.at = request.element_id
        try:
            return super().call(request)
        finally:
            self.at = ""

    def pick(self, name: str, values: Sequence[Any]) -> Any:
        # One operation stands in several places: what is answered here says nothing of there.
        where = f"{name} {self.at}"
        value = min(values, key=lambda value: self.taken[where, str(value)])
        # A route asks where to go, every other question whether to go on.
        if not name.startswith("route_") and not self.dares(where, value):
            value = values[0]
        self.taken[where, str(value)] += 1
        return value

    def move(self) -> str:
        self.straight = self.straight and "enter_payee" not in self.open_ids
        interrupting = [wait for wait in self.waits if wait.boundary]
        wait = min(interrupting, key=lambda wait: self.taken[wait.element_id, "interrupts"], default=None)
        if wait is None or not self.dares(wait.element_id, "interrupts"):
            return super().move()
        self.taken[wait.element_id, "interrupts"] += 1
        if wait.kind == "timer":
            self.advance(timedelta(days=7))
        else:
            words = PAYLOADS.get(wait.message)
            self.deliver(wait.message, **({wait.message: self.pick(wait.message, words)} if words else {}))
        return wait.element_id


def drawn(diagrams: Diagrams, key: str) -> set[str]:
    """The ids of all elements and flows of a process."""
    process = diagrams.processes[key]
    return {*process.elements, *(flow.id for flow in process.flows)}
