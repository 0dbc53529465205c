"""Ended cases dealt with anew (重新办理), on a page of the case: what was before, the proposal, its confirmation."""

from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from server.access import allow, current_actor
from server.web.office.cases import tab
from server.web.showing.answers import Page, whole
from workflows.casework import documents, reopenings
from workflows.errors import Invalid
from workflows.permissions import OFFICE, READERS

blueprint = Blueprint("reopenings", __name__)


@blueprint.get("/cases/<reference>/reopenings", endpoint="reopenings")
@allow(*sorted(OFFICE | READERS))
def reopenings_of(reference: str) -> str:
    return _page(reference)


def _page(reference: str, **words: Any) -> str:
    actor = current_actor()
    return tab(
        "reopenings.reopenings",
        reference,
        found=reopenings.get_reopenings(g.session, actor, reference, g.now),
        documents=documents.list_documents(g.session, actor, reference),
        causes=reopenings.CAUSES,
        sent=request.form,
        **{"errors": (), **words},
    )


@blueprint.post("/cases/<reference>/reopenings")
@allow("case_officer")
def propose(reference: str) -> Page:
    sent = request.form
    named = {name: sent.get(name, "").strip() for name in ("cause", "point", "reason", "basis_no", "basis_on")}
    try:
        document = whole(sent.get("document", "")) or 0
        reopenings.propose(g.session, current_actor(), reference, **named, document=document, now=g.now)
    except Invalid as error:
        return _page(reference, errors=error.errors), error.status
    flash("重新办理的提议已登记，待科室负责人确认。", "success")
    return redirect(url_for(".reopenings", reference=reference), 303)


@blueprint.post("/cases/<reference>/reopenings/<int:reopening>/confirmation")
@allow("section_chief")
def confirm(reference: str, reopening: int) -> Response:
    seen = request.form.get("digest", "")
    reopenings.confirm(g.session, current_actor(), reference, reopening, seen, g.now)
    flash("已确认，本件自所提议的环节起重新办理，并已书面告知申报单位。", "success")
    return redirect(url_for("cases.show", reference=reference), 303)


@blueprint.post("/cases/<reference>/reopenings/<int:reopening>/return")
@allow("section_chief")
def send_back(reference: str, reopening: int) -> Page:
    reason = request.form.get("reason", "")
    try:
        reopenings.send_back(g.session, current_actor(), reference, reopening, reason, g.now)
    except Invalid as error:
        return _page(reference, errors=error.errors), error.status
    flash("提议已退回。", "success")
    return redirect(url_for(".reopenings", reference=reference), 303)
