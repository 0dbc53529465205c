"""The gate: events, timers, event gateways and multi-instances that the engine would mis-run."""

import pytest

from tests.engine.drawing import (
    at_time,
    boundary,
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
from tests.engine.judging import check, labels, refused, rules, straight
from workflows.engine import compile_bundle

REFUSED = [
    ("start-event-kind", diagram("p", shape("startEvent", "b", on_message("m")), end(), line("b", "done"))),
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
    *(
        ("timer-zero", straight(catch("c", at_time(nothing, "timeDuration")), ids=("c",)))
        for nothing in ("P0D", "PT0S", "P0W")
    ),
    ("timer-form", straight(catch("c", at_time("__import__('os')")), ids=("c",))),
    *(
        ("timer-range", straight(catch("c", at_time(instant)), ids=("c",)))
        for instant in (
            "9999-12-31T23:59:59-12:00",
            "0001-01-01T00:00:00+12:00",
            "2101-01-01T00:00:00+00:00",
            "2000-01-01T00:00:00+08:00",
        )
    ),
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
            "<bpmn:loopCardinality>seats</bpmn:loopCardinality>",
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
]


@pytest.mark.parametrize(("rule", "data"), REFUSED, ids=labels(REFUSED))
def test_refuses(rule, data):
    refused(rule, data)


def counted(count: str) -> bytes:
    loop = f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>"
    inner = f"<bpmn:multiInstanceLoopCharacteristics>{loop}</bpmn:multiInstanceLoopCharacteristics>"
    return straight(service("s", result="n"), task("a", inner), service("heard", "sum_one", "all", tasks="a"),
                    ids=("s", "a", "heard"))  # fmt: skip


def test_how_many_are_asked_is_a_number_in_the_drawing():
    assert rules(counted("3")) == set()
    (finding,) = check(counted("n"))
    assert (finding.rule, finding.element) == ("multi-instance-input", "a")
    # What was published before this rule goes on; the step itself says what is wrong.
    assert compile_bundle({"p.bpmn": counted("n")}, "p").key == "p"


@pytest.mark.parametrize("instant", ["2000-01-01T00:00:00Z", "2101-01-01T00:00:00+08:00"])
def test_an_instant_lies_in_the_years_that_a_case_can_see(instant):
    assert rules(straight(catch("c", at_time(instant)), ids=("c",))) == set()
