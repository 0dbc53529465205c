"""The gate: lanes, forms, operations, statuses, and variables that are set before they are read."""

from dataclasses import replace

import pytest

from tests.engine.drawing import (
    at_time,
    both,
    boundary,
    call,
    catch,
    diagram,
    end,
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
from tests.engine.judging import KNOWN, LOOP, check, labels, refused, rules, straight
from workflows.engine import check_bundle

COUNTED = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
    '<bpmn:inputDataItem id="each" name="seat"/></bpmn:multiInstanceLoopCharacteristics>'
)


def asking(before: str, condition: str, **options) -> bytes:
    """begin → the element s → a gateway that asks → done, or a task."""
    ways = flow("g", "done", None, "on"), flow("g", "a", condition), flow("a", "done")
    return diagram(
        "p", start(), before, xor("g", default="on"), task("a"), end(), line("begin", "s", "g"), *ways, **options
    )


REFUSED = [
    ("lane-twice", straight(task("a"), ids=("a",), roles={"officer": ["a"], "chief": ["a"]})),
    ("lane-missing", straight(task("a"), ids=("a",), roles={"officer": []})),
    ("role-unknown", straight(task("a"), ids=("a",), roles={"nobody": ["a"]})),
    ("form-missing", straight(task("a", gc__form=None), ids=("a",))),
    ("form-unknown", straight(task("a", gc__form="other"), ids=("a",))),
    ("operation-missing", straight(shape("serviceTask", "s"), ids=("s",))),
    ("operation-unknown", straight(service("s", "rm_rf"), ids=("s",))),
    ("parameter-unknown", straight(service("s", weeks="1"), ids=("s",))),
    ("parameter-missing", straight(service("s", "deadline"), ids=("s",))),
    ("parameter-missing", straight(service("s", "deadline", days=" "), ids=("s",))),
    *(
        ("parameter-period", straight(service("s", "deadline", days=days), ids=("s",)))
        for days in ("abc", "0", "1000", "５", "P5D", "-1", " 5", "proc.audit_day")
    ),
    ("result-nothing", straight(service("s", "note", result="r"), ids=("s",))),
    ("result-unknown", asking(service("s", "route", result="r"), 'r == "requird"')),
    ("word-unknown", asking(catch("s", on_message("objection")), 'objection == "upheld"', messages=["objection"])),
    ("condition-variable", asking(service("s", "deadline", result="r", days="5"), 'r == "required"')),
    ("timer-variable", straight(task("a"), catch("c", at_time("a")), ids=("a", "c"))),
    ("timer-variable", straight(service("s", "draw", result="r"), catch("c", at_time("r")), ids=("s", "c"))),
    ("list-variable", straight(task("a"), many("m", "a"), ids=("a", "m"))),
    ("assignee-variable", straight(task("a"), task("b", gc__assignee="a"), ids=("a", "b"))),
    *(
        ("assignee-variable", straight(setting, task("b", gc__assignee="who"), ids=("s", "b")))
        for setting in (service("s", "deadline", "who", days="5"), service("s", "draw", "who"))
    ),
    ("assignee-variable", straight(task("a", COUNTED, gc__assignee="seat"), ids=("a",))),
    ("message-unknown", straight(catch("c", on_message("approved")), ids=("c",), messages=["approved"])),
    ("stage-unknown", straight(task("a", gc__stage="P99"), ids=("a",))),
    ("reason-unknown", diagram("p", start(), task("a"), end(gc__reason="TOO_LATE"), line("begin", "a", "done"))),
    ("due-unknown", straight(task("a", gc__due="proc.audit_day"), ids=("a",))),
    ("separate-self", straight(task("a", gc__separateFrom="a"), ids=("a",))),
    ("name-missing", straight(task("a", name=None), ids=("a",))),
    ("name-form", straight(task("a", name="很" * 61), ids=("a",))),
    ("name-form", straight(task("a", name="审\u202e批"), ids=("a",))),
    ("name-form", straight(task("a", name="审\u200b批"), ids=("a",))),
    ("variable-name", straight(service("s", result="两个字"), ids=("s",))),
    ("variable-unset", straight(task("a", gc__assignee="nobody"), ids=("a",))),
    ("variable-unset", straight(catch("c", at_time("ends_at")), ids=("c",))),
    ("variable-unset", straight(many("a"), ids=("a",))),
    ("variable-unset", diagram("p", *LOOP, flow("g", "done", None, "on"), flow("g", "a", 'b == "x"'))),
    *(
        (
            rule,
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
        for rule, form in (("decision-unknown", "decided"), ("decision-missing", "undecided"))
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
]


@pytest.mark.parametrize(("rule", "data"), REFUSED, ids=labels(REFUSED))
def test_refuses(rule, data):
    refused(rule, data)


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
        service("heard", "sum", "all", tasks="b"),
        line("begin", "f", "a", "j", "heard", "last"),
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
        panel = (service("s", result="seats"), many("m"), service("heard", "sum_one", "all", tasks="m"))
        return rules(straight(*panel, *middle, ids=("s", "m", "heard", *ids), extra=extra))

    assert behind(ids=()) == set()
    assert behind(task("a", gc__assignee="seat"), ids=("a",)) == {"variable-unset", "assignee-variable"}
    asked = xor("g", default="g_to_done"), task("a"), flow("g", "a", 'seat == "x"'), flow("a", "done")
    assert behind(*asked, ids=("g",)) == {"variable-unset"}
    assert behind(catch("c", at_time("seat")), ids=("c",)) == {"variable-unset"}
    assert behind(many("n", item="chair"), service("too", "sum_one", tasks="n"), ids=("n", "too")) == set()
    assert behind(many("n", collection="seat", item="seat"), ids=("n",)) == {"variable-unset"}
    # A result of the same name is a variable like any other; the item does not stand in for it before it is set.
    named = (catch("c", at_time("seat")), service("t", "deadline", "seat", days="5"))
    assert behind(*named, ids=("t", "c")) == set()
    assert behind(*named, ids=("c", "t")) == {"variable-not-yet-set"}


def test_nested_lanes_count_as_one_place():
    inner = shape("childLaneSet", "inner", shape("lane", "chief", "<bpmn:flowNodeRef>a</bpmn:flowNodeRef>"))
    outer = shape("lane", "officer", "<bpmn:flowNodeRef>a</bpmn:flowNodeRef>" + inner)
    data = straight(shape("laneSet", "lanes", outer), task("a"), ids=("a",), roles={})
    assert rules(data) == set()


def test_an_end_of_the_case_says_how_it_ended():
    known = replace(KNOWN, final_statuses=frozenset({"PAID"}))

    def found(**said: str) -> list[tuple[str, str | None]]:
        p = diagram("p", start(), task("a"), end(**said), line("begin", "a", "done"))
        return [(finding.rule, finding.element) for finding in check_bundle({"p.bpmn": p}, "p", known=known)]

    assert found(gc__status="PAID") == []
    assert found() == [("end-status-missing", "done")]
    assert found(gc__status="REVIEW") == [("end-status", "done")]
    assert found(gc__status="NONE") == [("status-unknown", "done")]


def test_a_variable_may_get_its_answers_from_several_elements():
    def asked(word: str) -> set[str]:
        again = (service("s", "route", result="a"), flow("s", "g"), flow("g", "done", None, "on"))
        ways = flow("g", "s", f'a == "{word}"')
        return rules(
            diagram(
                "p",
                start(),
                task("a", gc__form="decided"),
                xor("g", "on"),
                end(),
                line("begin", "a", "g"),
                *again,
                ways,
            )
        ) - {"loop-without-wait"}

    assert asked("accept") == asked("required") == set()
    assert asked("requird") == {"decision-unknown"}


def test_every_task_states_its_term():
    known = replace(KNOWN, undated=frozenset({"REVIEW"}))

    def found(**attributes: str) -> list[str]:
        drawn = straight(task("a", **attributes), ids=("a",))
        return [finding.rule for finding in check_bundle({"p.bpmn": drawn}, "p", known=known)]

    assert found() == ["due-missing"]
    assert found(gc__status="PAID") == ["due-missing"]
    # What nobody has sent yet ends with its batch.
    assert found(gc__status="REVIEW") == found(gc__due="5") == []
