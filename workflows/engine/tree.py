"""The running case: SpiffWorkflow's workflow and task with our own clock, ids, agenda and no logging on the hot path.

Stock SpiffWorkflow walks the whole task tree after every completion, stops looking at depth 1,000 (an open task was
lost after 666 correction rounds) and recurses along the tree. Here a task that becomes READY is put on an agenda, and
whatever looks at all tasks scans the flat dictionary.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from types import MappingProxyType
from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.task import Task

from workflows.engine.diagrams import Diagrams
from workflows.engine.errors import OperationFailed, StepFailed, Stuck
from workflows.engine.model import Element
from workflows.engine.script_engine import SCRIPT_ENGINE
from workflows.engine.service import Call, ServiceCall, is_plain

# A step of a real case runs a few dozen tasks; thousands mean a loop that nothing stops.
MAX_TASKS_PER_STEP = 5_000
# Rounds are bounded by people's patience; this bounds the state's size.
MAX_TASKS_PER_CASE = 100_000

UNFINISHED = TaskState.NOT_FINISHED_MASK
FINISHED = TaskState.FINISHED_MASK


class CaseTask(Task):
    """A task whose id is unique over all cases, whose changes are counted, and which reports itself to the agenda."""

    # The stored form of a finished task, kept from loading so that saving need not build it again.
    row: list[Any] | None = None
    number: int
    data: dict[str, Any]
    _state: int

    def __init__(
        self, workflow: Any, task_spec: Any, parent: Task | None = None, state: int = TaskState.MAYBE, id: Any = None
    ) -> None:
        top = workflow.top_workflow
        top.last_number += 1
        self.number = top.last_number
        super().__init__(workflow, task_spec, parent, state, top.task_id(self.number))
        self.last_state_change = top.tick()

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> CaseTask:
        if self.has_state(TaskState.PREDICTED_MASK) and not state & TaskState.PREDICTED_MASK:
            raise WorkflowException("a predicted task cannot have a definite child", task_spec=self.task_spec)
        return CaseTask(self.workflow, task_spec, self, state)

    def _set_state(self, value: int) -> None:
        if value == self._state:
            return
        self._state = value
        self.row = None
        top = self.workflow.top_workflow
        self.last_state_change = top.tick()
        if value == TaskState.READY:
            top.agenda.append(self)

    def _inherit_data(self) -> None:
        # Stock merges lists in place, which writes through to other branches and to history.
        self.data = {**self.data, **self.parent.data}

    def find_ancestor(self, spec_name: str) -> Task | None:
        """The nearest ancestor of that spec, found without recursion."""
        ancestor = self.parent
        while ancestor is not None and ancestor.task_spec.name != spec_name:
            ancestor = ancestor.parent
        return ancestor

    def ancestors(self) -> Iterator[CaseTask]:
        """This task's parent, its parent, and so on to the root of its process."""
        ancestor = self.parent
        while ancestor is not None:
            yield ancestor
            ancestor = ancestor.parent


def cancel_all(workflow: Any) -> None:
    """Cancel every unfinished task of one process; processes called by them follow through the call activities."""
    workflow.success = False
    workflow.completed = True
    for task in list(workflow.tasks.values()):
        if task.has_state(UNFINISHED) and task.id in workflow.tasks:
            task.cancel()


class CalledProcess(BpmnSubWorkflow):
    """One pass through a called process or an embedded sub-process."""

    def __init__(self, spec: Any, parent_task_id: str, top_workflow: Case) -> None:
        super().__init__(spec, parent_task_id, top_workflow, deserializing=True)

    def begin(self) -> None:
        """Build the task tree and make its start ready."""
        plant(self)

    def cancel(self, success: bool = False) -> None:
        """Cancel what is unfinished, nested calls included."""
        cancel_all(self)

    def _task_completed_notify(self, task: CaseTask) -> None:
        self.last_task = task
        if task.task_spec.name == "End":
            self.completed = True
            caller = self.top_workflow.get_task_from_id(self.parent_task_id)
            caller.data = dict(task.data)
            caller._set_state(TaskState.READY)


class Case(BpmnWorkflow):
    """One instance of a bundle's root process with all the processes that it called."""

    def __init__(self, diagrams: Diagrams, prefix: str, call: Call, now: datetime) -> None:
        self.diagrams = diagrams
        self.prefix = prefix
        self.call = call
        self.now = now
        self.agenda: deque[CaseTask] = deque()
        self.last_number = 0
        self.ticks = 0
        # When each step began: the tick before it, and its instant in milliseconds since 1970 UTC.
        self.steps: list[list[int]] = []
        self.status: str | None = None
        self.stage: str | None = None
        self.end_element: str | None = None
        self.cancelled = False
        # Spec name → its place in the stored state; rows kept from loading refer to it, so it only grows.
        self.names: dict[str, int] = {}
        # The called processes in the order of entry; of a loaded case those that ended lie here as they are stored.
        self.entered: list[CalledProcess | list[Any]] = []
        super().__init__(diagrams.spec, diagrams.called_specs, script_engine=SCRIPT_ENGINE, deserializing=True)

    def begin(self) -> None:
        """Build the task tree and make its start ready."""
        plant(self)

    def tick(self) -> int:
        """The next value of the case's own clock: it orders changes exactly and does not depend on a machine's time."""
        self.ticks += 1
        return self.ticks

    def begin_step(self) -> None:
        """Remember at which instant the changes from here on happen."""
        self.steps.append([self.ticks, round(self.now.timestamp() * 1000)])

    def task_id(self, number: int) -> str:
        """The id of the case's n-th task: 24 random hex digits of the case, then the number; stable over reloads."""
        return f"{self.prefix}{number:08x}"

    def processes(self) -> list[Any]:
        """The root and the called processes, in the order of entry; of a loaded case without those that ended before.

        `state.wake` brings those back.
        """
        return [self, *(each for each in self.entered if not isinstance(each, list))]

    def all_tasks(self) -> Iterator[CaseTask]:
        """Every task of these processes, finished and predicted ones included."""
        for process in self.processes():
            yield from process.tasks.values()

    def find_task(self, task_id: str) -> CaseTask | None:
        """The task with this id in whichever process it lies."""
        for process in self.processes():
            if task_id in process.tasks:
                found: CaseTask = process.tasks[task_id]
                return found
        return None

    def create_subprocess(self, my_task: CaseTask, spec_name: str) -> CalledProcess:
        """Enter a called process from the call activity `my_task`."""
        called = CalledProcess(self.subprocess_specs[spec_name], my_task.id, self)
        self.subprocesses[my_task.id] = called
        self.entered.append(called)
        called.begin()
        return called

    def cancel(self, workflow: Any = None) -> None:
        """Cancel every unfinished task of every process."""
        cancel_all(self)
        for called in self.subprocesses.values():
            if not called.completed:
                cancel_all(called)
        self.event_manager.tasks.clear()
        self.agenda.clear()
        self.cancelled = True

    def run_agenda(self) -> None:
        """Run every automatic task that is ready, and what that makes ready, until only people and events are left."""
        budget = MAX_TASKS_PER_STEP
        while True:
            while self.agenda:
                task = self.agenda.popleft()
                if task._state != TaskState.READY or task.task_spec.manual or task.id not in task.workflow.tasks:
                    continue
                budget -= 1
                if budget < 0:
                    raise Stuck(f"more than {MAX_TASKS_PER_STEP} tasks in one step, last {task.task_spec.name}")
                self._run(task)
            for process in self.processes():
                if not process.completed:
                    process.spec.end.try_again(process)
            if not self.agenda:
                break
        if self.last_number > MAX_TASKS_PER_CASE:
            raise Stuck(f"more than {MAX_TASKS_PER_CASE} tasks in one case")

    def call_operation(self, task: CaseTask, element: Element) -> None:
        """Call the operation of a service task and store its result; nothing but a plain value becomes a variable."""
        operation = element.operation or ""
        variables = MappingProxyType({k: list(v) if isinstance(v, list) else v for k, v in task.data.items()})
        request = ServiceCall(operation, element.id, element.process, dict(element.parameters), variables)
        try:
            result = self.call(request)
        except Exception as error:
            raise OperationFailed(element.id, operation) from error
        if not is_plain(result):
            raise OperationFailed(element.id, operation, f"a {type(result).__name__} may not become a variable")
        if element.result:
            task.data = {**task.data, element.result: list(result) if isinstance(result, list) else result}
        self.status = element.status or self.status
        self.stage = element.stage or self.stage

    def _run(self, task: CaseTask) -> None:
        try:
            task.run()
        except (StepFailed, Stuck):
            raise
        except Exception as error:
            raise StepFailed(task.task_spec.name, str(error)) from error

    def _task_completed_notify(self, task: CaseTask) -> None:
        self.last_task = task
        if task.task_spec.name == "End":
            self.completed = True


def plant(workflow: Any) -> None:
    """Grow the first tasks of a process: its start and what is foreseeable behind it."""
    start = CaseTask(workflow, workflow.spec.start, state=TaskState.FUTURE)
    workflow.task_tree = start
    start.task_spec._predict(start, mask=TaskState.NOT_FINISHED_MASK)
    start._ready()


def merge_branches(arrived: list[CaseTask]) -> dict[str, object]:
    """The variables after a join: what each branch changed since they parted, the later arrival winning a conflict.

    Stock lets the branch that ends last overwrite everything, also variables that it never touched, so that a sibling's
    answer from an earlier round comes back. Comparing with the common ancestor keeps untouched variables out of it.
    """
    ends = sorted((task.parent for task in arrived), key=lambda task: task.last_state_change)
    if len(ends) == 1:
        return dict(ends[0].data)
    base = _common_ancestor(ends).data
    merged = dict(base)
    for end in ends:
        for name, value in end.data.items():
            if name not in base or base[name] != value:
                merged[name] = value
    return merged


def _common_ancestor(tasks: list[CaseTask]) -> CaseTask:
    first, *others = tasks
    lineages = [{id(task), *(id(ancestor) for ancestor in task.ancestors())} for task in others]
    for candidate in (first, *first.ancestors()):
        if all(id(candidate) in lineage for lineage in lineages):
            return candidate
    raise Stuck(f"{first.task_spec.name}: branches without a common root")
