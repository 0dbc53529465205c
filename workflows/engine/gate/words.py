"""Which words each variable can hold when a token gets somewhere: what was answered, and by which way it went on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import read_condition
from workflows.engine.gate.answers import answers_of
from workflows.engine.gate.bundle import Bundle, Scope
from workflows.engine.gate.dataflow import Place
from workflows.engine.gate.known import Known
from workflows.engine.gate.sources import variables_of
from workflows.engine.model import Element, Flow

# Nothing was answered yet: a word of every variable that no diagram can write.
UNSAID = ""


class Words:
    """For each flow and element the words that are possible there, followed through calls and back.

    A state is one integer with some bits for each variable; 0 is where no token gets. What a called process does not
    write keeps what it had before the call. Variables whose words are not known are not followed.
    """

    def __init__(self, bundle: Bundle, known: Known) -> None:
        self._scopes = {scope.key: scope for scope in bundle.scopes()}
        self._writes: dict[Place, list[tuple[str, frozenset[str]]]] = {}
        self._bits: dict[str, dict[str, int]] = {}
        self._read_words(bundle, known)
        self._all = {name: sum(bits.values()) for name, bits in self._bits.items()}
        self._everything = sum(self._all.values())
        self._written = self._written_within()
        self._undone = list(self._read_undone(bundle, known))
        self._narrowed: dict[tuple[str, str], int] = {}
        self._before: dict[Place, int] = {}
        self._exit: dict[str, int] = {}
        self._callers: dict[str, set[Place]] = {}
        self._settle(bundle.key)

    def arriving(self, element: Element) -> Iterator[int]:
        """The states with which tokens come to an element, one for each flow that leads to it and is ever taken."""
        scope = self._scopes[element.scope]
        flows = [self._along(scope, flow) for flow in scope.incoming[element.id]]
        yield from filter(None, flows or [self._before.get((scope.key, element.id), 0)])

    def said(self, state: int, variable: str) -> frozenset[str]:
        """The words that a variable can hold in a state; empty where it is not followed."""
        return frozenset(word for word, bit in self._bits.get(variable, {}).items() if state & bit)

    def _read_words(self, bundle: Bundle, known: Known) -> None:
        unknown: set[str] = set()
        offered: dict[str, set[str]] = {}
        for _, element in bundle.elements():
            for name, answer in answers_of(element, bundle.key, known):
                if not answer.words:
                    unknown.add(name)
                else:
                    offered.setdefault(name, set()).update(answer.words)
                    self._writes.setdefault((element.scope, element.id), []).append((name, answer.words))
        bit = 1
        for name in sorted(offered.keys() - unknown):
            self._bits[name] = {}
            for word in (UNSAID, *sorted(offered[name])):
                self._bits[name][word] = bit
                bit <<= 1

    def _read_undone(self, bundle: Bundle, known: Known) -> Iterator[tuple[str, int, dict[str, int]]]:
        """The variable of each operation that takes answers back, the bits of its words, those answers by variable."""
        for _, element in bundle.elements():
            sources = known.undoes.get(element.operation or "", ())
            if sources and element.result in self._bits:
                words = self._mask(element.result, known.results.get(element.operation or "", ()))
                answers: dict[str, int] = {}
                for source in sources:
                    for name in variables_of(source, bundle):
                        if name in self._bits:
                            answers[name] = answers.get(name, 0) | self._mask(name, source.words)
                yield element.result, words, answers

    def _taken_back(self, state: int) -> int:
        """What is left where a way asks for the word of an operation that takes answers back: they were never given."""
        for name, words, answers in self._undone:
            here = state & self._all[name]
            if here and not here & ~words:
                for variable, given in answers.items():
                    if state & given:
                        state = (state & ~given) | self._bits[variable][UNSAID]
        return state

    def _mask(self, name: str, words: Iterable[str]) -> int:
        return sum(self._bits[name].get(word, 0) for word in words)

    def _written_within(self) -> dict[str, int]:
        """For each scope the bits of all variables that something in it writes, however deep."""
        own = {key: self._written_in(scope) for key, scope in self._scopes.items()}
        inner = {
            key: {called for each in scope.elements.values() if (called := _called(each)) in self._scopes}
            for key, scope in self._scopes.items()
        }
        changed = True
        while changed:
            changed = False
            for key, calls in inner.items():
                total = own[key]
                for each in calls:
                    total |= own[each]
                changed |= total != own[key]
                own[key] = total
        return own

    def _written_in(self, scope: Scope) -> int:
        total = 0
        for identity in scope.elements:
            for name, _ in self._writes.get((scope.key, identity), ()):
                total |= self._all.get(name, 0)
        return total

    def _settle(self, root: str) -> None:
        started = sum(bits[UNSAID] for bits in self._bits.values())
        waiting: deque[Place] = deque()
        for start in self._scopes[root].of_kind("startEvent"):
            self._reach((root, start.id), started, waiting)
        while waiting:
            place = waiting.popleft()
            scope = self._scopes[place[0]]
            element = scope.elements[place[1]]
            called = _called(element)
            if called in self._scopes:
                self._callers.setdefault(called, set()).add(place)
                for start in self._scopes[called].of_kind("startEvent"):
                    self._reach((called, start.id), self._before[place], waiting)
            if element.kind == "endEvent":
                self._leave(scope, self._before[place], waiting)
            for event in scope.boundaries[element.id]:
                self._reach((scope.key, event.id), self._interrupted(scope, element), waiting)
            for flow in scope.outgoing[element.id]:
                self._reach((scope.key, flow.target), self._along(scope, flow), waiting)

    def _reach(self, place: Place, state: int, waiting: deque[Place]) -> None:
        known = self._before.get(place, 0)
        if state and state | known != known:
            self._before[place] = state | known
            waiting.append(place)

    def _leave(self, scope: Scope, state: int, waiting: deque[Place]) -> None:
        known = self._exit.get(scope.key, 0)
        if state | known != known:
            self._exit[scope.key] = state | known
            waiting.extend(self._callers.get(scope.key, ()))

    def _along(self, scope: Scope, flow: Flow) -> int:
        """The state in which a token takes a flow; 0 where it never does."""
        source = scope.elements[flow.source]
        state = self._after(scope, source)
        if not state or source.kind != "exclusiveGateway":
            return state
        key = (scope.key, flow.id)
        if key not in self._narrowed:
            self._narrowed[key] = self._left_by(scope, source, flow)
        state = self._taken_back(state & self._narrowed[key])
        return state if all(state & bits for bits in self._all.values()) else 0

    def _left_by(self, scope: Scope, gateway: Element, flow: Flow) -> int:
        """What a flow of a gateway leaves possible: its own word, or of the default what the others do not take."""
        if flow.condition is not None:
            return self._holding(flow)
        state = self._everything
        for other in scope.outgoing[gateway.id]:
            if other.id != flow.id and other.condition is not None:
                taken = self._holding(other)
                state &= ~(self._everything & taken) | self._unasked(other)
        return state

    def _holding(self, flow: Flow) -> int:
        try:
            condition = read_condition(flow.condition or "")
        except ExpressionRefused:
            return self._everything
        words = self._bits.get(condition.variable)
        if words is None:
            return self._everything
        held = (bit for word, bit in words.items() if condition.holds(word))
        return (self._everything & ~self._all[condition.variable]) | sum(held)

    def _unasked(self, flow: Flow) -> int:
        """All bits but those of the variable that a flow asks for."""
        try:
            name = read_condition(flow.condition or "").variable
        except ExpressionRefused:
            return self._everything
        return self._everything & ~self._all.get(name, 0)

    def _after(self, scope: Scope, element: Element) -> int:
        state = self._before.get((scope.key, element.id), 0)
        called = _called(element)
        if state and called in self._scopes:
            done = self._exit.get(called, 0)
            state = (state & ~self._written[called]) | (done & self._written[called]) if done else 0
        if state:
            for name, words in self._writes.get((scope.key, element.id), ()):
                if name in self._all:
                    state = (state & ~self._all[name]) | self._mask(name, words)
        return state

    def _interrupted(self, scope: Scope, host: Element) -> int:
        """What an interrupted activity may have left: all that is written in a called process, or nothing of it."""
        return self._before[scope.key, host.id] | self._written.get(_called(host), 0)


def _called(element: Element) -> str:
    if element.kind == "subProcess":
        return element.id
    return element.called or "" if element.kind == "callActivity" else ""
