"""A payment that something stands against is not refused: it is completed as held, and opens a check."""

from typing import Any

from workflows import forms
from workflows.case import proceeding
from workflows.case.step import Look

HELD = "held"


def withheld(form: forms.Form, look: Look, data: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a submission: `held` with the reasons in the place of a payment that may not be made.

    The first forms could not hold; there the payment is refused with the same reasons.
    """
    if form.key != "disbursement" or data.get(forms.DECISION) != "paid" or HELD not in form.decisions:
        return data
    against = proceeding.obstacles(look, proceeding.PAYMENT)
    return {forms.DECISION: HELD, "hold_reason": proceeding.said(against)} if against else data
