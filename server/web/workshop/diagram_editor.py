"""流程设计: the diagram editor of a draft, and what its page asks for while somebody draws."""

from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, jsonify, render_template, request, url_for

from server import refusals
from server.access import allow, current_actor
from server.web.showing.answers import Page
from workflows.errors import GreenCaseError, Unreadable
from workflows.workshop import drafts, editor_terms, publication
from workflows.workshop.bundling import shown_finding

blueprint = Blueprint("diagram_editor", __name__)
DIAGRAM = "/workshop/drafts/<int:draft_id>/diagrams/<process>"


@blueprint.url_value_preprocessor
def _room_for_diagrams(endpoint: str | None, _: Any) -> None:
    """A diagram may be larger than other requests; this runs before the body is read."""
    if endpoint == "diagram_editor.save":
        request.max_content_length = refusals.LARGEST_DIAGRAM


def _told(view: Any) -> Any:
    """Answer expected errors as JSON: what reads them is the page's own script."""

    @wraps(view)
    def telling(**where: Any) -> Any:
        try:
            return view(**where)
        except GreenCaseError as error:
            return jsonify({"title": error.title, "detail": error.detail, **error.extra}), error.status

    return telling


@blueprint.get(DIAGRAM)
@allow("process_owner")
def show(draft_id: int, process: str) -> str:
    actor = current_actor()
    proposal = drafts.get_proposal(g.session, actor, draft_id)
    diagram = drafts.file_of(proposal, actor, drafts.path_of(process))
    return render_template(
        "workshop/diagram.html",
        draft=drafts.shown(proposal),
        process=process,
        diagram={
            "process": process,
            "path": diagram.path,
            "xml": diagram.content.decode(),
            "etag": diagram.etag,
            "editable": diagram.editable,
            "terms": editor_terms.terms_of(proposal.after, process),
            "addresses": {
                "content": url_for(".content", draft_id=draft_id, process=process),
                "findings": url_for(".findings", draft_id=draft_id, process=process),
                "terms": url_for(".terms", draft_id=draft_id, process=process),
                "diagrams": url_for(".show", draft_id=draft_id, process=process).removesuffix(process),
                "forms": f"{url_for('form_editor.overview', draft_id=draft_id)}/",
            },
        },
    )


@blueprint.get(f"{DIAGRAM}/content")
@allow("process_owner")
def content(draft_id: int, process: str) -> Response:
    """The diagram as the draft has it, with its etag."""
    path = drafts.path_of(process)
    found = drafts.read_file(g.session, current_actor(), draft_id, path)
    response = Response(found.content, mimetype="application/xml")
    response.set_etag(found.etag)
    return response


@blueprint.put(f"{DIAGRAM}/content")
@allow("process_owner")
@_told
def save(draft_id: int, process: str) -> Page:
    """Keep the diagram; `If-Match` states what it was begun from. 412 when somebody saved since."""
    begun = request.headers.get("If-Match", "").strip('"')
    if not begun:
        raise Unreadable("请求没有说明是从哪一版内容修改的，未保存。")
    path = drafts.path_of(process)
    sent = request.get_data()
    with refusals.refusal_recorded(sent, draft_id=draft_id):
        etag = drafts.save_file(g.session, current_actor(), draft_id, path, sent, etag=begun, now=g.now)
    return jsonify({"etag": etag})


@blueprint.get(f"{DIAGRAM}/findings")
@allow("process_owner")
@_told
def findings(draft_id: int, process: str) -> Page:
    """What stands against publishing the draft, and which variables are surely set where in this diagram."""
    proposal = drafts.get_proposal(g.session, current_actor(), draft_id)
    found = [shown_finding(each) for each in publication.findings_of(g.session, proposal)]
    return jsonify({"findings": found, "scope": editor_terms.scope_of(proposal.after, process)})


@blueprint.get(f"{DIAGRAM}/terms")
@allow("process_owner")
@_told
def terms(draft_id: int, process: str) -> Page:
    """What the diagram may refer to by now: a form may have been made in another window."""
    proposal = drafts.get_proposal(g.session, current_actor(), draft_id)
    return jsonify(editor_terms.terms_of(proposal.after, process))
