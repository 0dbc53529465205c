"""What an answer sets off does come: a return of money is recorded, who is asked to explain may."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import read_condition
from workflows.engine.gate.bundle import Bundle, Scope
from workflows.engine.gate.known import Follows, Known
from workflows.engine.gate.sources import answered_by
from workflows.engine.model import Element, Flow

# What asks nobody and waits for nothing: on through it.
_PASSED = frozenset({"serviceTask", "exclusiveGateway", "parallelGateway", "eventBasedGateway"})


def check_following(bundle: Bundle, known: Known) -> None:
    """From each element that answers, every way that its answer takes comes to what has to follow."""
    answering = {each.source.form: answered_by(each.source.form, bundle) for each in known.follows if each.source.form}
    for scope in bundle.scopes():
        for element in scope.elements.values():
            for follows in known.follows:
                if _answers(follows, element, answering) and not _followed(follows, element, scope, bundle.key):
                    bundle.report.at("not-followed", scope.file, element, f"{follows.title}（{follows.law}）")


def _answers(follows: Follows, element: Element, answering: Mapping[str, Collection[str]]) -> bool:
    source = follows.source
    if source.message:
        return element.message == source.message
    if source.form:
        return element.kind == "userTask" and element.id in answering[source.form]
    return element.operation == source.operation


def _followed(follows: Follows, answering: Element, scope: Scope, scheme: str) -> bool:
    """Whether no way ends without it, nor comes back to be answered anew before anybody else was asked."""
    variable = answering.result if follows.source.operation else answering.message or answering.id
    words = follows.source.words
    waiting, seen = [(flow.target, False) for flow in scope.outgoing[answering.id]], set()
    while waiting:
        here, asked = waiting.pop()
        if (here, asked) in seen:
            continue
        seen.add((here, asked))
        element = scope.elements[here]
        if _is_wanted(follows, element, scheme) or (here == answering.id and asked):
            continue
        if here == answering.id or element.kind == "endEvent" or (follows.at_once and element.kind not in _PASSED):
            return False
        asked = asked or element.kind not in _PASSED
        waiting += [(event.id, asked) for event in scope.boundaries[here]]
        waiting += [
            (flow.target, asked) for flow in scope.outgoing[here] if _taken(scope, element, flow, variable, words)
        ]
    return True


def _is_wanted(follows: Follows, element: Element, scheme: str) -> bool:
    form = (element.form or "").replace("{scheme}", scheme)
    wanted = {each.replace("{scheme}", scheme) for each in follows.then}
    return bool({form, element.operation, element.message, element.called} & wanted)


def _taken(scope: Scope, gateway: Element, flow: Flow, variable: str | None, words: frozenset[str]) -> bool:
    """Whether a token goes that way after one of the words; a gateway that asks for something else goes all ways."""
    asked = {each.id: held for each in scope.outgoing[gateway.id] if (held := _held(each, variable, words)) is not None}
    if not words or not asked:
        return True
    if flow.id in asked:
        return bool(asked[flow.id])
    return flow.condition is None and bool(words.difference(*asked.values()))


def _held(flow: Flow, variable: str | None, words: frozenset[str]) -> frozenset[str] | None:
    """The words upon which a conditional flow is taken; None where it asks for something else."""
    try:
        condition = read_condition(flow.condition) if flow.condition is not None else None
    except ExpressionRefused:
        return None
    if condition is None or condition.variable != variable:
        return None
    return frozenset(word for word in words if condition.holds(word))
