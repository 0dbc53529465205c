"""Scenario tests (校验用例): a record with what must come of it, and how one is made step by step by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from workflows.engine import ExpressionRefused, Wait, read_condition
from workflows.forms import DECISION
from workflows.rehearsal.record import COMPLETE, MESSAGE, OMITTED, TIMER, Act, Outcome, Record
from workflows.rehearsal.replay import Model, Replayed, replay
from workflows.rehearsal.verdict import judge

ANSWER = "answer"
# By hand one step follows another so much later; what counts is their order.
PACE = timedelta(hours=1)


def expectation(outcome: Outcome) -> dict[str, Any]:
    """What a scenario test demands: the way, where it ends or stands, the status and the three amounts."""
    return {
        "stops": [[stop.process, stop.element_id, stop.name] for stop in outcome.stops],
        "open": list(outcome.open),
        "ended": outcome.ended,
        "ended_name": outcome.ended_name,
        "status": outcome.status,
        "amounts": list(outcome.computed.amounts) if outcome.computed else None,
        "steps": list(outcome.computed.steps) if outcome.computed else [],
    }


def check(model: Model, record: Record, expected: Outcome) -> tuple[str | None, tuple[str, ...]]:
    """Replay a scenario: the element at which it fails, if it names one, and why in Chinese; no reason: it passes."""
    found = judge(expected, replay(model, record))
    reasons = (*found.missing, *found.differences)
    if found.verdict == "same":
        return None, ()
    return (found.where.element_id if found.where else None), reasons or ("结果与预期不同",)


def without_personal(record: Record, personal: frozenset[str]) -> Record:
    """The record to keep with a definition: personal data left out of every form."""
    acts = tuple(replace(act, data=_omit(act.data, personal) if act.data is not None else None) for act in record.acts)
    calculations = tuple(replace(each, facts=_omit(each.facts, personal)) for each in record.calculations)
    return replace(record, acts=acts, calculations=calculations)


def _omit(data: Mapping[str, Any], personal: frozenset[str]) -> dict[str, Any]:
    return {name: OMITTED if name in personal and value else value for name, value in data.items()}


def adopt(record: Record, replayed: Replayed) -> Record:
    """The record with what a replay put in for tasks that it did not know, and without what found no place."""
    kept = [act for act in record.acts if act not in replayed.left_out]
    return replace(record, acts=tuple(sorted([*kept, *replayed.assumed], key=lambda act: act.at)))


@dataclass(frozen=True)
class Choice:
    """One thing that can be done next by hand; `values` are what may be chosen, `asks` the facts that are wanted."""

    do: str
    element_id: str
    name: str
    values: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Position:
    """Where a record made by hand has come to."""

    outcome: Outcome | None
    choices: tuple[Choice, ...]
    stuck: str | None


@dataclass(frozen=True)
class Words:
    """What answers are called that no form offers: by operation and by message, each by its code."""

    operations: Mapping[str, Mapping[str, str]]
    messages: Mapping[str, Mapping[str, str]]

    def of(self, model: Model, element_id: str) -> Mapping[str, str]:
        """What the answers of an element are called: in its form, by its operation, in its message."""
        for process in model.diagrams.processes.values():
            element = process.elements.get(element_id)
            if element is None or not (element.form or element.operation or element.message):
                continue  # a call activity may have the id of a task in what it calls
            form = model.forms.get((element.form or "").replace("{scheme}", model.diagrams.key))
            decision = form.find_field(DECISION) if form is not None else None
            if decision is not None:
                return {option.value: option.label for option in decision.options}
            return self.operations.get(element.operation or "") or self.messages.get(element.message or "", {})
        return {}


def walk(model: Model, record: Record, words: Words) -> Position:
    """Replay what was chosen so far and say what can be done next."""
    replayed = replay(model, record)
    live = replayed.instance
    if replayed.asks is not None:
        return Position(replayed.outcome, tuple(_answers(model, replayed.asks, words)), None)
    if live is None or replayed.stuck is not None or live.ended is not None:
        return Position(replayed.outcome, (), replayed.stuck)
    tasks = {task.element_id: task for task in live.open_tasks()}
    choices = [Choice(COMPLETE, task.element_id, task.name, _decisions(model, task.form)) for task in tasks.values()]
    choices += [_waiting(model, wait) for wait in live.waits()]
    return Position(replayed.outcome, tuple(choices), None)


def _decisions(model: Model, form: str | None) -> tuple[str, ...]:
    found = model.forms.get(form or "")
    return found.decisions if found is not None else ()


def _waiting(model: Model, wait: Wait) -> Choice:
    if wait.kind == "timer":
        return Choice(TIMER, wait.element_id, wait.name)
    return Choice(MESSAGE, wait.element_id, wait.name, tuple(_compared(model, wait.message or "")))


def _answers(model: Model, element_id: str, words: Words) -> Iterator[Choice]:
    for process in model.diagrams.processes.values():
        element = process.elements.get(element_id)
        if element is None:
            continue
        if element.operation == "calculate_amount":
            yield Choice(ANSWER, element_id, element.name, asks=("facts",))
        else:
            known = tuple(words.operations.get(element.operation or "", ()))
            yield Choice(ANSWER, element_id, element.name, known or tuple(_compared(model, element.result or "")))


def _compared(model: Model, variable: str) -> Iterator[str]:
    """The words that conditions compare a variable with."""
    seen: set[str] = set()
    for process in model.diagrams.processes.values():
        for flow in process.flows:
            if flow.condition is None:
                continue
            try:
                condition = read_condition(flow.condition)
            except ExpressionRefused:
                continue
            word = str(condition.constant)
            if condition.variable == variable and word not in seen:
                seen.add(word)
                yield word


def take(model: Model, record: Record, do: str, element_id: str, value: str, facts: Mapping[str, Any]) -> Record:
    """The record with one more thing done: the one that `walk` offered."""
    at = record.until + PACE
    if do == ANSWER:
        known = {name: list(answers) for name, answers in record.results.items()}
        people = value.split("、") if "、" in value else None
        if value:
            known[element_id] = [*known.get(element_id, []), people or value]
        return replace(record, results=known, facts={**record.facts, **facts})
    if do == COMPLETE:
        live = replay(model, record).instance
        task = next((each for each in live.open_tasks() if each.element_id == element_id), None) if live else None
        act = Act(COMPLETE, element_id, at, decision=value or None, item=task.assignee if task else None)
    elif do == TIMER:
        act = Act(TIMER, element_id, at)
    else:
        name = next(
            (
                each.elements[element_id].message
                for each in model.diagrams.processes.values()
                if element_id in each.elements
            ),
            None,
        )
        act = Act(MESSAGE, element_id, at, name=name or "", payload={name: value} if name and value else {})
    return replace(record, acts=(*record.acts, act), until=at)


def blank(scheme: str, parameters: Mapping[str, str], started_at: Any, answers: Mapping[str, Sequence[Any]]) -> Record:
    """A record in which nothing has happened; `answers` are given from the start, such as drawn experts."""
    return Record(scheme, started_at, started_at, (), answers, (), parameters, strict=True)
