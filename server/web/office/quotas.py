"""指标台账: what may be paid, what is paid, what is left; finance registers the documents that give and change it."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.web.showing.answers import Page, whole
from workflows.batches import rounds
from workflows.casework import quotas
from workflows.errors import Invalid
from workflows.permissions import OFFICE, READERS

blueprint = Blueprint("quotas", __name__)


@blueprint.get("/quotas")
@allow(*sorted(OFFICE | READERS))
def overview() -> str:
    return _overview()


def _overview(**words: Any) -> str:
    actor = current_actor()
    return render_template(
        "batches/quotas.html",
        standings=quotas.list_standings(g.session, actor),
        commitments=quotas.list_commitments(g.session, actor),
        entries=quotas.list_entries(g.session, actor),
        batches=[each for each in rounds.list_batches(g.session, actor, limit=50).items if each["status"] == "open"],
        kinds=quotas.KINDS,
        sent=request.form,
        **words,
    )


@blueprint.post("/quotas")
@allow("finance_officer")
def register() -> Page:
    sent = request.form
    try:
        quotas.register(
            g.session,
            current_actor(),
            year=whole(sent.get("year")) or 0,
            batch=whole(sent.get("batch")),
            kind=sent.get("kind", ""),
            document_no=sent.get("document_no", ""),
            account=sent.get("account", ""),
            amount=sent.get("amount", ""),
            basis=sent.get("basis", ""),
            now=g.now,
        )
    except Invalid as error:
        return _overview(errors=error.errors), error.status
    flash("指标已登记。", "success")
    return redirect(url_for(".overview"), 303)
