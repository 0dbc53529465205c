"""What everybody may bring about a notice, the receipt for it, and its answer by the query code."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for

from server.access import (
    EVIDENCE_PER_ADDRESS,
    OBJECTIONS_PER_ADDRESS,
    QUERIES_PER_ADDRESS,
    count_public_act,
    open_to_all,
)
from server.uploads import LARGEST_UPLOAD, take_evidence
from server.web.showing.answers import Page
from workflows.batches import publicity
from workflows.casework import objection_filing
from workflows.casework.objection_filing import Receipt
from workflows.errors import Conflict, Invalid, NotFound, TooLarge, UnsupportedType

blueprint = Blueprint("filed_objections", __name__)

FIELDS = ("case", "name", "id_no", "phone", "text")
RECEIPT = "objection-receipt"


@blueprint.url_value_preprocessor
def _room_for_files(endpoint: str | None, _: Mapping[str, Any] | None) -> None:
    """A file may be larger than other forms; this runs before the body is read for its CSRF token."""
    if endpoint == "filed_objections.add_evidence":
        request.max_content_length = LARGEST_UPLOAD


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
        return render_template(
            "public/notice.html", notice=shown, sent=sent, errors=error.errors, filed=None
        ), error.status
    count_public_act("objection", OBJECTIONS_PER_ADDRESS)
    # The code is known to nobody else and shown once: it goes to this browser, and from there to the receipt.
    session[RECEIPT] = {**filed, "notice": notice}
    return redirect(url_for("public.notice", notice=notice, _anchor="objection"), 303)


def pop_receipt(notice: int) -> dict[str, Any] | None:
    """The receipt of what this browser has just filed about a notice; it stands where the form was, once."""
    filed = session.get(RECEIPT)
    return session.pop(RECEIPT) if filed and filed["notice"] == notice else None


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
    return render_template("public/filed.html", found=found, message="", code=request.form.get("code", ""), wrong="")


@blueprint.post("/filed/evidence")
@open_to_all
def add_evidence() -> Page:
    """Add a file to what was brought; the page shows how it stands with it, and what was not taken."""
    count_public_act("evidence", EVIDENCE_PER_ADDRESS)
    code, wrong, status = request.form.get("code", ""), "", 200
    try:
        added = take_evidence()
        flash(f"“{added['filename']}”已提交。", "success")
    except NotFound as error:
        return render_template("public/filed.html", found=None, message=error.detail), error.status
    except (Invalid, Conflict, TooLarge, UnsupportedType) as error:
        wrong = error.errors[0].message if isinstance(error, Invalid) and error.errors else error.detail
        status = error.status
    found = objection_filing.ask(g.session, code)
    return render_template("public/filed.html", found=found, message="", code=code, wrong=wrong), status
