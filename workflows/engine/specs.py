"""Our task specs: what SpiffWorkflow's own do wrong or slowly in a case that is saved after every step, mended."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, SimpleBpmnTask, _EndJoin
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins import (
    BoundaryEventMixin,
    BpmnSpecMixin,
    CallActivityMixin,
    EndEventMixin,
    EventBasedGatewayMixin,
    ExclusiveGatewayMixin,
    IntermediateCatchEventMixin,
    ParallelGatewayMixin,
    ParallelMultiInstanceTaskMixin,
    ReceiveTaskMixin,
    ServiceTaskMixin,
    StartEventMixin,
    UserTaskMixin,
)
from SpiffWorkflow.specs.base import TaskSpec

from workflows.engine.errors import ExpressionRefused
from workflows.engine.model import Element
from workflows.engine.timers import CaseTimer
from workflows.engine.tree import FINISHED, UNFINISHED, CaseTask, merge_branches

MAX_INSTANCES = 200
# How many elements ahead of a token the tree of tasks reaches.
LOOK_AHEAD = 3


class Spec(BpmnSpecMixin):
    """What every element of a diagram has in common: its meaning is the model's element."""

    element: Element

    def _predict(
        self, my_task: CaseTask, seen: Any = None, looked_ahead: int = 0, mask: int = TaskState.PREDICTED_MASK
    ) -> None:
        # Stock foresees everything that is certain to come: to the end of a straight line, and for ever round a loop
        # that only a boundary event leaves. What is merely likely is foreseen anew when it is reached.
        if looked_ahead >= LOOK_AHEAD and my_task._state == TaskState.FUTURE:
            my_task._set_state(TaskState.LIKELY)
            return
        super()._predict(my_task, seen, looked_ahead, mask)


class ExclusiveGateway(ExclusiveGatewayMixin, Spec):
    """Exactly one way on; the gate has made sure that no two conditions hold at once and that there is a default."""


class UserTask(UserTaskMixin, Spec):
    """A task for a person; as the child of a multi-instance it tells the wrapper when it is finished."""

    def _on_complete_hook(self, my_task: CaseTask) -> None:
        super()._on_complete_hook(my_task)
        self._tell_wrapper(my_task)

    def _on_cancel(self, my_task: CaseTask) -> None:
        super()._on_cancel(my_task)
        self._tell_wrapper(my_task)

    @staticmethod
    def _tell_wrapper(my_task: CaseTask) -> None:
        wrapper = my_task.parent
        if my_task.triggered and isinstance(wrapper.task_spec, ParallelMultiInstance):
            wrapper.task_spec.child_finished(wrapper)


class ServiceTask(ServiceTaskMixin, Spec):
    """A plain BPMN service task bound to a registered operation by its `implementation`."""

    def _execute(self, my_task: CaseTask) -> bool:
        my_task.workflow.top_workflow.call_operation(my_task, self.element)
        return True


class StartEvent(StartEventMixin, Spec):
    """A plain start event: nothing to wait for."""

    def _update_hook(self, my_task: CaseTask) -> bool:
        my_task._inherit_data()
        return True

    def _on_ready_hook(self, my_task: CaseTask) -> None:
        return

    def _run_hook(self, my_task: CaseTask) -> bool:
        return True


class EndEvent(EndEventMixin, Spec):
    """A plain end event; an end of the root process is remembered as the end of the case."""

    def _on_complete_hook(self, my_task: CaseTask) -> None:
        super()._on_complete_hook(my_task)
        top = my_task.workflow.top_workflow
        if my_task.workflow is top and self.element.scope == top.diagrams.key:
            top.end_element = self.element.id


class Message(MessageEventDefinition):
    """A message known by its name; routed by the caller to one case, so there are no correlations."""

    def catch(self, my_task: CaseTask, event: Any = None) -> None:
        my_task.internal_data["payload"] = event

    def has_fired(self, my_task: CaseTask) -> bool:
        return "payload" in my_task.internal_data

    def update_task_data(self, my_task: CaseTask) -> None:
        my_task.data = {**my_task.data, **my_task.internal_data.get("payload", {})}


class Catching:
    """What waiting elements have in common: they forget their event once it is behind them.

    A mixin that stands before SpiffWorkflow's, whose `_update_hook` must in turn stand before the one of `Spec`.
    """

    event_definition: Any

    def _run_hook(self, my_task: CaseTask) -> bool:
        self.event_definition.update_task_data(my_task)
        my_task.internal_data = {}
        return True

    def _on_cancel(self, my_task: CaseTask) -> None:
        my_task.workflow.top_workflow.event_manager.remove_task(my_task)


class CatchEvent(Catching, IntermediateCatchEventMixin, Spec):
    """Waits for a message or an instant; behind an event gateway the gateway waits and this is passed through."""


class ReceiveTask(Catching, ReceiveTaskMixin, Spec):
    """Waits for a message."""


class BoundaryEvent(Catching, BoundaryEventMixin, Spec):
    """A message or an instant that interrupts the activity it is attached to."""


class FirstOf(NoneEventDefinition):
    """The events behind an event gateway: the first one to happen decides, the others no longer count.

    Stock lets several of them fire in the same step and then goes on in several branches.
    """

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[str, Message | CaseTimer]] = []

    def has_fired(self, my_task: CaseTask) -> bool:
        caught = my_task.internal_data.get("caught")
        if caught is None:
            for target, event in self.events:
                if isinstance(event, CaseTimer) and event.has_fired(my_task):
                    my_task.internal_data["caught"] = caught = target
                    break
        return caught is not None

    def timer(self) -> CaseTimer | None:
        """The one timer among the events."""
        return next((event for _, event in self.events if isinstance(event, CaseTimer)), None)


class EventGateway(Catching, EventBasedGatewayMixin, Spec):
    """Waits for the first of the events behind it."""

    event_definition: FirstOf

    def connect(self, child: Any) -> None:
        # The gateway does the waiting, so the events behind it are emptied, as in stock.
        TaskSpec.connect(self, child)
        self.event_definition.events.append((child.name, child.event_definition))
        child.event_definition = NoneEventDefinition()

    def _update_hook(self, my_task: CaseTask) -> bool:
        my_task._inherit_data()
        if self.event_definition.has_fired(my_task):
            return True
        my_task._set_state(TaskState.WAITING)
        my_task.workflow.top_workflow.event_manager.add_task(my_task)
        return False

    def target_of(self, message: str) -> str | None:
        """The element behind the gateway that waits for this message."""
        for target, event in self.event_definition.events:
            if isinstance(event, Message) and event.name == message:
                return target
        return None

    def _run_hook(self, my_task: CaseTask) -> bool:
        target = my_task.workflow.spec.task_specs[my_task.internal_data["caught"]]
        my_task.data = {**my_task.data, **my_task.internal_data.get("payload", {})}
        my_task.internal_data = {}
        my_task._sync_children([target], TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


class CallActivity(CallActivityMixin, Spec):
    """Calls another process with all variables and takes all of them back; each pass is a fresh one."""

    def start_workflow(self, my_task: CaseTask) -> None:
        called = my_task.workflow.top_workflow.create_subprocess(my_task, self.spec)
        called.task_tree.data = dict(my_task.data)


class BoundaryJoin(BoundaryEventJoin):
    """Ends the race between an activity and the events on its boundary: whoever is first cancels the others."""

    def _check_threshold_structured(self, my_task: CaseTask) -> tuple[bool, list[Any]]:
        split = self._split(my_task)
        unfinished = [task for task in split.children if task.has_state(UNFINISHED)]
        decided = any(task.has_state(FINISHED) for task in split.children)
        # Stock spares an event that is due in the very step in which the activity completes; both would go on.
        return decided, unfinished if decided else []

    def _do_join(self, my_task: CaseTask) -> None:
        # Stock searches the whole tree below the split; the only others are the siblings behind the other events.
        for sibling in self._split(my_task).children:
            for task in sibling.children:
                if task.task_spec is self and task is not my_task and task.has_state(UNFINISHED):
                    task._set_state(TaskState.CANCELLED)

    def _split(self, my_task: CaseTask) -> Any:
        return my_task.find_ancestor(self.split_task)


class ParallelGateway(ParallelGatewayMixin, Spec):
    """Fires when a token has arrived on every incoming flow, and takes exactly one from each."""

    def _update_hook(self, my_task: CaseTask) -> bool:
        arrived = {my_task.parent.task_spec.name: my_task}
        for task in my_task.workflow.tasks.values():
            if task.task_spec is self and task is not my_task and task._state == TaskState.WAITING:
                arrived.setdefault(task.parent.task_spec.name, task)
        if len(arrived) < len(set(self._inputs)):
            my_task._set_state(TaskState.WAITING)
            return False
        my_task.data = merge_branches(list(arrived.values()))
        for task in arrived.values():
            if task is not my_task:
                task.cancel()
        return True

    def _run_hook(self, my_task: CaseTask) -> bool:
        return True


class EndJoin(_EndJoin):
    """The end of a process: fires when no token is left anywhere else in it."""

    def _update_hook(self, my_task: CaseTask) -> bool:
        tokens = []
        for task in my_task.workflow.tasks.values():
            if task.task_spec is self:
                if task is my_task or task._state == TaskState.WAITING:
                    tokens.append(task)
            elif task.has_state(UNFINISHED) and task.task_spec.name != "End":
                my_task._set_state(TaskState.WAITING)
                return False
        my_task.data = merge_branches(tokens)
        for task in tokens:
            if task is not my_task:
                task.cancel()
        return True

    def _run_hook(self, my_task: CaseTask) -> bool:
        return True

    def try_again(self, workflow: Any) -> None:
        """Let a token that waits here go on if the last other one has meanwhile vanished without arriving."""
        for task in workflow.tasks.values():
            if task.task_spec is self and task._state == TaskState.WAITING:
                self._update(task)
                return


class ProcessSpec(BpmnProcessSpec):
    """A process with our end; `process` is the key of the diagram it is drawn in."""

    process: str
    end: EndJoin

    def __init__(self, name: str, description: str, filename: str | None) -> None:
        super().__init__(name=name, description=description, filename=filename)
        for spec in (self.end, self.task_specs["End"]):
            del self.task_specs[spec.name]
        self.end = EndJoin(self, f"{name}.EndJoin")
        self.end.connect(SimpleBpmnTask(self, "End"))


class ParallelMultiInstance(ParallelMultiInstanceTaskMixin, Spec):
    """One task for each entry of a list, all open at once; done when each is completed or cancelled.

    Each pass makes fresh children; a child's variables stay with the child, so nothing is merged back.
    """

    def _update_hook(self, my_task: CaseTask) -> bool:
        my_task._inherit_data()
        items = self._items(my_task)
        if items:
            # Before the children: behind a boundary event this task may still be a predicted one.
            my_task._set_state(TaskState.STARTED)
        for item in items:
            self.add_child(my_task, item)
        return not items

    def add_child(self, my_task: CaseTask, item: str) -> CaseTask:
        """Open one more task for `item`."""
        child = my_task._add_child(my_task.workflow.spec.task_specs[self.task_spec], TaskState.WAITING)
        child.triggered = True
        child.task_spec._update(child)
        name = self.element.multi_instance.item if self.element.multi_instance else None
        if name:
            child.data = {**child.data, name: item}
        return child

    def child_finished(self, my_task: CaseTask) -> None:
        """Go on when no child is left open."""
        if my_task._state == TaskState.STARTED and not any(
            task.triggered and task.has_state(UNFINISHED) for task in my_task.children
        ):
            my_task._set_state(TaskState.READY)

    def _items(self, my_task: CaseTask) -> list[str]:
        loop = self.element.multi_instance
        if loop is None:
            raise ExpressionRefused(f"{self.name}: not a multi-instance")
        if loop.collection is None:
            value = loop.cardinality or ""
            count = int(value) if value.isdigit() else my_task.data.get(value)
            if type(count) is not int or not 0 <= count <= MAX_INSTANCES:
                raise ExpressionRefused(f"{self.name}: {value} is no number of instances: {count!r}")
            return [str(index + 1) for index in range(count)]
        items = my_task.data.get(loop.collection)
        if type(items) is not list or not all(type(item) is str for item in items) or len(items) > MAX_INSTANCES:
            raise ExpressionRefused(f"{self.name}: {loop.collection} is no list of at most {MAX_INSTANCES} texts")
        return items
