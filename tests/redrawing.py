"""Changes of shipped diagrams for tests, as an owner would draw them: on the text, so that all else stays as it was."""

import re


def insert_task(diagram: str, flow: str, element_id: str, *, name: str, form: str, lane: str, more: str = "") -> str:
    """Put a user task into a sequence flow: the flow leads to the task, a new flow from there to where it led."""
    found = re.search(rf'<bpmn:sequenceFlow id="{flow}"[^>]*targetRef="([^"]+)"', diagram)
    assert found, flow
    target, onward = found.group(1), f"{element_id}_onward"
    task = (
        f'<bpmn:userTask id="{element_id}" name="{name}" gc:form="{form}" {more}>\n'
        f"      <bpmn:incoming>{flow}</bpmn:incoming>\n      <bpmn:outgoing>{onward}</bpmn:outgoing>\n"
        f"    </bpmn:userTask>\n"
        f'    <bpmn:sequenceFlow id="{onward}" sourceRef="{element_id}" targetRef="{target}" />\n    '
    )
    head, tail = diagram[: found.start()], diagram[found.start() :]
    head = head.replace(f"<bpmn:incoming>{flow}</bpmn:incoming>", f"<bpmn:incoming>{onward}</bpmn:incoming>")
    tail = tail.replace(f'targetRef="{target}"', f'targetRef="{element_id}"', 1)
    shape = (
        f'<bpmndi:BPMNShape id="{element_id}_di" bpmnElement="{element_id}">'
        '<dc:Bounds x="200" y="200" width="100" height="80" /></bpmndi:BPMNShape>'
        f'<bpmndi:BPMNEdge id="{onward}_di" bpmnElement="{onward}">'
        '<di:waypoint x="300" y="240" /><di:waypoint x="340" y="240" /></bpmndi:BPMNEdge>'
    )
    tail = tail.replace("</bpmndi:BPMNPlane>", f"{shape}</bpmndi:BPMNPlane>")
    return into_lane(head + task + tail, element_id, lane)


def into_lane(diagram: str, element_id: str, lane: str) -> str:
    """List an element in a lane."""
    found = re.search(rf'<bpmn:lane id="{lane}"[^>]*>', diagram)
    assert found, lane
    return (
        f"{diagram[: found.end()]}\n        <bpmn:flowNodeRef>{element_id}</bpmn:flowNodeRef>{diagram[found.end() :]}"
    )


def remove_task(diagram: str, element_id: str) -> str:
    """Take out a task with one way in and one way out; the way in leads on."""
    task = re.search(rf'    <bpmn:userTask id="{element_id}".*?</bpmn:userTask>\n', diagram, re.DOTALL)
    out = re.search(rf'    <bpmn:sequenceFlow id="([^"]+)" sourceRef="{element_id}" targetRef="([^"]+)" />\n', diagram)
    assert task and out, element_id
    onward, target = out.groups()
    way_in = re.findall(r"<bpmn:incoming>([^<]+)</bpmn:incoming>", task.group(0))
    assert len(way_in) == 1, way_in
    diagram = diagram.replace(task.group(0), "").replace(out.group(0), "")
    diagram = diagram.replace(f"        <bpmn:flowNodeRef>{element_id}</bpmn:flowNodeRef>\n", "")
    diagram = diagram.replace(f"<bpmn:incoming>{onward}</bpmn:incoming>", f"<bpmn:incoming>{way_in[0]}</bpmn:incoming>")
    diagram = re.sub(
        rf'<bpmndi:BPMN(Shape|Edge) id="[^"]*" bpmnElement="({element_id}|{onward})".*?</bpmndi:BPMN\1>\s*',
        "",
        diagram,
        flags=re.DOTALL,
    )
    return diagram.replace(f'targetRef="{element_id}"', f'targetRef="{target}"')
