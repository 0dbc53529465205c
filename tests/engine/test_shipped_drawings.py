"""The shipped diagrams as drawings: bpmn/README.md, "Drawing", held to by measuring shapes, labels and edges."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import pytest
from lxml import etree

from tests.engine.shipped import LIBRARY
from workflows.engine.model import bpmn, local_name, read_processes

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
DRAWINGS = [path for path in LIBRARY if path.endswith(".bpmn")]
# Names stand inside these, and beside all others.
BOXES = ("userTask", "serviceTask", "callActivity")


@dataclass(frozen=True)
class Box:
    """A rectangle; a segment of an edge is one without an area."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether they share more than their outlines."""
        beside = self.left < other.right and other.left < self.right
        return beside and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: Box) -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom

    def outlines(self, at: tuple[float, float]) -> bool:
        x, y = at
        across, down = self.left <= x <= self.right, self.top <= y <= self.bottom
        return across and down and (x in (self.left, self.right) or y in (self.top, self.bottom))


class Drawing:
    """One file: the shapes, labels and edges of its elements by their ids."""

    def __init__(self, path: str) -> None:
        root = etree.fromstring(LIBRARY[path])
        (process,) = read_processes(path, root)
        self.elements, self.flows = process.elements, {flow.id: flow for flow in process.flows}
        self.lanes = {
            node.text: lane.get("id") for lane in root.iter(bpmn("lane")) for node in lane.iter(bpmn("flowNodeRef"))
        }
        self.shapes: dict[str, Box] = {}
        self.labels: dict[str, Box] = {}
        self.edges: dict[str, list[tuple[float, float]]] = {}
        for node in root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge"):
            key = node.get("bpmnElement")
            if local_name(node) == "BPMNShape":
                self.shapes[key] = _box(node.find(f"{DC}Bounds"))
            else:
                self.edges[key] = [(float(at.get("x")), float(at.get("y"))) for at in node.iter(WAYPOINT)]
            label = node.find(f"{DI}BPMNLabel/{DC}Bounds")
            if label is not None:
                self.labels[key] = _box(label)

    def segments(self) -> list[tuple[str, Box]]:
        return [
            (flow, Box(min(a, c), min(b, d), max(a, c), max(b, d)))
            for flow, points in self.edges.items()
            for (a, b), (c, d) in pairwise(points)
        ]


def _box(bounds: etree._Element) -> Box:
    x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


@pytest.fixture(params=DRAWINGS)
def drawing(request) -> Drawing:
    return Drawing(request.param)


def test_everything_is_drawn_and_its_name_fits(drawing):
    assert set(drawing.elements) <= set(drawing.shapes)
    assert set(drawing.flows) == set(drawing.edges)
    for key, element in drawing.elements.items():
        if element.kind in BOXES:
            assert len(element.name) <= 14, key
        elif element.name != key:
            assert key in drawing.labels, key


def test_elements_lie_in_their_lanes_and_on_nothing_else(drawing):
    for key in drawing.elements:
        assert drawing.shapes[drawing.lanes[key]].holds(drawing.shapes[key]), key
    for one, other in combinations(drawing.elements.values(), 2):
        attached = one.id == other.attached_to or other.id == one.attached_to
        assert attached or not drawing.shapes[one.id].meets(drawing.shapes[other.id]), (one.id, other.id)


def test_edges_turn_at_right_angles_and_pass_behind_nothing(drawing):
    for key, segment in drawing.segments():
        assert segment.left == segment.right or segment.top == segment.bottom, key
        flow = drawing.flows[key]
        ends = {flow.source, flow.target, drawing.elements[flow.source].attached_to}
        hidden = [other for other in drawing.elements if other not in ends and drawing.shapes[other].meets(segment)]
        assert not hidden, (key, hidden)


def test_edges_begin_and_end_at_what_they_join(drawing):
    for key, points in drawing.edges.items():
        flow = drawing.flows[key]
        assert drawing.shapes[flow.source].outlines(points[0]), key
        assert drawing.shapes[flow.target].outlines(points[-1]), key


def test_labels_stand_free(drawing):
    for key, label in drawing.labels.items():
        crossed = [flow for flow, segment in drawing.segments() if label.meets(segment)]
        covered = [other for other in drawing.elements if other != key and label.meets(drawing.shapes[other])]
        mixed = [other for other, box in drawing.labels.items() if other != key and label.meets(box)]
        assert not crossed + covered + mixed, (key, crossed, covered, mixed)
