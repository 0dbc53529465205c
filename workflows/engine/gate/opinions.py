"""What several people are asked at once is read afterwards: no signature is collected and then ignored."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import read_condition
from workflows.engine.gate.bundle import Bundle, Scope
from workflows.engine.gate.dataflow import Place, SurelySet
from workflows.engine.gate.known import Known, Summary
from workflows.engine.model import Element

TASKS = "tasks"


def check_opinions(bundle: Bundle, known: Known) -> None:
    """Summaries name tasks that they can read and that come before; who is asked beside others is in a summary."""
    if not known.summaries:
        return
    tasks = {element.id: element for _, element in bundle.elements() if element.kind == "userTask"}
    summed = SurelySet(bundle, _done)
    for file, element in bundle.elements():
        summary = known.summaries.get(element.operation or "")
        if summary is not None:
            _check_summary(file, element, summary, tasks, summed, bundle, known)
    _Reading(bundle, known).check()


def _done(element: Element) -> Iterator[str]:
    if element.kind == "userTask":
        yield element.id


def named_tasks(element: Element) -> list[str]:
    """The tasks that a summarising service task names."""
    return dict(element.parameters).get(TASKS, "").split()


def _check_summary(
    file: str,
    element: Element,
    summary: Summary,
    tasks: dict[str, Element],
    summed: SurelySet,
    bundle: Bundle,
    known: Known,
) -> None:
    report, named = bundle.report, named_tasks(element)
    if summary.one and len(named) > 1:
        report.at("summary-one", file, element, "、".join(named))
    asked = {tasks[name].role for name in named if name in tasks}
    if summary.roles - asked:
        report.at("summary-role", file, element, "、".join(sorted(summary.roles - asked)))
    before = summed.names((element.scope, element.id))
    for name in named:
        task = tasks.get(name)
        if task is None:
            report.at("summary-task-unknown", file, element, name)
            continue
        if before is not None and name not in before:
            report.at("summary-task-later", file, element, task.name)
        form = (task.form or "").replace("{scheme}", bundle.key)
        words = set(known.decisions.get(form, ())) - summary.words
        if summary.words and form in known.decisions and (words or not known.decisions[form]):
            report.at("summary-words", file, element, f"{task.name}：{'、'.join(sorted(words))}")
        missing = summary.fields - known.fields[form].keys() if form in known.fields else ()
        for field in sorted(missing):
            report.at("summary-field", file, element, f"{task.name}：{field}")


class _Reading:
    """Follows what somebody said, from his task on, until a summary or a gateway has read it."""

    def __init__(self, bundle: Bundle, known: Known) -> None:
        self._bundle = bundle
        self._scopes = {scope.key: scope for scope in bundle.scopes()}
        self._readers: dict[str, set[Place]] = {}
        self._inside: dict[str, list[Place]] = {}
        for _, element in bundle.elements():
            if element.operation in known.summaries:
                for name in named_tasks(element):
                    self._readers.setdefault(name, set()).add((element.scope, element.id))
            inner = element.id if element.kind == "subProcess" else element.called
            if inner in self._scopes:
                self._inside.setdefault(inner, []).append((element.scope, element.id))
        for scope in self._scopes.values():
            for flow in scope.flows:
                self._note_gateway(scope, flow.source, flow.condition)

    def _note_gateway(self, scope: Scope, gateway: str, condition: str | None) -> None:
        try:
            asked = read_condition(condition).variable if condition is not None else ""
        except ExpressionRefused:
            return
        if asked:
            self._readers.setdefault(asked, set()).add((scope.key, gateway))

    def check(self) -> None:
        """Every user task that somebody does while others do theirs, and every one that several people do."""
        for scope in self._scopes.values():
            beside = {element for split in scope.of_kind("parallelGateway") for element in _branches(scope, split)}
            for element in scope.elements.values():
                if element.id in beside or element.multi_instance is not None:
                    for place in self._tasks_at((scope.key, element.id)):
                        task = self._scopes[place[0]].elements[place[1]]
                        if self._unread(place, scope.key):
                            self._bundle.report.at("opinion-unread", self._scopes[place[0]].file, task)

    def _tasks_at(self, place: Place) -> Iterator[Place]:
        """The user task itself, or those in what is called there, however deep; each once."""
        waiting, entered = [place], set()
        while waiting:
            here = waiting.pop()
            element = self._scopes[here[0]].elements[here[1]]
            if element.kind == "userTask":
                yield here
            inner = element.id if element.kind == "subProcess" else element.called or ""
            if inner in self._scopes and inner not in entered:
                entered.add(inner)
                waiting += [(inner, each) for each in self._scopes[inner].elements]

    def _unread(self, place: Place, outermost: str) -> bool:
        """Whether some way from the task leads to the end of the outermost scope past everything that reads it."""
        task, seen = place[1], {place}
        waiting = self._onward(place)
        while waiting:
            here = waiting.pop()
            # Done once more, the task has a new answer.
            if here in seen or here in self._readers.get(task, ()):
                continue
            seen.add(here)
            scope = self._scopes[here[0]]
            if scope.elements[here[1]].kind == "endEvent":
                callers = self._inside.get(scope.key, []) if scope.key != outermost else []
                if not callers:
                    return True
                waiting += [onward for caller in callers for onward in self._onward(caller)]
            waiting += [(scope.key, following) for following in scope.next_ids(here[1])]
        return False

    def _onward(self, place: Place) -> list[Place]:
        return [(place[0], flow.target) for flow in self._scopes[place[0]].outgoing[place[1]]]


def _branches(scope: Scope, split: Element) -> set[str]:
    """What lies between a parallel split and its join: reached on some of the ways out of the split, not on all."""
    ways = [_reach(scope, flow.target, split.id) for flow in scope.outgoing[split.id]]
    return set().union(*ways).difference(ways[0].intersection(*ways)) if len(ways) > 1 else set()


def _reach(scope: Scope, start: str, without: str) -> set[str]:
    reached, waiting = {without}, [start]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting += scope.next_ids(here)
    return reached - {without}
