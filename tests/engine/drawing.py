"""Tiny BPMN texts for tests: each function draws one element, `diagram` puts them into a file."""

from collections.abc import Iterable
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:gc="urn:greencase:bpmn:1" targetNamespace="urn:test">\n'
)


def _attributes(attributes: dict[str, str | None]) -> str:
    return "".join(
        f" {name.replace('__', ':')}={quoteattr(value)}" for name, value in attributes.items() if value is not None
    )


def shape(kind: str, id: str, inner: str = "", **attributes: str | None) -> str:
    """Any element; `gc__form` becomes `gc:form`."""
    return f"<bpmn:{kind} id={quoteattr(id)}{_attributes(attributes)}>{inner}</bpmn:{kind}>\n"


def start(id: str = "begin", **attributes: str) -> str:
    return shape("startEvent", id, **attributes)


def end(id: str = "done", **attributes: str) -> str:
    return shape("endEvent", id, **attributes)


def task(id: str, inner: str = "", **attributes: str | None) -> str:
    return shape("userTask", id, inner, **{"name": f"办理 {id}", "gc__form": "form", **attributes})


def many(id: str, collection: str = "seats", item: str = "seat", **attributes: str) -> str:
    loop = (
        f"<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>{collection}</bpmn:loopDataInputRef>"
        f'<bpmn:inputDataItem id="{id}_item" name="{item}"/></bpmn:multiInstanceLoopCharacteristics>'
    )
    return task(id, loop, gc__assignee=item, **attributes)


def service(id: str, operation: str = "operation", result: str | None = None, **parameters: str) -> str:
    inner = "".join(f"<gc:parameter name={quoteattr(n)} value={quoteattr(v)}/>" for n, v in parameters.items())
    inner = f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>" if inner else ""
    return shape("serviceTask", id, inner, implementation=operation, gc__result=result)


def xor(id: str, default: str | None = None) -> str:
    return shape("exclusiveGateway", id, default=default)


def both(id: str) -> str:
    return shape("parallelGateway", id)


def first_of(id: str) -> str:
    return shape("eventBasedGateway", id)


def call(id: str, called: str, **attributes: str) -> str:
    return shape("callActivity", id, calledElement=called, **attributes)


def on_message(message: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="message_{message}"/>'


def at_time(text: str, tag: str = "timeDate") -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{tag}>{text}</bpmn:{tag}></bpmn:timerEventDefinition>"


def catch(id: str, inner: str, **attributes: str) -> str:
    return shape("intermediateCatchEvent", id, inner, **attributes)


def boundary(id: str, host: str, inner: str, **attributes: str) -> str:
    return shape("boundaryEvent", id, inner, attachedToRef=host, **attributes)


def flow(source: str, target: str, condition: str | None = None, id: str | None = None) -> str:
    inner = ""
    if condition is not None:
        text = escape(condition)
        inner = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{text}</bpmn:conditionExpression>'
    return shape("sequenceFlow", id or f"{source}_to_{target}", inner, sourceRef=source, targetRef=target)


def line(*ids: str) -> str:
    """Flows from each element to the next."""
    return "".join(flow(a, b) for a, b in pairwise(ids))


def message(name: str, id: str | None = None) -> str:
    return shape("message", id or f"message_{name}", name=name)


def lanes(members: dict[str, Iterable[str]]) -> str:
    inner = "".join(
        shape("lane", role, "".join(f"<bpmn:flowNodeRef>{id}</bpmn:flowNodeRef>" for id in ids))
        for role, ids in members.items()
    )
    return shape("laneSet", "lanes", inner)


def diagram(
    key: str,
    *parts: str,
    messages: Iterable[str] = (),
    roles: dict[str, Iterable[str]] | None = None,
    outside: str = "",
    executable: str = "true",
) -> bytes:
    """One file with one process; user tasks that no role is given for lie in the lane `officer`."""
    body = "".join(parts)
    if roles is None:
        ids = [piece.split('"')[1] for piece in body.split("<bpmn:userTask ")[1:]]
        roles = {"officer": ids} if ids else {}
    text = (
        HEAD
        + "".join(message(name) for name in messages)
        + outside
        + f'<bpmn:process id="{key}" isExecutable="{executable}">\n'
        + (lanes(roles) if roles else "")
        + body
        + "</bpmn:process>\n</bpmn:definitions>\n"
    )
    return text.encode()
