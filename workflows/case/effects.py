"""What completing a task changes beside the facts, before the process runs on."""

from collections.abc import Callable

from workflows.case import awarding, choices, duplicates, letters, objections
from workflows.case.step import Step


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
    "choose_matters": choices.choose,
    "objection_handling": _dismiss_objections,
    "decision_notice": _send_award,
    "enter_payee": _compare_account,
    "correct_payee": _compare_account,
}


def apply(element_id: str, step: Step) -> None:
    effect = EFFECTS.get(element_id)
    if effect is not None:
        effect(step)
