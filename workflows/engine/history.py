"""What a case did, element by element, read from its own state: the state is the record of its way."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from SpiffWorkflow import TaskState

from workflows.engine.model import Element
from workflows.engine.tree import Case, CaseTask

_OPEN = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_OVER = TaskState.COMPLETED | TaskState.CANCELLED
_STATES = {TaskState.COMPLETED: "done", TaskState.CANCELLED: "cancelled"}


@dataclass(frozen=True)
class Passage:
    """A token at one element. State: done, cancelled (it was taken back) or open.

    `written` are the variables that were set there; `item` is the entry of a multi-instance. The instants are None for
    steps that were taken before states knew them.
    """

    process: str
    element_id: str
    kind: str
    task_id: str
    state: str
    entered_at: datetime | None
    left_at: datetime | None
    written: Mapping[str, object]
    item: str | None


def read_history(case: Case) -> list[Passage]:
    """Every element that a token reached, by the order in which it was left; what is still open stands last.

    A boundary event that did not happen is none. Of a multi-instance only its tasks are passages, not what holds them.
    """
    clock = _Clock(case.steps)
    found = [(task.last_state_change, _passage(task, clock)) for task in _reached(case)]
    found.sort(key=lambda entry: (entry[1].state == "open", entry[0]))
    return [passage for _, passage in found]


class _Clock:
    """The instant of a tick."""

    def __init__(self, steps: list[list[int]]) -> None:
        self._ticks = [tick for tick, _ in steps]
        self._instants = [datetime.fromtimestamp(at / 1000, UTC) for _, at in steps]

    def at(self, tick: int) -> datetime | None:
        # A step owns the ticks after the one that stood when it began.
        index = bisect_left(self._ticks, tick) - 1
        return self._instants[index] if index >= 0 else None


def _reached(case: Case) -> Iterator[CaseTask]:
    for task in case.all_tasks():
        if task.task_spec.bpmn_id is None or not task._state & (_OPEN | _OVER):
            continue
        if task.task_spec.element.kind == "boundaryEvent" and task._state != TaskState.COMPLETED:
            continue
        if task.task_spec.element.multi_instance is not None and not task.triggered:
            continue
        yield task


def _passage(task: CaseTask, clock: _Clock) -> Passage:
    element = task.task_spec.element
    state = _STATES.get(task._state, "open")
    loop = element.multi_instance
    return Passage(
        process=element.process,
        element_id=element.id,
        kind=element.kind,
        task_id=task.id,
        state=state,
        entered_at=_entered(task, clock),
        left_at=None if state == "open" else clock.at(task.last_state_change),
        written={name: task.data[name] for name in _sets(element) if name in task.data and state == "done"},
        item=task.data.get(loop.item) if loop is not None and loop.item and task.triggered else None,
    )


def _sets(element: Element) -> Iterator[str]:
    """The variables that passing the element sets: a decision, a result, what a message brings."""
    if element.kind == "userTask":
        yield element.id
    if element.result:
        yield element.result
    if element.message:
        yield element.message


def _entered(task: CaseTask, clock: _Clock) -> datetime | None:
    """When the element before it was left; a task of a multi-instance was opened with its wrapper."""
    parent = task.parent.parent if task.triggered else task.parent
    while parent is not None and parent._state != TaskState.COMPLETED:
        parent = parent.parent
    return clock.at(parent.last_state_change) if parent is not None else None
