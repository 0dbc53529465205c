"""What a running case carries ahead: where the values that its tokens hold are read before anything sets them anew."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflows.engine.ahead import How, called_scope, reads
from workflows.engine.gate.dataflow import written
from workflows.engine.positions import Drawn, Place, Token


@dataclass(frozen=True)
class Use:
    """An element ahead, or open now, that reads a variable as a token holds it, and what it reads it as."""

    token: Token
    place: Place
    variable: str
    how: How


class Carried:
    """The ways of stored values through a version of a bundle; where branches meet, the value of each may get on."""

    def __init__(self, drawn: Drawn, tokens: Iterable[Token]) -> None:
        self._scopes, self._elements = drawn.scopes, drawn.elements
        self._tokens = dict.fromkeys(tokens)
        # The calls under way, by the scope that is called.
        self._under_way: dict[str, list[Place]] = {}
        for place in dict.fromkeys((token.scope, token.element_id) for token in self._tokens):
            called = called_scope(self._elements[place])
            if called in self._scopes:
                self._under_way.setdefault(called, []).append(place)

    def uses(self) -> Iterator[Use]:
        """Every reading of what the tokens hold."""
        readings: dict[str, list[tuple[Place, How]]] = {}
        for place, element in self._elements.items():
            for variable, how in reads(element, self._scopes[place[0]]):
                readings.setdefault(variable, []).append((place, how))
        for token in self._tokens:
            here = (token.scope, token.element_id)
            for variable in readings.keys() & set(token.known):
                reached = self._reached(token, variable)
                for place, how in dict.fromkeys(readings[variable]):
                    # What is open has read its instant and its list; only its assignee is asked again.
                    if place in reached or (place == here and how == "person"):
                        yield Use(token, place, variable, how)

    def _reached(self, token: Token, variable: str) -> set[Place]:
        """The places that the token may come to with the value that it holds."""
        here = (token.scope, token.element_id)
        reached: set[Place] = set()
        frontier = deque([here] if token.came_from is not None else self._leaving(here, variable))
        while frontier:
            place = frontier.popleft()
            if place not in reached:
                reached.add(place)
                frontier.extend(self._next(place, variable))
        return reached

    def _leaving(self, place: Place, variable: str) -> Iterator[Place]:
        """Where the value gets from an element that is open; out of a call under way the tokens inside carry theirs."""
        if called_scope(self._elements[place]) in self._scopes:
            return self._interrupted(place)
        return self._onward(place, variable)

    def _next(self, place: Place, variable: str) -> Iterator[Place]:
        yield from self._onward(place, variable)
        element = self._elements[place]
        called = self._scopes.get(called_scope(element))
        if called is not None:
            yield from ((called.key, start.id) for start in called.of_kind("startEvent"))
        if element.kind == "endEvent":
            for caller in self._under_way.get(place[0], ()):
                yield from self._completed(caller, variable)

    def _onward(self, place: Place, variable: str) -> Iterator[Place]:
        """Where the value gets from an element within its scope."""
        yield from self._interrupted(place)
        called = called_scope(self._elements[place])
        if called not in self._scopes or self._survives(called, variable):
            yield from self._completed(place, variable)

    def _interrupted(self, place: Place) -> Iterator[Place]:
        return ((place[0], event.id) for event in self._scopes[place[0]].boundaries[place[1]])

    def _completed(self, place: Place, variable: str) -> Iterator[Place]:
        if variable not in written(self._elements[place]):
            yield from ((place[0], flow.target) for flow in self._scopes[place[0]].outgoing[place[1]])

    def _survives(self, key: str, variable: str) -> bool:
        """Whether there is a way through a called process on which nothing sets the variable."""
        seen: set[Place] = set()
        frontier = deque((key, start.id) for start in self._scopes[key].of_kind("startEvent"))
        while frontier:
            place = frontier.popleft()
            if self._elements[place].kind == "endEvent":
                return True
            if place not in seen:
                seen.add(place)
                frontier.extend(self._onward(place, variable))
        return False
