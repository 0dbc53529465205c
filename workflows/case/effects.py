"""What completing a task changes beside the facts, before the process runs on."""

from collections.abc import Callable

from workflows.case import awarding, choices, drawn, duplicates, letters, objections
from workflows.case.step import Step
from workflows.engine import Element


def _dismiss_objections(step: Step) -> None:
    """What is upheld is answered when that is final: when publicity is closed."""
    if step.submitted["decision"] == "dismiss":
        objections.dismiss(step)


def _send_award(step: Step) -> None:
    """The letter goes out when it is signed (签发), not before."""
    letters.send(step, "award", awarding.body(step), adverse=awarding.is_partial(step))


def _compare_account(step: Step) -> None:
    """An account is compared as soon as it is known (查重); what it has in common stops the payment, not the entry."""
    with step.following(step.origin):
        duplicates.search(step)


EFFECTS: dict[str, Callable[[Step], None]] = {
    drawn.CHOOSE: choices.choose,
    drawn.DISMISS: _dismiss_objections,
    drawn.AWARD: _send_award,
    drawn.ACCOUNT: _compare_account,
}


def apply(element: Element, step: Step) -> None:
    """Do what the diagram says that the completion of this task does."""
    done = drawn.done_at(element)
    if done is not None:
        EFFECTS[done](step)
