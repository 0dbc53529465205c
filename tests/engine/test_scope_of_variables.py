"""Which variables are surely set where: what the editor offers, also for a drawing that is not finished."""

import pytest

from tests.engine.drawing import (
    both,
    boundary,
    call,
    catch,
    diagram,
    end,
    flow,
    line,
    on_message,
    service,
    shape,
    start,
    task,
    xor,
)
from tests.engine.shipped import SCHEMES, bundle
from workflows.engine import check_bundle, scope_of_variables
from workflows.engine.gate import Known

NOTHING = Known(frozenset(), {}, frozenset(), frozenset())


def scope(*files: bytes, key: str = "p") -> dict[str, dict[str, tuple[str, ...]]]:
    return scope_of_variables({f"{n}.bpmn": data for n, data in enumerate(files)}, key)


def test_a_task_sets_its_decision_and_a_service_its_result():
    p = diagram(
        "p", start(), task("a"), service("s", result="route"), task("b"), end(), line("begin", "a", "s", "b", "done")
    )
    assert scope(p) == {"p": {"begin": (), "a": (), "s": ("a",), "b": ("a", "route"), "done": ("a", "b", "route")}}


def test_after_a_choice_only_what_all_ways_set_after_a_join_what_any_branch_set():
    chosen = diagram(
        "p", start(), task("a"), xor("g", "on"), task("b"), task("c"), end(), line("begin", "a", "g"),
        flow("g", "c", None, "on"), flow("g", "b", 'a == "x"'), line("b", "c", "done"),
    )  # fmt: skip
    assert scope(chosen)["p"]["c"] == ("a",)
    joined = diagram(
        "p", start(), both("f"), task("a"), task("b"), both("j"), end(),
        line("begin", "f", "a", "j", "done"), line("f", "b", "j"),
    )  # fmt: skip
    assert scope(joined)["p"]["done"] == ("a", "b")


def test_calls_hand_on_what_is_set_and_bring_back_what_they_set():
    p = diagram("p", start(), task("a"), call("c", "q"), task("b"), end(), line("begin", "a", "c", "b", "done"))
    q = diagram("q", start(), task("x"), end(), line("begin", "x", "done"))
    found = scope(p, q)
    assert found["q"] == {"begin": ("a",), "x": ("a",), "done": ("a", "x")}
    assert found["p"]["b"] == ("a", "x")
    assert scope(p, q, key="q")["q"]["x"] == ()


def test_an_embedded_sub_process_counts_with_its_process():
    inner = start("s2") + task("b") + end("e2") + line("s2", "b", "e2")
    p = diagram("p", start(), task("a"), shape("subProcess", "sub", inner), end(), line("begin", "a", "sub", "done"))
    assert scope(p)["p"]["b"] == ("a",)
    assert scope(p)["p"]["done"] == ("a", "b")


def test_what_an_interrupted_task_would_have_set_is_lost():
    p = diagram(
        "p", start(), task("a"), boundary("w", "a", on_message("m")), task("b"), end(),
        line("begin", "a", "done"), line("w", "b", "done"), messages=["m"],
    )  # fmt: skip
    assert scope(p)["p"]["b"] == ("m",)


def test_an_unfinished_drawing_is_answered_as_far_as_it_goes():
    loose = diagram("p", start(), task("a"), task("b"), task("left"), line("begin", "a", "b"), line("left", "b"))
    assert scope(loose)["p"] == {"begin": (), "a": (), "b": ("a",), "left": ()}
    circle = diagram("p", start(), task("a"), call("c", "p"), end(), line("begin", "a", "c", "done"))
    assert scope(circle)["p"]["done"] == ("a",)
    endless = diagram("q", start(), task("x"), line("begin", "x"))
    calls = diagram("p", start(), call("c", "q"), catch("w", ""), end(), line("begin", "c", "w", "done"))
    assert scope(calls, endless)["p"]["w"] == ()
    assert scope(diagram("p")) == {"p": {}}


def test_files_that_cannot_be_read_are_left_out():
    good = diagram("p", start(), call("c", "q"), end(), line("begin", "c", "done"))
    assert scope(good, b"<html/>", b"nonsense") == {"p": {"begin": (), "c": (), "done": ()}}
    assert scope(b"nonsense") == {}
    assert scope_of_variables({}, "p") == {}
    assert scope(good, key="elsewhere") == {"p": {"begin": (), "c": (), "done": ()}}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_shipped_diagrams_read_only_what_is_in_scope(scheme):
    found = scope_of_variables(bundle(scheme), scheme)
    assert found[scheme]["calculate_amount"]
    unset = [f for f in check_bundle(bundle(scheme), scheme, known=NOTHING) if f.rule == "variable-not-yet-set"]
    assert unset == []
    assert "correction_due_at" in found["intake"]["correction"]
