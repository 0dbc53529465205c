"""A shipped diagram redrawn as a process owner would: a stage more, a stage less, another role, another form."""

from __future__ import annotations

from lxml import etree

from workflows.engine.model import bpmn, gc

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"


class Drawing:
    """One file under change; every act answers the drawing itself, `bytes` is the file."""

    def __init__(self, content: bytes) -> None:
        self.root = etree.fromstring(content)
        process = self.root.find(bpmn("process"))
        assert process is not None
        self.process = process

    @property
    def bytes(self) -> bytes:
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")

    def node(self, identity: str) -> etree._Element:
        return next(node for node in self.root.iter(bpmn("*")) if node.get("id") == identity)

    def set(self, identity: str, **attributes: str) -> Drawing:
        """Attributes of an element; `gc__form` is our own `form`."""
        for name, value in attributes.items():
            key = gc(name.removeprefix("gc__")) if name.startswith("gc__") else name
            self.node(identity).set(key, value)
        return self

    def rename(self, name: str) -> Drawing:
        """Another name of the whole process: other bytes, the same way."""
        self.process.set("name", name)
        return self

    def move_to_lane(self, identity: str, lane: str) -> Drawing:
        for reference in [each for each in self.root.iter(bpmn("flowNodeRef")) if each.text == identity]:
            reference.getparent().remove(reference)
        etree.SubElement(self.node(lane), bpmn("flowNodeRef")).text = identity
        return self

    def insert(self, identity: str, on: str, *, lane: str, form: str, name: str = "新增环节") -> Drawing:
        """A user task on a sequence flow: the flow leads to it, a new one on from it."""
        flow = self.node(on)
        target = flow.get("targetRef")
        task = etree.Element(bpmn("userTask"), {"id": identity, "name": name, gc("form"): form, gc("due"): "5"})
        task.set(gc("status"), "REVIEW")
        task.set(gc("stage"), "P06")
        flow.addprevious(task)
        flow.set("targetRef", identity)
        new = f"{identity}_to_{target}"
        etree.SubElement(task, bpmn("incoming")).text = on
        etree.SubElement(task, bpmn("outgoing")).text = new
        for incoming in self.node(target or "").iterchildren(bpmn("incoming")):
            if incoming.text == on:
                incoming.text = new
        flow.addnext(etree.Element(bpmn("sequenceFlow"), id=new, sourceRef=identity, targetRef=target or ""))
        etree.SubElement(self.node(lane), bpmn("flowNodeRef")).text = identity
        self._draw(identity, new)
        return self

    def _draw(self, identity: str, flow: str) -> None:
        plane = next(self.root.iter(f"{{{DI}}}BPMNPlane"), None)
        if plane is None:
            return
        shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", id=f"{identity}_di", bpmnElement=identity)
        etree.SubElement(shape, f"{{{DC}}}Bounds", x="100", y="20", width="100", height="80")
        edge = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", id=f"{flow}_di", bpmnElement=flow)
        for x in ("200", "260"):
            etree.SubElement(edge, f"{{{DD}}}waypoint", x=x, y="60")

    def bypass(self, identity: str) -> Drawing:
        """Take an element with one way out away: what led to it leads to what was behind it."""
        node = self.node(identity)
        [out] = [flow for flow in self._flows() if flow.get("sourceRef") == identity]
        target = self.node(out.get("targetRef") or "")
        for incoming in list(target.iterchildren(bpmn("incoming"))):
            if incoming.text == out.get("id"):
                target.remove(incoming)
        for flow in self._flows():
            if flow.get("targetRef") == identity:
                flow.set("targetRef", target.get("id") or "")
                incoming = etree.Element(bpmn("incoming"))
                incoming.text = flow.get("id")
                target.insert(0, incoming)
        for gone in (node, out):
            self._erase(gone)
        return self

    def exchange(self, flow: str, other: str = "") -> Drawing:
        """A conditional flow of a gateway leads where another one led, or its default where none is named, and back."""
        taken = self.node(flow)
        against = self.node(other or self.node(taken.get("sourceRef") or "").get("default") or "")
        targets = [each.get("targetRef") or "" for each in (taken, against)]
        marks = [
            next(mark for mark in self.node(target).iterchildren(bpmn("incoming")) if mark.text == each.get("id"))
            for each, target in zip((taken, against), targets, strict=True)
        ]
        marks[0].text, marks[1].text = against.get("id"), taken.get("id")
        taken.set("targetRef", targets[1])
        against.set("targetRef", targets[0])
        return self

    def without(self, identity: str, attribute: str) -> Drawing:
        """An element without one of our own attributes."""
        del self.node(identity).attrib[gc(attribute)]
        return self

    def parameter(self, identity: str, name: str, value: str) -> Drawing:
        """Another value of a parameter of a service task."""
        for each in self.node(identity).iter(gc("parameter")):
            if each.get("name") == name:
                each.set("value", value)
        return self

    def drop(self, *identities: str) -> Drawing:
        """Take elements away with every flow that touches them."""
        for identity in identities:
            for flow in self._flows():
                if identity in (flow.get("sourceRef"), flow.get("targetRef")):
                    self._erase(flow)
            self._erase(self.node(identity))
        return self

    def add(self, *drawn: str) -> Drawing:
        """Elements and flows as text, in the prefixes of `tests.engine.drawing`, without shapes."""
        names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in self.root.nsmap.items() if prefix)
        for node in etree.fromstring(f"<all {names}>{''.join(drawn)}</all>"):
            self.process.append(node)
        return self

    def _flows(self) -> list[etree._Element]:
        return list(self.process.iter(bpmn("sequenceFlow")))

    def _erase(self, node: etree._Element) -> None:
        identity = node.get("id")
        for other in list(self.root.iter()):
            referring = other.tag in (bpmn("incoming"), bpmn("outgoing"), bpmn("flowNodeRef"))
            if (referring and other.text == identity) or other.get("bpmnElement") == identity:
                other.getparent().remove(other)
        node.getparent().remove(node)
