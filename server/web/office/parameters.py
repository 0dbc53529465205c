"""Legal values (政策口径): proposed by one process owner, confirmed by another."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.moments import read_date
from server.web.showing.answers import Page, whole
from server.web.showing.articles import by_article
from workflows.errors import Conflict, FieldError, Invalid, NotFound
from workflows.permissions import READERS, Actor
from workflows.policy import parameters
from workflows.policy.shapes import ParameterListed

blueprint = Blueprint("process_owner", __name__)

READING = tuple(sorted(READERS | {"section_chief", "case_officer"}))
# What a page sends that names no proposal; no id is 0.
NO_PROPOSAL = 0
# Which parameters are shown: all, those that nobody has confirmed, by status, those that wait for the second owner.
VIEWS: Mapping[str, tuple[str, Callable[[ParameterListed], bool]]] = {
    "": ("全部", lambda each: True),
    "unconfirmed": ("未确认", lambda each: not each["confirmed"]),
    "open": ("口径待明确", lambda each: each["status"] == "OPEN"),
    "ceil": ("上限内待确定", lambda each: each["status"] == "CEIL"),
    "proposed": ("待第二人确认", lambda each: each["proposal"] is not None),
}


@blueprint.get("/parameters", endpoint="parameters")
@allow(*READING)
def overview() -> str:
    found = parameters.list_parameters(g.session, g.now)
    view = request.args.get("view", "")
    view = view if view in VIEWS else ""
    actor = current_actor()
    return render_template(
        "parameters/overview.html",
        articles=_grouped(each for each in found if VIEWS[view][1](each)),
        views={key: name for key, (name, _) in VIEWS.items()},
        view=view,
        counts={key: sum(map(shown, found)) for key, (_, shown) in VIEWS.items()},
        to_propose=len(_to_propose(found, None)) if actor.has("process_owner") else 0,
        to_confirm=len(_to_confirm(found, actor)) if actor.has("process_owner") else 0,
    )


def _grouped(found: Iterable[ParameterListed]) -> dict[str, list[ParameterListed]]:
    return by_article(found, lambda each: each["article"])


def _to_propose(found: Iterable[ParameterListed], batch: int | None) -> list[ParameterListed]:
    """What nobody has confirmed or proposed, of one batch or of all."""
    return [
        each
        for each in found
        if not each["confirmed"] and not each["proposal"] and (batch is None or batch in each["needed_by"])
    ]


def _to_confirm(found: Iterable[ParameterListed], actor: Actor) -> list[ParameterListed]:
    """What somebody else proposed."""
    return [each for each in found if each["proposal"] and each["proposal"]["proposed_by"] != actor.username]


@blueprint.get("/parameters/proposals")
@allow("process_owner")
def many_proposals() -> str:
    return _many_proposals()


def _many_proposals(errors: tuple[FieldError, ...] = ()) -> str:
    batch = whole(request.values.get("batch"))
    found = _to_propose(parameters.list_parameters(g.session, g.now), batch)
    return render_template(
        "parameters/proposals.html", articles=_grouped(found), batch=batch, sent=request.form, errors=errors
    )


@blueprint.post("/parameters/proposals")
@allow("process_owner")
def propose_many() -> Page:
    """Those that are ticked, with one basis document; each is confirmed on its own."""
    sent = request.form
    try:
        on = sent.get("effective_on", "")
        count = parameters.propose_many(
            g.session,
            current_actor(),
            {key: sent.get(f"value-{key}", "").strip() for key in sent.getlist("chosen")},
            basis=sent.get("basis", ""),
            effective_on=read_date(on, "effective_on") if on else None,
            now=g.now,
        )
    except Invalid as error:
        return _many_proposals(error.errors), error.status
    flash(f"已提出{count}项取值，待另一名流程与口径负责人确认。", "success")
    return redirect(url_for(".parameters", view="proposed"), 303)


@blueprint.get("/parameters/confirmations")
@allow("process_owner")
def many_confirmations() -> str:
    return _many_confirmations()


def _many_confirmations(errors: tuple[FieldError, ...] = (), refusal: str = "") -> str:
    found = _to_confirm(parameters.list_parameters(g.session, g.now), current_actor())
    return render_template("parameters/confirmations.html", articles=_grouped(found), errors=errors, refusal=refusal)


@blueprint.post("/parameters/confirmations")
@allow("process_owner")
def confirm_many() -> Page:
    """Those that are ticked, each the proposal that was shown; all of them or none."""
    sent = request.form
    seen = {key: whole(sent.get(f"proposal-{key}")) or NO_PROPOSAL for key in sent.getlist("chosen")}
    try:
        count = parameters.confirm_many(g.session, current_actor(), seen, g.now)
    except Invalid as error:
        return _many_confirmations(error.errors), error.status
    except Conflict as error:
        return _many_confirmations(refusal=error.detail), error.status
    flash(f"已确认{count}项取值，自生效日起用于此后发布的批次；已发布批次不受影响。", "success")
    return redirect(url_for(".parameters"), 303)


@blueprint.get("/parameters/<parameter>")
@allow(*READING)
def show(parameter: str) -> str:
    return _show(parameter)


def _show(parameter_id: str, **words: Any) -> str:
    found = next((each for each in parameters.list_parameters(g.session, g.now) if each["id"] == parameter_id), None)
    if found is None:
        raise NotFound("没有这一政策口径。")
    return render_template(
        "parameters/show.html",
        parameter=found,
        history=parameters.get_history(g.session, parameter_id),
        uses=parameters.list_uses(g.session, parameter_id),
        sent=request.form,
        **{"refusal": "", **words},
    )


@blueprint.post("/parameters/<parameter>/proposals")
@allow("process_owner")
def propose(parameter: str) -> Page:
    sent = request.form
    try:
        on = sent.get("effective_on", "")
        parameters.propose(
            g.session,
            current_actor(),
            parameter,
            value=sent.get("value", "").strip(),
            basis=sent.get("basis", ""),
            effective_on=read_date(on, "effective_on") if on else None,
            now=g.now,
        )
    except Invalid as error:
        return _show(parameter, errors=error.errors), error.status
    flash("取值已提出，待另一名流程与口径负责人确认。", "success")
    return redirect(url_for(".show", parameter=parameter), 303)


@blueprint.post("/parameters/<parameter>/confirmation")
@allow("process_owner")
def confirm(parameter: str) -> Page:
    """The proposal that was shown, and no other."""
    seen = whole(request.form.get("proposal")) or NO_PROPOSAL
    try:
        parameters.confirm(g.session, current_actor(), parameter, seen, g.now)
    except Conflict as error:
        return _show(parameter, refusal=error.detail), error.status
    flash("取值已确认，自生效日起用于此后发布的批次；已发布批次不受影响。", "success")
    return redirect(url_for(".parameters"), 303)
