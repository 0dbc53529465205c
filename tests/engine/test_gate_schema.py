"""The gate: the schemas of BPMN 2.0, and what people see of a diagram."""

import pytest

from tests.engine.drawing import diagram, end, line, service, shape, start, task
from tests.engine.judging import TASK, check, labels, refused, rules, straight
from tests.engine.shipped import LIBRARY
from workflows import bundling, gatekeeper, inspection
from workflows.engine import compile_bundle

SHAPES = "".join(
    f'<bpmndi:BPMNShape id="{id}_di" bpmnElement="{id}"><dc:Bounds x="0" y="0" width="9" height="9"/>'
    "</bpmndi:BPMNShape>"
    for id in ("begin", "a", "done")
)


def replaced(old: bytes, new: bytes) -> bytes:
    assert old in TASK
    return TASK.replace(old, new)


def inside(text: str) -> bytes:
    return replaced(b"</bpmn:process>", text.encode() + b"</bpmn:process>")


def drawn(shapes: str) -> bytes:
    plane = f'<bpmndi:BPMNPlane id="plane" bpmnElement="p">{shapes}</bpmndi:BPMNPlane>'
    picture = f'<bpmndi:BPMNDiagram id="picture">{plane}</bpmndi:BPMNDiagram>'
    return replaced(b"</bpmn:definitions>", picture.encode() + b"</bpmn:definitions>")


REFUSED = [
    ("xsd-attribute", replaced(b'<bpmn:userTask id="a"', b'<bpmn:userTask colour="red" id="a"')),
    ("xsd-required", replaced(b' targetNamespace="urn:test"', b"")),
    ("xsd-required", inside('<bpmn:association id="x"/>')),
    ("xsd-text", replaced(b"</bpmn:userTask>", "说明</bpmn:userTask>".encode())),
    ("xsd-value", replaced(b'isExecutable="true"', b'isExecutable="true" processType="Odd"')),
    ("xsd-value", inside('<bpmn:group id="x y"/>')),
    ("xsd-order", inside('<bpmn:textAnnotation id="x"/><bpmn:laneSet id="late"/>')),
    ("xsd-order", drawn(SHAPES.replace("dc:Bounds", "dc:Font"))),
    ("not-drawn", drawn(SHAPES.replace('bpmnElement="a"', 'bpmnElement="b"'))),
]


@pytest.mark.parametrize(("rule", "data"), REFUSED, ids=labels(REFUSED))
def test_refuses(rule, data):
    refused(rule, data)


def test_a_schema_fault_names_the_element_and_the_line():
    (finding,) = check(replaced(b'<bpmn:userTask id="a"', b'<bpmn:userTask colour="red" id="a"'))
    assert (finding.element, finding.line, finding.hostile) == ("a", 7, False)
    assert "colour" in finding.message_zh
    assert "colour" in finding.message_en


def test_what_the_editor_stores_passes():
    note = shape("textAnnotation", "note", "<bpmn:text>说明</bpmn:text>")
    tie = '<bpmn:association id="tie" sourceRef="a" targetRef="note"/>'
    said = "<bpmn:documentation>办理说明</bpmn:documentation><bpmn:extensionElements/>"
    p = diagram("p", start(), task("a", said), end(), line("begin", "a", "done"), note, tie)
    coloured = p.replace(b"xmlns:gc=", b'exporter="bpmn-js" exporterVersion="18" xmlns:gc=')
    assert rules(coloured) == set()


def test_a_plainer_rule_speaks_before_the_schema():
    p = straight(task("a"), shape("scriptTask", "odd", colour="red"), ids=("a", "odd"))
    assert "script" in rules(p)
    assert not {rule for rule in rules(p) if rule.startswith("xsd")}


def test_what_was_published_before_a_rule_of_the_drawing_still_runs():
    faulty = replaced(b'<bpmn:userTask id="a"', b'<bpmn:userTask colour="red" id="a"')
    assert compile_bundle({"p.bpmn": faulty}, "p").key == "p"


def test_nothing_hides_in_a_shipped_drawing():
    extra = service("extra", "settle_credit").encode()
    hidden = LIBRARY["retrofit.bpmn"].replace(b"</bpmn:process>", extra + b"</bpmn:process>")
    files = {**bundling.assemble(LIBRARY, "retrofit"), "retrofit.bpmn": hidden}
    found = gatekeeper.judge(files, "retrofit", inspection.known())
    assert {(finding.rule, finding.element) for finding in found} >= {("not-drawn", "extra"), ("unreachable", "extra")}
