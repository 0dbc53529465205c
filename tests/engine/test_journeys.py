"""Cases driven step by step, saved and loaded between any two steps."""

from datetime import datetime, timedelta

import pytest

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
from tests.engine.driving import NOW, Driver, compile_files, drive
from workflows.engine import (
    DiagramPath,
    EndState,
    NothingCatches,
    NotReady,
    OperationFailed,
    ProcessInstance,
    StepFailed,
    Stuck,
)

CORRECTION = diagram(
    "p",
    start(),
    task("check", gc__form="{scheme}_check", gc__status="SUBMITTED", gc__stage="P03", gc__due="proc.days"),
    xor("decide", default="on"),
    task("correct", gc__status="CORRECTION", gc__separateFrom="check"),
    end(gc__status="ACCEPTED", gc__reason="WHY"),
    line("begin", "check", "decide"),
    flow("decide", "done", None, "on"),
    flow("decide", "correct", 'check == "correct"', "again"),
    flow("correct", "check", None, "back"),
)


def test_an_open_task_says_what_is_drawn():
    case = drive(CORRECTION)
    (opened,) = case.open
    assert (opened.element_id, opened.process, opened.role) == ("check", "p", "officer")
    assert (opened.form, opened.due, opened.status, opened.stage) == ("p_check", "proc.days", "SUBMITTED", "P03")
    assert opened.assignee is None
    assert opened.separate_from == ()
    case.complete("check", "correct")
    assert case.open[0].separate_from == ("check",)


def test_a_loop_leads_back_and_out():
    case = drive(CORRECTION)
    case.complete("check", "correct")
    assert case.instance.status() == "CORRECTION"
    assert case.instance.stage() == "P03", "the last stage known, where the task names none"
    case.complete("correct")
    assert case.open_ids == ["check"]
    case.complete("check", "accept")
    assert case.open == []
    assert case.ended == EndState("done", "done", "ACCEPTED", "WHY")
    assert case.instance.status() == "ACCEPTED"
    assert case.instance.variables() == {"check": "accept"}


def test_the_path_is_in_terms_of_the_drawing():
    case = drive(CORRECTION)
    assert case.instance.path() == [DiagramPath("p", ["begin"], ["check"], [], ["begin_to_check"])]
    case.complete("check", "correct")
    case.complete("correct")
    (path,) = case.instance.path()
    assert path.open == ["check"]
    assert set(path.done) == {"begin", "decide", "correct"}
    assert set(path.flows) == {"begin_to_check", "check_to_decide", "again", "back"}
    case.complete("check", "accept")
    (path,) = case.instance.path()
    assert set(path.done) == {"begin", "check", "decide", "correct", "done"}
    assert set(path.flows) == {"begin_to_check", "check_to_decide", "again", "back", "on"}
    assert path.open == path.failed == []


def test_ids_survive_saving_and_differ_between_cases():
    diagrams = compile_files(CORRECTION)
    one, other = Driver(diagrams), Driver(diagrams)
    assert one.open[0].id == one.open[0].id
    assert one.open[0].id != other.open[0].id
    assert len(one.open[0].id) == 32


def test_a_task_is_completed_once():
    case = drive(CORRECTION)
    old = case.open[0].id
    case.complete("check", "correct")
    for wrong in (old, "", "0" * 32, case.instance._case.task_tree.id):
        with pytest.raises(NotReady):
            case.instance.complete(wrong, None)


def test_two_cases_on_one_definition_do_not_touch_each_other():
    diagrams = compile_files(LOOPED_SEATS, NOTICE)
    before = snapshot(diagrams)
    answers = {"draw": ["x", "y"], "deadline": (NOW + timedelta(days=5)).isoformat()}
    one, other = Driver(diagrams, answers), Driver(diagrams, {**answers, "draw": ["z"]})
    one.complete("declare", assignee="x")
    other.complete("declare", assignee="z")
    assert [t.assignee for t in one.open] == ["y"]
    one.complete("declare")
    other.complete("ready", "again")
    one.complete("ready", "go")
    assert one.open_ids == ["left", "right"]
    assert other.open_ids == ["declare"]
    one.deliver("moved", moved="amount")
    other.complete("declare")
    other.complete("ready", "go")
    assert snapshot(diagrams) == before


def snapshot(diagrams):
    """Everything that a run could write into the shared specs."""
    return {
        (name, spec.name): repr(
            {
                key: [e[0] for e in value.events] if hasattr(value, "events") else value
                for key, value in sorted(vars(spec).items())
                if not key.endswith("_event") or key == "completed_event"
            }
        )
        + str(spec.completed_event.n_subscribers())
        for name, process in {diagrams.key: diagrams.spec, **diagrams.called_specs}.items()
        for spec in process.task_specs.values()
    }


LOOPED_SEATS = diagram(
    "p",
    start(),
    service("draw", "draw", result="seats"),
    many("declare"),
    task("ready"),
    xor("enough", default="go_on"),
    call("notice", "q", gc__status="PUBLICITY", gc__stage="P13"),
    boundary("moved_away", "notice", on_message("moved")),
    end(gc__status="PAID"),
    line("begin", "draw", "declare", "ready", "enough"),
    flow("enough", "notice", None, "go_on"),
    flow("enough", "draw", 'ready == "again"'),
    flow("notice", "done"),
    flow("moved_away", "draw"),
    messages=["moved"],
)
NOTICE = diagram(
    "q",
    start(),
    both("split"),
    task("left"),
    task("right"),
    both("join"),
    service("open", "deadline", result="ends_at"),
    first_of("gate"),
    catch("period", at_time("ends_at")),
    catch("objected", on_message("objection")),
    task("handle", gc__status="OBJECTION"),
    end(),
    line("begin", "split", "left", "join", "open", "gate", "period", "done"),
    line("split", "right", "join"),
    line("gate", "objected", "handle", "gate"),
    messages=["objection"],
)


def seats_case() -> Driver:
    return drive(LOOPED_SEATS, NOTICE, answers={"draw": ["x", "y"], "deadline": (NOW + timedelta(days=5)).isoformat()})


def notice_case() -> Driver:
    case = seats_case()
    case.complete("declare")
    case.complete("declare")
    case.complete("ready", "go")
    return case


def test_a_multi_instance_gives_each_seat_a_task_and_merges_nothing_back():
    case = seats_case()
    assert [(t.element_id, t.assignee) for t in case.open] == [("declare", "x"), ("declare", "y")]
    case.complete("declare", "recuse", assignee="y")
    assert [t.assignee for t in case.open] == ["x"]
    case.complete("declare", "accept")
    assert case.open_ids == ["ready"]
    assert case.instance.variables(case.open[0].id) == {"seats": ["x", "y"]}


def test_a_multi_instance_works_a_second_and_third_time():
    case = seats_case()
    for seats in (["a", "b", "c"], ["d"], ["x", "y"]):
        while "declare" in case.open_ids:
            case.complete("declare")
        case.answers["draw"] = seats
        case.complete("ready", "again")
        assert [t.assignee for t in case.open] == seats


def test_a_multi_instance_over_nobody_is_passed():
    case = seats_case()
    case.complete("declare")
    case.complete("declare")
    case.answers["draw"] = []
    case.complete("ready", "again")
    assert case.open_ids == ["ready"]


def test_a_cancelled_instance_counts_as_finished():
    case = seats_case()
    case.complete("declare", assignee="x")
    (seat,) = [t.id for t in case.open]
    case.step(lambda instance: instance.cancel_instance(seat))
    assert case.open_ids == ["ready"]
    with pytest.raises(NotReady):
        case.instance.cancel_instance(case.open[0].id)


@pytest.mark.parametrize("seats", [None, "xy", 3, ["x"] * 201])
def test_a_multi_instance_needs_a_list_of_names(seats):
    with pytest.raises(StepFailed):
        drive(LOOPED_SEATS, NOTICE, answers={"draw": seats})


def test_a_counted_multi_instance():
    loop = "<bpmn:loopCardinality>3</bpmn:loopCardinality>"
    inner = f"<bpmn:multiInstanceLoopCharacteristics>{loop}</bpmn:multiInstanceLoopCharacteristics>"
    case = drive(diagram("p", start(), task("a", inner), end(), line("begin", "a", "done")))
    assert case.open_ids == ["a", "a", "a"]


def test_an_event_gateway_takes_the_message_and_waits_again_after_it():
    case = notice_case()
    case.complete("left")
    assert case.open_ids == ["right"]
    case.complete("right")
    assert case.instance.status() == "PUBLICITY"
    assert {(w.element_id, w.kind, w.boundary) for w in case.waits} == {
        ("moved_away", "message", True),
        ("period", "timer", False),
        ("objected", "message", False),
    }
    assert case.instance.next_due() == NOW + timedelta(days=5)
    assert len({w.id for w in case.waits}) == 3
    case.deliver("objection")
    assert case.open_ids == ["handle"]
    assert case.instance.status() == "OBJECTION"
    assert case.wait_ids == ["moved_away"]
    assert case.instance.next_due() is None
    case.complete("handle", "dismiss")
    assert case.instance.next_due() == NOW + timedelta(days=5), "the period is the one that was published"
    assert case.instance.status() == "PUBLICITY"
    case.advance(timedelta(days=5))
    assert case.ended is not None


def test_a_timer_fires_at_the_very_instant_and_not_before():
    case = notice_case()
    case.complete("left")
    case.complete("right")
    case.advance(timedelta(days=5) - timedelta(microseconds=1))
    assert "period" in case.wait_ids
    case.advance(timedelta(microseconds=1))
    assert case.ended == EndState("done", "done", "PAID", None)
    assert [path.key for path in case.instance.path()] == ["p", "q"]


def test_a_timer_that_is_due_when_it_is_armed_fires_at_once():
    case = seats_case()
    case.answers["deadline"] = NOW.isoformat()
    case.complete("declare")
    case.complete("declare")
    case.complete("ready", "go")
    case.complete("left")
    case.complete("right")
    assert case.ended is not None


def test_a_message_wins_over_a_timer_that_nobody_has_let_fire():
    case = notice_case()
    case.complete("left")
    case.complete("right")
    case.now += timedelta(days=9)
    case.deliver("objection")
    assert case.open_ids == ["handle"]
    assert "period" not in case.wait_ids


def test_a_message_goes_to_the_innermost_event_that_waits_for_it():
    inner = diagram("q", start(), catch("inner", on_message("here")), task("a"), end(),
                    line("begin", "inner", "a", "done"),
                    outside=shape("message", "message_here", name="m"))  # fmt: skip
    outer = diagram("p", start(), call("called", "q"), boundary("around", "called", on_message("m")), end(),
                    end("away"), line("begin", "called", "done"), line("around", "away"), messages=["m"])  # fmt: skip
    case = drive(outer, inner)
    assert set(case.wait_ids) == {"inner", "around"}
    case.deliver("m")
    assert (case.open_ids, case.wait_ids) == (["a"], ["around"])
    case.deliver("m")
    assert case.ended.element_id == "away"


def test_of_two_events_as_deep_the_one_reached_last_takes_the_message():
    p = diagram("p", start(), both("f"), catch("first", on_message("m")), task("a"), catch("second", on_message("m")),
                both("j"), end(), line("begin", "f", "first", "j", "done"), line("f", "a", "second", "j"),
                messages=["m"])  # fmt: skip
    case = drive(p)
    case.complete("a")
    assert case.wait_ids == ["first", "second"]
    case.deliver("m")
    assert case.wait_ids == ["first"]


def test_of_several_timers_that_are_due_the_earliest_fires_first():
    branches = {"late": "P3D", "early": "P1D", "middle": "P2D"}
    drawn = [catch(name, at_time(text)) + service(f"after_{name}", name) for name, text in branches.items()]
    lines = [line("f", name, f"after_{name}", "j") for name in branches]
    p = diagram("p", start(), both("f"), both("j"), end(), line("begin", "f"), line("j", "done"), *drawn, *lines)
    case = drive(p)
    assert case.wait_ids == ["late", "early", "middle"]
    case.advance(timedelta(days=5))
    assert [request.operation for request in case.calls] == ["early", "middle", "late"]


def test_of_timers_due_at_one_instant_the_one_reached_first_fires_first():
    p = diagram("p", start(), both("f"), both("j"), end(), line("begin", "f"), line("j", "done"),
                *(catch(name, at_time("P1D")) + service(f"after_{name}", name) for name in ("b", "a")),
                *(line("f", name, f"after_{name}", "j") for name in ("b", "a")))  # fmt: skip
    case = drive(p)
    case.advance(timedelta(days=1))
    assert [request.operation for request in case.calls] == ["b", "a"]


def test_a_boundary_message_interrupts_a_call_and_the_call_can_be_entered_again():
    case = notice_case()
    case.complete("left")
    for _ in range(3):
        case.deliver("moved", moved="amount")
        assert case.open_ids == ["declare", "declare"]
        assert case.wait_ids == []
        case.complete("declare")
        case.complete("declare")
        assert case.instance.variables(case.open[0].id)["moved"] == "amount"
        case.complete("ready", "go")
        assert case.open_ids == ["left", "right"], "a fresh pass"
        assert case.wait_ids == ["moved_away"]
    case.complete("right")
    case.complete("left")
    case.deliver("moved", moved="notice")
    assert case.instance.next_due() is None, "the timer inside the call is gone with it"
    with pytest.raises(NothingCatches):
        case.instance.deliver("objection", {})


def test_only_what_is_waited_for_can_be_delivered():
    case = notice_case()
    for message in ("objection", "unknown", ""):
        with pytest.raises(NothingCatches):
            case.instance.deliver(message, {})
    for payload in ({"a b": "x"}, {"self": "x"}, {"x": 1.5}, {"x": {"y": 1}}):
        with pytest.raises(TypeError):
            case.instance.deliver("moved", payload)


def test_shifting_moves_every_armed_deadline():
    case = notice_case()
    case.complete("left")
    case.complete("right")
    case.step(lambda instance: instance.move_timers(lambda wait: wait.due_at + timedelta(days=3, hours=1)))
    assert case.instance.next_due() == NOW + timedelta(days=8, hours=1)
    case.advance(timedelta(days=8))
    assert case.ended is None
    case.advance(timedelta(hours=1))
    assert case.ended is not None


def test_cancelling_closes_everything_three_levels_down():
    r = diagram("r", start(), task("deep"), catch("w", at_time("P1D", "timeDuration")), end(), both("f"), both("j"),
                line("begin", "f", "deep", "j", "done"), line("f", "w", "j"))  # fmt: skip
    q = diagram("q", start(), call("inner", "r"), end(), line("begin", "inner", "done"))
    p = diagram("p", start(), call("outer", "q", gc__status="REVIEW"), end(), line("begin", "outer", "done"))
    case = drive(p, q, r)
    assert case.open_ids == ["deep"]
    assert case.open[0].status == "REVIEW"
    case.step(lambda instance: instance.cancel())
    assert case.open == case.waits == []
    assert case.ended is None
    assert case.instance.cancelled
    assert case.instance.next_due() is None
    assert case.instance.status() == "REVIEW"
    assert all(path.open == [] for path in case.instance.path())
    case.advance(timedelta(days=30))


RECHECK = diagram(
    "p",
    start(),
    task("confirm"),
    both("split"),
    task("chief"),
    task("finance"),
    task("legal"),
    both("join"),
    xor("agreed", default="on"),
    end(),
    line("begin", "confirm", "split", "chief", "join", "agreed"),
    line("split", "finance", "join"),
    line("split", "legal", "join"),
    flow("agreed", "done", None, "on"),
    flow("agreed", "confirm", 'chief == "return"'),
)


@pytest.mark.parametrize(
    "order", [("chief", "finance", "legal"), ("legal", "finance", "chief"), ("finance", "chief", "legal")]
)
def test_an_answer_of_an_earlier_round_does_not_come_back_at_a_join(order):
    case = drive(RECHECK)
    case.complete("confirm")
    for name in order:
        case.complete(name, "return" if name == "chief" else "agree")
    assert case.open_ids == ["confirm"]
    case.complete("confirm")
    for name in reversed(order):
        case.complete(name, "agree")
    assert case.ended is not None
    assert {case.instance.variables()[name] for name in order} == {"agree"}


def test_a_boundary_timer_on_a_task_and_completing_it_in_time():
    p = diagram(
        "p",
        start(),
        service("open", "deadline", result="due_at"),
        task("correct"),
        boundary("lapsed", "correct", at_time("due_at")),
        service("lapse", "lapse", result="lapse"),
        xor("delivered", default="on"),
        end(),
        end("late"),
        line("begin", "open", "correct", "done"),
        line("lapsed", "lapse", "delivered"),
        flow("delivered", "late", None, "on"),
        flow("delivered", "open", 'lapse == "not_delivered"'),
    )
    answers = {"deadline": lambda _: (case_now[0] + timedelta(days=5)).isoformat(), "lapse": "not_delivered"}
    case_now = [NOW]
    case = drive(p, answers=answers)
    for _ in range(3):
        case_now[0] = case.now + timedelta(days=5)
        case.advance(timedelta(days=5))
        assert case.open_ids == ["correct"]
        assert case.instance.next_due() == case.now + timedelta(days=5)
    intime = case.state
    case.now += timedelta(days=5)
    case.complete("correct")
    assert case.ended.element_id == "done", "the person was faster than the worker that fires timers"
    case.state = intime
    case.answers["lapse"] = "lapsed"
    case.advance()
    assert case.ended.element_id == "late"


def test_a_boundary_timer_due_at_once_on_a_call_without_rest_lets_one_branch_go_on():
    q = diagram("q", start(), service("s", "count"), end(), line("begin", "s", "done"))
    p = diagram(
        "p",
        start(),
        call("c", "q"),
        boundary("b", "c", at_time("PT0S", "timeDuration")),
        task("after"),
        task("lapsed"),
        end(),
        line("begin", "c", "after", "done"),
        line("b", "lapsed", "done"),
    )
    case = drive(p, q)
    assert len(case.open) == 1


def test_a_loop_that_only_a_deadline_ends():
    p = diagram(
        "p",
        start(),
        task("report"),
        boundary("closed", "report", at_time("P30D", "timeDuration")),
        end(),
        line("begin", "report", "report"),
        line("closed", "done"),
    )
    case = drive(p)
    for _ in range(4):
        case.complete("report")
    assert case.open_ids == ["report"]
    case.advance(timedelta(days=30))
    assert case.ended is not None


def test_parallel_ends_and_the_last_one_counts():
    p = diagram(
        "p",
        start(),
        both("split"),
        task("a"),
        task("b"),
        end("first", gc__status="A"),
        end("second", gc__status="B"),
        line("begin", "split", "a", "first"),
        line("split", "b", "second"),
    )
    case = drive(p)
    case.complete("b", "x")
    assert case.ended is None
    case.complete("a", "y")
    assert case.ended.element_id == "first"
    assert case.instance.variables() == {"a": "y", "b": "x"}


def test_an_embedded_sub_process_belongs_to_its_diagram():
    inner = start("s2") + task("b") + end("e2") + line("s2", "b", "e2")
    p = diagram(
        "p",
        start(),
        shape("subProcess", "sub", inner, gc__stage="P05"),
        end(),
        line("begin", "sub", "done"),
        roles={"officer": ["sub"]},
    )
    case = drive(p)
    (opened,) = case.open
    assert (opened.process, opened.role, opened.stage) == ("p", "officer", "P05")
    assert [(path.key, path.open) for path in case.instance.path()] == [("p", ["sub", "b"])]
    case.complete("b")
    assert case.ended.element_id == "done"


def test_a_receive_task_waits_for_its_message():
    p = diagram("p", start(), shape("receiveTask", "r", messageRef="message_m", gc__status="MEETING"), end(),
                line("begin", "r", "done"), messages=["m"])  # fmt: skip
    case = drive(p)
    assert [(w.element_id, w.kind, w.message, w.status) for w in case.waits] == [("r", "message", "m", "MEETING")]
    case.deliver("m", m="support")
    assert case.instance.variables()["m"] == "support"


@pytest.mark.parametrize(
    ("text", "days"),
    [("P7D", 7), ("P1W", 7), ("P1DT24H", 2), ("2026-03-05T09:00:00+08:00", 3), ("2026-03-05T01:00:00Z", 3)],
)
def test_literal_timers(text, days):
    case = drive(diagram("p", start(), catch("c", at_time(text)), end(), line("begin", "c", "done")))
    assert case.instance.next_due() == NOW + timedelta(days=days)


@pytest.mark.parametrize("value", ["2026-03-05T09:00:00", "2026-03-05", "tomorrow", 5, None, ["P1D"]])
def test_a_timer_needs_an_instant_with_an_offset(value):
    p = diagram("p", start(), service("s", "due", result="due_at"), catch("c", at_time("due_at")), end(),
                line("begin", "s", "c", "done"))  # fmt: skip
    with pytest.raises(StepFailed):
        drive(p, answers={"due": value})


def test_now_needs_an_offset():
    diagrams = compile_files(CORRECTION)
    with pytest.raises(ValueError, match="offset"):
        ProcessInstance.start(diagrams, lambda _: None, datetime(2026, 3, 2))  # noqa: DTZ001


def test_an_operation_gets_parameters_and_variables_and_gives_a_result():
    p = diagram("p", start(), task("a"), service("s", "add", result="r", days="5"), task("b"), end(),
                line("begin", "a", "s", "b", "done"))  # fmt: skip
    case = drive(p, answers={"add": ["x"]})
    case.complete("a", "accept")
    (request,) = case.calls
    assert (request.operation, request.element_id, request.process) == ("add", "s", "p")
    assert request.parameters == {"days": "5"}
    assert request.variables == {"a": "accept"}
    with pytest.raises(TypeError):
        request.variables["a"] = "x"
    assert case.instance.variables(case.open[0].id) == {"a": "accept", "r": ["x"]}


@pytest.mark.parametrize("result", [1.5, {"a": 1}, [1], ("a",), b"x", 2**60, object(), {"typename": "x"}])
def test_only_plain_results_become_variables(result):
    p = diagram("p", start(), service("s", result="r"), task("a"), end(), line("begin", "s", "a", "done"))
    with pytest.raises(OperationFailed) as failure:
        drive(p, answers={"operation": result})
    assert (failure.value.element_id, failure.value.operation) == ("s", "operation")


def test_a_failed_operation_spoils_the_instance_and_leaves_the_bytes_valid():
    p = diagram("p", start(), task("a"), service("s", "pay"), end(), line("begin", "a", "s", "done"))

    def fail(_):
        raise ZeroDivisionError("no")

    case = drive(p, answers={"pay": fail})
    instance = case.instance
    with pytest.raises(OperationFailed) as failure:
        instance.complete(case.open[0].id, None)
    assert isinstance(failure.value.__cause__, ZeroDivisionError)
    assert failure.value.element_id == "s"
    with pytest.raises(Stuck):
        instance.dump()
    case.answers["pay"] = None
    case.complete("a")
    assert case.ended is not None


def test_a_loop_that_never_rests_is_stopped():
    p = diagram("p", start(), service("s", "due", result="due_at"), catch("c", at_time("due_at")),
                xor("g", default="on"), end(), line("begin", "s", "c", "g"), flow("g", "done", None, "on"),
                flow("g", "s", 'due_at != "x"'))  # fmt: skip
    with pytest.raises(Stuck):
        drive(p, answers={"due": NOW.isoformat()})


def test_status_is_that_of_the_element_entered_last():
    p = diagram("p", start(), both("f"), task("a", gc__status="A"), task("b", gc__status="B"), task("c"), both("j"),
                end(), line("begin", "f", "a", "j", "done"), line("f", "b", "c", "j"))  # fmt: skip
    case = drive(p)
    assert case.instance.status() == "B"
    case.complete("b")
    assert case.instance.status() == "A", "c shows none, a is still open"
    case.complete("a")
    assert case.instance.status() == "A", "the last one known"


def test_a_hundred_rounds_stay_quick_and_a_thousand_stay_correct():
    case = drive(CORRECTION)
    instance = case.instance
    for _ in range(1100):
        instance.complete(instance.open_tasks()[0].id, "correct")
        instance.complete(instance.open_tasks()[0].id, None)
    case.state = instance.dump()
    assert case.open_ids == ["check"]
    case.complete("check", "accept")
    assert case.ended is not None


def test_a_completed_boundary_is_on_the_path_and_the_interrupted_task_is_not_done():
    p = diagram("p", start(), task("a"), boundary("b", "a", on_message("m")), end(), end("late"),
                line("begin", "a", "done"), line("b", "late"), messages=["m"])  # fmt: skip
    case = drive(p)
    assert case.instance.path()[0].open == ["a"]
    case.deliver("m")
    (path,) = case.instance.path()
    assert path.done == ["begin", "b", "late"]
    assert path.open == []
    assert path.flows == ["begin_to_a", "b_to_late"]
