"""Files that attack the gate instead of describing a process, each with what must be said about it.

Some are hostile and may not even be kept, others are ordinary mistakes in an extraordinary amount.
"""

import random
from dataclasses import dataclass

from tests.engine.drawing import (
    HEAD,
    at_time,
    both,
    boundary,
    call,
    diagram,
    end,
    flow,
    line,
    many,
    on_message,
    shape,
    start,
    task,
    xor,
)
from tests.engine.shipped import LIBRARY

KEY = "retrofit"
SHIPPED = LIBRARY["retrofit.bpmn"]
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Attack:
    """One file; `hostile` are rules of which one keeps it out, `mistakes` rules of which one refuses to publish it."""

    content: bytes
    hostile: frozenset[str] = frozenset()
    mistakes: frozenset[str] = frozenset()


ATTACKS: dict[str, Attack] = {}


def _attack(name: str, content: bytes, *hostile: str, mistakes: tuple[str, ...] = ()) -> None:
    ATTACKS[name] = Attack(content, frozenset(hostile), frozenset(mistakes))


def _definitions(inner: str) -> bytes:
    return (HEAD + inner + "</bpmn:definitions>").encode()


def _process(inner: str, attributes: str = "") -> bytes:
    return _definitions(f'<bpmn:process id="{KEY}" isExecutable="true" {attributes}>{inner}</bpmn:process>')


def _straight(*middle: str, ids: tuple[str, ...], extra: str = "", **options) -> bytes:
    return diagram(KEY, start(), *middle, end(), line("begin", *ids, "done"), extra, **options)


def _within(what: str, times: int = 1) -> bytes:
    return SHIPPED.replace(b"</bpmn:process>", what.encode() * times + b"</bpmn:process>")


def _asked(*ways: str) -> bytes:
    return diagram(KEY, start(), task("a"), xor("g", "g_to_done"), end(), line("begin", "a", "g", "done"), *ways)


# Not XML, or not for us.
_attack("empty", b"", "xml-malformed")
_attack("white space", b" \n\t ", "xml-malformed")
_attack("zero bytes", b"\0" * 5000, "xml-malformed")
_attack("zero byte within", SHIPPED[:3000] + b"\0" + SHIPPED[3000:], "xml-malformed")
_attack("truncated", SHIPPED[: len(SHIPPED) // 2], "xml-malformed")
_attack("zip", b"PK\x03\x04" + random.Random(1).randbytes(5000), "encoding")
_attack("utf-16", SHIPPED.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "encoding")
_attack(
    "utf-16 without mark", SHIPPED.decode().replace("UTF-8", "UTF-16").encode("utf-16-le"), "xml-malformed", "encoding"
)
_attack("utf-7", b'<?xml version="1.0" encoding="UTF-7"?>+ADw-x+AD4-', "encoding")
_attack("ebcdic", '<?xml version="1.0" encoding="cp037"?><x/>'.encode("cp037"), "encoding", "xml-malformed")
_attack("latin-1", SHIPPED.decode().replace("UTF-8", "ISO-8859-1").encode(), "encoding")
_attack("overlong utf-8", SHIPPED.replace(b"<bpmn:process ", b"\xc0\xbcbpmn:process "), "encoding")
_attack("html", b"<!doctype html><html><script>alert(1)</script></html>", "xml-malformed", "doctype", "not-bpmn")
_attack("xhtml", b'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>', "not-bpmn")
_attack("svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "not-bpmn")
_attack("json", b'{"type": "default", "components": []}', "xml-malformed")
_attack("definitions elsewhere", SHIPPED.replace(b"BPMN/20100524/MODEL", b"BPMN/20100525/MODEL"), "not-bpmn")
_attack(
    "process is the root", b'<process xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="retrofit"/>', "not-bpmn"
)

# Entities, and whatever brings in or runs something else.
_BOMB = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"lol") for n in range(12))
_attack("billion laughs", b"<!DOCTYPE x [" + _BOMB + b"]><x>&a11;</x>", "doctype")
_attack("billion laughs in an attribute", b"<!DOCTYPE x [" + _BOMB + b']><x y="&a11;"/>', "doctype")
_attack("quadratic", b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 100_000 + b'">]><x>' + b"&a;" * 10_000 + b"</x>", "doctype")
_attack("external entity", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "doctype")
_attack("external subset", b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>', "doctype")
_attack("parameter entity", b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]><x/>', "doctype")
_attack("undeclared entity", SHIPPED.replace("现场核查".encode(), b"&secret;"), "xml-malformed")
_attack(
    "style sheet",
    b'<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/x"?>' + SHIPPED[SHIPPED.index(b"<bpmn:") :],
    "processing-instruction",
)
_attack("instruction within", _within("<?php system('id') ?>"), "processing-instruction")
_attack("19,000 instructions", b"<a>" + b"<?p?>" * 19_000 + b"</a>", "processing-instruction")
_attack(
    "xinclude",
    _within('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'),
    "inclusion",
)
_attack(
    "xinclude in the drawing",
    SHIPPED.replace(
        b"</bpmndi:BPMNPlane>",
        b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/></bpmndi:BPMNPlane>',
    ),
    "inclusion",
)
_attack(
    "script task", _within('<bpmn:scriptTask id="odd"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>'), "script"
)
_attack("script beside", _within('<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>'), "script")
_attack(
    "script in the drawing",
    SHIPPED.replace(
        b"</bpmndi:BPMNPlane>", b'<script xmlns="http://www.w3.org/1999/xhtml">1</script></bpmndi:BPMNPlane>'
    ),
    "script",
)
_LISTENER = (
    '<bpmn:extensionElements><camunda:{0} xmlns:camunda="http://camunda.org/schema/1.0/bpmn"/></bpmn:extensionElements>'
)
_attack("listener", _straight(task("a", _LISTENER.format("executionListener")), ids=("a",)), "script")
_attack("prescript", _straight(task("a", _LISTENER.format("preScript")), ids=("a",)), "script")
_attack("delegate", _straight(task("a", camunda__delegateExpression="${x}"), ids=("a",)), "script")

_attack(
    "a script behind 400 mistakes",
    _process("".join(f'<bpmn:task id="t{n}"/>' for n in range(400)) + '<bpmn:scriptTask id="odd"/>'),
    "script",
)

# Ids and roots of somebody else.
_attack("another process", LIBRARY["green_event.bpmn"], "process-file-name", "root-missing")
_attack("no process", _definitions('<bpmn:collaboration id="c"/>'), "root-missing", mistakes=("process-count",))
_attack("id twice", SHIPPED.replace(b'id="site_inspection"', b'id="substantive_review"'), "id-twice")
_attack("id of a shape twice", SHIPPED.replace(b'id="site_inspection_di"', b'id="site_inspection"'), "id-twice")
_attack("id missing", SHIPPED.replace(b'<bpmn:userTask id="site_inspection"', b"<bpmn:userTask"), "id-missing")
_attack("calls itself", _straight(call("c", KEY), ids=("c",)), "call-cycle")
_attack("another prefix", SHIPPED.replace(b"bpmn:", b"q:").replace(b"xmlns:bpmn=", b"xmlns:q="))
_attack(
    "gc is somebody else",
    SHIPPED.replace(b"urn:greencase:bpmn:1", b"urn:greencase:bpmn:2"),
    mistakes=("unknown-extension",),
)

# Size in every direction.
_attack("three megabytes", SHIPPED + b" " * 3 * MEGABYTE, "file-too-large")
_attack("60,000 elements", _definitions("<bpmn:group/>" * 60_000), "xml-too-many-elements")
_attack(
    "9,900 tasks", _process("".join(f'<bpmn:userTask id="t{n}"/>' for n in range(9_900))), mistakes=("too-many-nodes",)
)
_attack("39,000 attributes", _process("", " ".join(f'a{n}="1"' for n in range(39_000))), "xml-too-many-elements")
_attack("20,000 attributes", _process("", " ".join(f'a{n}="1"' for n in range(20_000))), "xml-too-many-elements")
_attack(
    "30,000 namespaces", _process("", " ".join(f'xmlns:a{n}="u{n}"' for n in range(30_000))), "xml-too-many-elements"
)
_attack(
    "namespaces and elements",
    _process("".join(f"<a{n}:x/>" for n in range(9_000)), " ".join(f'xmlns:a{n}="u{n}"' for n in range(15_000))),
    mistakes=("unknown-element",),
)
_attack("long name", _straight(task("a", name="长" * 300_000), ids=("a",)), "value-too-long")
_attack("long id", _process(shape("userTask", "a" * 900_000)), "value-too-long")
_attack("long element name", _definitions(f"<bpmn:{'a' * 400_000}/>"), "xml-malformed")
_attack("long condition", _asked(flow("g", "a", 'a == "' + "x" * 900_000 + '"')), mistakes=("condition-form",))
_attack("escapes", _straight(task("a", name="&" * 150_000), ids=("a",)), "value-too-long")
_attack(
    "9,000 cdata sections",
    _within("<bpmn:documentation>" + "<![CDATA[x]]>" * 9_000 + "</bpmn:documentation>"),
    mistakes=("xsd-order",),
)
_attack("9,000 levels", _definitions("<bpmn:group>" * 9_000 + "</bpmn:group>" * 9_000), "xml-malformed")
_attack("200 levels", _definitions("<bpmn:group>" * 200 + "</bpmn:group>" * 200), "xml-too-deep")
_SUB = "".join(f'<bpmn:subProcess id="s{n}">' for n in range(35)) + "</bpmn:subProcess>" * 35
_attack(
    "35 levels of sub-processes", diagram(KEY, start(), end(), line("begin", "done"), _SUB), mistakes=("start-event",)
)
_attack("9,000 messages", _straight(task("a"), ids=("a",), messages=[f"m{n}" for n in range(9_000)]))
_attack(
    "3,000 lanes",
    _straight(task("a"), ids=("a",), roles={f"r{n}": ["a"] for n in range(3_000)}),
    mistakes=("lane-twice",),
)
_MANY_EVENTS = "".join(boundary(f"b{n}", "a", on_message("m")) for n in range(2_400))
_attack(
    "2,400 boundary events",
    _straight(task("a"), _MANY_EVENTS, ids=("a",), messages=["m"]),
    mistakes=("too-many-nodes",),
)
_SHAPES = b"".join(b'<bpmndi:BPMNShape id="q%d" bpmnElement="q"/>' % n for n in range(8_000))
_attack(
    "8,000 shapes",
    SHIPPED.replace(b"</bpmndi:BPMNPlane>", _SHAPES + b"</bpmndi:BPMNPlane>"),
    mistakes=("xsd-order", "gate-gave-up"),
)
_WRONG = b"".join(b'<bpmndi:BPMNShape foo="q%d" bar=""/>' % n for n in range(8_000))
_attack(
    "8,000 wrong shapes",
    SHIPPED.replace(b"</bpmndi:BPMNPlane>", _WRONG + b"</bpmndi:BPMNPlane>"),
    mistakes=("xsd-order", "xsd-attribute", "gate-gave-up"),
)

# Graphs that take long to follow.
_attack(
    "3,200 flows",
    _straight(task("a"), ids=("a",), extra="".join(flow("a", "done", id=f"f{n}") for n in range(3_200))),
    mistakes=("too-many-flows",),
)
_attack(
    "10,000 flows",
    _straight(task("a"), ids=("a",), extra='<bpmn:sequenceFlow id="f" sourceRef="a" targetRef="done"/>' * 8_000),
    "id-twice",
    "xml-too-many-elements",
)
_attack(
    "900 conditions",
    _asked(*(flow("g", "done", f'a == "{n}"', id=f"f{n}") for n in range(900))),
    mistakes=("flow-twice",),
)
_NESTED = "(" * 190 + "a" + ")" * 190
_attack(
    "900 nested conditions",
    _asked(*(flow("g", "a", f"{_NESTED} == {n}", id=f"f{n}") for n in range(900))),
    mistakes=("flow-twice",),
)
_CONDITIONS = {
    "power": "9**9**9 == a",
    "shift": "1 << 99999999 == a",
    "repeat": "'x' * 999999999 == a",
    "format": "f'{a:>999999999}' == a",
    "parentheses": "(" * 490 + "a",
    "attributes": "a.__class__.__mro__ == 1",
    "call": '__import__("os").system("id") == 0',
    "lambda": "(lambda: a)() == 1",
    "walrus": "(a := 1) == 1",
    "comprehension": "[x for x in a] == a",
}
for _name, _text in _CONDITIONS.items():
    _attack(f"condition: {_name}", _asked(flow("g", "a", _text)), mistakes=("condition-form",))
_attack(
    "timer of 300 years",
    _straight(task("a"), boundary("b", "a", at_time("P9999D", "timeDuration")), flow("b", "done"), ids=("a",)),
)
_attack(
    "timer of letters",
    _straight(
        task("a"), boundary("b", "a", at_time("P" + "9" * 5_000 + "D", "timeDuration")), flow("b", "done"), ids=("a",)
    ),
    mistakes=("timer-form",),
)
_attack("999,999 instances", _straight(many("m", "9" * 5_000), ids=("m",)), mistakes=("multi-instance-input",))


def _wide(branches: int) -> bytes:
    ids = [f"b{n}" for n in range(branches)]
    ways = "".join(flow("split", id) + flow(id, "join") for id in ids)
    tasks = "".join(map(task, ids))
    return diagram(
        KEY, start(), both("split"), tasks, both("join"), end(), line("begin", "split"), line("join", "done"), ways
    )


def _grid(side: int, gateway) -> bytes:
    """Gateways in a square, each leading to the right and down."""
    places = [(x, y) for x in range(side) for y in range(side)]
    right = [flow(f"g{x}_{y}", f"g{x + 1}_{y}") for x, y in places if x < side - 1]
    down = [flow(f"g{x}_{y}", f"g{x}_{y + 1}") for x, y in places if y < side - 1]
    drawn = [gateway(f"g{x}_{y}") for x, y in places]
    last = f"g{side - 1}_{side - 1}"
    return diagram(KEY, start(), *drawn, end(), flow("begin", "g0_0"), *right, *down, flow(last, "done"))


_attack("18 branches", _wide(18), mistakes=("too-parallel",))
_attack("160 branches", _wide(160), mistakes=("too-parallel",))
_attack("a grid of splits", _grid(17, both), mistakes=("too-parallel",))
_attack("a grid of choices", _grid(17, xor), mistakes=("default-missing",))
_HUB = "".join(task(f"t{n}") + flow("h", f"t{n}", f't0 == "{n}"') + flow(f"t{n}", "h") for n in range(170))
_attack("a hub of 170 loops", diagram(KEY, start(), xor("h", "h_to_done"), _HUB, end(), line("begin", "h", "done")))
_BACK = "".join(task(f"t{n}") for n in range(300)) + line("begin", *(f"t{n}" for n in reversed(range(300))), "done")
_attack("300 tasks drawn backwards", diagram(KEY, start(), end(), _BACK))
