"""What lies ahead of a running case in a diagram, and which variables are surely set where they are read there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Literal

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import read_condition
from workflows.engine.gate.bundle import Scope
from workflows.engine.gate.dataflow import read_by, written
from workflows.engine.model import Element, Flow
from workflows.engine.positions import Drawn, Place, Token

Names = frozenset[str]
# What a variable is read as.
How = Literal["condition", "count", "instant", "list", "person"]


class Ahead:
    """All ways from where the tokens stand, through the processes that are called on them, to the end.

    `entered` is every element that a token may still come to. Where ways meet, only what all of them set is known; so
    a variable may count as missing that the one way taken would have set, but none counts as set that is not.
    """

    def __init__(self, drawn: Drawn, tokens: Iterable[Token]) -> None:
        self._scopes, self._elements = drawn.scopes, drawn.elements
        self._active: dict[Place, Names] = {}
        self._arrived: dict[tuple[str, str | None], Names] = {}
        self._joins: set[Place] = set()
        self._callers: dict[str, list[Place]] = {}
        for token in tokens:
            place, known = (token.scope, token.element_id), frozenset(token.known)
            if token.came_from is None:
                self._active[place] = self._active.get(place, known) & known
            else:
                # Named by the scope and the element from which the token came.
                branch = (token.scope, token.came_from)
                self._arrived[branch] = self._arrived.get(branch, known) & known
                self._joins.add(place)
        # In the order in which tokens may come to them.
        self.entered = self._reach()
        self._left = list(dict.fromkeys([*self._active, *self.entered]))
        self._everything = drawn.variables.union(*self._active.values(), *self._arrived.values())
        # Start from "everything is set" and take away what some way does not set, until nothing changes.
        self._before = dict.fromkeys(self._left, self._everything)
        self._exit = dict.fromkeys(self._scopes, self._everything)

    def missing(self) -> Iterator[tuple[Element, str]]:
        """Each element ahead, or open now, that reads a variable which may not be set by then, with its name."""
        self._settle()
        for place in self._left:
            element, scope = self._elements[place], self._scopes[place[0]]
            # What is armed or opened already has read its instant and its list; only its assignee is asked again.
            entered = place in self.entered
            names = {name for name, how in reads(element, scope) if entered or how == "person"}
            for name in sorted(names - self._before[place]):
                yield element, name

    def _reach(self) -> dict[Place, None]:
        entered: dict[Place, None] = {}
        frontier = deque([*self._joins, *(following for place in self._active for following in self._next(place))])
        while frontier:
            place = frontier.popleft()
            if place in entered:
                continue
            entered[place] = None
            frontier += self._next(place)
            called = self._scopes.get(called_scope(self._elements[place]))
            if called is not None:
                self._callers.setdefault(called.key, []).append(place)
                frontier += [(called.key, start.id) for start in called.of_kind("startEvent")]
        return entered

    def _next(self, place: Place) -> list[Place]:
        return [(place[0], identity) for identity in self._scopes[place[0]].next_ids(place[1])]

    def _settle(self) -> None:
        changed = True
        while changed:
            changed = False
            for place in self._left:
                value = self._arriving(place)
                changed |= value != self._before[place]
                self._before[place] = value
            for key, scope in self._scopes.items():
                ends = [(key, end.id) for end in scope.of_kind("endEvent")]
                value = self._met(self._before[end] for end in ends if end in self._before)
                changed |= value != self._exit[key]
                self._exit[key] = value

    def _arriving(self, place: Place) -> Names:
        standing = [self._active[place]] if place in self._active else []
        if place not in self.entered:
            return self._met(standing)
        element, scope = self._elements[place], self._scopes[place[0]]
        if element.kind == "startEvent":
            return self._met(self._before[caller] for caller in self._callers[scope.key])
        if element.kind == "boundaryEvent":
            # What the interrupted activity would have set is lost.
            return self._before[place[0], element.attached_to or ""]
        arriving = [names for flow in scope.incoming[element.id] if (names := self._along(scope, flow)) is not None]
        if element.kind == "parallelGateway":
            return frozenset[str]().union(*arriving)
        return self._met([*standing, *arriving])

    def _along(self, scope: Scope, flow: Flow) -> Names | None:
        """What is set on a flow: by the token that has come along it, and by those that still may; None for neither."""
        found: list[Names] = []
        if (scope.key, flow.target) in self._joins and (scope.key, flow.source) in self._arrived:
            found.append(self._arrived[scope.key, flow.source])
        source = (scope.key, flow.source)
        if source in self._before:
            element = self._elements[source]
            found.append(
                self._before[source] | set(written(element)) | self._exit.get(called_scope(element), frozenset())
            )
        return self._met(found) if found else None

    def _met(self, ways: Iterable[Names]) -> Names:
        return reduce(frozenset.__and__, ways, self._everything)


def called_scope(element: Element) -> str:
    """The process or sub-process that a token goes through at the element; empty where there is none."""
    if element.kind == "subProcess":
        return element.id
    return element.called or "" if element.kind == "callActivity" else ""


def reads(element: Element, scope: Scope) -> Iterator[tuple[str, How]]:
    """The variables that are read when a token comes to the element and when it leaves it, and what they are read as.

    The instants behind an event gateway are worked out by the gateway.
    """
    sources = {scope.elements[flow.source].kind for flow in scope.incoming[element.id]}
    if "eventBasedGateway" not in sources:
        yield from _read_as(element)
    for flow in scope.outgoing[element.id]:
        if element.kind == "eventBasedGateway":
            yield from _read_as(scope.elements[flow.target])
        if flow.condition is not None:
            try:
                yield read_condition(flow.condition).variable, "condition"
            except ExpressionRefused:
                continue


def _read_as(element: Element) -> Iterator[tuple[str, How]]:
    loop = element.multi_instance
    for name in read_by(element):
        if name == element.timer:
            yield name, "instant"
        if name == element.assignee:
            yield name, "person"
        if loop is not None and name == (loop.collection or loop.cardinality):
            yield name, "list" if loop.collection else "count"
