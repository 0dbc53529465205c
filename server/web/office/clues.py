"""追回与撤销, a page of a case: its clues and what came of them; the bars of its firm and their lifting."""

from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for

from server.access import allow, current_actor
from server.web.office.cases import tab
from server.web.showing.answers import Page
from workflows.case.operations.recovery import CAUSES
from workflows.casework import bars, cases, clues
from workflows.errors import Invalid
from workflows.permissions import OFFICE, READERS

blueprint = Blueprint("clues", __name__)


@blueprint.get("/cases/<reference>/clues", endpoint="clues")
@allow(*sorted(OFFICE | READERS))
def of_case(reference: str) -> str:
    return _page(reference)


def _page(reference: str, **words: Any) -> str:
    actor = current_actor()
    uscc = cases.get_case(g.session, actor, reference)["enterprise"]["uscc"]
    return tab(
        "clues.clues",
        reference,
        clues=clues.list_clues(g.session, actor, reference),
        bars=bars.list_bars(g.session, actor, uscc, g.now),
        causes=CAUSES,
        sent=request.form,
        **{"errors": (), **words},
    )


@blueprint.post("/cases/<reference>/clues")
@allow("case_officer")
def register(reference: str) -> Page:
    sent = request.form
    named = {name: sent.get(name, "").strip() for name in ("cause", "source", "facts")}
    amount = sent.get("amount", "").replace(",", "").strip()
    try:
        clues.register(g.session, current_actor(), reference, **named, amount=amount, now=g.now)
    except Invalid as error:
        return _page(reference, errors=error.errors), error.status
    flash("线索已登记，转未经办本件的人员核查；尚未拨付的，已暂停拨付。", "success")
    return redirect(url_for("cases.show", reference=reference), 303)


@blueprint.post("/cases/<reference>/bars/<int:bar>/lifting")
@allow("case_officer")
def propose_lifting(reference: str, bar: int) -> Page:
    return _on_bar(reference, bar, bars.propose_lifting, "解除限制的提议已登记，待科室负责人确认。")


@blueprint.post("/cases/<reference>/bars/<int:bar>/lifting/confirmation")
@allow("section_chief")
def lift(reference: str, bar: int) -> Page:
    return _on_bar(reference, bar, bars.lift, "限制申报已解除。")


def _on_bar(reference: str, bar: int, act: Any, done: str) -> Page:
    actor = current_actor()
    uscc = cases.get_case(g.session, actor, reference)["enterprise"]["uscc"]
    try:
        act(g.session, actor, uscc, bar, request.form.get("basis", ""), g.now)
    except Invalid as error:
        return _page(reference, errors=error.errors), error.status
    flash(done, "success")
    return redirect(url_for(".clues", reference=reference), 303)
