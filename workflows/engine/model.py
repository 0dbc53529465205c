"""A diagram as plain values: its processes, elements and sequence flows, read from the XML without judging it.

The gate judges this model, the parser takes the elements' meaning from it, pages ask it for names and roles.
Nothing here raises on odd input: what is missing is None or empty, and the gate says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
GC = "urn:greencase:bpmn:1"

FLOW_NODES = frozenset(
    {
        "startEvent",
        "endEvent",
        "userTask",
        "serviceTask",
        "receiveTask",
        "callActivity",
        "subProcess",
        "exclusiveGateway",
        "parallelGateway",
        "eventBasedGateway",
        "intermediateCatchEvent",
        "boundaryEvent",
    }
)


def bpmn(name: str) -> str:
    """The tag `name` in the BPMN namespace, as lxml writes it."""
    return f"{{{BPMN}}}{name}"


def gc(name: str) -> str:
    """The attribute or tag `name` in our extension namespace, as lxml writes it."""
    return f"{{{GC}}}{name}"


def local_name(element: etree._Element) -> str:
    """The tag without its namespace."""
    return str(etree.QName(element).localname)


@dataclass(frozen=True)
class MultiInstance:
    """A parallel multi-instance: one task for each entry of `collection`, each with its entry in variable `item`."""

    collection: str | None
    cardinality: str | None
    item: str | None


@dataclass(frozen=True)
class Element:
    """One element of a diagram: what it is called, who does it, and the extension attributes it carries."""

    id: str
    name: str
    kind: str
    process: str
    scope: str
    line: int
    role: str | None = None
    form: str | None = None
    due: str | None = None
    assignee: str | None = None
    separate_from: tuple[str, ...] = ()
    asks: str | None = None
    does: str | None = None
    seals: str | None = None
    status: str | None = None
    stage: str | None = None
    reason: str | None = None
    operation: str | None = None
    result: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    message: str | None = None
    timer: str | None = None
    attached_to: str | None = None
    called: str | None = None
    default: str | None = None
    multi_instance: MultiInstance | None = None


@dataclass(frozen=True)
class Flow:
    """A sequence flow; `scope` is the process or embedded sub-process it is drawn in."""

    id: str
    source: str
    target: str
    condition: str | None
    scope: str
    line: int


@dataclass(frozen=True)
class Process:
    """One process of a file with everything drawn in it, embedded sub-processes included."""

    key: str
    name: str
    file: str
    line: int
    elements: dict[str, Element]
    flows: tuple[Flow, ...]
    scopes: tuple[str, ...]
    waives: tuple[str, ...] = ()
    waiver_basis: str = ""
    waiver_number: str = ""
    waiver_date: str = ""


def read_processes(file: str, root: etree._Element) -> Iterator[Process]:
    """Every process of one parsed file."""
    messages = {node.get("id"): node.get("name") for node in root.iterchildren(bpmn("message"))}
    for node in root.iterchildren(bpmn("process")):
        key = node.get("id") or ""
        roles = _roles(node)
        elements: dict[str, Element] = {}
        flows: list[Flow] = []
        scopes: list[str] = []
        _read_scope(node, key, key, None, roles, messages, elements, flows, scopes)
        yield Process(
            key,
            node.get("name") or key,
            file,
            node.sourceline or 1,
            elements,
            tuple(flows),
            tuple(scopes),
            tuple((node.get(gc("waives")) or "").split()),
            *((node.get(gc(name)) or "").strip() for name in ("waiverBasis", "waiverNumber", "waiverDate")),
        )


def _read_scope(
    scope_node: etree._Element,
    scope: str,
    process: str,
    inherited_role: str | None,
    roles: dict[str, str],
    messages: dict[str | None, str | None],
    elements: dict[str, Element],
    flows: list[Flow],
    scopes: list[str],
) -> None:
    scopes.append(scope)
    for node in scope_node.iterchildren(etree.Element):
        kind = local_name(node)
        if kind == "sequenceFlow":
            condition = node.find(bpmn("conditionExpression"))
            flows.append(
                Flow(
                    node.get("id") or "",
                    node.get("sourceRef") or "",
                    node.get("targetRef") or "",
                    None if condition is None else (condition.text or "").strip(),
                    scope,
                    node.sourceline or 1,
                )
            )
        elif kind in FLOW_NODES:
            element = _read_element(node, kind, process, scope, inherited_role, roles, messages)
            elements[element.id] = element
            if kind == "subProcess":
                _read_scope(node, element.id, process, element.role, roles, messages, elements, flows, scopes)


def _read_element(
    node: etree._Element,
    kind: str,
    process: str,
    scope: str,
    inherited_role: str | None,
    roles: dict[str, str],
    messages: dict[str | None, str | None],
) -> Element:
    identity = node.get("id") or ""
    return Element(
        id=identity,
        name=" ".join((node.get("name") or identity).split()),
        kind=kind,
        process=process,
        scope=scope,
        line=node.sourceline or 1,
        role=roles.get(identity, inherited_role),
        form=node.get(gc("form")),
        due=node.get(gc("due")),
        assignee=node.get(gc("assignee")),
        separate_from=tuple((node.get(gc("separateFrom")) or "").split()),
        asks=node.get(gc("asks")),
        does=node.get(gc("does")),
        seals=node.get(gc("seals")),
        status=node.get(gc("status")),
        stage=node.get(gc("stage")),
        reason=node.get(gc("reason")),
        operation=node.get("implementation") if kind == "serviceTask" else None,
        result=node.get(gc("result")),
        parameters=_parameters(node),
        message=_message(node, kind, messages),
        timer=_timer(node),
        attached_to=node.get("attachedToRef"),
        called=node.get("calledElement"),
        default=node.get("default"),
        multi_instance=_multi_instance(node),
    )


def _roles(process: etree._Element) -> dict[str, str]:
    """Element id → id of the innermost lane that lists it."""
    roles: dict[str, str] = {}
    # Document order visits a lane before the lanes nested in it, so the innermost one is written last.
    for lane in process.iterfind(f".//{bpmn('laneSet')}/{bpmn('lane')}"):
        for reference in lane.iterchildren(bpmn("flowNodeRef")):
            roles[(reference.text or "").strip()] = lane.get("id") or ""
    # A nested lane set hangs below childLaneSet.
    for lane in process.iterfind(f".//{bpmn('childLaneSet')}/{bpmn('lane')}"):
        for reference in lane.iterchildren(bpmn("flowNodeRef")):
            roles[(reference.text or "").strip()] = lane.get("id") or ""
    return roles


def _parameters(node: etree._Element) -> tuple[tuple[str, str], ...]:
    found = node.iterfind(f"{bpmn('extensionElements')}/{gc('parameter')}")
    return tuple((parameter.get("name") or "", parameter.get("value") or "") for parameter in found)


def _message(node: etree._Element, kind: str, messages: dict[str | None, str | None]) -> str | None:
    if kind == "receiveTask":
        return messages.get(node.get("messageRef"))
    definition = node.find(bpmn("messageEventDefinition"))
    return None if definition is None else messages.get(definition.get("messageRef"))


def _timer(node: etree._Element) -> str | None:
    """When a timer event is due: a literal, or the variable that holds it."""
    definition = node.find(bpmn("timerEventDefinition"))
    if definition is None:
        return None
    for tag in ("timeDate", "timeDuration", "timeCycle"):
        value = definition.find(bpmn(tag))
        if value is not None:
            return (value.text or "").strip()
    return None


def _multi_instance(node: etree._Element) -> MultiInstance | None:
    loop = node.find(bpmn("multiInstanceLoopCharacteristics"))
    if loop is None:
        return None
    item = loop.find(bpmn("inputDataItem"))
    return MultiInstance(
        collection=_text(loop.find(bpmn("loopDataInputRef"))),
        cardinality=_text(loop.find(bpmn("loopCardinality"))),
        item=None if item is None else item.get("name") or item.get("id"),
    )


def _text(node: etree._Element | None) -> str | None:
    return None if node is None else (node.text or "").strip()
