"""The gate: one tiny diagram for each element and attribute that must not be drawn."""

import pytest

from tests.engine.drawing import diagram, end, line, shape, start, task
from tests.engine.judging import event, labels, refused, straight

REFUSED = [
    ("link-event", event("intermediateCatchEvent", "linkEventDefinition")),
    ("link-event", event("intermediateThrowEvent", "linkEventDefinition")),
    ("signal-event", event("intermediateCatchEvent", "signalEventDefinition")),
    ("signal-event", diagram("p", start(), end(), shape("endEvent", "x", "<bpmn:signalEventDefinition/>"))),
    ("signal-event", straight(task("a"), ids=("a",), outside=shape("signal", "sig", name="s"))),
    ("compensation", event("boundaryEvent", "compensateEventDefinition", attachedToRef="a")),
    ("compensation", straight(task("a", isForCompensation="true"), ids=("a",))),
    ("event-subprocess", straight(task("a"), shape("subProcess", "sub", triggeredByEvent="true"), ids=("a",))),
    ("error-event", diagram("p", start(), shape("endEvent", "x", "<bpmn:errorEventDefinition/>"), line("begin", "x"))),
    ("error-event", straight(task("a"), ids=("a",), outside=shape("error", "err", errorCode="1"))),
    ("escalation-event", event("boundaryEvent", "escalationEventDefinition", attachedToRef="a")),
    ("terminate-event", diagram("p", start(), shape("endEvent", "x", "<bpmn:terminateEventDefinition/>"))),
    ("conditional-event", event("intermediateCatchEvent", "conditionalEventDefinition")),
    ("transaction", straight(task("a"), shape("transaction", "odd"), ids=("a",))),
    ("transaction", event("boundaryEvent", "cancelEventDefinition", attachedToRef="a")),
    ("script", straight(shape("scriptTask", "odd", "<bpmn:script>import os</bpmn:script>"), ids=("odd",))),
    ("script", straight(shape("scriptTask", "odd", scriptFormat="python"), ids=("odd",))),
    (
        "script",
        straight(
            task("a", '<bpmn:extensionElements><x:preScript xmlns:x="urn:x">1</x:preScript></bpmn:extensionElements>'),
            ids=("a",),
        ),
    ),
    (
        "script",
        straight(
            task(
                "a", '<bpmn:extensionElements><x:postScript xmlns:x="urn:x">1</x:postScript></bpmn:extensionElements>'
            ),
            ids=("a",),
        ),
    ),
    ("ad-hoc", straight(task("a"), shape("adHocSubProcess", "odd"), ids=("a",))),
    ("complex-gateway", straight(shape("complexGateway", "odd"), ids=("odd",))),
    ("inclusive-gateway", straight(shape("inclusiveGateway", "odd"), ids=("odd",))),
    ("send-task", straight(shape("sendTask", "odd"), ids=("odd",))),
    ("throw-event", straight(shape("intermediateThrowEvent", "odd"), ids=("odd",))),
    ("untyped-task", straight(shape("task", "odd"), ids=("odd",))),
    ("untyped-task", straight(shape("manualTask", "odd"), ids=("odd",))),
    ("untyped-task", straight(shape("businessRuleTask", "odd"), ids=("odd",))),
    ("standard-loop", straight(task("a", "<bpmn:standardLoopCharacteristics/>"), ids=("a",))),
    ("data-object", straight(task("a"), shape("dataObjectReference", "odd"), ids=("a",))),
    ("data-object", straight(task("a", "<bpmn:ioSpecification/>"), ids=("a",))),
    (
        "message-flow",
        straight(
            task("a"),
            ids=("a",),
            outside=shape("collaboration", "c", shape("messageFlow", "f", sourceRef="a", targetRef="a")),
        ),
    ),
    ("unknown-element", straight(task("a"), shape("choreographyTask", "odd"), ids=("a",))),
    ("unknown-element", straight(task("a"), '<camunda:thing id="odd"/>', ids=("a",))),
    ("unknown-extension", straight(task("a", gc__frm="form"), ids=("a",))),
    ("unknown-extension", straight(task("a", gc__result="x"), ids=("a",))),
    ("unknown-extension", diagram("p", start(), end(gc__stage="P18"), line("begin", "done"))),
    ("unknown-extension", straight(task("a", camunda__formKey="x"), ids=("a",))),
    (
        "unknown-extension",
        straight(task("a", "<bpmn:extensionElements><camunda:in/></bpmn:extensionElements>"), ids=("a",)),
    ),
    ("unsupported-attribute", straight(task("a", startQuantity="2"), ids=("a",))),
]


@pytest.mark.parametrize(("rule", "data"), REFUSED, ids=labels(REFUSED))
def test_refuses(rule, data):
    refused(rule, data)
