"""The gate: what must pass, however large, and how quickly it answers."""

from tests.engine.drawing import (
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
    on_message,
    service,
    shape,
    start,
    task,
    xor,
)
from tests.engine.judging import TASK, check, rules, straight


def test_a_plain_diagram_passes():
    assert check(TASK) == []


def test_accepts_everything_that_the_guide_lists():
    inner = start("s2") + task("b2") + end("e2") + line("s2", "b2", "e2")
    p = diagram(
        "p",
        start(),
        task("a", gc__form="{scheme}_form", gc__status="REVIEW", gc__stage="P08b", gc__due="proc.audit_days"),
        task("b", gc__due="10", gc__separateFrom="a"),
        service("s", result="seats"),
        service("by", "deadline", result="ends_at", days="5"),
        many("m"),
        service("heard", "sum_one", result="all_of_m", tasks="m"),
        shape("subProcess", "sub", inner),
        call("c", "q"),
        boundary("interrupted", "c", on_message("moved")),
        first_of("g"),
        catch("t", at_time("2026-06-18T09:00:00+08:00")),
        catch("o", on_message("objection")),
        shape("receiveTask", "r", messageRef="message_moved"),
        end(gc__status="PAID", gc__reason="CREDIT_VETO"),
        line("begin", "a", "b", "s", "by", "m", "heard", "sub", "c", "g", "t", "done"),
        line("g", "o", "r", "done"),
        flow("interrupted", "a"),
        shape("textAnnotation", "note", "<bpmn:text>说明</bpmn:text>"),
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
        service("both_heard", "sum", result="x_and_y", tasks="x y"),
        end(),
        line("begin", "f", "x", "j", "both_heard", "done"),
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
    assert rules(p, **{f"q{n}": data for n, data in enumerate(calls)}, q60=last) == {"calls-multiply"}
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


def test_a_straight_line_of_the_permitted_length_compiles():
    ids = tuple(f"t{n}" for n in range(345))
    assert rules(straight(*(task(id) for id in ids), ids=ids)) == set()
