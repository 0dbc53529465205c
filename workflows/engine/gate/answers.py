"""Conditions, timers and lists against what tasks, operations and messages can answer.

A gateway that asks for an answer nobody can give would always take another way, in silence; a timer that is no instant
and a list that is no list would break the case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import Condition, is_variable, read_condition
from workflows.engine.gate.bundle import Bundle
from workflows.engine.gate.known import Known
from workflows.engine.model import Element
from workflows.engine.timers import parse_duration


@dataclass(frozen=True)
class Answer:
    """What one element writes into a variable: of which kind, and which words; None where that is not known."""

    rule: str
    kind: str | None
    words: frozenset[str] | None
    by: str


def check_answers(bundle: Bundle, known: Known) -> None:
    """Every reading of a variable fits everything that is written into it."""
    answers: dict[str, list[Answer]] = {}
    for _, element in bundle.elements():
        for name, answer in answers_of(element, bundle.key, known):
            answers.setdefault(name, []).append(answer)
    for file, element in bundle.elements():
        for name, kind, rule in _needed(element):
            if any(answer.kind not in (None, kind) for answer in answers.get(name, ())):
                bundle.report.at(rule, file, element, name)
    for process in bundle.processes.values():
        for flow in process.flows:
            gateway = process.elements.get(flow.source)
            if flow.condition is None or gateway is None:
                continue
            try:
                condition = read_condition(flow.condition)
            except ExpressionRefused:
                continue
            misfit = _misfit(condition, answers.get(condition.variable, []))
            if misfit is not None:
                detail = condition.variable if misfit in ("decision-missing", "condition-variable") else str(condition)
                bundle.report.add(misfit, process.file, flow.line, gateway.id, name=gateway.name, detail=detail)


def answers_of(element: Element, key: str, known: Known) -> Iterator[tuple[str, Answer]]:
    """The variables that an element writes, each with what it answers."""
    if element.kind == "userTask" and element.multi_instance is None:
        form = (element.form or "").replace("{scheme}", key)
        words = frozenset(known.decisions[form]) if form in known.decisions else None
        yield element.id, Answer("decision-unknown", "word", words, element.id)
    if element.result:
        operation = element.operation or ""
        kind = known.gives.get(operation)
        words = frozenset(known.results[operation]) if kind == "word" and operation in known.results else None
        yield element.result, Answer("result-unknown", kind, words, element.id)
    if element.message:
        sent = (known.messages or {}).get(element.message)
        yield element.message, Answer("word-unknown", "word", frozenset(sent) if sent else None, element.id)


def _needed(element: Element) -> Iterator[tuple[str, str, str]]:
    """Variable, the kind that it has to be of, and the rule that says so."""
    if element.timer is not None and is_variable(element.timer) and parse_duration(element.timer) is None:
        yield element.timer, "instant", "timer-variable"
    loop = element.multi_instance
    if loop is not None and loop.collection:
        yield loop.collection, "people", "list-variable"


def _misfit(condition: Condition, answers: list[Answer]) -> str | None:
    """The rule that the condition breaks; a word that any writer of the variable can give is fine."""
    if any(answer.kind not in (None, "word") for answer in answers):
        return "condition-variable"
    if not answers or any(answer.words is None for answer in answers):
        return None
    offered = frozenset().union(*(answer.words or () for answer in answers))
    if condition.constant in offered:
        return None
    return "decision-missing" if not offered else answers[0].rule
