"""What people see of a diagram: every element and every flow is drawn, and the names can be read."""

from __future__ import annotations

from math import inf

from lxml import etree

from workflows.engine.gate.bundle import Bundle
from workflows.engine.model import Process
from workflows.typed.signs import hides_signs

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
MAX_NAME = 60


def check_drawing(bundle: Bundle) -> None:
    """No element and no flow hides from those who agree to a publication, and officials find a name in their lists."""
    for process in bundle.processes.values():
        _check_names(process, bundle)
        root = bundle.roots[process.file]
        pictures = root.findall(f"{{{BPMNDI}}}BPMNDiagram")
        # In a file without any drawing there is nothing to hide behind; one with a drawing has to be complete.
        if pictures:
            _check_picture(process, pictures, bundle)


def _check_picture(process: Process, pictures: list[etree._Element], bundle: Bundle) -> None:
    planes = [plane for picture in pictures for plane in picture.findall(f"{{{BPMNDI}}}BPMNPlane")]
    if len(pictures) > 1 or len(planes) > 1:
        # Every program opens the first one and shows no other.
        line = pictures[-1].sourceline or 1
        bundle.report.add("drawing-twice", process.file, line, process.key, name=process.name)
    shown = _shown(planes[0]) if planes else set()
    for element in process.elements.values():
        if element.id not in shown:
            bundle.report.at("not-drawn", process.file, element)
    for flow in process.flows:
        source = process.elements.get(flow.source)
        # A flow from nowhere is said elsewhere. What is not drawn can only be pointed at where it begins.
        if source is not None and flow.id not in shown:
            target = process.elements.get(flow.target)
            detail = target.name if target is not None else flow.target
            bundle.report.add("flow-not-drawn", process.file, flow.line, source.id, name=source.name, detail=detail)


def _check_names(process: Process, bundle: Bundle) -> None:
    for element in process.elements.values():
        if element.kind == "userTask" and element.name == element.id:
            bundle.report.at("name-missing", process.file, element)
        elif len(element.name) > MAX_NAME or hides_signs(element.name):
            bundle.report.at("name-form", process.file, element, str(MAX_NAME))


def _shown(plane: etree._Element) -> set[str | None]:
    """What can be seen on the plane: by shapes that have a size, and by edges that lead from one point to another."""
    shown: set[str | None] = set()
    hidden: set[str | None] = set()
    for shape in plane.findall(f"{{{BPMNDI}}}BPMNShape"):
        bounds = shape.find(f"{{{DC}}}Bounds")
        visible = bounds is not None and _is_size(bounds.get("width")) and _is_size(bounds.get("height"))
        (shown if visible else hidden).add(shape.get("bpmnElement"))
    for edge in plane.findall(f"{{{BPMNDI}}}BPMNEdge"):
        points = {(point.get("x"), point.get("y")) for point in edge.findall(f"{{{DI}}}waypoint")}
        (shown if len(points) > 1 else hidden).add(edge.get("bpmnElement"))
    # Of two shapes of one element programs take either.
    return shown - hidden


def _is_size(length: str | None) -> bool:
    try:
        return 0 < float(length or "") < inf
    except ValueError:
        return False
