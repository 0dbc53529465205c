"""One case in the engine: start it, let people and events move it, ask where it is, save it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Container, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow import TaskState

from workflows.engine.diagrams import Diagrams
from workflows.engine.errors import EngineError, NothingCatches, NotReady, StepFailed, Stuck
from workflows.engine.expressions import is_variable
from workflows.engine.history import Passage, read_history
from workflows.engine.path import DiagramPath, trace_path
from workflows.engine.service import Call, is_plain
from workflows.engine.specs import EventGateway, ParallelMultiInstance
from workflows.engine.standing import (
    EndState,
    OpenTask,
    Wait,
    armed_timers,
    as_open_task,
    as_waits,
    catches,
    drawn_where,
    due_at,
    end_of,
    manual_tasks,
    timer_element,
    timer_wait,
    waiting_tasks,
)
from workflows.engine.state import dump_case, load_case, wake
from workflows.engine.timers import DUE
from workflows.engine.tree import UNFINISHED, Case, CaseTask


class ProcessInstance:
    """One instance of a bundle. A method that raises leaves it spoilt: drop it and keep the bytes it came from."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._spoilt = False

    @classmethod
    def start(cls, diagrams: Diagrams, call: Call, now: datetime) -> ProcessInstance:
        """Begin a new case at its start event and run to the first people and events. `now` carries an offset."""
        case = Case(diagrams, secrets.token_hex(12), call, _aware(now))
        instance = cls(case)
        with _Step(instance):
            case.begin()
        return instance

    @classmethod
    def load(cls, diagrams: Diagrams, state: bytes, call: Call, now: datetime) -> ProcessInstance:
        """Restore a case between two steps. Raises StateUnreadable."""
        return cls(load_case(diagrams, state, call, _aware(now)))

    def dump(self) -> bytes:
        """The state as bytes, to be stored as bytes. Raises Stuck when a step has failed: there is nothing to save."""
        if self._spoilt:
            raise Stuck("a step failed; the state before it is the valid one")
        return dump_case(self._case)

    @property
    def diagrams(self) -> Diagrams:
        """The bundle that the case runs on."""
        return self._case.diagrams

    @property
    def now(self) -> datetime:
        """The instant at which this object acts."""
        return self._case.now

    def complete(self, task_id: str, decision: str | None) -> None:
        """Complete an open user task and run on; `decision` becomes the variable named like the element.

        Raises NotReady unless the task is open now: completing twice would move the case twice.
        """
        task = self._open_task(task_id)
        if decision is not None and not isinstance(decision, str):
            raise TypeError(f"a decision is a text, not {type(decision).__name__}")
        with _Step(self):
            if decision is not None:
                task.data = {**task.data, task.task_spec.bpmn_id: decision}
            task.run()

    def deliver(self, message: str, payload: Mapping[str, str]) -> None:
        """Deliver a message with its payload, whose keys become variables. Raises NothingCatches.

        One event takes it: the one deepest inside called processes, of several there the one reached last.
        """
        for name, value in payload.items():
            if not is_variable(name) or not is_plain(value):
                raise TypeError(f"the payload's {name!r} may not become a variable")
        waiting = [task for task in waiting_tasks(self._case) if catches(task, message)]
        if not waiting:
            raise NothingCatches(message)
        task = max(waiting, key=lambda task: (task.workflow.depth, task.last_state_change))
        with _Step(self):
            if isinstance(task.task_spec, EventGateway):
                task.internal_data["caught"] = task.task_spec.target_of(message)
            task.internal_data["payload"] = dict(payload)
            task.task_spec._update(task)

    def advance(self, withheld: Container[str] = ()) -> None:
        """Fire the timers that are due at `now` (the very instant counts), the earliest first, and run on.

        Those that end the `withheld` waits, by their ids, do not fire.
        """
        while True:
            due = [
                (at, task.last_state_change, task)
                for at, task in armed_timers(self._case)
                if at <= self._case.now and timer_wait(task) not in withheld
            ]
            if not due:
                return
            _, _, task = min(due, key=lambda entry: entry[:2])
            with _Step(self):
                task.task_spec._update(task)

    def fire(self, element_id: str) -> None:
        """Fire the timer of this event, which a replay knows to have fired; the clock goes on to its instant.

        Raises NotReady when no such timer is armed.
        """
        for task in waiting_tasks(self._case):
            at = due_at(task)
            if at is not None and timer_element(task) == element_id:
                self.move_clock(max(at, self._case.now))
                with _Step(self):
                    task.task_spec._update(task)
                return
        raise NotReady(element_id)

    def move_clock(self, now: datetime) -> None:
        """Act at a later instant from now on; a replay goes through a case's instants in one object."""
        self._case.now = max(_aware(now), self._case.now)

    def move_timers(self, moved: Callable[[Wait], datetime]) -> None:
        """Set every armed deadline anew: boundary, intermediate and behind event gateways.

        `moved` answers the instant at which each is due from now on: a suspension ended, or a calendar came into force.
        """
        for _, task in armed_timers(self._case):
            [wait] = [each for each in as_waits(self._case, task) if each.due_at is not None]
            task.internal_data[DUE] = moved(wait).isoformat()

    def cancel(self) -> None:
        """Close everything that is open: the case was withdrawn or terminated. `ended` stays None."""
        self._case.begin_step()
        self._case.cancel()

    def cancel_instance(self, task_id: str) -> None:
        """Close one task of a multi-instance without an answer; the last one to close lets the case go on."""
        task = self._open_task(task_id)
        if not (task.triggered and isinstance(task.parent.task_spec, ParallelMultiInstance)):
            raise NotReady(task_id)
        with _Step(self):
            task.cancel()

    def open_tasks(self) -> list[OpenTask]:
        """The user tasks that can be completed now, in the order in which they were opened."""
        return [as_open_task(self._case, task) for task in manual_tasks(self._case)]

    def waits(self) -> list[Wait]:
        """The events that the case waits for, boundary events included; one entry for each event behind a gateway."""
        return [wait for task in waiting_tasks(self._case) for wait in as_waits(self._case, task)]

    def next_due(self, withheld: Container[str] = ()) -> datetime | None:
        """The earliest instant at which a timer is due that does not end one of the `withheld` waits."""
        return min((at for at, task in armed_timers(self._case) if timer_wait(task) not in withheld), default=None)

    def status(self) -> str | None:
        """The case status drawn where the case is now: of the task or event entered last, else the last one known."""
        return self._case.status

    def stage(self) -> str | None:
        """The stage drawn where the case is now, found like `status`."""
        return self._case.stage

    @property
    def ended(self) -> EndState | None:
        """The end event at which the case ended (of several parallel ends the last), None while it runs."""
        return end_of(self._case)

    @property
    def cancelled(self) -> bool:
        """Whether the case was closed by `cancel`."""
        return self._case.cancelled

    def path(self) -> list[DiagramPath]:
        """What was done, is open and failed, and the flows taken, for each diagram entered."""
        wake(self._case)
        return trace_path(self._case)

    def history(self) -> list[Passage]:
        """Every element that the case passed, with when and what it set there, in the order of passing."""
        wake(self._case)
        return read_history(self._case)

    def variables(self, task_id: str | None = None) -> dict[str, object]:
        """The process variables as the open task sees them, or as the task completed last left them."""
        task = self._open_task(task_id) if task_id is not None else self._case.last_task
        return dict(task.data) if task is not None else {}

    def _open_task(self, task_id: str) -> CaseTask:
        task = self._case.find_task(task_id)
        if task is None or task._state != TaskState.READY or not task.task_spec.manual:
            raise NotReady(task_id)
        return task

    def _settle(self) -> None:
        """After a step: see that the case is somewhere, and remember the status and stage shown there."""
        case = self._case
        for task in case.all_tasks():
            state = task._state
            if state == TaskState.ERROR or (state == TaskState.READY and not task.task_spec.manual):
                raise Stuck(f"{task.task_spec.name} did not finish")
            if state & UNFINISHED and task._parent is not None and not task.workflow.completed:
                parent = task.parent
                lost = state in (TaskState.FUTURE, TaskState.LIKELY, TaskState.MAYBE)
                if lost and parent._state == TaskState.COMPLETED:
                    raise Stuck(f"the token was lost between {parent.task_spec.name} and {task.task_spec.name}")
        tasks = [*manual_tasks(case), *waiting_tasks(case)]
        if not tasks and not case.completed:
            raise Stuck("nothing is open, due, waiting or finished")
        case.status = drawn_where(case, tasks, "status") or case.status
        case.stage = drawn_where(case, tasks, "stage") or case.stage


class _Step:
    """One change of the case: runs it to rest and checks it; on any error the instance is spoilt."""

    def __init__(self, instance: ProcessInstance) -> None:
        self._instance = instance

    def __enter__(self) -> None:
        if self._instance._spoilt:
            raise Stuck("a step failed before; load the case anew")
        self._instance._spoilt = True
        self._instance._case.begin_step()

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is not None:
            if isinstance(error, EngineError) or not isinstance(error, Exception):
                return
            raise StepFailed("", str(error)) from error
        self._instance._case.run_agenda()
        self._instance._settle()
        self._instance._spoilt = False


def _aware(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("the engine's now must carry an offset")
    return now
