"""SpiffWorkflow's plain BpmnParser, taught our elements. It parses only what the gate has passed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    EventBasedGatewayParser,
    IntermediateCatchEventParser,
    ReceiveTaskParser,
    StartEventParser,
)
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import (
    CallActivityParser,
    ConditionalGatewayParser,
    GatewayParser,
    SubWorkflowParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from workflows.engine import specs
from workflows.engine.model import Element, Process
from workflows.engine.timers import CaseTimer


class OurTask:
    """Mixed into SpiffWorkflow's node parsers: the element's meaning comes from the model, races end in our join."""

    PARALLEL_MI_CLASS = specs.ParallelMultiInstance

    # Provided by the stock parser that this is mixed into.
    process_parser: Any
    task: Any
    spec: Any
    bpmn_id: str

    @property
    def element(self) -> Element:
        """The model's element that this parser is at."""
        found: Element = self.process_parser.parser.element(self.process_parser.bpmn_id, self.bpmn_id)
        return found

    def get_event_definition(self, xpaths: list[str]) -> Any:
        """The message or timer of this event as the model has it (names resolved within its own file)."""
        element = self.element
        if element.timer is not None:
            return CaseTimer(element.id, element.timer)
        if element.message is not None:
            return specs.Message(element.message)
        return NoneEventDefinition()

    def get_description(self) -> str:
        """Descriptions are SpiffWorkflow's own names for shapes; nothing here shows them."""
        return ""

    def _add_boundary_event(self, children: list[Any]) -> Any:
        split = BoundaryEventSplit(self.spec, f"{self.bpmn_id}.BoundaryEventSplit")
        join = specs.BoundaryJoin(self.spec, f"{self.bpmn_id}.BoundaryEventJoin", split_task=split.name, cancel=True)
        split.connect(self.task)
        self.task.connect(join)
        for event in children:
            child = self.process_parser.parse_node(event)
            split.connect(child)
            # First in line, so that the interrupted activity is cancelled before the branch behind the event begins.
            child._outputs.insert(0, join.name)
            join._connect_notify(child)
        return split


class OurTaskParser(OurTask, TaskParser):
    """User and service tasks."""


class OurCallParser(OurTask, CallActivityParser):
    """Call activities."""


class OurSubProcessParser(OurTask, SubWorkflowParser):
    """Embedded sub-processes."""


class OurExclusiveParser(OurTask, ConditionalGatewayParser):
    """Exclusive gateways."""


class OurParallelParser(OurTask, GatewayParser):
    """Parallel gateways."""


class OurStartParser(OurTask, StartEventParser):
    """Start events."""


class OurEndParser(OurTask, EndEventParser):
    """End events."""


class OurCatchParser(OurTask, IntermediateCatchEventParser):
    """Intermediate catch events."""


class OurBoundaryParser(OurTask, BoundaryEventParser):
    """Boundary events."""


class OurReceiveParser(OurTask, ReceiveTaskParser):
    """Receive tasks."""

    def create_task(self) -> Any:
        """A receive task that waits for the message of the model."""
        return self._create_task(self.get_event_definition([]))


class OurEventGatewayParser(OurTask, EventBasedGatewayParser):
    """Event-based gateways."""

    def create_task(self) -> Any:
        """A gateway that waits for the first of the events behind it."""
        return self._create_task(specs.FirstOf())


class OurProcessParser(ProcessParser):
    """A process with our end."""

    def create_spec(self) -> specs.ProcessSpec:
        """An empty process."""
        return specs.ProcessSpec(self.bpmn_id, self.get_name(), self.filename)


class DiagramParser(BpmnParser):
    """Parses the processes of one bundle into specs."""

    PROCESS_PARSER_CLASS = OurProcessParser
    PARSER_CLASSES: ClassVar[dict[str, Any]] = {}
    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        full_tag("startEvent"): (OurStartParser, specs.StartEvent),
        full_tag("endEvent"): (OurEndParser, specs.EndEvent),
        full_tag("userTask"): (OurTaskParser, specs.UserTask),
        full_tag("serviceTask"): (OurTaskParser, specs.ServiceTask),
        full_tag("receiveTask"): (OurReceiveParser, specs.ReceiveTask),
        full_tag("callActivity"): (OurCallParser, specs.CallActivity),
        full_tag("subProcess"): (OurSubProcessParser, specs.CallActivity),
        full_tag("exclusiveGateway"): (OurExclusiveParser, specs.ExclusiveGateway),
        full_tag("parallelGateway"): (OurParallelParser, specs.ParallelGateway),
        full_tag("eventBasedGateway"): (OurEventGatewayParser, specs.EventGateway),
        full_tag("intermediateCatchEvent"): (OurCatchParser, specs.CatchEvent),
        full_tag("boundaryEvent"): (OurBoundaryParser, specs.BoundaryEvent),
    }

    def __init__(self, processes: Mapping[str, Process]) -> None:
        super().__init__()
        self._by_scope = {scope: process for process in processes.values() for scope in process.scopes}

    def element(self, scope: str, identity: str) -> Element:
        """The model's element with this id in the process or sub-process `scope`."""
        return self._by_scope[scope].elements[identity]

    def parse(self, key: str) -> tuple[specs.ProcessSpec, dict[str, specs.ProcessSpec]]:
        """The spec of the root process, and the specs of everything it calls by process or sub-process id."""
        root = self.get_spec(key)
        called = self.get_subprocess_specs(key)
        for scope, spec in {key: root, **called}.items():
            process = self._by_scope[scope]
            spec.process = process.key
            for task_spec in spec.task_specs.values():
                if task_spec.bpmn_id is not None:
                    task_spec.element = process.elements[task_spec.bpmn_id]
        return root, called
