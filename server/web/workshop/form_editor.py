"""表单设计: the forms of a draft, and the page on which one is edited beside what the server makes of it."""

from typing import Any

from flask import Blueprint, Response, flash, g, jsonify, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.refusals import refusal_recorded
from server.web.showing.answers import Page
from workflows import forms
from workflows.errors import FieldError, GreenCaseError, Invalid
from workflows.workshop import drafts, form_designs
from workflows.workshop.bundling import GateRefused

blueprint = Blueprint("form_editor", __name__)

STATE_COLOURS = {"new": "blue", "changed": "orange", "kept": "secondary"}
LARGEST = drafts.FORM_BYTES
SENDING = frozenset({"form_editor.save", "form_editor.preview"})


@blueprint.url_value_preprocessor
def _room_for_forms(endpoint: str | None, _: Any) -> None:
    """A form may be larger than other requests; this runs before the body is read."""
    if endpoint in SENDING:
        request.max_content_length = LARGEST


@blueprint.get("/workshop/drafts/<int:draft_id>/forms")
@allow("process_owner")
def overview(draft_id: int) -> str:
    return _overview(draft_id)


def _overview(draft_id: int, errors: tuple[FieldError, ...] = ()) -> str:
    actor = current_actor()
    draft = drafts.get_draft(g.session, actor, draft_id)
    return render_template(
        "workshop/forms.html",
        draft=draft,
        forms=form_designs.list_forms(g.session, actor, draft_id),
        editable=draft["state"] == drafts.EDITABLE,
        states=form_designs.STATES,
        colours=STATE_COLOURS,
        most_title=form_designs.MAX_TITLE,
        sent=request.form,
        errors=errors,
    )


@blueprint.post("/workshop/drafts/<int:draft_id>/forms")
@allow("process_owner")
def create(draft_id: int) -> Page:
    sent = request.form
    key, title = sent.get("key", "").strip(), sent.get("title", "")
    try:
        form_designs.create_form(g.session, current_actor(), draft_id, key, title, now=g.now)
    except Invalid as error:
        if not error.errors:
            raise
        return _overview(draft_id, error.errors), error.status
    return redirect(url_for(".edit", draft_id=draft_id, key=key), 303)


@blueprint.get("/workshop/drafts/<int:draft_id>/forms/<key>")
@allow("process_owner")
def edit(draft_id: int, key: str) -> str:
    found = form_designs.get_form(g.session, current_actor(), draft_id, key)
    judged = form_designs.judge(found["content"])
    return render_template(
        "workshop/form_editor.html",
        form=found,
        draft=found["draft"],
        states=form_designs.STATES,
        colours=STATE_COLOURS,
        largest=LARGEST,
        content=found["content"].decode("utf-8", "replace"),
        judged=judged,
        schema=_schema(judged),
    )


@blueprint.get("/workshop/drafts/<int:draft_id>/forms/<key>/content")
@allow("process_owner")
def content(draft_id: int, key: str) -> Response:
    """The file as it is kept, to take along or to load again."""
    view = drafts.read_file(g.session, current_actor(), draft_id, form_designs.path_of(key))
    answer = Response(view.content, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{key}.form"'
    answer.set_etag(view.etag)
    return answer


@blueprint.put("/workshop/drafts/<int:draft_id>/forms/<key>/content")
@allow("process_owner")
def save(draft_id: int, key: str) -> tuple[Response, int]:
    """Keep what the editor holds; answers the new etag, or in one sentence why nothing was kept."""
    body, opened = request.get_data(), request.headers.get("If-Match", "").strip('"') or None
    try:
        with refusal_recorded(body, draft_id=draft_id):
            etag = form_designs.save_form(g.session, current_actor(), draft_id, key, body, etag=opened, now=g.now)
    except GateRefused as error:
        return jsonify(detail="；".join(each.message_zh for each in error.findings)), error.status
    except GreenCaseError as error:
        return jsonify(detail=error.detail), error.status
    return jsonify(etag=etag), 200


@blueprint.post("/workshop/drafts/<int:draft_id>/forms/<key>/preview")
@allow("process_owner")
def preview(draft_id: int, key: str) -> str:
    """The form in the body as the people who fill it would see it, or why no task could use it. Keeps nothing."""
    judged = form_designs.judge(request.get_data(), kept=False)
    return render_template("workshop/form_preview.html", judged=judged, schema=_schema(judged))


def _schema(judged: form_designs.Judged) -> dict[str, Any] | None:
    return forms.json_schema(judged.form) if judged.form else None


@blueprint.post("/workshop/drafts/<int:draft_id>/forms/<key>/restoration")
@allow("process_owner")
def restore(draft_id: int, key: str) -> Page:
    stays = form_designs.restore_form(g.session, current_actor(), draft_id, key, now=g.now)
    flash("已恢复为现行版本的表单。" if stays else "已从草稿中移除该表单。", "success")
    return redirect(url_for(".overview", draft_id=draft_id), 303)
