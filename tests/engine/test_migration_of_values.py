"""Values that a running case holds, and a new version that reads them as something else."""

from __future__ import annotations

import pytest

from tests.engine.drawing import (
    at_time,
    both,
    call,
    catch,
    diagram,
    end,
    flow,
    line,
    many,
    service,
    shape,
    start,
    task,
    xor,
)
from tests.engine.driving import Driver, compile_files, drive
from tests.engine.migrating import at, codes, move
from tests.engine.shipped import bundle
from workflows.engine import compile_bundle, examine


def asked(accepted: str = "accept", again: str = "again", *, name: str = "way") -> bytes:
    """Two tasks, then a gateway by the answer of the first: on to the third, once more, or by default to the end."""
    return diagram(
        "p",
        start(),
        task("first"),
        task("second"),
        shape("exclusiveGateway", "way", default="way_to_done", name=name),
        task("third"),
        end(),
        line("begin", "first", "second", "way"),
        flow("way", "third", f'first == "{accepted}"'),
        flow("way", "first", f'first == "{again}"'),
        flow("way", "done"),
        flow("third", "done"),
    )


def answered(*decisions: str) -> Driver:
    """A case at its second task, the first one answered like this; before the last answer it went round."""
    case = drive(asked())
    for decision in decisions[:-1]:
        case.complete("first", decision)
        case.complete("second")
    case.complete("first", decisions[-1])
    return case


def test_an_answer_that_conditions_ahead_no_longer_know_is_an_obstacle() -> None:
    new = compile_files(asked("agree"))
    case = answered("accept")
    assert codes(case, new) == [("word-gone", "way")]
    [obstacle] = examine(case.state, case.diagrams, new).obstacles
    assert "first（由「办理 first」产生）" in obstacle.zh and "“accept”" in obstacle.zh
    assert "“accept”" in obstacle.en


@pytest.mark.parametrize("decision", ["again", "decline"])
def test_an_answer_that_is_still_known_or_never_was_is_none(decision: str) -> None:
    case = answered(decision)
    assert codes(case, compile_files(asked("agree"))) == []
    move(case, compile_files(asked("agree")))
    case.complete("second")
    assert (case.ended is None) == (decision == "again")


def test_a_condition_that_stays_is_no_obstacle() -> None:
    assert codes(answered("accept"), compile_files(asked(name="复核走向"))) == []


def test_an_answer_that_is_given_anew_before_it_is_read_is_none() -> None:
    new = compile_files(asked("agree", "more"))
    case = drive(asked())
    assert codes(case, new) == []
    case.complete("first", "again")
    assert codes(case, new) == [("word-gone", "way")]
    case.complete("second")
    assert case.open_ids == ["first"]
    assert codes(case, new) == []
    move(case, new)
    case.complete("first", "agree")
    case.complete("second")
    assert case.open_ids == ["third"]


CALLED = diagram("q", start(), task("inner"), task("after"), end(), line("begin", "inner", "after", "done"))


def calling(again: str) -> bytes:
    """A called process whose answer decides whether it is called again, after a task in between."""
    return diagram(
        "p",
        start(),
        task("before"),
        call("calls", "q"),
        xor("way", default="way_to_done"),
        end(),
        line("begin", "before", "calls", "way"),
        flow("way", "before", f'inner == "{again}"'),
        flow("way", "done"),
    )


def test_an_answer_is_followed_out_of_called_processes_and_not_through_those_that_ask_anew() -> None:
    case = drive(calling("again"), CALLED)
    new = compile_files(calling("more"), CALLED)
    case.complete("before")
    case.complete("inner", "again")
    assert codes(case, new) == [("word-gone", "way")]
    case.complete("after")
    assert case.open_ids == ["before"]
    assert codes(case, new) == []
    case.complete("before")
    # The call holds the answer of the first round, the token inside is about to set it anew.
    assert codes(case, new) == []


@pytest.mark.parametrize("element", ["formality_check", "credit_check", "deputy_review"])
def test_an_answer_that_only_gateways_behind_ask_is_no_obstacle(element: str) -> None:
    """The acceptance clerk's "accept" becomes "agree", in the intake and in the process that calls it."""
    files = {
        path: content.replace(b'formality_check == "accept"', b'formality_check == "agree"')
        for path, content in bundle("retrofit").items()
    }
    assert codes(at(element), compile_bundle(files, "retrofit")) == []


def joining(accepted: str) -> bytes:
    return diagram(
        "p",
        start(),
        both("split"),
        task("a"),
        task("b"),
        both("join"),
        xor("way", default="way_to_done"),
        task("z"),
        end(),
        line("begin", "split", "a", "join", "way"),
        line("split", "b", "join"),
        flow("way", "z", f'a == "{accepted}"'),
        line("way", "done"),
        flow("z", "done"),
    )


def test_an_answer_that_waits_at_a_join_is_followed_on() -> None:
    case = drive(joining("accept"))
    assert codes(case, compile_files(joining("agree"))) == []
    case.complete("a", "accept")
    assert codes(case, compile_files(joining("agree"))) == [("word-gone", "way")]


def counted(identity: str, count: str) -> str:
    loop = f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>"
    return task(identity, f"<bpmn:multiInstanceLoopCharacteristics>{loop}</bpmn:multiInstanceLoopCharacteristics>")


def told(reader: str) -> bytes:
    """An operation's result, a task, and what reads the result."""
    flows = line("begin", "tell", "here", "reader", "done")
    return diagram("p", start(), service("tell", result="result"), task("here"), reader, end(), flows)


@pytest.mark.parametrize(
    ("reader", "code", "fitting"),
    [
        (many("reader", collection="result"), "not-a-list", ["expert1", "expert2"]),
        (counted("reader", "result"), "not-a-count", 3),
        (catch("reader", at_time("result")), "not-an-instant", "2026-03-09T09:00:00+08:00"),
        (task("reader", gc__assignee="result"), "not-a-person", "expert1"),
    ],
)
def test_a_value_that_is_read_as_another_kind_is_an_obstacle(reader: str, code: str, fitting: object) -> None:
    old, new = told(task("reader")), compile_files(told(reader))
    for value in ("accept", 7, True, ["expert1"], fitting):
        case = drive(old, answers={"operation": value})
        if type(value) is type(fitting) and (code != "not-an-instant" or value == fitting):
            assert codes(case, new) == []
            move(case, new)
            case.complete("here")
            assert [*case.open_ids, *case.wait_ids]
        else:
            assert codes(case, new) == [(code, "reader")]


def test_a_value_that_is_compared_with_another_kind_is_an_obstacle() -> None:
    def way(condition: str) -> bytes:
        flows = line("begin", "tell", "here", "way", "done") + flow("way", "z", condition) + flow("z", "done")
        parts = (service("tell", result="result"), task("here"), xor("way", default="way_to_done"), task("z"))
        return diagram("p", start(), *parts, end(), flows)

    case = drive(way('result == "pass"'), answers={"operation": "pass"})
    for condition in ("result", "result == 3"):
        assert codes(case, compile_files(way(condition))) == [("not-comparable", "way")]
    assert codes(case, compile_files(way('result != "pass"'))) == []
