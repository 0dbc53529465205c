"""What completing a task changes beside the facts, before the process runs on."""

from collections.abc import Callable

from storage import publicity
from workflows.case import awards, choices, duplicates, letters
from workflows.case.step import Step
from workflows.rules import SCHEMES
from workflows.rules.money import format_yuan


def _answer_objections(step: Step) -> None:
    """Every accepted objection of the case gets the result and the reply; who objected stays hidden."""
    state = "dismissed" if step.submitted["decision"] == "dismiss" else "upheld"
    for objection in publicity.lock_objections(step.session, step.case.id, "accepted"):
        objection.state, objection.reply = state, str(step.submitted.get("objection_reply") or "")
        objection.handled_by, objection.handled_at = step.actor.username, step.now
        step.record(f"objection_{state}", str(objection.id))
    if state == "dismissed":
        awards.ask_again(step)


def _send_award(step: Step) -> None:
    """The letter goes out when it is signed (签发), not before."""
    amount = format_yuan(step.case.final_amount or 0)
    article = SCHEMES[step.case.scheme].ARTICLE
    letters.send(step, "award", f"依据《实施细则》{article}，经审定予以支持，审定支持金额{amount}元。")


def _compare_account(step: Step) -> None:
    """An account is compared as soon as it is known (查重); what it has in common stops the payment, not the entry."""
    with step.following(step.origin):
        duplicates.search(step)


EFFECTS: dict[str, Callable[[Step], None]] = {
    "choose_matters": choices.choose,
    "objection_handling": _answer_objections,
    "decision_notice": _send_award,
    "enter_payee": _compare_account,
    "correct_payee": _compare_account,
}


def apply(element_id: str, step: Step) -> None:
    effect = EFFECTS.get(element_id)
    if effect is not None:
        effect(step)
