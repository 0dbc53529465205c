"""What everybody may read: the policy, open batches, and notices with objections."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from server.access import OBJECTIONS_PER_ADDRESS, count_public_act, open_to_all
from server.web.showing.answers import Page, chosen
from workflows.batches import publicity, rounds
from workflows.errors import Invalid
from workflows.permissions import Actor
from workflows.policy import schemes

blueprint = Blueprint("public", __name__)

NOBODY = Actor(0, "public", "社会公众", frozenset())
OBJECTION_FIELDS = ("case", "name", "id_no", "phone", "text")


@blueprint.get("/")
@open_to_all
def home() -> str:
    found = rounds.list_batches(g.session, NOBODY, limit=20).items
    return render_template(
        "public/home.html",
        batches=[batch for batch in found if batch["status"] == "open"],
        schemes={each["key"]: each for each in schemes.list_schemes(g.session, g.now)},
        notices=publicity.list_notices(g.session, g.now, limit=5).items,
    )


@blueprint.get("/notices")
@open_to_all
def notices() -> str:
    page = publicity.list_notices(g.session, g.now, cursor=chosen("cursor"))
    return render_template("public/notices.html", page=page)


@blueprint.get("/notices/<int:notice>")
@open_to_all
def notice(notice: int) -> str:
    return _notice(notice)


def _notice(notice: int, **words: Any) -> str:
    sent = {field: request.form.get(field, "") for field in OBJECTION_FIELDS}
    return render_template(
        "public/notice.html", notice=publicity.get_notice(g.session, notice, g.now), sent=sent, **words
    )


@blueprint.post("/notices/<int:notice>/objections")
@open_to_all
def object_to(notice: int) -> Page:
    """Register an objection; who objects is shown to discipline alone, so the page confirms without repeating it."""
    sent = {field: request.form.get(field, "") for field in OBJECTION_FIELDS}
    try:
        filed = publicity.file_objection(g.session, notice, now=g.now, **sent)
    except Invalid as error:
        return _notice(notice, errors=error.errors), error.status
    count_public_act("objection", OBJECTIONS_PER_ADDRESS)
    flash(f"异议已登记，编号{filed['id']}。监督机构将核实并依法保密，必要时与你联系。", "success")
    return redirect(url_for(".notice", notice=notice), 303)
