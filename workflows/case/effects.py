"""What completing a task changes beside the facts, before the process runs on."""

from collections.abc import Callable

from workflows.case import awards, choices, duplicates, letters, objections
from workflows.case.step import Step
from workflows.rules import SCHEMES
from workflows.rules.money import format_yuan


def _dismiss_objections(step: Step) -> None:
    """What is upheld is answered when that is final: when publicity is closed."""
    if step.submitted["decision"] == "dismiss":
        objections.dismiss(step)


def _send_award(step: Step) -> None:
    """The letter goes out when it is signed (签发), not before."""
    amount = format_yuan(step.case.final_amount or 0)
    article = SCHEMES[step.case.scheme].ARTICLE
    before = awards.paid_so_far(step)
    more = ""
    if before and step.case.final_amount is not None:
        differs = awards.to_pay(step)
        what = f"本次另拨付差额{format_yuan(differs)}元" if differs else "不再另行拨付"
        more = f"本决定为重新办理后作出，此前已拨付{format_yuan(before)}元，{what}。"
    letters.send(step, "award", f"依据《实施细则》{article}，经审定予以支持，审定支持金额{amount}元。{more}")


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
