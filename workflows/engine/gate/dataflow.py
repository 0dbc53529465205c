"""Whether a variable is set on every way that leads to where it is read; else the case would fail there one day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import is_variable, read_condition
from workflows.engine.gate.bundle import Bundle, Scope
from workflows.engine.model import Element
from workflows.engine.timers import parse_duration


def check_order(bundle: Bundle) -> None:
    """Follow all ways through the root process and what it calls, and look at each reading of a variable.

    A join of parallel branches has what any of them set, every other meeting only what all of them set. Needs a bundle
    that is sound otherwise.
    """
    flow = _Flow(bundle)
    flow.settle()
    for scope in flow.scopes.values():
        for element in scope.elements.values():
            for name, line in _read(element, scope):
                if not flow.knows(scope, element, name):
                    bundle.report.add(
                        "variable-not-yet-set", scope.file, line, element.id, name=element.name, detail=name
                    )


class _Flow:
    """For each element the variables that are surely set when a token reaches it; sets are bits of an integer."""

    def __init__(self, bundle: Bundle) -> None:
        self.scopes = {scope.key: scope for scope in bundle.scopes()}
        names = {name for _, element in bundle.elements() for name in written(element)}
        self._bits = {name: 1 << index for index, name in enumerate(sorted(names))}
        everything = (1 << len(names)) - 1
        # Start from "everything is set" and take away what some way does not set, until nothing changes.
        self._before = {(scope.key, key): everything for scope in self.scopes.values() for key in scope.elements}
        self._entry = dict.fromkeys(self.scopes, everything)
        self._exit = dict.fromkeys(self.scopes, everything)
        self._entry[bundle.key] = 0

    def settle(self) -> None:
        """Go round until nothing changes."""
        changed = True
        while changed:
            changed = False
            for scope in self.scopes.values():
                for element in scope.elements.values():
                    changed |= self._lower(self._before, (scope.key, element.id), self._arriving(scope, element))
                    called = _called(element)
                    if called in self._entry:
                        changed |= self._lower(self._entry, called, self._before[scope.key, element.id])
                for end in scope.of_kind("endEvent"):
                    changed |= self._lower(self._exit, scope.key, self._before[scope.key, end.id])

    def knows(self, scope: Scope, element: Element, name: str) -> bool:
        """Whether the variable is surely set when a token reaches the element."""
        return bool(self._before[scope.key, element.id] & self._bits[name])

    @staticmethod
    def _lower(table: dict[Any, int], key: Any, value: int) -> bool:
        lowered = table[key] & value
        if lowered == table[key]:
            return False
        table[key] = lowered
        return True

    def _arriving(self, scope: Scope, element: Element) -> int:
        if element.kind == "startEvent":
            return self._entry[scope.key]
        if element.kind == "boundaryEvent":
            # What the interrupted activity would have set is lost.
            return self._before[scope.key, element.attached_to or ""]
        arriving = [self._after(scope, scope.elements[flow.source]) for flow in scope.incoming[element.id]]
        result = arriving[0]
        for value in arriving[1:]:
            result = result | value if element.kind == "parallelGateway" else result & value
        return result

    def _after(self, scope: Scope, element: Element) -> int:
        after = self._before[scope.key, element.id]
        for name in written(element):
            after |= self._bits[name]
        return after | self._exit.get(_called(element), 0)


def _called(element: Element) -> str:
    if element.kind == "subProcess":
        return element.id
    return element.called or "" if element.kind == "callActivity" else ""


def written(element: Element) -> Iterator[str]:
    """The variables that are set once a token has left the element; the children of a multi-instance set none."""
    if element.kind == "userTask" and element.multi_instance is None:
        yield element.id
    if element.result:
        yield element.result
    if element.message:
        # A message's payload names its result after the message.
        yield element.message


def _read(element: Element, scope: Scope) -> Iterator[tuple[str, int]]:
    """The variables that the element reads, each with the line."""
    for name in read_by(element):
        yield name, element.line
    for flow in scope.outgoing[element.id]:
        if flow.condition is not None:
            try:
                yield read_condition(flow.condition).variable, flow.line
            except ExpressionRefused:
                continue


def read_by(element: Element) -> Iterator[str]:
    """The variables that the element itself reads: its timer, its assignee, its list.

    The item of a multi-instance is set inside that very task and nowhere else, so an assignee of its own item asks
    nothing of the way that leads here.
    """
    if element.timer is not None and parse_duration(element.timer) is None and is_variable(element.timer):
        yield element.timer
    if element.assignee and (element.multi_instance is None or element.assignee != element.multi_instance.item):
        yield element.assignee
    if element.multi_instance is not None:
        source = element.multi_instance.collection or element.multi_instance.cardinality
        if is_variable(source) and source is not None:
            yield source
