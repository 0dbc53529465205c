"""A case's state tells where it has been, when, and what was set there."""

from datetime import timedelta

from tests.engine.drawing import boundary, diagram, end, flow, line, many, on_message, service, start, task, xor
from tests.engine.driving import NOW, drive
from workflows.engine import ProcessInstance
from workflows.engine.state import dump_case

LOOP = diagram(
    "p",
    start(),
    service("draw", "draw", result="seats"),
    many("score"),
    service("tally", "tally", result="result"),
    xor("passed", default="again"),
    task("reopen"),
    task("close"),
    boundary("stopped", "close", on_message("stop")),
    end(),
    end("halted"),
    line("begin", "draw", "score", "tally", "passed"),
    flow("passed", "close", 'result == "yes"'),
    flow("passed", "reopen", id="again"),
    line("reopen", "draw"),
    line("close", "done"),
    line("stopped", "halted"),
    messages=["stop"],
)


def test_every_passage_has_its_instants_and_what_it_set():
    results = iter(["no", "yes"])
    case = drive(LOOP, answers={"draw": ["x", "y"], "tally": lambda _: next(results)})
    for _ in range(2):
        for seat in ("x", "y"):
            case.now += timedelta(hours=1)
            case.complete("score", "fine", assignee=seat)
        if "reopen" in case.open_ids:
            case.complete("reopen", "yes")
    case.now += timedelta(days=1)
    case.deliver("stop", stop="now")
    history = case.instance.history()

    scores = [each for each in history if each.element_id == "score" and each.item]
    assert [(each.item, each.written) for each in scores] == [(seat, {"score": "fine"}) for seat in "xyxy"]
    assert [each.left_at - NOW for each in scores] == [timedelta(hours=hour) for hour in (1, 2, 3, 4)]
    assert [each.entered_at - NOW for each in scores] == [timedelta(hours=hour) for hour in (0, 0, 2, 2)]
    assert [each.written for each in history if each.element_id == "tally"] == [{"result": "no"}, {"result": "yes"}]
    assert [each.written for each in history if each.element_id == "draw"] == [{"seats": ["x", "y"]}] * 2
    assert {each.element_id: each.state for each in history}["close"] == "cancelled"
    assert history[-1].element_id == "halted"
    (stopped,) = [each for each in history if each.element_id == "stopped"]
    assert stopped.written == {"stop": "now"} and stopped.left_at == NOW + timedelta(hours=4, days=1)


def test_what_is_open_stands_last_and_has_not_been_left():
    case = drive(LOOP, answers={"draw": ["x"], "tally": "yes"})
    case.complete("score", "fine")
    last = case.instance.history()[-1]
    assert (last.element_id, last.state, last.left_at, last.written) == ("close", "open", None, {})


def test_a_state_from_before_instants_were_kept_is_still_read():
    case = drive(LOOP, answers={"draw": ["x"], "tally": "yes"})
    live = case.instance._case
    live.steps = []
    instance = ProcessInstance.load(case.diagrams, dump_case(live), case.call, NOW)
    assert {each.entered_at for each in instance.history()} == {None}
    assert [each.element_id for each in instance.history()][:2] == ["begin", "draw"]
