"""A payment that something stands against is not refused: it is completed as held, and opens a check."""

from typing import Any

from workflows import forms
from workflows.case import proceeding
from workflows.case.checks.shared import FIT, deferred, unfit_payment
from workflows.case.step import Look

HELD = "held"
NEXT_YEAR = "待下年度安排"
"""How the reason begins of a payment for which this year has no budget, or no room under a ceiling of its own year."""


def withheld(form: forms.Form, look: Look, data: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a submission: `held` with the reasons in the place of a payment that may not be made.

    The first forms could not hold; there the payment is refused with the same reasons.
    """
    if form.key != "disbursement" or data.get(forms.DECISION) != "paid" or HELD not in form.decisions:
        return data
    look.ahead["known"] = proceeding.known_of(look)
    against = proceeding.obstacles(look, proceeding.PAYMENT)
    if against:
        return {forms.DECISION: HELD, "hold_reason": proceeding.said(against)}
    unfit = unfit_payment(look, data)
    why = None if unfit else deferred(look, data)
    if not unfit and why is None:
        look.ahead["payment"] = FIT
    return {forms.DECISION: HELD, "hold_reason": f"{NEXT_YEAR}：{why}"} if why else data
