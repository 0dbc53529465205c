"""Where a case stands: its open tasks and the events it waits for, with the status and stage drawn there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow import TaskState

from workflows.engine.expressions import is_variable
from workflows.engine.model import Element
from workflows.engine.specs import BoundaryEvent, EventGateway, Message
from workflows.engine.timers import CaseTimer
from workflows.engine.tree import Case, CaseTask


@dataclass(frozen=True)
class OpenTask:
    """A user task that somebody can complete now. `due` is a parameter id or a number of working days, as drawn."""

    id: str
    element_id: str
    process: str
    name: str
    role: str | None
    form: str | None
    status: str | None
    stage: str | None
    due: str | None
    assignee: str | None
    separate_from: tuple[str, ...]
    seals: bool = False


@dataclass(frozen=True)
class Wait:
    """An event that the case waits for. `due_at` is an aware instant for timers; `boundary`: on an open activity.

    `interrupts` is the id of that activity's element. `counted`: the instant was worked out by an operation, as by
    working days; it is not a span of plain time that the diagram states.
    """

    id: str
    element_id: str
    process: str
    name: str
    kind: str
    message: str | None
    due_at: datetime | None
    status: str | None
    stage: str | None
    boundary: bool
    interrupts: str | None
    counted: bool


@dataclass(frozen=True)
class EndState:
    """The end event of the root process that the case reached."""

    element_id: str
    name: str
    status: str | None
    reason: str | None


def manual_tasks(case: Case) -> list[CaseTask]:
    """The user tasks that can be completed now, in the order in which they were opened."""
    tasks = [task for task in case.all_tasks() if task._state == TaskState.READY and task.task_spec.manual]
    return sorted(tasks, key=lambda task: task.last_state_change)


def waiting_tasks(case: Case) -> list[CaseTask]:
    """The events that are waited for, in the order in which they were reached."""
    tasks = [task for task in case.event_manager.tasks.values() if task._state == TaskState.WAITING]
    return sorted(tasks, key=lambda task: task.last_state_change)


def armed_timers(case: Case) -> list[tuple[datetime, CaseTask]]:
    """Every timer that runs, with the instant at which it is due."""
    return [(at, task) for task in waiting_tasks(case) if (at := due_at(task)) is not None]


def catches(task: CaseTask, message: str) -> bool:
    spec = task.task_spec
    if isinstance(spec, EventGateway):
        return spec.target_of(message) is not None
    return isinstance(spec.event_definition, Message) and spec.event_definition.name == message


def due_at(task: CaseTask) -> datetime | None:
    spec = task.task_spec
    if isinstance(spec, EventGateway):
        timer = spec.event_definition.timer()
        return timer.due_at(task) if timer else None
    if isinstance(spec.event_definition, CaseTimer):
        return spec.event_definition.due_at(task)
    return None


def timer_wait(task: CaseTask) -> str:
    """The id of the wait for the timer that this task is armed with."""
    return f"{task.id}.{timer_element(task)}" if isinstance(task.task_spec, EventGateway) else str(task.id)


def timer_element(task: CaseTask) -> str | None:
    """The event whose timer this task waits for."""
    spec = task.task_spec
    if not isinstance(spec, EventGateway):
        return str(spec.bpmn_id)
    return next((name for name, event in spec.event_definition.events if isinstance(event, CaseTimer)), None)


def as_open_task(case: Case, task: CaseTask) -> OpenTask:
    """A user task as others see it."""
    element: Element = task.task_spec.element
    assignee = task.data.get(element.assignee) if element.assignee else None
    return OpenTask(
        id=task.id,
        element_id=element.id,
        process=element.process,
        name=element.name,
        role=element.role,
        form=element.form.replace("{scheme}", case.diagrams.key) if element.form else None,
        status=_attribute(case, task, "status"),
        stage=_attribute(case, task, "stage"),
        due=element.due,
        assignee=assignee if isinstance(assignee, str) else None,
        separate_from=element.separate_from,
        seals=element.seals == "true",
    )


def as_waits(case: Case, task: CaseTask) -> Iterator[Wait]:
    """What is waited for there; behind an event gateway one entry for each event."""
    spec = task.task_spec
    if not isinstance(spec, EventGateway):
        yield _as_wait(case, task, task.id, spec.element, spec.event_definition)
        return
    elements = case.diagrams.processes[spec.element.process].elements
    for target, event in spec.event_definition.events:
        yield _as_wait(case, task, f"{task.id}.{target}", elements[target], event)


def _as_wait(case: Case, task: CaseTask, identity: str, element: Element, event: Any) -> Wait:
    is_timer = isinstance(event, CaseTimer)
    return Wait(
        id=identity,
        element_id=element.id,
        process=element.process,
        name=element.name,
        kind="timer" if is_timer else "message",
        message=None if is_timer else element.message,
        due_at=event.due_at(task) if is_timer else None,
        status=element.status or _attribute(case, task, "status"),
        stage=element.stage or _attribute(case, task, "stage"),
        boundary=isinstance(task.task_spec, BoundaryEvent),
        interrupts=element.attached_to,
        counted=is_timer and is_variable(event.text),
    )


def end_of(case: Case) -> EndState | None:
    """The end event of the root process that the case reached, None while it runs and when it was closed."""
    if not case.completed or case.cancelled or case.end_element is None:
        return None
    element = case.diagrams.elements(case.diagrams.key)[case.end_element]
    return EndState(element.id, element.name, element.status, element.reason)


def drawn_where(case: Case, tasks: Iterable[CaseTask], name: str) -> str | None:
    """The `status` or `stage` drawn where the case is: at the end it reached, else at the task or event entered last.

    `tasks` are its open tasks and the events it waits for; None where nothing is drawn.
    """
    if case.completed:
        return getattr(end_of(case), name, None)
    shown = [task for task in tasks if not isinstance(task.task_spec, BoundaryEvent)]
    for task in sorted(shown, key=lambda task: task.last_state_change, reverse=True):
        value = _drawn_at(case, task, name)
        if value is not None:
            return value
    return None


def _drawn_at(case: Case, task: CaseTask, name: str) -> str | None:
    if isinstance(task.task_spec, EventGateway):
        return next((value for wait in as_waits(case, task) if (value := getattr(wait, name))), None)
    return _attribute(case, task, name)


def _attribute(case: Case, task: CaseTask, name: str) -> str | None:
    """What is drawn at the task's element, else at the call activities around it from the inside out."""
    return next((value for element in _enclosing(case, task) if (value := getattr(element, name))), None)


def _enclosing(case: Case, task: CaseTask) -> Iterator[Element]:
    yield task.task_spec.element
    process = task.workflow
    while process is not case:
        caller = case.find_task(process.parent_task_id)
        if caller is None:
            return
        yield caller.task_spec.element
        process = caller.workflow
