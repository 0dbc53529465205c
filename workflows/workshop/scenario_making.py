"""Scenario tests made by hand: from an empty record, choice by choice, to one that is kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from storage.database import Session
from workflows import rehearsal, rules
from workflows.case import operations
from workflows.case.step import local_date
from workflows.errors import Conflict, Invalid
from workflows.permissions import Actor, require
from workflows.policy import parameters
from workflows.rehearsal import Record, replay, scenario
from workflows.rehearsal.answers import COMPUTED
from workflows.workshop.scenarios import WORDS, acts_in_words, keep_test, model_in_force

EXPERTS = ("expert1", "expert2", "expert3")


# How often an answer that nobody chooses is at hand while a test is made: once for each round.
ROUNDS = 20


def begin(session: Session, key: str, now: datetime, draft_id: int | None = None) -> dict[str, Any]:
    """An empty record to make a test by hand from, with the values in force."""
    model = model_in_force(session, key, draft_id)
    pinned = parameters.pin(session, [key], local_date(now))
    elements = [each for process in model.diagrams.processes.values() for each in process.elements.values()]
    later = (now + timedelta(days=7)).isoformat()
    known: dict[str, list[Any]] = {}
    for element in elements:
        registered = operations.REGISTRY.get(element.operation or "")
        # What is counted in working days is counted from its own day: an instant of all would be over for the later.
        if registered is None or registered.name in COMPUTED:
            continue
        if element.result and registered.gives in ("people", "instant"):
            known[element.id] = [list(EXPERTS) if registered.gives == "people" else later] * ROUNDS
    values = {name: str(each["value"]) for name, each in pinned.items() if each["value"] is not None}
    return scenario.blank(key, values, now, known).as_json()


def _read(kept: Mapping[str, Any], key: str) -> Record:
    try:
        return rehearsal.read_handmade(kept, key)
    except ValueError:
        raise Invalid("用例内容无法识别，请重新编制。") from None


def walk(
    session: Session, actor: Actor, key: str, kept: Mapping[str, Any], draft_id: int | None = None
) -> dict[str, Any]:
    """Where a record made by hand has come to, and what can be done next."""
    require(actor, "process_owner")
    record, model = _read(kept, key), model_in_force(session, key, draft_id)
    position = scenario.walk(model, record, WORDS)
    outcome = position.outcome
    return {
        "record": record.as_json(),
        "steps": acts_in_words(model, record, {stop.element_id: stop.name for stop in outcome.stops})
        if outcome
        else [],
        "choices": [_choice(key, each, WORDS.of(model, each.element_id)) for each in position.choices],
        "ended": {"element_id": outcome.ended, "name": outcome.ended_name, "status": outcome.status}
        if outcome and outcome.ended
        else None,
        "status": outcome.status if outcome else None,
        "amounts": list(outcome.computed.amounts) if outcome and outcome.computed else None,
        "stuck": position.stuck,
    }


def _choice(key: str, choice: scenario.Choice, words: Mapping[str, str]) -> dict[str, Any]:
    asked = rules.SCHEMES[key].FACTS if choice.asks else ()
    return {
        "do": choice.do,
        "element_id": choice.element_id,
        "name": choice.name,
        "values": [{"value": value, "label": words.get(value, value)} for value in choice.values],
        "needs_facts": [{"name": fact.name, "label": fact.label, "kind": fact.kind} for fact in asked],
    }


def step(
    session: Session,
    actor: Actor,
    key: str,
    kept: Mapping[str, Any],
    *,
    do: str,
    element_id: str,
    value: str = "",
    facts: Mapping[str, Any] | None = None,
    draft_id: int | None = None,
) -> dict[str, Any]:
    """The record with one more thing done; Invalid when it cannot be done there."""
    require(actor, "process_owner")
    record, model = _read(kept, key), model_in_force(session, key, draft_id)
    offered = scenario.walk(model, record, WORDS).choices
    chosen = next((each for each in offered if (each.do, each.element_id) == (do, element_id)), None)
    free = chosen is not None and not chosen.values and do == scenario.ANSWER
    if chosen is None or not (free or value in (chosen.values or ("",))):
        raise Invalid("这一步现在不能选择，请重新选择。")
    return scenario.take(model, record, do, element_id, value, facts or {}).as_json()


def keep(session: Session, actor: Actor, key: str, kept: Mapping[str, Any], *, name: str, now: datetime) -> int:
    """Keep a record made by hand as a test: what came of it is what must come of it."""
    actor = require(actor, "process_owner")
    made, known = _read(kept, key), rules.parameters.catalog()
    record = replace(made, types={name: known[name].type for name in made.parameters})
    replayed = replay(model_in_force(session, key, None), record)
    if replayed.stuck or replayed.asks or replayed.outcome is None:
        raise Conflict("用例还没有走到可以停留的环节，请继续选择。")
    return keep_test(session, actor, key, name, record, replayed.outcome, now)
