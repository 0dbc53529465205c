"""How the elements hang together: flows, ways in and out, gateways' conditions, loops, calls and lanes."""

from __future__ import annotations

from collections import Counter

from lxml import etree

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import Condition, read_condition
from workflows.engine.gate.bundle import Bundle, Scope
from workflows.engine.gate.size import MAX_NODES
from workflows.engine.gate.soundness import MAX_MARKINGS, check_tokens
from workflows.engine.model import Element, bpmn

_WAITING = frozenset({"receiveTask", "intermediateCatchEvent", "eventBasedGateway", "boundaryEvent"})
_CALLING = frozenset({"callActivity", "subProcess"})


def check_graph(bundle: Bundle) -> None:
    """Every process and sub-process as a graph, then how they call each other."""
    scopes = {scope.key: scope for scope in bundle.scopes()}
    allowed = MAX_MARKINGS
    for scope in scopes.values():
        before = len(bundle.report)
        _check_flows(scope, bundle)
        _check_ends(scope, bundle)
        _check_gateways(scope, bundle)
        if len(bundle.report) == before:
            # Following tokens makes sense only where the drawing itself is in order.
            allowed -= check_tokens(scope, bundle.report, max(allowed, 0))
    cyclic = check_calls(bundle)
    if not cyclic:
        rests = Rests(scopes)
        for scope in scopes.values():
            _check_loops(scope, rests, bundle)
    for file, root in bundle.roots.items():
        _check_lanes(file, root, bundle)


def _check_flows(scope: Scope, bundle: Bundle) -> None:
    report = bundle.report
    for flow in scope.flows:
        if flow.source not in scope.elements or flow.target not in scope.elements:
            report.add("flow-ends", scope.file, flow.line, flow.id, detail=flow.id)
    for element in scope.elements.values():
        incoming, outgoing = scope.incoming[element.id], scope.outgoing[element.id]
        if element.kind == "startEvent" and incoming:
            report.at("flow-into-start", scope.file, element)
        if element.kind == "boundaryEvent" and incoming:
            report.at("flow-into-boundary", scope.file, element)
        if element.kind == "endEvent":
            if outgoing:
                report.at("flow-out-of-end", scope.file, element)
        elif not outgoing:
            report.at("dead-end", scope.file, element)
        if element.kind not in ("exclusiveGateway", "parallelGateway", "eventBasedGateway") and len(outgoing) > 1:
            report.at("implicit-split", scope.file, element, str(len(outgoing)))
        for target, count in Counter(flow.target for flow in outgoing).items():
            if count > 1:
                report.at("flow-twice", scope.file, element, target)


def _check_ends(scope: Scope, bundle: Bundle) -> None:
    report = bundle.report
    starts, ends = scope.of_kind("startEvent"), scope.of_kind("endEvent")
    owner = scope.process.elements.get(scope.key)
    line = owner.line if owner is not None else scope.process.line
    if len(starts) != 1:
        report.add("start-event", scope.file, line, scope.key, detail=str(len(starts)))
    if not ends:
        report.add("end-event", scope.file, line, scope.key)
    if len(starts) != 1 or not ends:
        return
    reached = _reach([start.id for start in starts], {key: scope.next_ids(key) for key in scope.elements})
    backwards: dict[str, list[str]] = {key: [] for key in scope.elements}
    for key in scope.elements:
        for following in scope.next_ids(key):
            backwards[following].append(key)
    ending = _reach([end.id for end in ends], backwards)
    for element in scope.elements.values():
        if element.id not in reached:
            report.at("unreachable", scope.file, element)
        elif element.id not in ending and scope.outgoing[element.id]:
            report.at("no-way-to-end", scope.file, element)


def _reach(starts: list[str], following: dict[str, list[str]]) -> set[str]:
    reached = set(starts)
    frontier = list(starts)
    while frontier:
        for identity in following[frontier.pop()]:
            if identity not in reached:
                reached.add(identity)
                frontier.append(identity)
    return reached


def _check_gateways(scope: Scope, bundle: Bundle) -> None:
    report = bundle.report
    for element in scope.elements.values():
        if element.kind == "exclusiveGateway":
            _check_exclusive(element, scope, bundle)
            continue
        for flow in scope.outgoing[element.id]:
            if flow.condition is not None:
                report.add("condition-on-task", scope.file, flow.line, element.id, name=element.name)
        if element.default is not None:
            report.at("default-on-task", scope.file, element)
        if element.kind == "eventBasedGateway":
            _check_event_gateway(element, scope, bundle)
        messages = Counter(event.message for event in scope.boundaries[element.id] if event.message)
        for event in scope.boundaries[element.id]:
            if event.message and messages[event.message] > 1:
                report.at("boundary-same-message", scope.file, event, event.message)


def _check_event_gateway(gateway: Element, scope: Scope, bundle: Bundle) -> None:
    report = bundle.report
    targets = [scope.elements[flow.target] for flow in scope.outgoing[gateway.id]]
    proper = [t for t in targets if t.kind == "intermediateCatchEvent" and len(scope.incoming[t.id]) == 1]
    if len(targets) < 2 or len(proper) < len(targets):
        report.at("event-gateway-targets", scope.file, gateway)
    timers = sum(1 for target in targets if target.timer is not None)
    if timers > 1:
        report.at("event-gateway-timers", scope.file, gateway, str(timers))
    for message, count in Counter(t.message for t in targets if t.message).items():
        if count > 1:
            report.at("event-gateway-same-message", scope.file, gateway, message)


def _check_exclusive(gateway: Element, scope: Scope, bundle: Bundle) -> None:
    report = bundle.report
    outgoing = scope.outgoing[gateway.id]
    if len(outgoing) == 1:
        if outgoing[0].condition is not None:
            report.at("default-missing", scope.file, gateway)
        return
    conditions: list[Condition] = []
    if outgoing and gateway.default not in {flow.id for flow in outgoing}:
        report.at("default-missing", scope.file, gateway)
    for flow in outgoing:
        if flow.id == gateway.default:
            if flow.condition is not None:
                report.add("default-conditional", scope.file, flow.line, gateway.id, name=gateway.name)
            continue
        if flow.condition is None:
            if gateway.default is not None:
                report.add("condition-missing", scope.file, flow.line, gateway.id, name=gateway.name, detail=flow.id)
            continue
        try:
            conditions.append(read_condition(flow.condition))
        except ExpressionRefused:
            report.add(
                "condition-form",
                scope.file,
                flow.line,
                gateway.id,
                name=gateway.name,
                detail=flow.condition or "（空）",
            )
    # More ways than there are nodes lead to one target twice: that is said already, and comparing them takes long.
    overlap = find_overlap(conditions) if len(conditions) <= MAX_NODES else None
    if overlap is not None:
        report.at("condition-overlap", scope.file, gateway, overlap)


def find_overlap(conditions: list[Condition]) -> str | None:
    """Two conditions that one value can fulfil at once, as text; None when all exclude each other.

    Decidable because each compares one variable with one constant: it is enough to try every constant and, for
    integers, its neighbours, and one text that is no constant.
    """
    samples: list[object] = [True, False]
    for condition in conditions:
        constant = condition.constant
        samples.extend([constant - 1, constant, constant + 1] if type(constant) is int else [constant])
    samples.append("".join(c.constant for c in conditions if isinstance(c.constant, str)) + "?")
    for other in conditions[1:]:
        # Conditions on two variables, or on two kinds of value, say nothing about each other.
        if other.variable != conditions[0].variable or type(other.constant) is not type(conditions[0].constant):
            return f"{conditions[0]} / {other}"
    for value in samples:
        holding = [condition for condition in conditions if condition.holds(value)]
        if len(holding) > 1:
            return f"{holding[0]} / {holding[1]}"
    return None


def check_calls(bundle: Bundle) -> bool:
    """Called processes are there and do not lead back to their callers; answers whether there is such a circle."""
    calls: dict[str, list[str]] = {key: [] for key in bundle.processes}
    for file, element in bundle.elements():
        if element.kind != "callActivity":
            continue
        if element.called is not None and element.called in bundle.processes:
            calls[element.process].append(element.called)
        else:
            bundle.report.at("called-missing", file, element, element.called or "")
    cyclic = [key for key in calls if key in _reach(list(calls[key]), calls)]
    for key in cyclic:
        process = bundle.processes[key]
        bundle.report.add("call-cycle", process.file, process.line, key, detail=" → ".join(cyclic))
    return bool(cyclic)


class Rests:
    """Where a token always rests. Needs calls without circles; each process is looked at once."""

    def __init__(self, scopes: dict[str, Scope]) -> None:
        self._scopes = scopes
        self._known: dict[str, bool] = {}

    def passing(self, scope: Scope) -> dict[str, list[str]]:
        """What is left of a process after taking away everything that waits: element → elements behind it."""
        left = {key for key, element in scope.elements.items() if not self._at(element)}
        return {key: [following for following in scope.next_ids(key) if following in left] for key in left}

    def _at(self, element: Element) -> bool:
        if element.kind == "userTask":
            # Over an empty list a multi-instance does not wait.
            return element.multi_instance is None
        if element.kind in _CALLING:
            return self._within(element.id if element.kind == "subProcess" else element.called or "")
        return element.kind in _WAITING

    def _within(self, key: str) -> bool:
        """Whether every way through a called process waits somewhere."""
        if key not in self._scopes:
            return False
        if key not in self._known:
            scope = self._scopes[key]
            following = self.passing(scope)
            reached = _reach([start.id for start in scope.of_kind("startEvent")], following)
            self._known[key] = not any(end.id in reached for end in scope.of_kind("endEvent"))
        return self._known[key]


def _check_loops(scope: Scope, rests: Rests, bundle: Bundle) -> None:
    following = rests.passing(scope)
    looping = [key for key in following if key in _reach(list(following[key]), following)]
    if looping:
        first = min((scope.elements[key] for key in looping), key=lambda element: element.line)
        bundle.report.at("loop-without-wait", scope.file, first)


def _check_lanes(file: str, root: etree._Element, bundle: Bundle) -> None:
    lanes: dict[str, list[etree._Element]] = {}
    for reference in root.iter(bpmn("flowNodeRef")):
        lanes.setdefault((reference.text or "").strip(), []).append(reference.getparent())
    for identity, holders in lanes.items():
        # A lane and the lanes around it are one place; the editor lists the element in each of them.
        outer = {ancestor for holder in holders for ancestor in holder.iterancestors()}
        innermost = [holder for holder in holders if holder not in outer]
        if len(innermost) > 1:
            names = ", ".join(holder.get("id") or "" for holder in innermost)
            bundle.report.add("lane-twice", file, innermost[-1].sourceline or 1, identity, detail=names)
    for process in bundle.processes.values():
        if process.file != file:
            continue
        for element in process.elements.values():
            if element.kind == "userTask" and not element.role:
                bundle.report.at("lane-missing", file, element)
