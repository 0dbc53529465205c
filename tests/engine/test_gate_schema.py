"""The gate: the schemas of BPMN 2.0, and what people see of a diagram."""

import pytest

from tests.engine.drawing import diagram, end, line, service, shape, start, task
from tests.engine.judging import TASK, check, labels, refused, rules, straight
from tests.engine.shipped import LIBRARY
from workflows.engine import compile_bundle
from workflows.workshop import bundling, gatekeeper, inspection


def shaped(id: str, width: str = "9", height: str = "9") -> str:
    bounds = f'<dc:Bounds x="0" y="0" width="{width}" height="{height}"/>'
    return f'<bpmndi:BPMNShape id="{id}_di" bpmnElement="{id}">{bounds}</bpmndi:BPMNShape>'


def led(id: str, *at: int) -> str:
    points = "".join(f'<di:waypoint xmlns:di="http://www.omg.org/spec/DD/20100524/DI" x="{x}" y="5"/>' for x in at)
    return f'<bpmndi:BPMNEdge id="{id}_di" bpmnElement="{id}">{points}</bpmndi:BPMNEdge>'


SHAPES = "".join(map(shaped, ("begin", "a", "done")))
EDGES = led("begin_to_a", 0, 9) + led("a_to_done", 0, 5, 9)
DRAWN = SHAPES + EDGES


def replaced(old: bytes, new: bytes) -> bytes:
    assert old in TASK
    return TASK.replace(old, new)


def inside(text: str) -> bytes:
    return replaced(b"</bpmn:process>", text.encode() + b"</bpmn:process>")


def drawn(*planes: str) -> bytes:
    pictures = "".join(
        f'<bpmndi:BPMNDiagram id="picture{n}"><bpmndi:BPMNPlane id="plane{n}" bpmnElement="p">{shapes}'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
        for n, shapes in enumerate(planes)
    )
    return replaced(b"</bpmn:definitions>", pictures.encode() + b"</bpmn:definitions>")


REFUSED = [
    ("xsd-attribute", replaced(b'<bpmn:userTask id="a"', b'<bpmn:userTask colour="red" id="a"')),
    ("xsd-required", replaced(b' targetNamespace="urn:test"', b"")),
    ("xsd-required", inside('<bpmn:association id="x"/>')),
    ("xsd-text", replaced(b"</bpmn:userTask>", "说明</bpmn:userTask>".encode())),
    ("xsd-value", replaced(b'isExecutable="true"', b'isExecutable="true" processType="Odd"')),
    ("xsd-value", inside('<bpmn:group id="x y"/>')),
    ("xsd-order", inside('<bpmn:textAnnotation id="x"/><bpmn:laneSet id="late"/>')),
    ("xsd-order", drawn(DRAWN.replace("</bpmndi:BPMNShape>", "<dc:Font/></bpmndi:BPMNShape>"))),
    ("not-drawn", drawn(DRAWN.replace('bpmnElement="a"', 'bpmnElement="b"'))),
    ("not-drawn", drawn(DRAWN.replace("dc:Bounds", "dc:Font"))),
    ("not-drawn", drawn(DRAWN + shaped("a", "0", "0").replace("a_di", "again_di"))),
    *(
        ("not-drawn", drawn(DRAWN.replace(shaped("a"), shaped("a", *size))))
        for size in (("0", "0"), ("9", "0"), ("-9", "9"), ("NaN", "9"), ("9", "INF"), ("", "9"))
    ),
    (
        "not-drawn",
        drawn("<di:extension xmlns:di='http://www.omg.org/spec/DD/20100524/DI'>" + DRAWN + "</di:extension>"),
    ),
    *(
        ("flow-not-drawn", drawn(SHAPES + led("begin_to_a", 0, 9) + other))
        for other in ("", led("a_to_done"), led("a_to_done", 3), led("a_to_done", 3, 3))
    ),
    ("drawing-twice", drawn(DRAWN, "")),
]


@pytest.mark.parametrize(("rule", "data"), REFUSED, ids=labels(REFUSED))
def test_refuses(rule, data):
    refused(rule, data)


def test_a_complete_drawing_passes():
    assert rules(drawn(DRAWN)) == set()


def test_only_the_first_drawing_is_seen():
    found = check(drawn(DRAWN.replace(shaped("a"), ""), shaped("a")))
    assert {(each.rule, each.element) for each in found} == {("drawing-twice", "p"), ("not-drawn", "a")}
    inner = DRAWN.replace(shaped("a"), "") + '</bpmndi:BPMNPlane><bpmndi:BPMNPlane id="other">' + shaped("a")
    assert rules(drawn(inner)) == {"drawing-twice", "not-drawn"}


def test_a_flow_that_is_not_drawn_is_named_by_its_ends():
    (finding,) = check(drawn(SHAPES + led("begin_to_a", 0, 9)))
    assert (finding.rule, finding.element) == ("flow-not-drawn", "a")
    assert "「done」" in finding.message_zh


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
    assert compile_bundle({"p.bpmn": drawn(SHAPES, "")}, "p").key == "p"


def test_nothing_hides_in_a_shipped_drawing():
    extra = service("extra", "settle_credit").encode()
    hidden = LIBRARY["retrofit.bpmn"].replace(b"</bpmn:process>", extra + b"</bpmn:process>")
    files = {**bundling.assemble(LIBRARY, "retrofit"), "retrofit.bpmn": hidden}
    found = gatekeeper.judge(files, "retrofit", inspection.known())
    assert {(finding.rule, finding.element) for finding in found} >= {("not-drawn", "extra"), ("unreachable", "extra")}
