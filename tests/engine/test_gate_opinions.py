"""The gate: what people are asked beside each other is read by a summary or a gateway, and not collected in vain."""

import json

import pytest

from tests.engine.drawing import both, call, diagram, end, flow, line, many, service, start, task, xor
from tests.engine.judging import KNOWN, check, refused, rules
from tests.engine.redrawing import Drawing
from tests.engine.shipped import LIBRARY
from workflows.engine import Known
from workflows.workshop import bundling, gatekeeper, inspection


def two(*summed: str, a: str = "decided", b: str = "decided", after: tuple[str, ...] = ()) -> bytes:
    """Two tasks beside each other, then a summary of the named ones."""
    summary = (service("sum", "sum", "all", tasks=" ".join(summed)),) if summed else ()
    ids = ["join", *(["sum"] if summed else [])]
    return diagram(
        "p", start(), both("split"), task("a", gc__form=a), task("b", gc__form=b), both("join"), *summary, end(),
        line("begin", "split", "a", "join"), line("split", "b", "join"), *(after or (line(*ids, "done"),)),
    )  # fmt: skip


def test_everybody_who_is_named_is_heard():
    assert rules(two("a", "b")) == set()


@pytest.mark.parametrize("data", [two("a"), two()], ids=["one is left out", "nobody is summed up"])
def test_whom_no_summary_names_is_ignored(data):
    refused("opinion-unread", data)


def test_a_gateway_may_ask_instead():
    ways = (xor("asked", default="on"), line("join", "sum", "asked"), flow("asked", "done", None, "on"),
            flow("asked", "more", 'b == "refuse"'), task("more"), line("more", "done"))  # fmt: skip
    assert rules(two("a", after=ways)) == set()


def test_a_summary_that_only_some_ways_lead_to_is_not_enough():
    ways = (xor("asked", default="on"), line("join", "asked"), flow("asked", "done", None, "on"),
            flow("asked", "sum", 'b == "refuse"'), line("sum", "done"))  # fmt: skip
    assert "opinion-unread" in rules(two("a", "b", after=ways))


def test_who_is_asked_within_a_call_beside_others_is_heard_within_or_behind():
    def p(*summed: str) -> bytes:
        return diagram("p", start(), both("split"), task("a", gc__form="decided"), call("c", "q"), both("join"), end(),
                       service("sum", "sum", "all", tasks=" ".join(summed)),
                       line("begin", "split", "a", "join", "sum", "done"), line("split", "c", "join"))  # fmt: skip

    q = diagram("q", start(), task("b", gc__form="decided"), end(), line("begin", "b", "done"))
    assert {finding.rule for finding in check(p("a", "b"), q=q)} == set()
    assert [(f.rule, f.element) for f in check(p("a"), q=q)] == [("opinion-unread", "b")]


def test_several_people_with_one_task_are_summed_up_as_well():
    def p(*summary: str) -> bytes:
        ids = ["sum"] if summary else []
        return diagram("p", start(), service("draw", "draw", "seats"), many("each", gc__form="decided"), *summary,
                       end(), line("begin", "draw", "each", *ids, "done"))  # fmt: skip

    assert "opinion-unread" in rules(p())
    assert rules(p(service("sum", "sum_one", "all", tasks="each"))) == set()


REFUSALS = [
    ("summary-task-unknown", two("a", "b", "gone")),
    ("summary-task-later", diagram("p", start(), service("sum", "sum", "all", tasks="late"), end(),
                                   task("late", gc__form="decided"), line("begin", "sum", "late", "done"))),
    ("summary-words", two("a", "b", b="undecided")),
    ("summary-one", two("a", "b").replace(b'implementation="sum"', b'implementation="sum_one"')),
    ("summary-field", two("a", "b").replace(b'implementation="sum"', b'implementation="sum_field"')),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "data"), REFUSALS, ids=[rule for rule, _ in REFUSALS])
def test_what_a_summary_cannot_read_is_refused(rule, data):
    refused(rule, data)


def judge(changed: dict[str, bytes]) -> set[tuple[str, str | None]]:
    found = gatekeeper.judge(bundling.assemble({**LIBRARY, **changed}, "retrofit"), "retrofit", inspection.known())
    return {(each.rule, each.element) for each in found}


def test_a_fourth_countersigner_whose_no_would_be_ignored_is_refused():
    """B6: it was published with no finding, his 退回 was collected and the case went on."""
    path = "shared/recheck.bpmn"
    drawing = Drawing(LIBRARY[path]).insert(
        "budget_recheck", "finance_recheck_to_recheck_join", lane="finance_officer", form="recheck", name="预算会签"
    )
    assert judge({path: drawing.bytes}) == {("opinion-unread", "budget_recheck")}
    tasks = drawing.node("settle_recheck")[0][0]
    tasks.set("value", f"{tasks.get('value')} budget_recheck")
    assert judge({path: drawing.bytes}) == set()


def test_known_summaries_cross_to_the_child_unchanged():
    read = Known.from_json(json.loads(json.dumps(KNOWN.to_json())))
    assert (read.summaries, read.fields) == (KNOWN.summaries, KNOWN.fields)
