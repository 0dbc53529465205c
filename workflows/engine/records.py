"""A diagram file as records of plain fields, one for each thing drawn or defined in it, leaving nothing out.

Two versions are compared on these. Whatever stands in the file is a field of some record: what the rest of the program
understands and also what it does not, so that no change goes unseen. Only the order of things, comments, and the way in
which the XML is written (prefixes, spaces between tags) have no meaning and are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from lxml import etree

from workflows.engine.document import read_document
from workflows.engine.model import BPMN, GC, bpmn, gc, local_name

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
# Tags and attributes of these namespaces go by their short name in a field's code.
_PREFIXES = {
    BPMN: "",
    GC: "gc:",
    DI: "",
    "http://www.omg.org/spec/DD/20100524/DC": "dc:",
    "http://www.omg.org/spec/DD/20100524/DI": "di:",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi:",
}
# What has things of its own drawn or defined inside it.
_CONTAINERS = frozenset(
    {"definitions", "process", "collaboration", "laneSet", "childLaneSet", "lane"}
    | {"subProcess", "transaction", "adHocSubProcess"}
)
# What has an id and yet belongs to the thing that it stands in.
_PARTS = frozenset(
    {"documentation", "extensionElements", "ioSpecification", "dataInputAssociation", "dataOutputAssociation"}
    | {"multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "property", "potentialOwner", "performer"}
)
# Fields that hold the id of something else in the file: people read its name.
_REFERENCES = frozenset(
    {"sourceRef", "targetRef", "attachedToRef", "default", "processRef", "#role", "#scope", "gc:separateFrom"}
    | {"messageRef", "messageEventDefinition@messageRef"}
)


@dataclass
class Record:
    """One thing of a diagram: its fields by code, and its drawing.

    `fields` is what it means, `drawing` where and how it is drawn (bounds, waypoints, label), both complete. Codes that
    begin with # are no attribute of its own: its kind, what it stands in, the lanes that list it, its text.
    """

    id: str
    kind: str
    fields: dict[str, str] = field(default_factory=dict)
    drawing: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name on one line, empty where it has none."""
        return " ".join(self.fields.get("name", "").split())


def read_records(data: bytes) -> dict[str, Record]:
    """The records of one file by id. Raises DocumentRefused for what is no acceptable XML document."""
    root = read_document(data)
    records: dict[str, Record] = {}
    nodes: dict[str, etree._Element] = {}
    _collect(root, None, records, nodes)
    _place_in_lanes(records, nodes)
    _tie_flows(records, nodes)
    for diagram in root.iterchildren(f"{{{DI}}}BPMNDiagram"):
        _draw(diagram, records, root.get("id") or local_name(root))
    return records


def shown(records: Mapping[str, Record], code: str, value: str) -> str:
    """The value of a field as people read it: what it refers to by its name."""
    if code not in _REFERENCES:
        return value
    return "、".join(title_of(records, each) for each in value.split())


def title_of(records: Mapping[str, Record], identity: str) -> str:
    """What people call it: its name, a flow without one by its ends, the id of what has neither or is not there."""
    record = records.get(identity)
    if record is None or record.name:
        return record.name if record is not None else identity
    ends = [record.fields.get(end, "") for end in ("sourceRef", "targetRef")]
    if not all(end in records and records[end].name for end in ends):
        return identity
    return " → ".join(records[end].name for end in ends)


def _collect(
    node: etree._Element, scope: str | None, records: dict[str, Record], nodes: dict[str, etree._Element]
) -> None:
    """The record of a node, and those of what it contains."""
    kind = local_name(node)
    identity = _free(node.get("id") or kind, records)
    record = records[identity] = Record(identity, kind)
    nodes[identity] = node
    record.fields["#kind"] = kind
    if scope is not None and records[scope].kind != "definitions":
        record.fields["#scope"] = scope
    inner = []
    for code, value, child in _contents(node, ""):
        if child is not None and _stands_alone(child, node):
            inner.append(child)
        elif child is not None and child.tag in (bpmn("incoming"), bpmn("outgoing"), bpmn("flowNodeRef")):
            continue  # said by the flow or by the element in the lane; what is left over is put back afterwards
        elif child is not None and child.tag == f"{{{DI}}}BPMNDiagram":
            continue
        elif child is not None:
            record.fields.update(_flattened(child, code))
        else:
            record.fields[code] = value
    for child in inner:
        _collect(child, identity, records, nodes)


def _free(identity: str, records: Mapping[str, Record]) -> str:
    """The id; numbered where it was met before, which the gate refuses but a comparison must not lose."""
    number, free = 1, identity
    while free in records:
        number += 1
        free = f"{identity}#{number}"
    return free


def _stands_alone(child: etree._Element, parent: etree._Element) -> bool:
    kind = local_name(child)
    return (
        local_name(parent) in _CONTAINERS
        and etree.QName(child).namespace == BPMN
        and (child.get("id") is not None or kind in _CONTAINERS)
        and kind not in _PARTS
        and not kind.endswith("EventDefinition")
    )


def _contents(node: etree._Element, prefix: str) -> Iterator[tuple[str, str, etree._Element | None]]:
    """What a node holds: attributes and text as (code, value, None), children as (code, "", child)."""
    for name, value in sorted(node.attrib.items()):
        if name == "id" and not prefix:
            continue
        yield f"{prefix}{'@' if prefix else ''}{_short(name)}", _value(node, name, value), None
    text = (node.text or "").strip()
    if text:
        yield prefix or "#text", text, None
    met: Counter[str] = Counter()
    for child in node.iterchildren(etree.Element):
        step = _step(child)
        met[step] += 1
        number = f"[{met[step]}]" if met[step] > 1 else ""
        yield f"{prefix}{'/' if prefix else ''}{step}{number}", "", child


def _flattened(node: etree._Element, code: str) -> dict[str, str]:
    """Every attribute, text and child below a part as fields; a part that holds nothing is a field by being there."""
    fields: dict[str, str] = {}
    for inner, value, child in _contents(node, code):
        if child is not None:
            fields.update(_flattened(child, inner))
        elif node.tag == gc("parameter") and inner == f"{code}@name":
            continue  # it is in the code
        elif node.tag == gc("parameter") and inner == f"{code}@value":
            fields[code] = value
        else:
            fields[inner] = value
    return fields or {code: ""}


def _step(child: etree._Element) -> str:
    """The code of a child within its parent; an operation's parameter goes by its name."""
    if child.tag == gc("parameter"):
        return f"parameter:{child.get('name') or ''}"
    return _short(child.tag)


def _short(tag: str) -> str:
    name = etree.QName(tag)
    if name.namespace is None:
        return str(name.localname)
    prefix = _PREFIXES.get(name.namespace)
    return f"{{{name.namespace}}}{name.localname}" if prefix is None else f"{prefix}{name.localname}"


def _value(node: etree._Element, name: str, value: str) -> str:
    """The value of an attribute; a type's name without the prefix that its namespace happens to have here."""
    if name != _XSI_TYPE:
        return value
    prefix, _, local = value.rpartition(":")
    return _short(f"{{{node.nsmap.get(prefix or None)}}}{local}")


def _place_in_lanes(records: Mapping[str, Record], nodes: Mapping[str, etree._Element]) -> None:
    """Give every element the lane that lists it; a lane keeps what it lists and nobody knows."""
    for identity, node in nodes.items():
        if records[identity].kind != "lane":
            continue
        for reference in node.iterchildren(bpmn("flowNodeRef")):
            listed = (reference.text or "").strip()
            if listed in records:
                _append(records[listed], "#role", identity)
            else:
                _append(records[identity], "flowNodeRef", listed)


def _tie_flows(records: Mapping[str, Record], nodes: Mapping[str, etree._Element]) -> None:
    """What an element says of the flows at its ends is said by the flows; what disagrees is kept as a field."""
    for identity, node in nodes.items():
        for tag, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            for reference in node.iterchildren(bpmn(tag)):
                flow = (reference.text or "").strip()
                if flow not in records or records[flow].fields.get(end) != node.get("id"):
                    _append(records[identity], tag, flow)


def _append(record: Record, code: str, value: str) -> None:
    record.fields[code] = f"{record.fields[code]} {value}" if code in record.fields else value


def _draw(diagram: etree._Element, records: Mapping[str, Record], otherwise: str) -> None:
    """Give every record its shape or edge; the canvas itself, and what is drawn of nothing, stay with the file."""
    for code, value, child in _contents(diagram, "BPMNDiagram"):
        if child is None:
            records[otherwise].drawing[code] = value
        elif local_name(child) != "BPMNPlane":
            records[otherwise].drawing.update(_flattened(child, code))
        else:
            _draw_plane(child, code, records, otherwise)


def _draw_plane(plane: etree._Element, prefix: str, records: Mapping[str, Record], otherwise: str) -> None:
    met: Counter[str] = Counter()
    for code, value, child in _contents(plane, prefix):
        if child is None:
            records[otherwise].drawing[code] = value
            continue
        drawn = child.get("bpmnElement") or ""
        met[drawn] += 1
        shape = local_name(child) + (f"[{met[drawn]}]" if met[drawn] > 1 else "")
        target = drawn if drawn in records else otherwise
        shape = shape if target == drawn else f"{shape}:{drawn}"
        # Ids of shapes are the drawing program's own and mean nothing.
        ids = (f"{shape}@id", f"{shape}@bpmnElement", f"{shape}/BPMNLabel@id")
        fields = {inner: _number(said) for inner, said in _flattened(child, shape).items() if inner not in ids}
        records[target].drawing.update(fields or {shape: ""})


def _number(value: str) -> str:
    """A coordinate however it is written: 100.0 is 100."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return f"{number.normalize():f}" if number.is_finite() else value
