"""表单设计: the forms of a draft, and the page on which one is edited beside what the server makes of it."""

from collections.abc import Callable
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
# Where they lie, by whether it is a shared part.
KINDS = ("forms", "parts")


def _page(method: str, rest: str = "") -> Callable[[Any], Any]:
    """The same address for a form and for a shared part of forms."""

    def both(view: Any) -> Any:
        for kind in KINDS:
            address = f"/workshop/drafts/<int:draft_id>/{kind}/<key>{rest}"
            blueprint.add_url_rule(address, view_func=view, methods=[method], defaults={"kind": kind})
        return view

    return both


def _named(kind: str, key: str) -> str:
    return f"{kind}/{key}" if kind == KINDS[True] else key


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
    name, title, is_part = sent.get("key", "").strip(), sent.get("title", ""), sent.get("kind") == "parts"
    try:
        form_designs.create_form(g.session, current_actor(), draft_id, name, title, is_part=is_part, now=g.now)
    except Invalid as error:
        if not error.errors:
            raise
        return _overview(draft_id, error.errors), error.status
    return redirect(url_for(".edit", draft_id=draft_id, kind=KINDS[is_part], key=name), 303)


@_page("GET")
@allow("process_owner")
def edit(draft_id: int, kind: str, key: str) -> str:
    found = form_designs.get_form(g.session, current_actor(), draft_id, _named(kind, key))
    parts = {
        name: {**part, "url": url_for(".edit", draft_id=draft_id, kind="parts", key=name)}
        for name, part in found["parts"].items()
    }
    return render_template(
        "workshop/form_editor.html",
        form=found,
        parts=parts,
        draft=found["draft"],
        states=form_designs.STATES,
        colours=STATE_COLOURS,
        largest=LARGEST,
        content=found["content"].decode("utf-8", "replace"),
        judged=found["judged"],
        schema=_schema(found["judged"]),
    )


@_page("GET", "/content")
@allow("process_owner")
def content(draft_id: int, kind: str, key: str) -> Response:
    """The file as it is kept, to take along or to load again."""
    view = drafts.read_file(g.session, current_actor(), draft_id, form_designs.path_of(_named(kind, key)))
    answer = Response(view.content, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{key}.form"'
    answer.set_etag(view.etag)
    return answer


@_page("PUT", "/content")
@allow("process_owner")
def save(draft_id: int, kind: str, key: str) -> tuple[Response, int]:
    """Keep what the editor holds; answers the new etag, or in one sentence why nothing was kept."""
    body, opened = request.get_data(), request.headers.get("If-Match", "").strip('"') or None
    named = _named(kind, key)
    try:
        with refusal_recorded(body, draft_id=draft_id):
            etag = form_designs.save_form(g.session, current_actor(), draft_id, named, body, etag=opened, now=g.now)
    except GateRefused as error:
        return jsonify(detail="；".join(each.message_zh for each in error.findings)), error.status
    except GreenCaseError as error:
        return jsonify(detail=error.detail), error.status
    return jsonify(etag=etag), 200


@_page("POST", "/preview")
@allow("process_owner")
def preview(draft_id: int, kind: str, key: str) -> str:
    """The form in the body as the people who fill it would see it, or why no task could use it. Keeps nothing."""
    judged = form_designs.judge_typed(g.session, current_actor(), draft_id, _named(kind, key), request.get_data())
    return render_template(
        "workshop/form_preview.html", judged=judged, schema=_schema(judged), is_part=kind == KINDS[True]
    )


def _schema(judged: form_designs.Judged) -> dict[str, Any] | None:
    return forms.json_schema(judged.form) if judged.form else None


@_page("POST", "/restoration")
@allow("process_owner")
def restore(draft_id: int, kind: str, key: str) -> Page:
    stays = form_designs.restore_form(g.session, current_actor(), draft_id, _named(kind, key), now=g.now)
    what = "共用部分" if kind == KINDS[True] else "表单"
    flash(f"已恢复为现行版本的{what}。" if stays else f"已从草稿中移除该{what}。", "success")
    return redirect(url_for(".overview", draft_id=draft_id), 303)
