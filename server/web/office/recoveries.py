"""Money that comes back (资金追回), on the page of a paid case: recorded by one finance post, confirmed by another."""

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from server.access import allow, current_actor
from server.web.office.cases import amounts_page
from server.web.showing.answers import Page
from workflows.casework import recoveries
from workflows.errors import Invalid

blueprint = Blueprint("recoveries", __name__)


@blueprint.post("/cases/<reference>/recoveries")
@allow("finance_officer")
def record(reference: str) -> Page:
    sent = request.form
    try:
        recoveries.record(
            g.session,
            current_actor(),
            reference,
            amount=sent.get("amount", "").replace(",", "").strip(),
            cause=sent.get("cause", ""),
            basis=sent.get("basis", ""),
            now=g.now,
        )
    except Invalid as error:
        return amounts_page(reference, errors=error.errors), error.status
    flash("资金退回已登记，待财务复核岗确认。", "success")
    return redirect(url_for("cases.amounts", reference=reference, _anchor="recoveries"), 303)


@blueprint.post("/cases/<reference>/recoveries/<int:recovery>/confirmation")
@allow("finance_reviewer")
def confirm(reference: str, recovery: int) -> Response:
    recoveries.confirm(g.session, current_actor(), reference, recovery, g.now)
    flash("资金退回已确认，并记入办理全程留痕。", "success")
    return redirect(url_for("cases.amounts", reference=reference, _anchor="recoveries"), 303)
