"""The same diagrams on stock SpiffWorkflow, in memory: what our engine is compared with, in speed and in outcome."""

from datetime import UTC, datetime, timedelta

from lxml import etree
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser, TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin, ServiceTaskMixin

from workflows.engine import Diagrams, Element


class Service(ServiceTaskMixin, BpmnSpecMixin):
    """The least that a service task needs on stock SpiffWorkflow."""

    elements: dict[str, Element]
    answer: object

    def _execute(self, task) -> bool:
        element = Service.elements[self.bpmn_id]
        result = Service.answer(element.operation)
        if element.result:
            task.data[element.result] = result
        return True


class Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES = {full_tag("serviceTask"): (TaskParser, Service)}  # noqa: RUF012


class StockCase:
    """One case on stock SpiffWorkflow; `move` takes the first way forward, as the tests of the diagrams do."""

    def __init__(self, diagrams: Diagrams, answer) -> None:
        Service.elements = {e.id: e for p in diagrams.processes.values() for e in p.elements.values()}
        Service.answer = staticmethod(answer)
        parser = Parser()
        self.roots = [etree.fromstring(diagrams.xml_of(process)) for process in diagrams.processes]
        for root in self.roots:
            for number, item in enumerate(root.iter(full_tag("inputDataItem"))):
                # Stock takes the id for the variable's name, and cannot write the same variable a second time.
                item.set("id", f"{item.get('name')}_{number}")
            parser.add_bpmn_xml(root)
        self.workflow = BpmnWorkflow(parser.get_spec(diagrams.key), parser.get_subprocess_specs(diagrams.key))
        self.workflow.do_engine_steps()

    def ready(self) -> list:
        return self.workflow.get_tasks(state=TaskState.READY, manual=True)

    def complete(self, task, decision: str | None) -> None:
        if decision is not None:
            task.data[task.task_spec.bpmn_id] = decision
        task.run()
        self.workflow.do_engine_steps()

    def deliver(self, message: str, payload: dict[str, str]) -> None:
        self.workflow.send_event(BpmnEvent(MessageEventDefinition(message), payload=payload))
        self.workflow.do_engine_steps()

    def let_timers_fire(self) -> None:
        """Stock reads the machine's clock, so the armed instants are moved into the past instead."""
        past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
        for task in self.workflow.event_manager.tasks.values():
            if "event_value" in task.internal_data:
                task.internal_data["event_value"] = past
        self.workflow.refresh_timers()
        self.workflow.do_engine_steps()
