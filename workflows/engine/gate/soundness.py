"""Follows the tokens of a process through every combination: none may be doubled, none may starve at a join."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from workflows.engine.gate.bundle import Scope
from workflows.engine.gate.report import Report

# Three parallel branches of ten steps make a thousand combinations; nobody reads a diagram with more than this.
MAX_MARKINGS = 20_000

# Where the tokens are at one time: a bit for each sequence flow that holds one.
Marking = int


def check_tokens(scope: Scope, report: Report, allowed: int) -> int:
    """Explore where the tokens can be at the same time; a place is a sequence flow.

    A flow that gets a second token while it holds one: a parallel split was joined exclusively, what follows would run
    twice. A marking in which nothing can move: an exclusive split was joined in parallel, the case would stop.
    Answers how many markings were looked at; with more than `allowed` the process is refused as too parallel.
    """
    places = _Places(scope)
    seen = {places.initial}
    frontier = deque([places.initial])
    while frontier:
        marking = frontier.popleft()
        moved = False
        for key, consumed, produced in places.moves(marking):
            moved = True
            rest = marking ^ consumed
            for following in produced:
                if rest & following:
                    report.at("tokens-doubled", scope.file, scope.elements[key])
                    return len(seen)
                if rest | following not in seen:
                    seen.add(rest | following)
                    frontier.append(rest | following)
        if marking and not moved:
            for key in sorted({key for _, key in places.arrived(marking)}):
                report.at("join-starved", scope.file, scope.elements[key])
            return len(seen)
        if len(seen) > allowed:
            report.add("too-parallel", scope.file, scope.process.line, scope.key, detail=scope.key)
            return len(seen)
    return len(seen)


class _Places:
    """The sequence flows of a scope as bits, and what each element does with the tokens that arrive."""

    def __init__(self, scope: Scope) -> None:
        bits = {flow.id: 1 << number for number, flow in enumerate(scope.flows)}
        self._targets = {bits[flow.id]: flow.target for flow in scope.flows}
        self._joins: dict[str, Marking] = {}
        self._given: dict[str, list[Marking]] = {}
        for element in scope.elements.values():
            outgoing = [bits[flow.id] for flow in scope.outgoing[element.id]]
            for event in scope.boundaries[element.id]:
                outgoing += [bits[flow.id] for flow in scope.outgoing[event.id]]
            if element.kind == "parallelGateway":
                self._joins[element.id] = sum(bits[flow.id] for flow in scope.incoming[element.id])
                outgoing = [sum(outgoing)]
            # An end swallows its token, everything else gives one on along one of its ways.
            self._given[element.id] = [0] if element.kind == "endEvent" else outgoing
        start = scope.of_kind("startEvent")[0]
        self.initial: Marking = sum(bits[flow.id] for flow in scope.outgoing[start.id])

    def arrived(self, marking: Marking) -> Iterator[tuple[Marking, str]]:
        """Each token with the element that it has arrived at."""
        while marking:
            lowest = marking & -marking
            yield lowest, self._targets[lowest]
            marking ^= lowest

    def moves(self, marking: Marking) -> Iterator[tuple[str, Marking, list[Marking]]]:
        """Each element that can act, the tokens that it takes, and those that it may give instead."""
        for token, key in self.arrived(marking):
            needed = self._joins.get(key, token)
            # A join acts once, when the first of its tokens is looked at.
            if marking & needed == needed and token == needed & -needed:
                yield key, needed, self._given[key]
