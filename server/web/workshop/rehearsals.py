"""历史件推演: past and running cases replayed through a draft, or under changed values; what came out, case by case."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.web.showing.answers import Page, chosen
from server.web.showing.articles import by_article
from server.web.workshop.drafts import what_was_refused
from workflows import rules
from workflows.errors import Conflict, FieldError, GreenCaseError, Invalid, NotFound
from workflows.foresight import rehearsals
from workflows.permissions import READERS
from workflows.policy import parameters
from workflows.workshop import desk, drafts
from workflows.workshop.bundling import GateRefused

blueprint = Blueprint("rehearsals", __name__)

READING = tuple(sorted(READERS))
VERDICTS = {
    "same": ("结果相同", "green"),
    "other_path": ("路径不同", "blue"),
    "other_amount": ("金额不同", "orange"),
    "needs_data": ("需补数据", "orange"),
    "stuck": ("无法继续", "red"),
    "failed": ("推演出错", "red"),
}
STATES = {"running": "推演中", "done": "已完成", "stopped": "已停止"}
STATE_COLOURS = {"running": "blue", "done": "green", "stopped": "secondary"}
WORDS = {"verdicts": VERDICTS, "states": STATES, "colours": STATE_COLOURS, "scopes": rehearsals.SCOPES}


@blueprint.get("/workshop/drafts/<int:draft_id>/rehearsals")
@allow(*READING)
def of_draft(draft_id: int) -> str:
    return _of_draft(draft_id)


def _of_draft(draft_id: int, **more: Any) -> str:
    draft = drafts.get_draft(g.session, current_actor(), draft_id)
    runs = rehearsals.list_runs(g.session, current_actor(), draft_id=draft_id)
    older = {run["id"] for run in runs if desk.is_older(run["started_at"], draft["updated_at"])}
    return render_template("workshop/rehearsals.html", draft=draft, runs=runs, older=older, **WORDS, **more)


@blueprint.post("/workshop/drafts/<int:draft_id>/rehearsals")
@allow("process_owner")
def start_of_draft(draft_id: int) -> Page:
    draft = drafts.get_draft(g.session, current_actor(), draft_id)
    try:
        run_id = _start(draft["key"], draft_id, {})
    except GateRefused as error:
        found = what_was_refused(error, draft)
        return _of_draft(draft_id, refusal="草稿还不能运行，请先更正下列问题。", refused=found), error.status
    except (Conflict, Invalid) as error:
        return _of_draft(draft_id, refusal=_sentence(error)), error.status
    return redirect(url_for(".show", run_id=run_id), 303)


def _start(key: str, draft_id: int | None, values: dict[str, str]) -> int:
    return rehearsals.start(
        g.session,
        current_actor(),
        key=key,
        draft_id=draft_id,
        parameters=values,
        scope=request.form.get("scope", ""),
        now=g.now,
    )


def _sentence(error: GreenCaseError) -> str:
    return error.errors[0].message if error.errors else error.detail


@blueprint.get("/workshop/rehearsals")
@allow(*READING)
def overview() -> str:
    runs = rehearsals.list_runs(g.session, current_actor())
    return render_template("workshop/rehearsals.html", draft=None, runs=runs, older=set(), **WORDS)


@blueprint.get("/workshop/rehearsals/new")
@allow("process_owner")
def new() -> str:
    """The values of one subsidy type, to be changed for a rehearsal."""
    return _new(chosen("scheme") or next(iter(rules.SCHEMES)))


def _new(scheme: str, errors: Sequence[FieldError] = (), refusal: str = "") -> str:
    if scheme not in rules.SCHEMES:
        raise NotFound("没有这一支持事项。")
    wanted = {parameter.id for parameter in rules.parameters.required_for([scheme])}
    found = [each for each in parameters.list_parameters(g.session, g.now) if each["id"] in wanted]
    return render_template(
        "workshop/rehearsal_new.html",
        scheme=scheme,
        own=by_article((each for each in found if each["schemes"]), lambda each: each["article"]),
        general=by_article((each for each in found if not each["schemes"]), lambda each: each["article"]),
        general_open=any(text for name, text in request.form.items() if name.startswith("value-")),
        sent=request.form,
        errors=errors,
        refusal=refusal,
        **WORDS,
    )


@blueprint.post("/workshop/rehearsals")
@allow("process_owner")
def start() -> Page:
    """Only the values that were filled in are changed."""
    sent = request.form
    scheme = sent.get("scheme", "")
    values = {name.removeprefix("value-"): text.strip() for name, text in sent.items() if name.startswith("value-")}
    try:
        run_id = _start(scheme, None, {key: text for key, text in values.items() if text})
    except Invalid as error:
        errors = [FieldError(_field(each, values), each.message) for each in error.errors]
        return _new(scheme, errors), error.status
    except Conflict as error:
        return _new(scheme, refusal=error.detail), error.status
    return redirect(url_for(".show", run_id=run_id), 303)


def _field(error: FieldError, values: dict[str, str]) -> str:
    return f"value-{error.field}" if error.field in values else error.field


@blueprint.get("/workshop/rehearsals/<int:run_id>")
@allow(*READING)
def show(run_id: int) -> str:
    actor = current_actor()
    run = rehearsals.get_run(g.session, actor, run_id)
    verdict = chosen("verdict") if chosen("verdict") in VERDICTS else None
    return render_template(
        "workshop/rehearsal.html",
        run=run,
        draft=drafts.get_draft(g.session, actor, run["draft_id"]) if run["draft_id"] else None,
        verdict=verdict,
        page=rehearsals.list_rows(g.session, actor, run_id, verdict=verdict, cursor=chosen("cursor")),
        **WORDS,
    )


@blueprint.get("/workshop/rehearsals/<int:run_id>/progress")
@allow(*READING)
def progress(run_id: int) -> Response:
    """How far the run is, asked by its page every second; when it is over the page is loaded anew, with its rows."""
    run = rehearsals.get_run(g.session, current_actor(), run_id)
    response = Response(render_template("workshop/rehearsal_progress.html", run=run, **WORDS))
    if run["state"] != "running":
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.post("/workshop/rehearsals/<int:run_id>/stop")
@allow("process_owner")
def stop(run_id: int) -> Page:
    rehearsals.stop(g.session, current_actor(), run_id, g.now)
    flash("推演已停止，已完成的结果保留。", "success")
    return redirect(url_for(".show", run_id=run_id), 303)
