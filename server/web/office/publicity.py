"""Publicity as the office sees it: notices, and objections that discipline accepts or turns down."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.access import allow, current_actor
from server.web.showing.answers import Page, chosen
from server.web.showing.words import OBJECTION_STATES
from workflows.batches import publicity, rounds
from workflows.errors import Invalid
from workflows.permissions import OFFICE, READERS

blueprint = Blueprint("publicity", __name__)


@blueprint.get("/publicity")
@allow(*sorted(OFFICE | READERS))
def overview() -> str:
    """Notices so far, and batches with cases that wait to be published."""
    actor = current_actor()
    recent = [batch for batch in rounds.list_batches(g.session, actor, limit=10).items if batch["status"] == "open"]
    counts = rounds.count_to_publish(g.session, actor, [batch["id"] for batch in recent])
    return render_template(
        "publicity/overview.html",
        page=publicity.list_notices(g.session, g.now, cursor=chosen("cursor")),
        waiting=[(batch, counts[batch["id"]]) for batch in recent if batch["id"] in counts],
    )


@blueprint.get("/objections")
@allow("discipline", "section_chief", "legal_officer", "auditor")
def objections() -> str:
    return _objections()


def _objections(*, revealed: dict[str, Any] | None = None, wrong: int | None = None, message: str = "") -> str:
    state = chosen("state")
    found = publicity.list_objections(g.session, current_actor(), state=state if state in OBJECTION_STATES else None)
    return render_template(
        "publicity/objections.html",
        objections=found,
        states=OBJECTION_STATES,
        state=state,
        revealed=revealed,
        wrong=wrong,
        message=message,
    )


@blueprint.post("/objections/<int:objection>/revelation")
@allow("discipline")
def reveal(objection: int) -> str:
    """Who objected, shown once; that it was shown is recorded."""
    return _objections(revealed=publicity.reveal_objector(g.session, current_actor(), objection, g.now))


@blueprint.post("/objections/<int:objection>/acceptance")
@allow("discipline", "legal_officer")
def accept(objection: int) -> Response:
    done = publicity.accept_objection(g.session, current_actor(), objection, g.now)
    flash(f"异议已受理，{done['case']}的公示已中断，进入异议核查处理；其他申报件不受影响。", "success")
    return redirect(url_for(".objections"), 303)


@blueprint.post("/objections/<int:objection>/rejection")
@allow("discipline", "legal_officer")
def reject(objection: int) -> Page:
    try:
        publicity.reject_objection(g.session, current_actor(), objection, request.form.get("reply", ""), g.now)
    except Invalid as error:
        return _objections(wrong=objection, message=error.errors[0].message), error.status
    flash("已登记不予受理及理由。", "success")
    return redirect(url_for(".objections"), 303)
