"""Where a case has been and is now, in terms of the drawn diagrams: for colouring them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from SpiffWorkflow import TaskState

from workflows.engine.tree import Case, CaseTask

_OPEN = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_PREDICTED = TaskState.MAYBE | TaskState.LIKELY | TaskState.FUTURE


@dataclass(frozen=True)
class DiagramPath:
    """One diagram that the case entered: element ids done (and not open again), open and failed; flow ids taken."""

    key: str
    done: list[str]
    open: list[str]
    failed: list[str]
    flows: list[str]


@dataclass
class _Marks:
    done: dict[str, None] = field(default_factory=dict)
    open: dict[str, None] = field(default_factory=dict)
    failed: dict[str, None] = field(default_factory=dict)
    flows: dict[str, None] = field(default_factory=dict)


def trace_path(case: Case) -> list[DiagramPath]:
    """The root diagram first, then every called one in the order in which it was first entered.

    Several passes through the same called process are laid over each other. A boundary event counts as open only
    through its activity, so it is listed once it has interrupted.
    """
    marks: dict[str, _Marks] = {}
    for process in case.processes():
        mark = marks.setdefault(process.spec.process, _Marks())
        flow_ids = case.diagrams.flow_ids[process.spec.process]
        for task in process.tasks.values():
            _mark_task(task, mark, flow_ids)
    return [
        DiagramPath(
            key,
            [identity for identity in mark.done if identity not in mark.open],
            list(mark.open),
            list(mark.failed),
            list(mark.flows),
        )
        for key, mark in marks.items()
    ]


def _mark_task(task: CaseTask, mark: _Marks, flow_ids: Mapping[tuple[str, str], str]) -> None:
    identity = task.task_spec.bpmn_id
    if identity is None:
        return
    state = task._state
    if state == TaskState.COMPLETED:
        mark.done[identity] = None
    elif state == TaskState.ERROR:
        mark.failed[identity] = None
    elif state & _OPEN and task.task_spec.element.kind != "boundaryEvent":
        mark.open[identity] = None
    if not state & _PREDICTED:
        _mark_flow(task, identity, mark, flow_ids)


def _mark_flow(task: CaseTask, identity: str, mark: _Marks, flow_ids: Mapping[tuple[str, str], str]) -> None:
    """The flow by which the token came: from the nearest drawn element above, past SpiffWorkflow's own tasks."""
    parent = task.parent
    while parent is not None and parent.task_spec.bpmn_id is None:
        parent = parent.parent
    if parent is not None and parent._state == TaskState.COMPLETED:
        flow = flow_ids.get((parent.task_spec.bpmn_id, identity))
        if flow is not None:
            mark.flows[flow] = None
