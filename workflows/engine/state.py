"""A case to bytes and back, without its diagrams: those are stored once per version, never per case.

The form: one byte of format version, then deflated JSON. Tasks are flat rows in the order of their creation, so a
parent always stands before its children; a row's variables are the difference to its parent's. The bytes must be
stored as bytes: reordering keys or rows would lose data.

A called process that has ended is never entered again. What is loaded for a step leaves it as it is stored, and stores
it as it was; only who asks where a case has been brings it back (`wake`).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from SpiffWorkflow import TaskState

from workflows.engine.diagrams import Diagrams
from workflows.engine.errors import StateUnreadable
from workflows.engine.service import Call
from workflows.engine.tree import FINISHED, CalledProcess, Case, CaseTask

# Format 1, which knew no instants of steps, is still read.
FORMAT = 2
MAX_INFLATED = 64 * 1024 * 1024

# How a row says what its variables are: the same as its parent's, none, or a difference.
SAME = 0
NONE = 1

_STATES = frozenset(TaskState._values)


class Gone:
    """What a finished task was, when its case has moved to a version of the diagram that no longer draws it."""

    bpmn_id = None
    manual = False

    def __init__(self, name: str) -> None:
        self.name = name


def encode_state(head: list[Any], names: list[str], processes: list[Any]) -> bytes:
    """What `decode_state` reads."""
    return bytes([FORMAT]) + zlib.compress(orjson.dumps([head, names, processes]), 1)


def dump_case(case: Case) -> bytes:
    """The state of a case between two steps."""
    processes = [each if isinstance(each, list) else _stored(case, each) for each in (case, *case.entered)]
    head = [
        case.diagrams.pin[:32],
        case.prefix,
        case.last_number,
        case.ticks,
        case.status,
        case.stage,
        case.end_element,
        int(case.cancelled),
        case.steps,
    ]
    return encode_state(head, list(case.names), processes)


def _stored(case: Case, process: Any) -> list[Any]:
    return [
        process.spec.name,
        0 if process is case else _caller(case, process).number,
        int(process.completed),
        int(process.success),
        process.last_task.number if process.last_task is not None else 0,
        [_row(task, case.names) for task in process.tasks.values()],
    ]


def load_case(diagrams: Diagrams, state: bytes, call: Call, now: datetime) -> Case:
    """Restore a case. Raises StateUnreadable when the bytes are damaged, foreign, or of another bundle."""
    try:
        head, names, processes = decode_state(state)
        pin, prefix, last_number, ticks, status, stage, end_element, cancelled, *steps = head
        if pin != diagrams.pin[:32]:
            raise StateUnreadable("the state belongs to another version of the diagrams")
        case = Case(diagrams, prefix, call, now)
        case.last_number, case.ticks = last_number, ticks
        case.status, case.stage, case.end_element = status, stage, end_element
        case.cancelled = bool(cancelled)
        case.steps = steps[0] if steps else []
        case.names = {name: index for index, name in enumerate(names)}
        _restore_processes(case, names, processes)
        return case
    except StateUnreadable:
        raise
    except Exception as error:
        raise StateUnreadable(f"the state is damaged: {error!r}") from error


def decode_state(state: bytes) -> list[Any]:
    """The head, the names and the processes with their rows, as stored. Raises StateUnreadable."""
    if not state or state[0] not in (1, FORMAT):
        raise StateUnreadable("unknown format version")
    inflate = zlib.decompressobj()
    try:
        text = inflate.decompress(state[1:], MAX_INFLATED)
        if not inflate.eof or inflate.unused_data:
            raise StateUnreadable("the state is cut off, too large, or followed by something else")
        head, names, processes = orjson.loads(text)
    except (zlib.error, ValueError, TypeError) as error:
        raise StateUnreadable(f"the state is damaged: {error!r}") from error
    return [head, names, processes]


def _caller(case: Case, process: CalledProcess) -> CaseTask:
    caller = case.find_task(process.parent_task_id)
    if caller is None:
        raise StateUnreadable("a called process without its caller")
    return caller


def _row(task: CaseTask, names: dict[str, int]) -> list[Any]:
    """[number, parent's number, state, spec, tick of the last change, triggered, internal data, variables]"""
    if task.row is not None:
        return task.row
    spec = names.setdefault(task.task_spec.name, len(names))
    parent = task.parent
    return [
        task.number,
        parent.number if parent is not None else 0,
        task._state,
        spec,
        task.last_state_change,
        int(task.triggered),
        task.internal_data or 0,
        _difference(task.data, parent.data if parent is not None else {}),
    ]


def _difference(data: dict[str, Any], base: Mapping[str, Any]) -> Any:
    if data is base or data == base:
        return SAME
    if not data:
        return NONE
    missing = object()
    changed = {name: value for name, value in data.items() if base.get(name, missing) != value}
    removed = [name for name in base if name not in data]
    return [changed, removed] if removed else changed


def wake(case: Case) -> None:
    """Bring back the called processes that had ended when the case was loaded. Raises StateUnreadable."""
    by_number = {task.number: task for task in case.all_tasks()}
    names = list(case.names)
    try:
        for place, entry in enumerate(case.entered):
            if isinstance(entry, list):
                case.entered[place] = _restore_process(case, names, entry, by_number)
    except StateUnreadable:
        raise
    except Exception as error:
        raise StateUnreadable(f"the state is damaged: {error!r}") from error


def _restore_processes(case: Case, names: list[str], processes: list[Any]) -> None:
    by_number: dict[int, CaseTask] = {}
    for entry in processes:
        if entry[1] and _has_ended(entry, by_number):
            case.entered.append(entry)
            continue
        process = _restore_process(case, names, entry, by_number)
        if process is not case:
            case.entered.append(process)


def _has_ended(entry: list[Any], by_number: Mapping[int, CaseTask]) -> bool:
    """Whether nothing of a called process can move any more. What is called within it has ended, too."""
    _, caller_number, completed, _, _, rows = entry
    caller = by_number.get(caller_number)
    if caller is not None and not (completed and caller._state & FINISHED):
        return False
    return all(row[2] & FINISHED for row in rows)


def _restore_process(case: Case, names: list[str], entry: list[Any], by_number: dict[int, CaseTask]) -> Any:
    spec_name, caller_number, completed, success, last_task, rows = entry
    process: Any
    if not caller_number:
        if spec_name != case.spec.name:
            raise StateUnreadable(f"another root process: {spec_name}")
        process = case
    else:
        caller = by_number[caller_number]
        process = CalledProcess(case.subprocess_specs[spec_name], caller.id, case)
        case.subprocesses[caller.id] = process
    specs = process.spec.task_specs
    for row in rows:
        _restore_task(case, process, specs, names, row, by_number)
    process.task_tree = by_number[rows[0][0]]
    process.completed, process.success = bool(completed), bool(success)
    process.last_task = by_number[last_task] if last_task else None
    return process


def _restore_task(
    case: Case, process: Any, specs: Any, names: list[str], row: list[Any], by_number: dict[int, CaseTask]
) -> None:
    number, parent_number, state, spec, changed, triggered, internal, difference = row
    if state not in _STATES or number in by_number:
        raise StateUnreadable(f"task {number} is damaged")
    finished = bool(state & FINISHED)
    parent = None
    base: dict[str, Any] = {}
    if parent_number:
        parent = by_number[parent_number]
        if parent.workflow is not process:
            raise StateUnreadable(f"task {number} hangs on another process")
        base = parent.data
    task_spec = specs.get(names[spec])
    if task_spec is None:
        if not finished:
            raise StateUnreadable(f"task {number} is at {names[spec]}, which is not drawn")
        task_spec = Gone(names[spec])
    # Bypasses the constructor, which would number the task anew.
    task = CaseTask.__new__(CaseTask)
    task.__dict__ = {
        "id": case.task_id(number),
        "number": number,
        "workflow": process,
        "task_spec": task_spec,
        "_parent": parent.id if parent is not None else None,
        "_children": [],
        "_state": state,
        "triggered": bool(triggered),
        "thread_id": 0,
        "data": _variables(difference, base, finished and parent is not None and bool(parent._state & FINISHED)),
        "internal_data": internal or {},
        "last_state_change": changed,
        "row": row if finished else None,
    }
    by_number[number] = task
    process.tasks[task.id] = task
    if parent is not None:
        parent._children.append(task.id)
    if state == TaskState.WAITING and hasattr(task.task_spec, "event_definition"):
        case.event_manager.add_task(task)


def _variables(difference: Any, base: dict[str, Any], shared: bool) -> dict[str, Any]:
    if difference == SAME:
        # What is finished is never written again, so parent and child may share one dictionary.
        return base if shared else dict(base)
    if difference == NONE:
        return {}
    if type(difference) is list:
        changed, removed = difference
        gone = set(removed)
        return {**{name: value for name, value in base.items() if name not in gone}, **changed}
    return {**base, **difference}
