"""Where the tokens of a case stand, and what may be redrawn around them: joins, branches, events, calls."""

from __future__ import annotations

from operator import methodcaller

import pytest

from tests.engine.drawing import (
    both,
    call,
    catch,
    diagram,
    end,
    first_of,
    flow,
    line,
    on_message,
    start,
    task,
    xor,
)
from tests.engine.driving import Driver, compile_files, drive
from tests.engine.migrating import codes, move, notes
from workflows.engine import Migration, StateUnreadable, examine

# Three people sign at the same time; the first two join before the third.
SIGNING = (start(), both("split"), task("a"), task("b"), task("c"), both("join"), task("z"), end())
SIGNED = line("begin", "split", "a", "join", "z", "done") + line("split", "b", "join") + line("split", "c", "join")


def signing(*more: str, without: str = "", flows: str = SIGNED) -> bytes:
    parts = [part for part in SIGNING if not without or f'id="{without}"' not in part]
    return diagram("p", *parts, *more, flows)


def signing_case(*done: str) -> Driver:
    case = drive(signing())
    for element in done:
        case.complete(element)
    return case


def four() -> bytes:
    return signing(task("d"), flows=SIGNED + line("split", "d", "join"))


def test_what_waits_at_a_join_goes_on_when_the_others_come() -> None:
    renamed_tasks = signing().replace(b'id="p"', b'id="p" name="x"')
    for done in ((), ("a",), ("a", "c")):
        case = signing_case(*done)
        move(case, compile_files(renamed_tasks))
        for element in {"a", "b", "c"} - set(done):
            assert "z" not in case.open_ids
            case.complete(element)
        assert case.open_ids == ["z"]


def test_no_branch_is_added_or_taken_away_inside_a_parallel_block() -> None:
    two = signing(without="c", flows=line("begin", "split", "a", "join", "z", "done") + line("split", "b", "join"))
    for done in ((), ("a",), ("a", "b")):
        case = signing_case(*done)
        assert [code for code, _ in codes(case, compile_files(four()))] == ["marking"]
        assert codes(case, compile_files(two)) == [("element-gone", "c")]
    assert codes(signing_case("c"), compile_files(two)) == [("join-changed", "join")]
    over_it = signing_case("a", "b", "c")
    assert codes(over_it, compile_files(four())) == []
    assert codes(over_it, compile_files(two)) == []


def test_no_parallel_block_is_drawn_around_what_is_open() -> None:
    single = diagram("p", start(), task("a"), task("z"), end(), line("begin", "a", "z", "done"))
    around = diagram(
        "p",
        start(),
        both("split"),
        task("a"),
        task("b"),
        both("join"),
        task("z"),
        end(),
        line("begin", "split", "a", "join", "z", "done"),
        line("split", "b", "join"),
    )
    case = drive(single)
    assert codes(case, compile_files(around)) == [("marking", "a")]
    case.complete("a")
    assert codes(case, compile_files(around)) == []
    inside = drive(around)
    assert codes(inside, compile_files(single)) == [("element-gone", "b")]


def test_a_join_that_would_have_all_its_tokens_is_refused() -> None:
    outside = diagram(
        "p",
        start(),
        both("split"),
        task("a"),
        task("b"),
        task("c"),
        both("join"),
        both("last"),
        task("z"),
        end(),
        line("begin", "split", "a", "join", "last", "z", "done"),
        line("split", "b", "join"),
        line("split", "c", "last"),
    )
    assert codes(signing_case("a", "b"), compile_files(outside)) == [("join-complete", "join")]
    case = signing_case("a")
    move(case, compile_files(outside))
    case.complete("b")
    assert case.open_ids == ["c"]
    case.complete("c")
    assert case.open_ids == ["z"]


def test_a_stage_in_a_branch_that_waits_already_is_not_guessed_at() -> None:
    longer = signing(task("a2"), flows=SIGNED.replace(flow("a", "join"), line("a", "a2", "join")))
    assert codes(signing_case("a"), compile_files(longer)) == [("join-changed", "join")]
    case = signing_case("b")
    move(case, compile_files(longer))
    for element in ("a", "c"):
        case.complete(element)
    assert case.open_ids == ["a2"]


DECIDED = (start(), task("first"), task("second"), xor("way", default="way_to_done"), task("third"), end())


def decided(variable: str, *more: str, before: str = "") -> bytes:
    ids = ("begin", "first", "second", *((before,) if before else ()), "way", "third", "done")
    return diagram(
        "p",
        *DECIDED,
        *more,
        line(*ids[:-3], "way"),
        flow("way", "third", f'{variable} == "yes"'),
        flow("way", "done"),
        flow("third", "done"),
    )


def test_what_is_read_ahead_is_known_or_will_be() -> None:
    old, on_first = decided("second"), decided("first")
    case = drive(old)
    assert codes(case, compile_files(on_first)) == []
    case.complete("first")
    assert codes(case, compile_files(on_first)) == [("variable-missing", "way")]
    [obstacle] = examine(case.state, case.diagrams, compile_files(on_first)).obstacles
    assert "first" in obstacle.zh and "way" in obstacle.zh
    answered = drive(old)
    answered.complete("first", "yes")
    assert codes(answered, compile_files(on_first)) == []
    move(answered, compile_files(on_first))
    answered.complete("second")
    assert answered.open_ids == ["third"]
    extra = decided("extra", task("extra"), before="extra")
    assert codes(answered_with(old), compile_files(extra)) == []


def answered_with(data: bytes) -> Driver:
    case = drive(data)
    case.complete("first")
    return case


EVENTS = (start(), first_of("wait"), catch("heard", on_message("heard")), catch("late", on_message("late")), task("a"))
EVENT_FLOWS = line("begin", "wait", "heard", "a", "done") + line("wait", "late", "a")


def test_the_events_that_are_waited_for_stay_the_same() -> None:
    old = diagram("p", *EVENTS, end(), EVENT_FLOWS, messages=["heard", "late", "third"])
    other = old.replace(b'messageRef="message_late"', b'messageRef="message_third"')
    more = diagram(
        "p",
        *EVENTS,
        catch("more", on_message("third")),
        end(),
        EVENT_FLOWS,
        line("wait", "more", "a"),
        messages=["heard", "late", "third"],
    )
    case = drive(old)
    for changed in (other, more):
        assert codes(case, compile_files(changed)) == [("event-changed", "wait")]
    case.deliver("heard")
    assert codes(case, compile_files(more)) == []


CALLED = diagram("q", start(), task("inner"), end(), line("begin", "inner", "done"))
OTHER = CALLED.replace(b'id="q"', b'id="r"')


def caller(called: str = "q") -> bytes:
    return diagram("p", start(), call("calls", called), task("z"), end(), line("begin", "calls", "z", "done"))


def test_a_call_under_way_calls_the_same_process() -> None:
    case = drive(caller(), CALLED)
    assert codes(case, compile_files(caller("r"), OTHER)) == [("call-changed", "calls"), ("element-gone", "inner")]
    longer = diagram("q", start(), task("inner"), task("after"), end(), line("begin", "inner", "after", "done"))
    move(case, compile_files(caller(), longer))
    case.complete("inner")
    assert case.open_ids == ["after"]


def test_two_passes_through_one_process_are_told_apart() -> None:
    twice = diagram(
        "p",
        start(),
        both("split"),
        call("one", "q"),
        call("two", "q"),
        both("join"),
        end(),
        line("begin", "split", "one", "join", "done"),
        line("split", "two", "join"),
    )
    parallel = signing().replace(b'id="p"', b'id="q"')
    case = drive(twice, parallel)
    tasks = {element: [each.id for each in case.open if each.element_id == element] for element in ("a", "b", "c")}
    # In one pass a and c are signed, in the other b.
    for element, number in (("a", 0), ("c", 0), ("b", 1)):
        case.step(methodcaller("complete", tasks[element][number], None))
    move(case, compile_files(twice, parallel.replace(b'id="q"', b'id="q" name="x"')))
    for element in ("b", "a", "c", "z", "z"):
        case.complete(element)
    assert case.ended is not None


def test_another_kind_of_element_is_another_element() -> None:
    old = diagram("p", start(), task("a"), task("z"), end(), line("begin", "a", "z", "done"))
    new = diagram(
        "p", start(), catch("a", on_message("m")), task("z"), end(), line("begin", "a", "z", "done"), messages=["m"]
    )
    assert codes(drive(old), compile_files(new)) == [("kind-changed", "a")]
    case = drive(new)
    case.deliver("m")
    move(case, compile_files(old))
    case.complete("z")
    assert case.ended is not None


def test_what_was_done_and_comes_to_lie_ahead_is_told() -> None:
    old = diagram("p", start(), task("a"), task("b"), task("c"), end(), line("begin", "a", "b", "c", "done"))
    new = diagram("p", start(), task("a"), task("b"), task("c"), end(), line("begin", "b", "a", "c", "done"))
    case = drive(old)
    case.complete("a")
    assert notes(case, compile_files(new)) == [("stage-again", "a")]
    assert notes(drive(old), compile_files(new)) == []


def test_a_case_that_is_over_and_a_state_of_another_version_are_not_migrated() -> None:
    case = signing_case("a", "b", "c", "z")
    assert codes(case, compile_files(four())) == [("ended", "")]
    with pytest.raises(StateUnreadable):
        examine(case.state, compile_files(four()), compile_files(signing()))
    with pytest.raises(ValueError, match="different"):
        Migration(case.diagrams, compile_files(CALLED))
