"""Whoever may speak is not silent before he was reached: a timer that ends his task asks first whether he was."""

from __future__ import annotations

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import read_condition
from workflows.engine.gate.bundle import Bundle, Scope
from workflows.engine.gate.known import Known
from workflows.engine.model import Element

LAPSED = "lapsed"


def check_hearing(bundle: Bundle, known: Known) -> None:
    """Each timer on a task of `known.heard` leads straight to one of `known.proofs`, and a gateway asks its result.

    So does a timer on a call or a sub-process in which such a task lies.
    """
    if not known.heard:
        return
    scopes = {scope.key: scope for scope in bundle.scopes()}
    hearing = _hearing(scopes, known)
    for scope in scopes.values():
        for host in scope.elements.values():
            if not (_heard(host, known) or _inner(host) in hearing):
                continue
            for event in scope.boundaries[host.id]:
                if event.timer is not None and not _is_proved(event, scope, known):
                    bundle.report.at("silence-not-proved", scope.file, event)


def _hearing(scopes: dict[str, Scope], known: Known) -> set[str]:
    """The scopes in which somebody may speak, whatever way they lie in each other: each is looked at once."""
    within: dict[str, set[str]] = {}
    for key, scope in scopes.items():
        for each in scope.elements.values():
            if (inner := _inner(each)) is not None:
                within.setdefault(inner, set()).add(key)
    found = {key for key, scope in scopes.items() if any(_heard(each, known) for each in scope.elements.values())}
    waiting = list(found)
    while waiting:
        outer = within.get(waiting.pop(), set()) - found
        found |= outer
        waiting += outer
    return found


def _heard(host: Element, known: Known) -> bool:
    return host.kind == "userTask" and host.role in known.heard


def _inner(host: Element) -> str | None:
    """The scope that an element opens."""
    return host.id if host.kind == "subProcess" else host.called if host.kind == "callActivity" else None


def _is_proved(event: Element, scope: Scope, known: Known) -> bool:
    """Whether every way out of the timer is one into a proof, whose result the gateway behind it asks for."""
    proofs = [scope.elements[flow.target] for flow in scope.outgoing[event.id]]
    host = event.attached_to or ""
    return bool(proofs) and all(each.operation in known.proofs and _is_asked(each, host, scope) for each in proofs)


def _is_asked(proof: Element, host: str, scope: Scope) -> bool:
    for flow in scope.outgoing[proof.id]:
        gateway = scope.elements[flow.target]
        if gateway.kind == "exclusiveGateway" and _goes_on_when_lapsed(gateway, proof.result or "", host, scope):
            return True
    return False


def _goes_on_when_lapsed(gateway: Element, result: str, host: str, scope: Scope) -> bool:
    """Whether the proof is asked there, and every other answer than that of a lapsed term leads back to the task."""
    asked = False
    for flow in scope.outgoing[gateway.id]:
        try:
            condition = read_condition(flow.condition) if flow.condition is not None else None
        except ExpressionRefused:
            condition = None
        if condition is not None and (condition.variable, condition.constant) == (result, LAPSED):
            asked = condition.operator == "=="
        elif not _leads_back(flow.target, host, scope):
            return False
    return asked


def _leads_back(start: str, host: str, scope: Scope) -> bool:
    """Whether every way from there comes to the task before anything else that is asked or waited for."""
    waiting, seen = [start], {host}
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        if scope.elements[here].kind not in ("serviceTask", "exclusiveGateway"):
            return False
        waiting += scope.next_ids(here)
    return True
