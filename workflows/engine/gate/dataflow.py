"""Whether a variable is set on every way that leads to where it is read; else the case would fail there one day."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import and_

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import is_variable, read_condition
from workflows.engine.gate.bundle import Bundle, Scope
from workflows.engine.model import Element, Flow
from workflows.engine.timers import parse_duration

# An element by its scope and id.
Place = tuple[str, str]


def check_order(bundle: Bundle) -> None:
    """Follow all ways through the root process and what it calls, and look at each reading of a variable.

    A join of parallel branches has what any of them set, every other meeting only what all of them set. Needs a bundle
    that is sound otherwise.
    """
    surely = SurelySet(bundle)
    for scope in surely.scopes.values():
        for element in scope.elements.values():
            known = surely.names((scope.key, element.id))
            for name, line in _read(element, scope):
                if known is not None and name not in known:
                    bundle.report.add(
                        "variable-not-yet-set", scope.file, line, element.id, name=element.name, detail=name
                    )


class SurelySet:
    """For each element the variables that are surely set when a token reaches it; sets are bits of an integer.

    Also says what can be said of a bundle that is not sound: a place that no token reaches has no answer.
    """

    def __init__(
        self,
        bundle: Bundle,
        marks: Callable[[Element], Iterable[str]] | None = None,
        answers: Callable[[Element], Iterable[str]] | None = None,
        apart: Callable[[Scope, Flow], bool] | None = None,
    ) -> None:
        """With `marks` for what an element leaves behind it in the place of variables: what was surely done.

        With `answers` for the words that the operation of an element gives, a way that asks for a word has passed one
        of those that give it: what all of them leave behind them was done, too. Flows that stand `apart` lead no token
        that began here: they are left out.
        """
        marks = marks or written
        self._answers = answers
        self._apart = apart or (lambda _scope, _flow: False)
        self.scopes = {scope.key: scope for scope in bundle.scopes()}
        left = {(element.scope, element.id): set(marks(element)) for _, element in bundle.elements()}
        names = sorted(set().union(*left.values()))
        self._bits = {name: 1 << index for index, name in enumerate(names)}
        self._left = {place: sum(self._bits[name] for name in marked) for place, marked in left.items()}
        self._callers: dict[str, list[Place]] = {}
        self._reached = self._reach(bundle.key)
        self._givers = self._list_givers() if answers is not None else {}
        self._asking: dict[Place, list[Place]] = {}
        for asked, givers in self._list_askers():
            for giver in givers:
                self._asking.setdefault(giver, []).append(asked)
        # Start from "everything is set" and take away what some way does not set, until nothing changes.
        everything = (1 << len(names)) - 1
        self._before = dict.fromkeys(self._reached, everything)
        self._entry = dict.fromkeys(self.scopes, everything)
        self._exit = {key: everything if self._ends(scope) else 0 for key, scope in self.scopes.items()}
        self._entry[bundle.key] = 0
        self._settle()

    def names(self, place: Place) -> frozenset[str] | None:
        """The variables that are surely set when a token reaches the place; None where no token gets."""
        if place not in self._before:
            return None
        return frozenset(name for name, bit in self._bits.items() if self._before[place] & bit)

    def _reach(self, key: str) -> dict[Place, None]:
        """Every place that a token can get to from the start of the root process, in the order it gets there."""
        reached: dict[Place, None] = {}
        waiting = deque(self._starts(key))
        while waiting:
            place = waiting.popleft()
            if place in reached:
                continue
            reached[place] = None
            scope = self.scopes[place[0]]
            called = _called(scope.elements[place[1]])
            if called in self.scopes:
                self._callers.setdefault(called, []).append(place)
                waiting.extend(self._starts(called))
            waiting.extend(self._following(place))
        return reached

    def _starts(self, key: str) -> list[Place]:
        return [(key, start.id) for start in self.scopes[key].of_kind("startEvent")] if key in self.scopes else []

    def _following(self, place: Place) -> list[Place]:
        scope = self.scopes[place[0]]
        apart = {flow.target for flow in scope.outgoing[place[1]] if self._apart(scope, flow)}
        return [(place[0], key) for key in scope.next_ids(place[1]) if key not in apart]

    def _ends(self, scope: Scope) -> list[Place]:
        places = [(scope.key, end.id) for end in scope.of_kind("endEvent")]
        return [place for place in places if place in self._reached]

    def _settle(self) -> None:
        """Look at each place, and again whenever something before it has changed."""
        waiting = deque(self._reached)
        while waiting:
            place = waiting.popleft()
            scope = self.scopes[place[0]]
            element = scope.elements[place[1]]
            before = self._before[place] & self._arriving(scope, element)
            if before != self._before[place]:
                self._before[place] = before
                waiting.extend([*self._following(place), *self._asking.get(place, ())])
            called = _called(element)
            if called in self.scopes and self._lower(self._entry, called, before):
                waiting.extend(self._starts(called))
            if element.kind == "endEvent" and self._lower(self._exit, scope.key, before):
                for caller in self._callers.get(scope.key, ()):
                    waiting.extend(self._following(caller))

    @staticmethod
    def _lower(table: dict[str, int], key: str, value: int) -> bool:
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
        incoming = [flow for flow in scope.incoming[element.id] if not self._apart(scope, flow)]
        flows = [flow for flow in incoming if (scope.key, flow.source) in self._reached]
        arriving = [self._after(scope, scope.elements[flow.source]) | self._told(scope, flow) for flow in flows]
        result = arriving[0]
        for value in arriving[1:]:
            result = result | value if element.kind == "parallelGateway" else result & value
        return result

    def _list_givers(self) -> dict[tuple[str, str], list[Place]]:
        """Variable and word → the places whose operation gives it; a variable that is also set otherwise has none."""
        givers: dict[tuple[str, str], list[Place]] = {}
        others: set[str] = set()
        for place in self._reached:
            element = self.scopes[place[0]].elements[place[1]]
            words = [*self._answers(element)] if self._answers is not None else []
            others |= {name for name in written(element) if name != element.result or not words}
            for word in words:
                givers.setdefault((element.result or "", word), []).append(place)
        return {asked: places for asked, places in givers.items() if asked[0] not in others}

    def _list_askers(self) -> Iterator[tuple[Place, list[Place]]]:
        """The places behind the flows that ask for such a word, each with those who give it."""
        for scope in self.scopes.values():
            for element in scope.elements.values():
                for flow in scope.incoming[element.id]:
                    if givers := self._those_who_lead(scope, flow):
                        yield (scope.key, element.id), givers

    def _those_who_lead(self, scope: Scope, flow: Flow) -> list[Place]:
        """The places that give a word by which a token takes this flow; by the default, what no other flow asks for."""
        if flow.condition is not None:
            return self._givers.get(_asked(flow), [])
        asked = {_asked(other) for other in scope.outgoing[flow.source] if other.id != flow.id}
        variables = {variable for variable, _ in asked}
        if len(variables) != 1:
            return []
        words = [given for given in self._givers if given[0] in variables and given not in asked]
        return [giver for word in words for giver in self._givers[word]]

    def _told(self, scope: Scope, flow: Flow) -> int:
        """What was surely done when a token takes this flow because of the word that leads there."""
        givers = self._those_who_lead(scope, flow)
        return reduce(and_, (self._before[giver] | self._left[giver] for giver in givers)) if givers else 0

    def _after(self, scope: Scope, element: Element) -> int:
        after = self._before[scope.key, element.id] | self._left[scope.key, element.id]
        return after | self._exit.get(_called(element), 0)


def _asked(flow: Flow) -> tuple[str, str]:
    """The variable and the word that a flow asks for; empty ones where it asks for none."""
    try:
        condition = read_condition(flow.condition) if flow.condition is not None else None
    except ExpressionRefused:
        condition = None
    if condition is None or condition.operator != "==" or not isinstance(condition.constant, str):
        return "", ""
    return condition.variable, condition.constant


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
