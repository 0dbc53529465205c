"""A timer whose period the diagram itself states, replayed: it fired, was moved by a suspension, or is changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from server.settings import CHECKOUT
from workflows import rehearsal
from workflows.engine import ProcessInstance, Result, ServiceCall
from workflows.rehearsal import Model, Sent, Verdict
from workflows.workshop.bundling import assemble, read_library

START = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)
INTAKE = "shared/intake.bpmn"
DEADLINE = (
    b'<bpmn:timeDate xsi:type="bpmn:tFormalExpression">correction_due_at</bpmn:timeDate>',
    b'<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">%s</bpmn:timeDuration>',
)


def model(period: bytes) -> Model:
    """`retrofit` with a correction that has to come within a period which the diagram states."""
    files = assemble(read_library(CHECKOUT / "bpmn"), "retrofit")
    old, new = DEADLINE
    assert old in files[INTAKE]
    return rehearsal.model_of({**files, INTAKE: files[INTAKE].replace(old, new % period)}, "retrofit", {})


def answer(call: ServiceCall) -> Result:
    """The letter was not delivered when the period was over, so that it begins anew."""
    return {"open_correction": START.isoformat(), "lapse_correction": "not_delivered"}.get(call.operation)


class Story:
    """A case that has to be corrected, and what people sent."""

    def __init__(self) -> None:
        self.sent: dict[str, Sent] = {}
        self.case = ProcessInstance.start(model(b"P7D").diagrams, answer, START)
        self.complete("fill_application", None, START)
        self.complete("formality_check", "correct", START + timedelta(days=1))

    def complete(self, element_id: str, decision: str | None, at: datetime) -> None:
        self.case.move_clock(at)
        (task,) = [each for each in self.case.open_tasks() if each.element_id == element_id]
        self.sent[task.id] = Sent({} if decision is None else {"decision": decision}, at)
        self.case.complete(task.id, decision)

    def judged(self, through: bytes) -> Verdict:
        """What comes of the case when the diagram states another period."""
        record = rehearsal.read_record(
            self.case, sent=self.sent, calculations=(), parameters={}, types={}, facts={}, started_at=START
        )
        replaced = model(through)
        replayed = rehearsal.replay(Model(replaced.diagrams, {}, {}), record)
        if through == b"P7D":
            assert not replayed.left_out
        return rehearsal.judge(rehearsal.read_outcome(self.case, None), replayed)


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_period_that_was_over_is_over_once(story: Story) -> None:
    story.case.move_clock(START + timedelta(days=8, minutes=5))
    story.case.advance()
    assert story.judged(b"P7D").verdict == "same"


def test_a_period_that_a_suspension_moved_does_not_end_before_it(story: Story) -> None:
    story.case.move_timers(lambda wait: wait.due_at + timedelta(days=10))
    assert story.judged(b"P7D").verdict == "same"
    story.complete("correction", None, START + timedelta(days=12))
    assert story.judged(b"P7D").verdict == "same"
    story.complete("formality_check", "correct", START + timedelta(days=13))
    assert story.judged(b"P7D").verdict == "same"


def test_a_period_that_is_drawn_shorter_ends_by_the_clock(story: Story) -> None:
    story.complete("correction", None, START + timedelta(days=5))
    assert story.judged(b"P7D").verdict == "same"
    assert story.judged(b"P3D").verdict != "same"
