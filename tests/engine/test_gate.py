"""The gate: one tiny diagram for each construct that must not be published, and the ones that must pass."""

import pytest

from tests.engine.drawing import (
    HEAD,
    at_time,
    both,
    boundary,
    call,
    catch,
    diagram,
    end,
    first_of,
    flow,
    line,
    many,
    message,
    on_message,
    service,
    shape,
    start,
    task,
    xor,
)
from workflows.engine import Known, check_bundle, compile_bundle, document

KNOWN = Known(
    forms=frozenset({"form", "p_form", "decided", "undecided"}),
    operations={"operation": frozenset({"days"})},
    roles=frozenset({"officer", "chief"}),
    statuses=frozenset({"REVIEW", "PAID"}),
    owners={"other": "other.bpmn"},
    decisions={"decided": ("accept", "refuse"), "undecided": ()},
)


def check(*files: bytes, key: str = "p", **named: bytes):
    bundle = {("p.bpmn" if not index else f"file{index}.bpmn"): data for index, data in enumerate(files)}
    bundle.update({f"{name}.bpmn": data for name, data in named.items()})
    return check_bundle(bundle, key, known=KNOWN)


def rules(*files: bytes, **named: bytes) -> set[str]:
    return {finding.rule for finding in check(*files, **named)}


def straight(*middle: str, ids: tuple[str, ...], extra: str = "", **options) -> bytes:
    """begin → the given elements → done."""
    return diagram("p", start(), *middle, end(), line("begin", *ids, "done"), extra, **options)


def event(kind: str, definition: str, id: str = "odd", **attributes: str) -> bytes:
    return straight(task("a"), shape(kind, id, f"<bpmn:{definition}/>", **attributes), ids=("a", id))


TASK = straight(task("a"), ids=("a",))


def test_a_plain_diagram_passes():
    assert check(TASK) == []


LOOP = (
    start(),
    task("a"),
    xor("g", default="on"),
    end(),
    line("begin", "a", "g"),
)

REFUSED = [
    ("link-event", event("intermediateCatchEvent", "linkEventDefinition")),
    ("link-event", event("intermediateThrowEvent", "linkEventDefinition")),
    ("signal-event", event("intermediateCatchEvent", "signalEventDefinition")),
    ("signal-event", diagram("p", start(), end(), shape("endEvent", "x", "<bpmn:signalEventDefinition/>"))),
    ("signal-event", straight(task("a"), ids=("a",), outside=shape("signal", "sig", name="s"))),
    ("compensation", event("boundaryEvent", "compensateEventDefinition", attachedToRef="a")),
    ("compensation", straight(task("a", isForCompensation="true"), ids=("a",))),
    ("event-subprocess", straight(task("a"), shape("subProcess", "sub", triggeredByEvent="true"), ids=("a",))),
    ("error-event", diagram("p", start(), shape("endEvent", "x", "<bpmn:errorEventDefinition/>"), line("begin", "x"))),
    ("error-event", straight(task("a"), ids=("a",), outside=shape("error", "err", errorCode="1"))),
    ("escalation-event", event("boundaryEvent", "escalationEventDefinition", attachedToRef="a")),
    ("terminate-event", diagram("p", start(), shape("endEvent", "x", "<bpmn:terminateEventDefinition/>"))),
    ("conditional-event", event("intermediateCatchEvent", "conditionalEventDefinition")),
    ("transaction", straight(task("a"), shape("transaction", "odd"), ids=("a",))),
    ("transaction", event("boundaryEvent", "cancelEventDefinition", attachedToRef="a")),
    ("script", straight(shape("scriptTask", "odd", "<bpmn:script>import os</bpmn:script>"), ids=("odd",))),
    ("script", straight(shape("scriptTask", "odd", scriptFormat="python"), ids=("odd",))),
    (
        "script",
        straight(
            task("a", '<bpmn:extensionElements><x:preScript xmlns:x="urn:x">1</x:preScript></bpmn:extensionElements>'),
            ids=("a",),
        ),
    ),
    (
        "script",
        straight(
            task(
                "a", '<bpmn:extensionElements><x:postScript xmlns:x="urn:x">1</x:postScript></bpmn:extensionElements>'
            ),
            ids=("a",),
        ),
    ),
    ("ad-hoc", straight(task("a"), shape("adHocSubProcess", "odd"), ids=("a",))),
    ("complex-gateway", straight(shape("complexGateway", "odd"), ids=("odd",))),
    ("inclusive-gateway", straight(shape("inclusiveGateway", "odd"), ids=("odd",))),
    ("send-task", straight(shape("sendTask", "odd"), ids=("odd",))),
    ("throw-event", straight(shape("intermediateThrowEvent", "odd"), ids=("odd",))),
    ("untyped-task", straight(shape("task", "odd"), ids=("odd",))),
    ("untyped-task", straight(shape("manualTask", "odd"), ids=("odd",))),
    ("untyped-task", straight(shape("businessRuleTask", "odd"), ids=("odd",))),
    ("standard-loop", straight(task("a", "<bpmn:standardLoopCharacteristics/>"), ids=("a",))),
    ("data-object", straight(task("a"), shape("dataObjectReference", "odd"), ids=("a",))),
    ("data-object", straight(task("a", "<bpmn:ioSpecification/>"), ids=("a",))),
    ("unknown-element", straight(task("a"), shape("choreographyTask", "odd"), ids=("a",))),
    ("unknown-element", straight(task("a"), '<camunda:thing id="odd"/>', ids=("a",))),
    ("unknown-extension", straight(task("a", gc__frm="form"), ids=("a",))),
    ("unknown-extension", straight(task("a", gc__result="x"), ids=("a",))),
    ("unknown-extension", diagram("p", start(), end(gc__stage="P18"), line("begin", "done"))),
    ("unknown-extension", straight(task("a", camunda__formKey="x"), ids=("a",))),
    (
        "unknown-extension",
        straight(task("a", "<bpmn:extensionElements><camunda:in/></bpmn:extensionElements>"), ids=("a",)),
    ),
    ("unsupported-attribute", straight(task("a", startQuantity="2"), ids=("a",))),
    ("start-event", diagram("p", task("a"), end(), line("a", "done"))),
    ("start-event", diagram("p", start(), start("again"), end(), line("begin", "done"), line("again", "done"))),
    ("start-event-kind", diagram("p", shape("startEvent", "b", on_message("m")), end(), line("b", "done"))),
    ("end-event", diagram("p", start(), task("a"), line("begin", "a"))),
    ("end-event-kind", diagram("p", start(), shape("endEvent", "x", on_message("m")), line("begin", "x"))),
    ("event-kind", straight(catch("c", ""), ids=("c",))),
    ("event-kind", straight(catch("c", on_message("m") + at_time("P1D")), ids=("c",), messages=["m"])),
    ("message-missing", straight(shape("receiveTask", "r"), ids=("r",))),
    ("message-missing", straight(catch("c", on_message("m")), ids=("c",))),
    ("message-missing", straight(catch("c", "<bpmn:messageEventDefinition/>"), ids=("c",))),
    ("message-name", straight(catch("c", on_message("m n")), ids=("c",), outside=message("m n"))),
    ("message-name", straight(catch("c", on_message("批准")), ids=("c",), messages=["批准"])),
    ("timer-missing", straight(catch("c", "<bpmn:timerEventDefinition/>"), ids=("c",))),
    ("timer-missing", straight(catch("c", at_time(" ")), ids=("c",))),
    ("timer-cycle", straight(catch("c", at_time("R3/P1D", "timeCycle")), ids=("c",))),
    ("timer-form", straight(catch("c", at_time("2026-06-18T09:00:00")), ids=("c",))),
    ("timer-form", straight(catch("c", at_time("P1M", "timeDuration")), ids=("c",))),
    ("timer-form", straight(catch("c", at_time("__import__('os')")), ids=("c",))),
    ("boundary-attachment", straight(service("s"), boundary("b", "s", at_time("P1D", "timeDuration")), ids=("s",))),
    ("boundary-attachment", straight(task("a"), boundary("b", "zz", at_time("P1D", "timeDuration")), ids=("a",))),
    (
        "boundary-non-interrupting",
        straight(task("a"), boundary("b", "a", at_time("P1D", "timeDuration"), cancelActivity="false"), ids=("a",)),
    ),
    (
        "boundary-same-message",
        straight(
            task("a"),
            boundary("b", "a", on_message("m")),
            boundary("c", "a", on_message("m")),
            flow("b", "done"),
            flow("c", "done"),
            ids=("a",),
            messages=["m"],
        ),
    ),
    ("event-gateway-targets", straight(first_of("g"), task("a"), ids=("g", "a"))),
    (
        "event-gateway-targets",
        straight(
            first_of("g"),
            catch("x", on_message("m")),
            catch("y", at_time("P1D", "timeDuration")),
            task("a"),
            xor("h", default="h_to_done"),
            flow("g", "y"),
            flow("y", "a"),
            flow("h", "x", 'a == "again"'),
            ids=("g", "x", "a", "h"),
            messages=["m"],
        ),
    ),
    (
        "event-gateway-timers",
        straight(
            first_of("g"),
            catch("x", at_time("P1D", "timeDuration")),
            catch("y", at_time("P2D", "timeDuration")),
            flow("g", "y"),
            flow("y", "done"),
            ids=("g", "x"),
        ),
    ),
    (
        "event-gateway-same-message",
        straight(
            first_of("g"),
            catch("x", on_message("m")),
            catch("y", on_message("m")),
            flow("g", "y"),
            flow("y", "done"),
            ids=("g", "x"),
            messages=["m"],
        ),
    ),
    (
        "multi-instance-place",
        straight(
            shape(
                "callActivity",
                "c",
                "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
                "</bpmn:multiInstanceLoopCharacteristics>",
            ),
            ids=("c",),
        ),
    ),
    (
        "multi-instance-sequential",
        straight(
            task(
                "a",
                '<bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:loopCardinality>2'
                "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
            ),
            ids=("a",),
        ),
    ),
    *(
        (
            "multi-instance-input",
            straight(
                task(
                    "a",
                    f"<bpmn:multiInstanceLoopCharacteristics>{inner}</bpmn:multiInstanceLoopCharacteristics>",
                ),
                ids=("a",),
            ),
        )
        for inner in (
            "",
            "<bpmn:loopCardinality>1000000</bpmn:loopCardinality>",
            "<bpmn:loopCardinality>len(seats)</bpmn:loopCardinality>",
            "<bpmn:loopCardinality>0</bpmn:loopCardinality>",
            "<bpmn:loopDataInputRef>seats[0]</bpmn:loopDataInputRef>",
        )
    ),
    *(
        (
            "multi-instance-output",
            straight(
                service("s", result="seats"),
                many("a").replace("</bpmn:multi", f"<bpmn:{tag}>x</bpmn:{tag}></bpmn:multi"),
                ids=("s", "a"),
            ),
        )
        for tag in ("completionCondition", "loopDataOutputRef", "outputDataItem")
    ),
    ("flow-ends", straight(task("a"), ids=("a",), extra=flow("a", "nowhere"))),
    ("flow-ends", straight(task("a"), ids=("a",), extra=flow("nowhere", "a"))),
    ("flow-twice", straight(xor("g", default="f1"), ids=("g",), extra=flow("g", "done", "a == 1", "f1"))),
    ("flow-into-start", straight(task("a"), xor("g", default="on"), ids=("a", "g"), extra=flow("g", "begin"))),
    ("flow-out-of-end", straight(task("a"), ids=("a",), extra=flow("done", "a"))),
    (
        "flow-into-boundary",
        straight(
            task("a"),
            boundary("b", "a", at_time("P1D", "timeDuration")),
            flow("b", "done"),
            ids=("a",),
            extra=flow("a", "b"),
        ),
    ),
    ("dead-end", straight(task("a"), task("b"), both("g"), ids=("a", "g"), extra=flow("g", "b"))),
    (
        "no-way-to-end",
        diagram(
            "p",
            start(),
            xor("g", default="g_to_done"),
            task("a"),
            task("b"),
            end(),
            line("begin", "g", "done"),
            flow("g", "a", 'b == "x"'),
            line("a", "b", "a"),
        ),
    ),
    ("unreachable", straight(task("a"), task("b"), ids=("a",), extra=flow("b", "done"))),
    ("implicit-split", straight(task("a"), task("b"), ids=("a",), extra=line("a", "b", "done"))),
    ("condition-on-task", diagram("p", start(), task("a"), end(), flow("begin", "a"), flow("a", "done", "a == 1"))),
    ("default-on-task", straight(task("a", default="a_to_done"), ids=("a",))),
    ("default-missing", straight(task("a"), xor("g"), ids=("a", "g"), extra=flow("g", "a", 'a == "x"'))),
    ("default-missing", diagram("p", *LOOP, flow("g", "done", 'a == "x"', "on"))),
    (
        "default-conditional",
        diagram("p", *LOOP, flow("g", "done", 'a == "y"', "on"), flow("g", "a", 'a == "x"')),
    ),
    ("condition-missing", diagram("p", *LOOP, flow("g", "done", None, "on"), flow("g", "a"))),
    *(
        ("condition-form", diagram("p", *LOOP, flow("g", "done", None, "on"), flow("g", "a", condition)))
        for condition in (
            "",
            'a == "x" and b == "y"',
            'a == "x" or a == "y"',
            'a in ("x", "y")',
            "a == b",
            'a < "1000000"',
            "a + 1 == 2",
            "1 < a < 3",
            'a.decision == "x"',
            'a["x"] == 1',
            "len(a) == 1",
            '__import__("os").system("id")',
            "a == 1.5",
            'a == "x',
        )
    ),
    (
        "condition-overlap",
        diagram(
            "p",
            start(),
            service("n", result="days"),
            xor("g", default="on"),
            task("a"),
            task("b"),
            end(),
            line("begin", "n", "g"),
            flow("g", "done", None, "on"),
            flow("g", "a", "days > 3"),
            flow("g", "b", "days >= 10"),
            line("a", "done"),
            line("b", "done"),
        ),
    ),
    (
        "condition-overlap",
        diagram(
            "p",
            start(),
            task("x"),
            task("y"),
            xor("g", default="on"),
            task("a"),
            task("b"),
            end(),
            line("begin", "x", "y", "g"),
            flow("g", "done", None, "on"),
            flow("g", "a", 'x == "yes"'),
            flow("g", "b", 'y == "yes"'),
            line("a", "done"),
            line("b", "done"),
        ),
    ),
    (
        "loop-without-wait",
        diagram(
            "p",
            start(),
            service("s", result="r"),
            xor("g", default="on"),
            end(),
            line("begin", "s", "g"),
            flow("g", "done", None, "on"),
            flow("g", "s", 'r == "x"'),
        ),
    ),
    (
        "tokens-doubled",
        diagram(
            "p",
            start(),
            both("split"),
            task("a"),
            task("b"),
            xor("merge"),
            task("c"),
            end(),
            line("begin", "split", "a", "merge", "c", "done"),
            line("split", "b", "merge"),
        ),
    ),
    (
        "join-starved",
        diagram(
            "p",
            start(),
            task("t"),
            xor("split", default="split_to_a"),
            task("a"),
            task("b"),
            both("join"),
            end(),
            line("begin", "t", "split", "a", "join", "done"),
            flow("split", "b", 't == "x"'),
            line("b", "join"),
        ),
    ),
    ("called-missing", straight(call("c", "q"), ids=("c",))),
    ("called-missing", straight(shape("callActivity", "c"), ids=("c",))),
    ("call-cycle", straight(call("c", "p"), ids=("c",))),
    ("lane-twice", straight(task("a"), ids=("a",), roles={"officer": ["a"], "chief": ["a"]})),
    ("lane-missing", straight(task("a"), ids=("a",), roles={"officer": []})),
    ("role-unknown", straight(task("a"), ids=("a",), roles={"nobody": ["a"]})),
    ("form-missing", straight(task("a", gc__form=None), ids=("a",))),
    ("form-unknown", straight(task("a", gc__form="other"), ids=("a",))),
    ("operation-missing", straight(shape("serviceTask", "s"), ids=("s",))),
    ("operation-unknown", straight(service("s", "rm_rf"), ids=("s",))),
    ("parameter-unknown", straight(service("s", weeks="1"), ids=("s",))),
    ("variable-name", straight(service("s", result="两个字"), ids=("s",))),
    ("variable-unset", straight(task("a", gc__assignee="nobody"), ids=("a",))),
    ("variable-unset", straight(catch("c", at_time("ends_at")), ids=("c",))),
    ("variable-unset", straight(many("a"), ids=("a",))),
    ("variable-unset", diagram("p", *LOOP, flow("g", "done", None, "on"), flow("g", "a", 'b == "x"'))),
    *(
        (
            "decision-unknown",
            diagram(
                "p",
                start(),
                task("a", gc__form=form),
                xor("g", default="on"),
                end(),
                line("begin", "a", "g"),
                flow("g", "done", None, "on"),
                flow("g", "a", 'a == "acept"'),
            ),
        )
        for form in ("decided", "undecided")
    ),
    ("status-unknown", straight(task("a", gc__status="OTHER"), ids=("a",))),
    ("stage-form", straight(task("a", gc__stage="初审"), ids=("a",))),
    ("reason-form", diagram("p", start(), task("a"), end(gc__reason="too late"), line("begin", "a", "done"))),
    *(
        (
            "end-not-of-case",
            straight(shape("subProcess", "sub", start("s2") + end("e2", **said) + line("s2", "e2")), ids=("sub",)),
        )
        for said in ({"gc__status": "PAID"}, {"gc__reason": "CREDIT_VETO"})
    ),
    ("due-form", straight(task("a", gc__due="P7D"), ids=("a",))),
    ("separate-unknown", straight(task("a", gc__separateFrom="b"), ids=("a",))),
    ("id-missing", straight(task("a"), "<bpmn:userTask/>", ids=("a",), roles={"officer": ["a"]})),
    ("id-twice", straight(task("a"), task("a"), ids=("a",))),
    ("id-reserved", diagram("p", start("Start"), end(), line("Start", "done"))),
    ("id-reserved", diagram("p", start(), end("End"), line("begin", "End"))),
    ("id-form", straight(task("a-b"), ids=("a-b",))),
    ("id-form", straight(task("self"), ids=("self",))),
    ("process-not-executable", diagram("p", start(), end(), line("begin", "done"), executable="false")),
    ("process-file-name", diagram("q", start(), end(), line("begin", "done"))),
    ("too-many-nodes", straight(*(task(f"t{n}") for n in range(400)), ids=tuple(f"t{n}" for n in range(400)))),
    ("not-bpmn", b"<html/>"),
    ("xml-malformed", b"<bpmn:definitions"),
    ("xml-malformed", b""),
    ("xml-malformed", b"\x00\x01\x02"),
    ("doctype", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
    ("doctype", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'),
    ("file-too-large", HEAD.encode() + b" " * (3 * 1024 * 1024) + b"</bpmn:definitions>"),
    ("xml-too-deep", (HEAD + "<bpmn:group>" * 100 + "</bpmn:group>" * 100 + "</bpmn:definitions>").encode()),
    ("xml-too-many-elements", (HEAD + "<bpmn:group/>" * 30_000 + "</bpmn:definitions>").encode()),
]


@pytest.mark.parametrize(("rule", "data"), REFUSED, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(REFUSED)])
def test_refuses(rule, data):
    findings = [finding for finding in check(data) if finding.rule == rule]
    assert findings, f"{rule} not among {rules(data)}"
    for finding in findings:
        assert finding.file == "p.bpmn"
        assert finding.line >= 1
        for words in (finding.message_zh, finding.message_en, finding.mend_zh, finding.mend_en):
            assert words
            assert "{" not in words


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ("process-id-twice", TASK, TASK),
        (
            "process-id-twice",
            TASK,
            diagram(
                "q",
                start(),
                shape("subProcess", "p", start("s2") + end("e2") + line("s2", "e2")),
                end(),
                line("begin", "p"),
            ),
        ),
        (
            "message-id-twice",
            straight(catch("c", on_message("m")), ids=("c",), messages=["m"]),
            diagram("q", start(), end(), line("begin", "done"), outside=message("other", "message_m")),
        ),
        ("process-owned", TASK, diagram("other", start(), end(), line("begin", "done"))),
    ],
)
def test_refuses_over_several_files(rule, first, second):
    assert rule in rules(first, second)


def test_only_an_end_of_the_root_process_says_how_the_case_ends():
    p = straight(call("c", "q"), ids=("c",))
    q = diagram("q", start(), end(gc__status="PAID", gc__reason="CREDIT_VETO"), line("begin", "done"))
    findings = check(p, q=q)
    assert [(finding.rule, finding.file, finding.element) for finding in findings] == [
        ("end-not-of-case", "q.bpmn", "done")
    ] * 2
    assert all("gc:status" in f.message_zh or "gc:reason" in f.message_zh for f in findings)
    assert (
        check(
            p.replace(b'id="done"', b'id="done" gc:status="PAID" gc:reason="CREDIT_VETO"'),
            q=diagram("q", start(), end(), line("begin", "done")),
        )
        == []
    )


def test_refuses_calls_in_a_circle():
    p = straight(call("c", "q"), ids=("c",))
    q = diagram("q", start(), call("c", "p"), end(), line("begin", "c", "done"))
    assert rules(p, q=q) == {"call-cycle"}


def test_refuses_a_loop_through_a_call_that_need_not_wait():
    p = diagram(
        "p",
        start(),
        call("c", "q"),
        xor("g", default="on"),
        end(),
        line("begin", "c", "g"),
        flow("g", "done", None, "on"),
        flow("g", "c", 'r == "x"'),
    )
    quick = diagram("q", start(), service("s", result="r"), end(), line("begin", "s", "done"))
    slow = diagram("q", start(), service("s", result="r"), task("a"), end(), line("begin", "s", "a", "done"))
    assert rules(p, q=quick) == {"loop-without-wait"}
    assert rules(p, q=slow) == set()


def test_a_variable_has_to_be_set_on_every_way():
    def reading(name: str, *middle: str) -> bytes:
        return diagram(
            "p",
            start(),
            *middle,
            xor("last", default="on"),
            task("more"),
            end(),
            flow("last", "done", None, "on"),
            flow("last", "more", f'{name} == "x"'),
            flow("more", "done"),
            messages=["m"],
        )

    some_way = (
        task("a"),
        task("b"),
        xor("first", default="skip"),
        line("begin", "a", "first"),
        flow("first", "b", 'a == "x"'),
        flow("first", "last", None, "skip"),
        flow("b", "last"),
    )
    assert rules(reading("b", *some_way)) == {"variable-not-yet-set"}
    assert rules(reading("a", *some_way)) == set()
    branches = (
        both("f"),
        task("a"),
        task("b"),
        both("j"),
        line("begin", "f", "a", "j", "last"),
        line("f", "b", "j"),
    )
    assert rules(reading("a", *branches)) == set()
    interrupted = (
        task("a"),
        boundary("w", "a", on_message("m")),
        line("begin", "a", "last"),
        flow("w", "last"),
    )
    assert rules(reading("a", *interrupted)) == {"variable-not-yet-set"}
    called = (call("c", "q"), line("begin", "c", "last"))
    inner = diagram("q", start(), task("a"), end(), line("begin", "a", "done"))
    assert rules(reading("a", *called), q=inner) == set()
    later = diagram("q", start(), task("a"), xor("g", default="g_to_done"), task("z"), end(),
                    line("begin", "a", "g", "done"), flow("g", "z", 'more == "x"'), line("z", "done"))  # fmt: skip
    assert rules(reading("a", *called), q=later) == {"variable-not-yet-set"}


def test_the_item_of_a_multi_instance_is_set_only_inside_it():
    def behind(*middle: str, ids: tuple[str, ...], extra: str = "") -> set[str]:
        panel = (service("s", result="seats"), many("m"))
        return rules(straight(*panel, *middle, ids=("s", "m", *ids), extra=extra))

    assert behind(ids=()) == set()
    assert behind(task("a", gc__assignee="seat"), ids=("a",)) == {"variable-unset"}
    asked = xor("g", default="g_to_done"), task("a"), flow("g", "a", 'seat == "x"'), flow("a", "done")
    assert behind(*asked, ids=("g",)) == {"variable-unset"}
    assert behind(catch("c", at_time("seat")), ids=("c",)) == {"variable-unset"}
    assert behind(many("n", item="chair"), ids=("n",)) == set()
    assert behind(many("n", collection="seat", item="seat"), ids=("n",)) == {"variable-unset"}
    # A result of the same name is a variable like any other; the item does not stand in for it before it is set.
    named = (task("a", gc__assignee="seat"), service("t", result="seat"))
    assert behind(*named, ids=("t", "a")) == set()
    assert behind(*named, ids=("a", "t")) == {"variable-not-yet-set"}


def test_a_missing_root_is_a_finding():
    assert [finding.rule for finding in check_bundle({}, "p", known=KNOWN)] == ["root-missing"]


def test_accepts_everything_that_the_guide_lists():
    inner = start("s2") + task("b2") + end("e2") + line("s2", "b2", "e2")
    p = diagram(
        "p",
        start(),
        task("a", gc__form="{scheme}_form", gc__status="REVIEW", gc__stage="P08b", gc__due="proc.audit_days"),
        task("b", gc__due="10", gc__separateFrom="a"),
        service("s", result="seats", days="5"),
        many("m"),
        shape("subProcess", "sub", inner),
        call("c", "q"),
        boundary("interrupted", "c", on_message("moved")),
        first_of("g"),
        catch("t", at_time("2026-06-18T09:00:00+08:00")),
        catch("o", on_message("objection")),
        shape("receiveTask", "r", messageRef="message_moved"),
        shape("textAnnotation", "note", "<bpmn:text>说明</bpmn:text>"),
        end(gc__status="PAID", gc__reason="CREDIT_VETO"),
        line("begin", "a", "b", "s", "m", "sub", "c", "g", "t", "done"),
        line("g", "o", "r", "done"),
        flow("interrupted", "a"),
        messages=["moved", "objection"],
        roles={"officer": ["a", "m", "sub"], "chief": ["b"]},
    )
    q = diagram(
        "q",
        start(),
        both("f"),
        task("x"),
        task("y"),
        both("j"),
        end(),
        line("begin", "f", "x", "j", "done"),
        line("f", "y", "j"),
    )
    assert check(p, q=q) == []


def test_hostile_sizes_are_answered_quickly():
    calls = [
        diagram(
            f"q{n}", start(), call("a", f"q{n + 1}"), call("b", f"q{n + 1}"), end(), line("begin", "a", "b", "done")
        )
        for n in range(60)
    ]
    last = diagram("q60", start(), end(), line("begin", "done"))
    p = straight(call("c", "q0"), ids=("c",))
    assert rules(p, **{f"q{n}": data for n, data in enumerate(calls)}, q60=last) == set()
    branches = [f"b{n}" for n in range(18)]
    wide = straight(
        both("split"),
        *(task(name) for name in branches),
        both("join"),
        *(flow("split", name) + flow(name, "join") for name in branches),
        ids=("join",),
        extra=flow("begin", "split"),
    )
    assert rules(wide) == {"implicit-split"}
    wide = diagram(
        "p",
        start(),
        both("split"),
        *(task(name) for name in branches),
        both("join"),
        end(),
        *(flow("split", name) + flow(name, "join") for name in branches),
        line("begin", "split"),
        line("join", "done"),
    )
    assert rules(wide) == {"too-parallel"}
    many_ways = diagram(
        "p",
        start(),
        task("a"),
        xor("g", default="on"),
        *(task(f"t{n}") + flow("g", f"t{n}", f'a == "{n}"') + flow(f"t{n}", "done") for n in range(340)),
        end(),
        line("begin", "a", "g"),
        flow("g", "done", None, "on"),
    )
    assert rules(many_ways) == set()


def test_nested_lanes_count_as_one_place():
    inner = shape("childLaneSet", "inner", shape("lane", "chief", "<bpmn:flowNodeRef>a</bpmn:flowNodeRef>"))
    outer = shape("lane", "officer", "<bpmn:flowNodeRef>a</bpmn:flowNodeRef>" + inner)
    data = straight(shape("laneSet", "lanes", outer), task("a"), ids=("a",), roles={})
    assert rules(data) == set()


def test_a_file_is_read_once_to_be_judged_and_compiled(monkeypatch):
    read = []
    monkeypatch.setattr(document, "_check_bounds", read.append)
    p = straight(call("c", "q"), ids=("c",))
    compile_bundle({"p.bpmn": p, "q.bpmn": diagram("q", start(), end(), line("begin", "done"))}, "p")
    assert len(read) == 2


def test_never_raises_on_damaged_files():
    good = straight(task("a"), catch("c", on_message("m")), ids=("a", "c"), messages=["m"])
    for position in range(0, len(good), 7):
        check(good[:position] + good[position + 3 :])
        check(good[:position])


def test_a_straight_line_of_the_permitted_length_compiles():
    ids = tuple(f"t{n}" for n in range(345))
    assert rules(straight(*(task(id) for id in ids), ids=ids)) == set()
