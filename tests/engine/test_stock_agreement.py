"""Ours and stock SpiffWorkflow take the same steps on the same diagrams, where stock does it right."""

from datetime import timedelta

from tests.engine.driving import NOW
from tests.engine.shipped import ANSWERS, DEADLINES, DECISIONS, PAYLOADS, Case, bundle
from tests.engine.stock import StockCase
from workflows.engine import compile_bundle


def first_answer(operation: str):
    if operation in DEADLINES:
        # Far enough ahead for stock, which reads the machine's clock.
        return (NOW + timedelta(days=3_650)).isoformat()
    return ANSWERS[operation][0] if operation in ANSWERS else None


def stock_steps(diagrams) -> list[str]:
    case, steps = StockCase(diagrams, first_answer), []
    while not case.workflow.is_completed():
        ready = case.ready()
        messages = [e.name for e in case.workflow.waiting_events() if e.event_type == "MessageEventDefinition"]
        messages = [name for name in messages if name != "reallocated"]
        if ready:
            name = ready[0].task_spec.bpmn_id
            case.complete(ready[0], DECISIONS[name][0] if name in DECISIONS else None)
        elif messages:
            name = messages[0]
            case.deliver(name, {name: PAYLOADS[name][0]} if name in PAYLOADS else {})
        else:
            name = "time"
            case.let_timers_fire()
        steps.append(name)
    return steps


def test_the_same_steps_to_the_same_end():
    diagrams = compile_bundle(bundle("retrofit"), "retrofit")
    theirs = stock_steps(diagrams)
    case, ours = Case(diagrams, lambda values: values[0]), []
    while case.ended is None:
        events = [wait.element_id for wait in case.waits if not wait.boundary]
        if "publicity_period" in events:
            case.advance(timedelta(days=7))
            ours.append("time")
        else:
            ours.append(case.move())
    assert ours == theirs
    assert case.ended.element_id == "paid"
