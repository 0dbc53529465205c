"""Which tokens can be in a diagram at the same time: what a migrated case is held against."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from workflows.engine.gate.bundle import Scope
from workflows.engine.gate.soundness import MAX_MARKINGS
from workflows.engine.model import Element, Flow

# Where the tokens are: at elements by their ids, before joins by the ids of the flows on which they wait there.
Marking = frozenset[str]


def reachable_markings(scope: Scope) -> frozenset[Marking]:
    """Every combination of places that tokens can hold at the same time, from the start of the scope on.

    The scope must have passed the gate: then each of these combinations leads to the end, and none doubles a token. A
    token that has come to an end event holds no place any more.
    """
    initial = _places(scope, scope.outgoing[scope.of_kind("startEvent")[0].id])
    seen = {initial}
    frontier = deque([initial])
    # The gate lets no diagram through that has more.
    while frontier and len(seen) <= MAX_MARKINGS:
        marking = frontier.popleft()
        for consumed, produced in _moves(scope, marking):
            following = (marking - consumed) | produced
            if following not in seen:
                seen.add(following)
                frontier.append(following)
    return frozenset(seen)


def _places(scope: Scope, flows: Iterable[Flow]) -> Marking:
    targets = [(flow, scope.elements[flow.target].kind) for flow in flows]
    return frozenset(
        flow.id if kind == "parallelGateway" else flow.target for flow, kind in targets if kind != "endEvent"
    )


def _moves(scope: Scope, marking: Marking) -> Iterator[tuple[Marking, Marking]]:
    for place in marking & scope.elements.keys():
        for flow in _ways_on(scope, scope.elements[place]):
            yield frozenset({place}), _places(scope, [flow])
    waiting = marking - scope.elements.keys()
    for gateway in scope.of_kind("parallelGateway") if waiting else ():
        incoming = frozenset(flow.id for flow in scope.incoming[gateway.id])
        if incoming <= waiting:
            yield incoming, _places(scope, scope.outgoing[gateway.id])


def _ways_on(scope: Scope, element: Element) -> Iterator[Flow]:
    """The flows by one of which a token leaves an element, those behind its boundary events included."""
    yield from scope.outgoing[element.id]
    for event in scope.boundaries[element.id]:
        yield from scope.outgoing[event.id]
