"""Legal values (政策口径): proposed by one process owner, confirmed by another."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.access import allow, current_actor
from server.moments import read_date
from server.web.answers import Page
from workflows import parameters
from workflows.errors import Invalid, NotFound
from workflows.permissions import READERS

blueprint = Blueprint("process_owner", __name__)

READING = tuple(sorted(READERS | {"section_chief", "case_officer"}))
# Which parameters are shown: all, those a batch still needs, those that wait for the second owner.
VIEWS = {"": "全部", "open": "未确认", "proposed": "待第二人确认"}


@blueprint.get("/parameters", endpoint="parameters")
@allow(*READING)
def overview() -> str:
    found = parameters.list_parameters(g.session, g.now)
    view = request.args.get("view", "")
    counts = {
        "": len(found),
        "open": sum(not each["confirmed"] for each in found),
        "proposed": sum(each["proposal"] is not None for each in found),
    }
    if view == "open":
        found = [each for each in found if not each["confirmed"]]
    elif view == "proposed":
        found = [each for each in found if each["proposal"]]
    articles: dict[str, list[dict[str, Any]]] = {}
    for each in found:
        articles.setdefault(each["article"], []).append(each)
    return render_template("parameters/overview.html", articles=articles, views=VIEWS, view=view, counts=counts)


@blueprint.get("/parameters/<parameter>")
@allow(*READING)
def show(parameter: str) -> str:
    return _show(parameter)


def _show(parameter_id: str, **words: Any) -> str:
    found = next((each for each in parameters.list_parameters(g.session, g.now) if each["id"] == parameter_id), None)
    if found is None:
        raise NotFound("没有这一政策口径。")
    history = parameters.get_history(g.session, parameter_id)
    return render_template("parameters/show.html", parameter=found, history=history, sent=request.form, **words)


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
def confirm(parameter: str) -> Response:
    parameters.confirm(g.session, current_actor(), parameter, g.now)
    flash("取值已确认，自生效日起用于此后发布的批次；已发布批次不受影响。", "success")
    return redirect(url_for(".parameters"), 303)
