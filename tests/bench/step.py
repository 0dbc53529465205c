"""A persisted step against stock SpiffWorkflow's step in memory: the same process, the same decisions, one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

from tests.engine.driving import NOW
from tests.engine.shipped import ANSWERS, DEADLINES, DECISIONS, PAYLOADS, bundle
from tests.engine.stock import StockCase
from workflows.engine import Diagrams, ProcessInstance, ServiceCall, compile_bundle

CASES = 12


def measure() -> dict[str, float]:
    """Medians over every user task of the straight journey, ours and stock's in turn so that both share the machine."""
    diagrams = compile_bundle(bundle("retrofit"), "retrofit")
    ours: list[float] = []
    stock: list[float] = []
    for _ in range(CASES):
        stock += _stock_steps(diagrams)
        ours += _our_steps(diagrams)
    persisted, in_memory = statistics.median(ours), statistics.median(stock)
    return {
        "persisted_step_ratio": persisted / in_memory,
        "persisted_step_ms": 1000 * persisted,
        "stock_step_ms": 1000 * in_memory,
    }


_ASKED = count()


def _answer(operation: str) -> Any:
    if operation in DEADLINES:
        # Far enough ahead for stock, which reads the clock; each behind the one before, or a term would be over
        # as soon as it begins.
        return (NOW + timedelta(days=3_650 + next(_ASKED))).isoformat()
    return ANSWERS[operation][0] if operation in ANSWERS else None


def answered(request: ServiceCall) -> Any:
    """What a service task answers on the straight way."""
    return _answer(request.operation)


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _stock_steps(diagrams: Diagrams) -> list[float]:
    """Complete and run on, in memory, as stock SpiffWorkflow does it."""
    case, times = StockCase(diagrams, _answer), []
    while not case.workflow.is_completed():
        ready = case.ready()
        messages = [e.name for e in case.workflow.waiting_events() if e.event_type == "MessageEventDefinition"]
        messages = [name for name in messages if name != "reallocated"]
        if ready:
            task = ready[0]
            decision = DECISIONS.get(task.task_spec.bpmn_id, [None])[0]
            times.append(_timed(partial(case.complete, task, decision)))
        elif messages:
            name = messages[0]
            case.deliver(name, {name: PAYLOADS[name][0]} if name in PAYLOADS else {})
        else:
            case.let_timers_fire()
    return times


def _our_steps(diagrams: Diagrams) -> list[float]:
    """Load from bytes, complete, run on, write bytes."""
    now, times = NOW, []
    state = ProcessInstance.start(diagrams, answered, now).dump()

    def completed(task_id: str, decision: str | None) -> None:
        nonlocal state
        instance = ProcessInstance.load(diagrams, state, answered, now)
        instance.complete(task_id, decision)
        state = instance.dump()

    while True:
        instance = ProcessInstance.load(diagrams, state, answered, now)
        if instance.ended is not None:
            return times
        tasks = instance.open_tasks()
        messages = [wait.message for wait in instance.waits() if wait.message and not wait.boundary]
        messages = [name for name in messages if name in ("listed", "resolved", "published")]
        if tasks:
            decision = DECISIONS.get(tasks[0].element_id, [None])[0]
            times.append(_timed(partial(completed, tasks[0].id, decision)))
        elif messages:
            name = messages[0]
            instance.deliver(name, {name: PAYLOADS[name][0]} if name in PAYLOADS else {})
            state = instance.dump()
        else:
            now = instance.next_due() or now
            instance = ProcessInstance.load(diagrams, state, answered, now)
            instance.advance()
            state = instance.dump()
