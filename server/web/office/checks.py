"""查重核对: everything that waits for a conclusion, and concluding and confirming on the case's own page."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.access import allow, current_actor
from server.web.office.matters import overlaps_page
from server.web.showing.answers import Page, chosen, whole
from workflows.casework import duplicates
from workflows.errors import Invalid
from workflows.permissions import OFFICE, READERS

blueprint = Blueprint("checks", __name__)


@blueprint.get("/checks")
@allow(*sorted(OFFICE | READERS))
def overview() -> str:
    page = duplicates.list_standing(g.session, current_actor(), cursor=chosen("cursor"))
    return render_template("cases/checks.html", page=page, states=duplicates.STATES, kinds=duplicates.KINDS)


@blueprint.post("/cases/<reference>/checks/<int:check>/conclusion")
@allow("case_officer")
def conclude(reference: str, check: int) -> Page:
    sent = request.form
    try:
        duplicates.conclude(
            g.session,
            current_actor(),
            reference,
            check,
            result=sent.get("result", ""),
            reason=sent.get("reason", ""),
            amount=sent.get("amount") or None,
            evidence=[whole(each) or 0 for each in sent.getlist("evidence")[:50]],
            now=g.now,
        )
    except Invalid as error:
        return overlaps_page(reference, wrong=check, check_errors=error.errors), error.status
    flash("查重结论已登记，待科室负责人确认。", "success")
    return redirect(url_for("matters.overlaps", reference=reference, _anchor="checks"), 303)


@blueprint.post("/cases/<reference>/checks/<int:check>/confirmation")
@allow("section_chief")
def confirm(reference: str, check: int) -> Response:
    seen = whole(request.form.get("conclusion")) or 0
    duplicates.confirm(g.session, current_actor(), reference, check, seen, g.now)
    flash("查重结论已确认，并记入办理全程留痕。", "success")
    return redirect(url_for("matters.overlaps", reference=reference, _anchor="checks"), 303)


@blueprint.post("/cases/<reference>/checks/<int:check>/return")
@allow("section_chief")
def send_back(reference: str, check: int) -> Page:
    seen, reason = whole(request.form.get("conclusion")) or 0, request.form.get("return_reason", "")
    try:
        duplicates.send_back(g.session, current_actor(), reference, check, seen, reason, g.now)
    except Invalid as error:
        return overlaps_page(reference, wrong=check, check_errors=error.errors), error.status
    flash("查重结论已退回，由经办人重新作出。", "success")
    return redirect(url_for("matters.overlaps", reference=reference, _anchor="checks"), 303)
