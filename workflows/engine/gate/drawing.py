"""What people see of a diagram: every element is drawn, and the names can be read."""

from __future__ import annotations

from workflows.engine.gate.bundle import Bundle
from workflows.engine.model import local_name

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
MAX_NAME = 60


def check_drawing(bundle: Bundle) -> None:
    """No element hides from those who agree to a publication, and officials find a name in their task lists."""
    for file, root in bundle.roots.items():
        shapes = {shape.get("bpmnElement") for shape in root.iter(f"{{{BPMNDI}}}BPMNShape")}
        drawn = any(local_name(child) == "BPMNDiagram" for child in root.iterchildren(f"{{{BPMNDI}}}*"))
        for process in bundle.processes.values():
            if process.file != file:
                continue
            for element in process.elements.values():
                # In a file without any drawing there is nothing to hide behind; one with a drawing has to be complete.
                if drawn and element.id not in shapes:
                    bundle.report.at("not-drawn", file, element)
                if element.kind == "userTask" and element.name == element.id:
                    bundle.report.at("name-missing", file, element)
                elif len(element.name) > MAX_NAME or not element.name.isprintable():
                    bundle.report.at("name-form", file, element, str(MAX_NAME))
