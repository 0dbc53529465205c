"""What everybody may bring about a notice, the receipt for it, and its answer by the query code."""

from collections.abc import Callable

from flask import Blueprint, g, redirect, render_template, request, session, url_for

from server.access import OBJECTIONS_PER_ADDRESS, QUERIES_PER_ADDRESS, count_public_act, open_to_all
from server.web.showing.answers import Page
from workflows.batches import publicity
from workflows.casework import objection_filing
from workflows.casework.objection_filing import Receipt
from workflows.errors import Invalid, NotFound

blueprint = Blueprint("filed_objections", __name__)

FIELDS = ("case", "name", "id_no", "phone", "text")
RECEIPT = "objection-receipt"


@blueprint.post("/notices/<int:notice>/objections")
@open_to_all
def file_objection(notice: int) -> Page:
    """Register an objection; who objects is shown to discipline alone, so no page repeats it."""
    return _file(notice, objection_filing.file_objection)


@blueprint.post("/notices/<int:notice>/petitions")
@open_to_all
def file_petition(notice: int) -> Page:
    """Register what comes after the period."""
    return _file(notice, objection_filing.file_petition)


def _file(notice: int, act: Callable[..., Receipt]) -> Page:
    sent = {field: request.form.get(field, "") for field in FIELDS}
    try:
        filed = act(g.session, notice, now=g.now, **sent)
    except Invalid as error:
        shown = publicity.get_notice(g.session, notice, g.now)
        return render_template("public/notice.html", notice=shown, sent=sent, errors=error.errors), error.status
    count_public_act("objection", OBJECTIONS_PER_ADDRESS)
    # The code is known to nobody else and shown once: it goes to this browser, and from there to the receipt.
    session[RECEIPT] = {**filed, "notice": notice}
    return redirect(url_for(".receipt"), 303)


@blueprint.get("/filed/receipt")
@open_to_all
def receipt() -> Page:
    """The receipt of what this browser has just filed."""
    filed = session.pop(RECEIPT, None)
    if filed is None:
        return redirect(url_for(".query"), 303)
    return render_template("public/receipt.html", filed=filed)


@blueprint.get("/filed")
@open_to_all
def query() -> str:
    return render_template("public/filed.html", found=None, message="")


@blueprint.post("/filed")
@open_to_all
def ask() -> Page:
    """How it stands, by the code; it is sent in the body, so that it stands in no address and no log."""
    count_public_act("objection-query", QUERIES_PER_ADDRESS)
    try:
        found = objection_filing.ask(g.session, request.form.get("code", ""))
    except NotFound as error:
        return render_template("public/filed.html", found=None, message=error.detail), error.status
    return render_template("public/filed.html", found=found, message="")
