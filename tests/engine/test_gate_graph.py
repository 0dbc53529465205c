"""The gate: flows, gateways and their conditions, loops, tokens and calls."""

from itertools import pairwise

import pytest

from tests.engine.drawing import (
    at_time,
    both,
    boundary,
    call,
    diagram,
    end,
    flow,
    line,
    service,
    shape,
    start,
    task,
    xor,
)
from tests.engine.driving import drive
from tests.engine.judging import LOOP, check, labels, refused, rules, straight

REFUSED = [
    ("start-event", diagram("p", task("a"), end(), line("a", "done"))),
    ("start-event", diagram("p", start(), start("again"), end(), line("begin", "done"), line("again", "done"))),
    ("end-event", diagram("p", start(), task("a"), line("begin", "a"))),
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
]


@pytest.mark.parametrize(("rule", "data"), REFUSED, ids=labels(REFUSED))
def test_refuses(rule, data):
    refused(rule, data)


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


def fan(depth: int) -> dict[str, bytes]:
    """Processes p, q1, q2 … each of which calls the next one twice."""
    keys = ["p", *(f"q{number}" for number in range(1, depth + 1))]
    files = {
        key: diagram(key, start(), call("c", following), call("d", following), end(), line("begin", "c", "d", "done"))
        for key, following in pairwise(keys)
    }
    return {**files, keys[-1]: diagram(keys[-1], start(), end(), line("begin", "done"))}


def test_refuses_calls_that_multiply():
    def found(depth: int) -> list[tuple[str, str, str | None]]:
        return [(each.rule, each.file, each.element) for each in check(**fan(depth))]

    assert found(8) == []
    # The innermost process that is too large is named; what calls it is so for the same reason.
    assert found(9) == [("calls-multiply", "p.bpmn", "p")]
    assert found(14) == [("calls-multiply", "q5.bpmn", "q5")]
    assert found(79) == [("calls-multiply", "q70.bpmn", "q70")]


def test_calls_that_do_not_multiply_fit_into_one_step():
    case = drive(*fan(8).values())
    assert case.ended is not None
