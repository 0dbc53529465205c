"""What an applicant has: his applications, new ones, and the letters that he was sent."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.web.showing.answers import Page, chosen, whole
from workflows.batches import rounds
from workflows.casework import cases, correspondence, worklists
from workflows.errors import Invalid
from workflows.policy import schemes

blueprint = Blueprint("applicant", __name__)


@blueprint.get("/my")
@allow("applicant")
def home() -> str:
    actor = current_actor()
    return render_template(
        "applicant/home.html",
        page=cases.list_cases(g.session, actor, cursor=chosen("cursor"), limit=20),
        tasks=worklists.list_tasks(g.session, actor, limit=20),
        messages=[
            each for each in correspondence.list_messages(g.session, actor, limit=5).items if not each["read_at"]
        ],
    )


@blueprint.get("/apply")
@allow("applicant")
def apply() -> str:
    return _apply()


def _apply(**words: Any) -> str:
    today = g.now.isoformat()
    found = rounds.list_batches(g.session, current_actor(), limit=20).items
    known = {each["key"]: each for each in schemes.list_schemes(g.session, g.now)}
    open_ones = [
        batch for batch in found if batch["status"] == "open" and batch["window_from"] <= today <= batch["window_to"]
    ]
    return render_template("applicant/apply.html", batches=open_ones, schemes=known, sent=request.form, **words)


@blueprint.post("/apply")
@allow("applicant")
def create() -> Page:
    try:
        case = cases.create(
            g.session,
            current_actor(),
            scheme=request.form.get("scheme", ""),
            batch_id=whole(request.form.get("batch")) or 0,
            title=request.form.get("title", ""),
            now=g.now,
        )
    except Invalid as error:
        return _apply(errors=error.errors), error.status
    flash(f"申报件{case['reference']}已建立。请上传材料、填写申报书，核对无误后提交。", "success")
    return redirect(url_for("cases.show", reference=case["reference"]), 303)


@blueprint.get("/messages")
@allow("applicant")
def messages() -> str:
    page = correspondence.list_messages(g.session, current_actor(), cursor=chosen("cursor"))
    return render_template("applicant/messages.html", page=page)


@blueprint.get("/messages/<int:message>")
@allow("applicant")
def message(message: int) -> str:
    """Opening a letter is its delivery (电子送达), and is recorded as such."""
    letter = correspondence.read_message(g.session, current_actor(), message, g.now)
    g.session.flush()
    return render_template("applicant/message.html", letter=letter)
