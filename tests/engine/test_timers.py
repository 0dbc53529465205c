"""When a timer is due: only at an instant that can be stored and read back."""

from datetime import datetime

import pytest

from tests.engine.drawing import at_time, catch, diagram, end, line, service, start, task
from tests.engine.driving import drive
from workflows.engine import StepFailed

AWAY = [
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+12:00",
    "2101-01-01T00:00:00+00:00",
    "2000-01-01T00:00:00+08:00",
]


def waiting(text: str) -> bytes:
    ids = ("begin", "s", "c", "a", "done")
    return diagram(
        "p", start(), service("s", "deadline", "due_at"), catch("c", at_time(text)), task("a"), end(), line(*ids)
    )


@pytest.mark.parametrize("instant", AWAY)
def test_an_instant_out_of_range_fails_the_step_that_would_store_it(instant):
    with pytest.raises(StepFailed, match="2000 to 2100"):
        drive(waiting("due_at"), answers={"deadline": instant})
    # A diagram that was published before the gate looked at the year.
    with pytest.raises(StepFailed, match="2000 to 2100"):
        drive(waiting(instant), answers={"deadline": "x"})


def test_the_last_day_in_range_is_waited_for():
    last = "2100-12-31T23:59:59+00:00"
    case = drive(waiting("due_at"), answers={"deadline": last})
    assert case.instance.next_due() == datetime.fromisoformat(last)
