"""Follows the tokens of a process through every combination: none may be doubled, none may starve at a join."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from workflows.engine.gate.bundle import Scope
from workflows.engine.gate.report import Report
from workflows.engine.model import Element

# Three parallel branches of ten steps make a thousand combinations; nobody reads a diagram with more than this.
MAX_MARKINGS = 20_000

Marking = frozenset[str]


def check_tokens(scope: Scope, report: Report) -> None:
    """Explore where the tokens can be at the same time; a place is a sequence flow.

    A flow that gets a second token while it holds one: a parallel split was joined exclusively, what follows would run
    twice. A marking in which nothing can move: an exclusive split was joined in parallel, the case would stop.
    """
    starts = scope.of_kind("startEvent")
    targets = {flow.id: flow.target for flow in scope.flows}
    initial: Marking = frozenset(flow.id for flow in scope.outgoing[starts[0].id])
    seen = {initial}
    frontier = deque([initial])
    while frontier:
        marking = frontier.popleft()
        moved = False
        touched = [scope.elements[identity] for identity in sorted({targets[flow] for flow in marking})]
        for element in touched:
            for consumed, produced in _moves(scope, element, marking):
                moved = True
                rest = marking - consumed
                if rest & produced:
                    report.at("tokens-doubled", scope.file, element)
                    return
                following = rest | produced
                if following not in seen:
                    seen.add(following)
                    frontier.append(following)
        if marking and not moved:
            for element in touched:
                report.at("join-starved", scope.file, element)
            return
        if len(seen) > MAX_MARKINGS:
            report.add("too-parallel", scope.file, scope.process.line, scope.key, detail=scope.key)
            return


def _moves(scope: Scope, element: Element, marking: Marking) -> Iterator[tuple[Marking, Marking]]:
    incoming = [flow.id for flow in scope.incoming[element.id]]
    outgoing = [flow.id for flow in scope.outgoing[element.id]]
    if element.kind == "parallelGateway":
        if all(flow in marking for flow in incoming):
            yield frozenset(incoming), frozenset(outgoing)
        return
    for event in scope.boundaries[element.id]:
        outgoing += [flow.id for flow in scope.outgoing[event.id]]
    for arrived in incoming:
        if arrived not in marking:
            continue
        if element.kind == "endEvent":
            yield frozenset({arrived}), frozenset()
        for taken in outgoing:
            yield frozenset({arrived}), frozenset({taken})
