"""Objections as the office sees them: who looks at them, accepts, turns down, answers, advises."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.downloads import as_download
from server.web.showing.answers import Page, chosen
from server.web.showing.words import OBJECTION_STATES
from workflows.casework import objection_evidence, objection_triage
from workflows.casework.objection_evidence import MAY_OPEN
from workflows.casework.objection_triage import READING, TRIAGE, Triaged
from workflows.errors import Invalid

blueprint = Blueprint("objections", __name__)


@blueprint.get("/objections")
@allow(*READING)
def overview() -> str:
    return _page()


def _page(*, revealed: Any = None, wrong: tuple[int, str, str] | None = None) -> str:
    """`wrong` is the objection, the field and the sentence of what was sent and not taken."""
    state = chosen("state")
    known = state if state in OBJECTION_STATES else None
    return render_template(
        "publicity/objections.html",
        objections=objection_triage.list_objections(g.session, current_actor(), state=known),
        states=OBJECTION_STATES,
        state=state,
        revealed=revealed,
        wrong=wrong,
        sent=request.form,
    )


@blueprint.post("/objections/<int:objection>/revelation")
@allow("discipline")
def reveal(objection: int) -> str:
    """Who objected, shown once; that it was shown is recorded."""
    return _page(revealed=objection_triage.reveal_objector(g.session, current_actor(), objection, g.now))


@blueprint.post("/objections/<int:objection>/acceptance")
@allow(*TRIAGE)
def accept(objection: int) -> Page:
    done = objection_triage.accept_objection(g.session, current_actor(), objection, g.now)
    taken = "本件进入下一次公示，或者前一异议办结后，即转入核查" if done["waits"] else "本件公示已中断，进入异议核查"
    flash(f"异议已受理，{done['case']}：{taken}；其他申报件不受影响。", "success")
    return redirect(url_for(".overview", _anchor=f"objection-{objection}"), 303)


@blueprint.post("/objections/<int:objection>/referral")
@allow(*TRIAGE)
def refer(objection: int) -> Page:
    objection_triage.refer_objection(g.session, current_actor(), objection, g.now)
    flash("已转为举报，由监督机构核查答复；公示不再因此延后。", "success")
    return redirect(url_for(".overview", _anchor=f"objection-{objection}"), 303)


@blueprint.post("/objections/<int:objection>/rejection")
@allow(*TRIAGE)
def reject(objection: int) -> Page:
    return _written(objection, "reply", objection_triage.reject_objection, "已登记不予受理及理由。")


@blueprint.post("/objections/<int:objection>/answer")
@allow(*TRIAGE)
def answer(objection: int) -> Page:
    return _written(objection, "reply", objection_triage.answer, "答复已登记，提出人凭查询码可以查看。")


@blueprint.post("/objections/<int:objection>/advice")
@allow("discipline")
def advise(objection: int) -> Page:
    return _written(objection, "advice", objection_triage.advise, "监督意见已送科室负责人答复。")


@blueprint.post("/objections/<int:objection>/advice/answer")
@allow("section_chief")
def answer_advice(objection: int) -> Page:
    return _written(objection, "advice_answer", objection_triage.answer_advice, "对监督意见的答复已登记。")


@blueprint.get("/objections/<int:objection>/evidence/<int:evidence>")
@allow(*MAY_OPEN)
def evidence(objection: int, evidence: int) -> Response:
    """A file of the objector; that it was opened is recorded."""
    store = current_app.extensions["greencase"].store
    return as_download(objection_evidence.open_evidence(g.session, store, current_actor(), objection, evidence, g.now))


@blueprint.post("/objections/<int:objection>/evidence/<int:evidence>/disclosure")
@allow("discipline")
def disclose(objection: int, evidence: int) -> Page:
    objection_evidence.disclose(g.session, current_actor(), objection, evidence, g.now)
    flash("已提供核查人员查阅。", "success")
    return redirect(url_for(".overview", _anchor=f"objection-{objection}"), 303)


def _written(objection: int, field: str, act: Callable[..., Triaged], done: str) -> Page:
    """An act with one text; where the text is not taken the page shows it again."""
    try:
        act(g.session, current_actor(), objection, request.form.get(field, ""), g.now)
    except Invalid as error:
        return _page(wrong=(objection, field, error.errors[0].message)), error.status
    flash(done, "success")
    return redirect(url_for(".overview", _anchor=f"objection-{objection}"), 303)
