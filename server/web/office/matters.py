"""Matters (同一事项) in the office: what overlaps with a case, and that two cases concern the same matter."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.web.office.cases import tab
from server.web.showing.answers import Page
from workflows.casework import cases, duplicates, matters
from workflows.errors import FieldError, Invalid, NotFound
from workflows.permissions import OFFICE, READERS, Actor

blueprint = Blueprint("matters", __name__)


@blueprint.get("/cases/<reference>/overlaps")
@allow(*sorted(OFFICE | READERS))
def overlaps(reference: str) -> str:
    return overlaps_page(reference)


def overlaps_page(reference: str, **words: Any) -> str:
    """What a case has in common with others: the checks that stop it first, then what an officer may look at."""
    actor = current_actor()
    return tab(
        "matters.overlaps",
        reference,
        found=matters.get_overlaps(g.session, actor, reference),
        checks=duplicates.list_checks(g.session, actor, reference),
        states=duplicates.STATES,
        results=duplicates.results_of,
        kinds=duplicates.KINDS,
        sent=request.form,
        **words,
    )


@blueprint.post("/cases/<reference>/overlaps")
@allow("case_officer")
def merge(reference: str) -> Page:
    """Decide that this case and another one, proposed or named by its number, concern the same matter."""
    actor, other = current_actor(), request.form.get("other", "").strip()[:40]
    try:
        if other == reference:
            raise Invalid("事项合并有误。", errors=[FieldError("other", "不能与本件自身合并。")])
        mine, theirs = _matter_of(actor, reference), _matter_of(actor, other)
        matter = matters.merge(g.session, actor, mine, theirs, request.form.get("reason", ""), g.now)
    except Invalid as error:
        return overlaps_page(reference, errors=error.errors), error.status
    flash(f"已认定与{other}为同一事项，从优不重复支持；已列入汇总表的将重新核算。", "success")
    return redirect(url_for(".show", matter=matter["id"]), 303)


def _matter_of(actor: Actor, reference: str) -> int:
    """The matter of a case; Invalid where there is no such case, or none is settled yet."""
    try:
        matter = cases.get_case(g.session, actor, reference)["matter"]
    except NotFound:
        raise Invalid("事项合并有误。", errors=[FieldError("other", "没有这一编号的申报件。")]) from None
    if matter is None:
        said = f"{reference}尚未受理，还没有确定所属事项。"
        raise Invalid("事项合并有误。", errors=[FieldError("other", said)])
    return matter["id"]


@blueprint.get("/matters/<int:matter>")
@allow(*sorted(OFFICE | READERS))
def show(matter: int) -> str:
    return render_template("cases/matter.html", matter=matters.get_matter(g.session, current_actor(), matter))
