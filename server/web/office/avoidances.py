"""工作人员回避 on a case's own page: declare, order, take back, take note."""

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from server.access import allow, current_actor
from workflows.casework import avoidances
from workflows.casework.avoidances import DECIDE, MAY_DECLARE
from workflows.errors import Invalid

blueprint = Blueprint("avoidances", __name__)


def _back(reference: str) -> Response:
    return redirect(url_for("cases.show", reference=reference, _anchor="avoidance"), 303)


@blueprint.post("/cases/<reference>/avoidances")
@allow(*MAY_DECLARE)
def keep_away(reference: str) -> Response:
    sent = request.form
    try:
        avoidances.keep_away(
            g.session,
            current_actor(),
            reference,
            username=sent.get("username") or None,
            ground=sent.get("ground", ""),
            reason=sent.get("reason", ""),
            now=g.now,
        )
    except Invalid as error:
        flash(error.errors[0].message, "danger")
        return _back(reference)
    flash("回避已登记，其名下本件的任务已退回待领。", "success")
    return _back(reference)


@blueprint.post("/cases/<reference>/avoidances/<int:avoidance>/lifting")
@allow(*DECIDE)
def lift(reference: str, avoidance: int) -> Response:
    try:
        avoidances.lift(g.session, current_actor(), reference, avoidance, request.form.get("reason", ""), g.now)
        flash("回避已撤回。", "success")
    except Invalid as error:
        flash(error.errors[0].message, "danger")
    return _back(reference)


@blueprint.post("/cases/<reference>/avoidances/<int:avoidance>/note")
@allow(*DECIDE)
def take_note(reference: str, avoidance: int) -> Response:
    avoidances.take_note(g.session, current_actor(), reference, avoidance, g.now)
    flash("已登记知悉，请另行分派任务。", "success")
    return _back(reference)
