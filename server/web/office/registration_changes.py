"""变更登记 on a case's page: the firm asks for it, an officer checks it, the chief confirms what he saw."""

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from server.access import allow, current_actor
from server.web.showing.answers import whole
from workflows.casework import registration_changes
from workflows.casework.registration_changes import ChangeShown
from workflows.errors import Invalid

blueprint = Blueprint("registration_changes", __name__)


def _done(reference: str, act: Callable[[], ChangeShown], said: str) -> Response:
    """Do it and go back to the case; what is not taken is said there."""
    try:
        act()
        flash(said, "success")
    except Invalid as error:
        flash("".join(each.message for each in error.errors) or error.detail, "danger")
    return redirect(url_for("cases.show", reference=reference, _anchor="registration"), 303)


@blueprint.post("/cases/<reference>/registration-changes")
@allow("applicant")
def ask(reference: str) -> Response:
    sent = request.form
    new = {key: value for key, value in sent.items() if key not in ("csrf_token", "kind", "reason", "document")}
    return _done(
        reference,
        lambda: registration_changes.request(
            g.session,
            current_actor(),
            reference,
            kind=sent.get("kind", ""),
            new=new,
            reason=sent.get("reason", ""),
            document=whole(sent.get("document")) or 0,
            now=g.now,
        ),
        "变更申请已提交，办结前不拨付资金。",
    )


@blueprint.post("/cases/<reference>/registration-changes/<int:registration>/check")
@allow("case_officer")
def check(reference: str, registration: int) -> Response:
    passes = request.form.get("result") == "pass"
    opinion = request.form.get("opinion", "")
    return _done(
        reference,
        lambda: registration_changes.check(
            g.session,
            current_actor(),
            registration,
            result="pass" if passes else "refuse",
            opinion=opinion,
            now=g.now,
        ),
        "核对意见已登记。",
    )


@blueprint.post("/cases/<reference>/registration-changes/<int:registration>/confirmation")
@allow("section_chief")
def confirm(reference: str, registration: int) -> Response:
    seen = request.form.get("seen", "")
    return _done(
        reference,
        lambda: registration_changes.confirm(g.session, current_actor(), registration, seen, g.now),
        "变更已登记，告知书已发出。",
    )


@blueprint.post("/cases/<reference>/registration-changes/<int:registration>/refusal")
@allow("section_chief")
def refuse(reference: str, registration: int) -> Response:
    reason = request.form.get("reason", "")
    return _done(
        reference,
        lambda: registration_changes.refuse(g.session, current_actor(), registration, reason, g.now),
        "已登记不予变更，告知书已发出。",
    )
