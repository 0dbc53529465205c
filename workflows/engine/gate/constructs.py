"""What may be drawn at all: every element and attribute of the BPMN namespace is listed, or refused by its own rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath

from lxml import etree

from workflows.engine.expressions import is_variable
from workflows.engine.gate.bundle import Bundle
from workflows.engine.gate.drawing import BPMNDI, DC, DI
from workflows.engine.gate.report import Report
from workflows.engine.model import BPMN, FLOW_NODES, GC, bpmn, local_name
from workflows.engine.timers import parse_duration, parse_instant

MAX_INSTANCES = 50

_DRAWN_ONLY = frozenset({"textAnnotation", "text", "association", "group", "category", "categoryValue"})
_ALLOWED = (
    FLOW_NODES
    | _DRAWN_ONLY
    | frozenset(
        {
            "definitions",
            "process",
            "collaboration",
            "participant",
            "laneSet",
            "childLaneSet",
            "lane",
            "flowNodeRef",
            "documentation",
            "extensionElements",
            "incoming",
            "outgoing",
            "sequenceFlow",
            "conditionExpression",
            "message",
            "messageEventDefinition",
            "timerEventDefinition",
            "timeDate",
            "timeDuration",
            "multiInstanceLoopCharacteristics",
            "loopDataInputRef",
            "loopCardinality",
            "inputDataItem",
        }
    )
)
_REFUSED = {
    "linkEventDefinition": "link-event",
    "signalEventDefinition": "signal-event",
    "signal": "signal-event",
    "compensateEventDefinition": "compensation",
    "errorEventDefinition": "error-event",
    "error": "error-event",
    "escalationEventDefinition": "escalation-event",
    "escalation": "escalation-event",
    "terminateEventDefinition": "terminate-event",
    "conditionalEventDefinition": "conditional-event",
    "cancelEventDefinition": "transaction",
    "transaction": "transaction",
    "scriptTask": "script",
    "script": "script",
    "adHocSubProcess": "ad-hoc",
    "complexGateway": "complex-gateway",
    "inclusiveGateway": "inclusive-gateway",
    "sendTask": "send-task",
    "intermediateThrowEvent": "throw-event",
    "task": "untyped-task",
    "manualTask": "untyped-task",
    "businessRuleTask": "untyped-task",
    "standardLoopCharacteristics": "standard-loop",
    "timeCycle": "timer-cycle",
    "dataObject": "data-object",
    "dataObjectReference": "data-object",
    "dataStore": "data-object",
    "dataStoreReference": "data-object",
    "dataInputAssociation": "data-object",
    "dataOutputAssociation": "data-object",
    "ioSpecification": "data-object",
    "messageFlow": "message-flow",
    "property": "data-object",
    "completionCondition": "multi-instance-output",
    "loopDataOutputRef": "multi-instance-output",
    "outputDataItem": "multi-instance-output",
    "complexBehaviorDefinition": "multi-instance-output",
}
# Attribute values that change the meaning in a way that the engine would ignore; the plain value is harmless.
_HARMLESS = {
    "isForCompensation": "false",
    "triggeredByEvent": "false",
    "isSequential": "false",
    "cancelActivity": "true",
    "parallelMultiple": "false",
    "instantiate": "false",
    "startQuantity": "1",
    "completionQuantity": "1",
    "behavior": "All",
    "isInterrupting": "true",
    "isClosed": "false",
}
_ATTRIBUTE_RULES = {
    "isForCompensation": "compensation",
    "triggeredByEvent": "event-subprocess",
    "isSequential": "multi-instance-sequential",
    "cancelActivity": "boundary-non-interrupting",
}
_EXTENSION_ATTRIBUTES = {
    "process": {"waives", "waiverBasis", "waiverNumber", "waiverDate"},
    "userTask": {"form", "due", "assignee", "separateFrom", "status", "stage", "asks", "does", "seals"},
    "serviceTask": {"result", "stage", "status"},
    "receiveTask": {"status", "stage"},
    "intermediateCatchEvent": {"status", "stage"},
    "boundaryEvent": {"status", "stage"},
    "eventBasedGateway": {"status", "stage"},
    "callActivity": {"status", "stage"},
    "subProcess": {"status", "stage"},
    "endEvent": {"status", "reason"},
}
_DRAWING = frozenset({BPMNDI, DC, DI})
XINCLUDE = "http://www.w3.org/2001/XInclude"
# Elements and attributes by which other engines run code, whatever their namespace.
_SCRIPTS = frozenset(
    {"script", "prescript", "postscript", "scriptformat", "executionlistener", "tasklistener"}
    | {"delegateexpression", "connector", "inputoutput", "onload", "onclick", "onerror"}
)
_XML_NAMESPACES = frozenset({"http://www.w3.org/2001/XMLSchema-instance", "http://www.w3.org/XML/1998/namespace"})
_EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent"})
_ATTACHABLE = frozenset({"userTask", "receiveTask", "callActivity", "subProcess"})
_RESERVED = frozenset({"Start", "End", "Root"})

# The names of a file's messages by their ids.
Messages = Mapping[str | None, str | None]


def check_constructs(bundle: Bundle) -> None:
    """Elements, attributes, ids, events and multi-instances of every file."""
    for file, root in bundle.roots.items():
        _check_elements(file, root, bundle.report)
        _check_processes(file, root, bundle)
        _check_ids(file, root, bundle.report)
        names = {node.get("id"): node.get("name") for node in root.iterchildren(bpmn("message"))}
        for node in root.iter(*(bpmn(kind) for kind in FLOW_NODES)):
            _check_flow_node(file, node, names, bundle.report)
    _check_bundle_ids(bundle)


def _owner(node: etree._Element) -> etree._Element:
    """The nearest element with an id: the one that the process owner can find."""
    while node.get("id") is None and node.getparent() is not None:
        node = node.getparent()
    if local_name(node).endswith(("EventDefinition", "Characteristics")) and node.getparent() is not None:
        return node.getparent()
    return node


def _add(report: Report, rule: str, file: str, node: etree._Element, detail: str = "") -> None:
    owner = _owner(node)
    report.add(rule, file, node.sourceline or 1, owner.get("id"), name=owner.get("name"), detail=detail)


def _check_elements(file: str, root: etree._Element, report: Report) -> None:
    stack = [root]
    while stack:
        node = stack.pop()
        namespace, name = etree.QName(node).namespace, local_name(node)
        if namespace != BPMN:
            _check_foreign(file, node, root, report)
            continue
        if name in _REFUSED:
            _add(report, _REFUSED[name], file, node, name)
        elif name not in _ALLOWED:
            _add(report, "unknown-element", file, node, name)
        elif name == "extensionElements":
            _check_extensions(file, node, report)
            continue
        _check_attributes(file, node, name, report)
        stack.extend(node.iterchildren(etree.Element))


def _check_foreign(file: str, node: etree._Element, root: etree._Element, report: Report) -> None:
    """Shapes and edges are the editor's; anything else outside extensionElements has no business here."""
    drawing = node.getparent() is root and node.tag == f"{{{BPMNDI}}}BPMNDiagram"
    for part in node.iter(etree.Element) if drawing else (node,):
        name = etree.QName(part)
        if drawing and name.namespace in _DRAWING:
            continue
        if name.namespace == XINCLUDE:
            _add(report, "inclusion", file, part, name.localname)
        elif name.localname.lower() in _SCRIPTS:
            _add(report, "script", file, part)
        else:
            _add(report, "unknown-element", file, part, name.localname)


def _check_extensions(file: str, node: etree._Element, report: Report) -> None:
    owner = node.getparent()
    for child in node.iterchildren(etree.Element):
        name = etree.QName(child)
        if name.localname.lower() in _SCRIPTS:
            _add(report, "script", file, child)
        elif not (name.namespace == GC and name.localname == "parameter" and owner.tag == bpmn("serviceTask")):
            _add(report, "unknown-extension", file, child, name.localname)
        elif set(child.attrib) - {"name", "value"} or not child.get("name") or len(child):
            _add(report, "unknown-extension", file, child, "gc:parameter")


def _check_attributes(file: str, node: etree._Element, kind: str, report: Report) -> None:
    for attribute, value in node.attrib.items():
        name = etree.QName(attribute)
        if name.localname.lower() in _SCRIPTS:
            _add(report, "script", file, node)
        elif name.namespace is None:
            if value != _HARMLESS.get(name.localname, value):
                rule = _ATTRIBUTE_RULES.get(name.localname, "unsupported-attribute")
                _add(report, rule, file, node, f'{name.localname}="{value}"')
        elif name.namespace == GC:
            if name.localname not in _EXTENSION_ATTRIBUTES.get(kind, ()):
                _add(report, "unknown-extension", file, node, f"gc:{name.localname}")
        elif name.namespace not in _XML_NAMESPACES and kind not in ("definitions", *_DRAWN_ONLY):
            _add(report, "unknown-extension", file, node, name.localname)


def _check_processes(file: str, root: etree._Element, bundle: Bundle) -> None:
    report = bundle.report
    processes = root.findall(bpmn("process"))
    if len(processes) != 1:
        report.add("process-count", file, root.sourceline or 1, detail=str(len(processes)))
    own = PurePosixPath(file).stem
    keys = [node.get("id") or "" for node in processes]
    if processes and own not in keys:
        first = processes[0]
        report.add("process-file-name", file, first.sourceline or 1, keys[0], name=first.get("name"), detail=keys[0])
    for node in processes:
        key, line = node.get("id") or "", node.sourceline or 1
        if node.get("isExecutable") != "true":
            report.add("process-not-executable", file, line, key, detail=key)
        if not is_variable(key):
            report.add("id-form", file, line, key, name=node.get("name"), detail=key)


def _check_ids(file: str, root: etree._Element, report: Report) -> None:
    """Ids are there and used once in the file, those of shapes included: with a double no editor opens it."""
    seen: set[str] = set()
    for node in root.iter(f"{{{BPMN}}}*", f"{{{BPMNDI}}}*"):
        identity = node.get("id")
        name = local_name(node)
        if identity is None:
            if name in FLOW_NODES or name in ("process", "sequenceFlow", "message", "lane"):
                report.add("id-missing", file, node.sourceline or 1, detail=name)
            continue
        if identity in seen:
            report.add("id-twice", file, node.sourceline or 1, identity, name=node.get("name"), detail=identity)
        seen.add(identity)
        if identity in _RESERVED and (name in FLOW_NODES or name == "process"):
            report.add("id-reserved", file, node.sourceline or 1, identity, detail=identity)
        elif name in FLOW_NODES and not is_variable(identity):
            report.add("id-form", file, node.sourceline or 1, identity, name=node.get("name"), detail=identity)


def _check_bundle_ids(bundle: Bundle) -> None:
    """What has to be unique over all files: processes and sub-processes, and messages."""
    for tags, rule in ((("process", "subProcess"), "process-id-twice"), (("message",), "message-id-twice")):
        seen: dict[str, str] = {}
        for file, root in bundle.roots.items():
            for node in root.iter(*(bpmn(tag) for tag in tags)):
                identity = node.get("id")
                if identity is None:
                    continue
                if identity in seen:
                    bundle.report.add(rule, file, node.sourceline or 1, identity, detail=identity)
                seen[identity] = file


def _check_flow_node(file: str, node: etree._Element, messages: Messages, report: Report) -> None:
    kind = local_name(node)
    definitions = [child for child in node if local_name(child).endswith("EventDefinition")]
    if kind == "startEvent" and definitions:
        _add(report, "start-event-kind", file, node)
    elif kind == "endEvent" and definitions:
        _add(report, "end-event-kind", file, node)
    elif kind in ("intermediateCatchEvent", "boundaryEvent"):
        if len(definitions) != 1:
            _add(report, "event-kind", file, node, str(len(definitions)))
        for definition in definitions:
            _check_event(file, definition, messages, report)
    elif kind == "receiveTask":
        _check_message(file, node, node.get("messageRef"), messages, report)
    elif kind not in _EVENTS and definitions:
        _add(report, "event-kind", file, node, str(len(definitions)))
    if kind == "boundaryEvent":
        _check_attachment(file, node, report)
    _check_multi_instance(file, node, kind, report)


def _check_event(file: str, definition: etree._Element, messages: Messages, report: Report) -> None:
    kind = local_name(definition)
    if kind == "messageEventDefinition":
        _check_message(file, definition, definition.get("messageRef"), messages, report)
    elif kind == "timerEventDefinition":
        times = [child for child in definition if local_name(child) in ("timeDate", "timeDuration", "timeCycle")]
        if len(times) != 1 or not (times[0].text or "").strip():
            _add(report, "timer-missing", file, definition)
            return
        kind, text = local_name(times[0]), (times[0].text or "").strip()
        readable = parse_duration(text) is not None or (
            kind == "timeDate" and (is_variable(text) or parse_instant(text) is not None)
        )
        if kind != "timeCycle" and not readable:
            _add(report, "timer-form", file, times[0], text)


def _check_message(file: str, node: etree._Element, ref: str | None, messages: Messages, report: Report) -> None:
    name = messages.get(ref)
    if ref is None or not name:
        _add(report, "message-missing", file, node)
    elif not is_variable(name):
        _add(report, "message-name", file, node, name)


def _check_attachment(file: str, node: etree._Element, report: Report) -> None:
    scope, attached = node.getparent(), node.get("attachedToRef")
    hosts = scope.iterchildren(*(bpmn(kind) for kind in _ATTACHABLE))
    if not any(host.get("id") == attached for host in hosts):
        _add(report, "boundary-attachment", file, node)


def _check_multi_instance(file: str, node: etree._Element, kind: str, report: Report) -> None:
    loops = node.findall(bpmn("multiInstanceLoopCharacteristics"))
    if not loops:
        return
    if kind != "userTask":
        _add(report, "multi-instance-place", file, node)
        return
    loop = loops[0]
    counts = Counter(local_name(child) for child in loop)
    collection = (loop.findtext(bpmn("loopDataInputRef")) or "").strip()
    cardinality = (loop.findtext(bpmn("loopCardinality")) or "").strip()
    small = cardinality.isascii() and cardinality.isdigit() and 1 <= int(cardinality[:9]) <= MAX_INSTANCES
    named = counts["loopDataInputRef"] + counts["loopCardinality"] == 1 and len(loops) == 1
    if not named or not (is_variable(collection) or is_variable(cardinality) or small):
        _add(report, "multi-instance-input", file, loop, collection or cardinality)
    for item in loop.findall(bpmn("inputDataItem")):
        name = item.get("name") or item.get("id")
        if not is_variable(name):
            _add(report, "variable-name", file, item, name or "")
