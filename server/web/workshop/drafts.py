"""流程设计: the processes and their drafts, the gate's findings, and publication by a second owner."""

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from server import refusals
from server.access import allow, current_actor
from server.moments import read_instant
from server.web.showing import words
from server.web.showing.answers import Page
from workflows import forms
from workflows.errors import Changed, Conflict, FieldError, GreenCaseError, Invalid
from workflows.foresight import rehearsals
from workflows.permissions import READERS
from workflows.workshop import desk, drafts, publication
from workflows.workshop.bundling import FindingShown, GateRefused, shown_finding
from workflows.workshop.drafts import DraftFileShown, DraftRow

blueprint = Blueprint("workshop", __name__)

READING = tuple(sorted(READERS))
STATES = {"open": "编制中", "scheduled": "已排定发布", "published": "已发布", "discarded": "已作废"}
STATE_COLOURS = {"open": "blue", "scheduled": "orange", "published": "green", "discarded": "secondary"}
# The pages of a draft: address, name, endpoint, and whether only owners have it.
TABS = (
    ("overview", "概览", "workshop.draft", False),
    ("diagram", "流程图", "diagram_editor.show", True),
    ("forms", "表单", "form_editor.overview", True),
    ("differences", "差异", "versions.compare_draft", False),
    ("check", "发布校验", "workshop.check", False),
    ("rehearsals", "历史件推演", "rehearsals.of_draft", False),
    ("scenarios", "校验用例", "scenarios.of_draft", False),
    ("publication", "发布", "workshop.publication_of", False),
)


class LastRun(rehearsals.RunShown):
    """A draft's last rehearsal; `is_older` where the draft was changed since."""

    is_older: bool


class Named(TypedDict):
    """A file in words, and the page on which this reader may edit it."""

    name: str
    url: str | None


class FindingOnPage(FindingShown):
    """A finding with the page where it can be mended."""

    url: str | None


class FileFound(Named):
    """The findings of one file."""

    path: str
    findings: list[FindingOnPage]


class FileOnPage(DraftFileShown, Named):
    """A file of a draft in words."""


@blueprint.url_value_preprocessor
def _room_for_diagrams(endpoint: str | None, _: Any) -> None:
    """A diagram may be larger than other forms; this runs before the body is read for its CSRF token."""
    if endpoint == "workshop.new_draft":
        request.max_content_length = refusals.LARGEST_DIAGRAM + 64 * 1024


@blueprint.app_template_global()
def tabs_of(draft: DraftRow) -> list[dict[str, str]]:
    """The pages of a draft that this reader may open."""
    owner = current_actor().has("process_owner")
    return [
        {"here": here, "name": name, "url": _address(endpoint, draft)}
        for here, name, endpoint, editing in TABS
        if owner or not editing
    ]


def _address(endpoint: str, draft: DraftRow) -> str:
    if endpoint == "diagram_editor.show":
        return url_for(endpoint, draft_id=draft["id"], process=draft["key"])
    return url_for(endpoint, draft_id=draft["id"])


@blueprint.app_template_filter()
def person_name(username: str | None) -> str:
    """What somebody is called; asked of the database once a request."""
    known: dict[str, str] = g.setdefault("person_names", {})
    if username and username not in known:
        known |= {username: username, **desk.names_of(g.session, [username])}
    return known.get(username or "", "")


@blueprint.app_template_filter()
def draft_state(code: str) -> str:
    return STATES.get(code, code)


@blueprint.app_template_filter()
def draft_state_colour(code: str) -> str:
    return STATE_COLOURS.get(code, "secondary")


@blueprint.get("/workshop")
@allow(*READING)
def home() -> str:
    return _home()


def _home(*, wanted: str | None = None, refused: Sequence[FileFound] = (), errors: Sequence[FieldError] = ()) -> str:
    actor = current_actor()
    return render_template(
        "workshop/home.html",
        drafts=desk.list_drafts(g.session, actor),
        schemes=desk.list_in_force(g.session),
        called=desk.list_called(g.session),
        closed=drafts.list_drafts(g.session, actor, closed=True)[:10],
        sent=request.form,
        wanted=wanted,
        refused=refused,
        errors=errors,
    )


@blueprint.post("/workshop/definitions/<key>/drafts")
@allow("process_owner")
def new_draft(key: str) -> Page:
    """A draft of what is in force, or of a diagram that is brought along."""
    file = request.files.get("file")
    xml = file.stream.read(refusals.LARGEST_DIAGRAM) if file is not None and file.filename else None
    try:
        draft = refusals.open_draft(key, request.form.get("title", ""), xml)
    except GateRefused as error:
        return _home(wanted=key, refused=what_was_refused(error, None)), error.status
    except Invalid as error:
        if not error.errors:
            raise
        return _home(wanted=key, errors=error.errors), error.status
    return redirect(url_for(".draft", draft_id=draft["id"]), 303)


@blueprint.get("/workshop/drafts/<int:draft_id>")
@allow(*READING)
def draft(draft_id: int) -> str:
    found = drafts.get_draft(g.session, current_actor(), draft_id)
    files: list[FileOnPage] = [{**file, **_named(file["path"], found)} for file in found["files"]]
    return render_template(
        "workshop/draft.html",
        draft=found,
        files=files,
        affected=desk.list_in_force(g.session, found["affects"]),
        versions=desk.versions_of(g.session, draft_id),
    )


def _named(path: str, draft: DraftRow | None) -> Named:
    """A file in words, and the page on which an owner edits it."""
    key, is_diagram = path.rpartition("/")[2].rpartition(".")[0], path.endswith(".bpmn")
    is_part = forms.is_part(path)
    name = words.PROCESSES.get(key, key) if is_diagram else f"{'共用部分' if is_part else '表单'} {key}"
    if draft is None or not current_actor().has("process_owner"):
        return {"name": name, "url": None}
    if is_diagram:
        return {"name": name, "url": url_for("diagram_editor.show", draft_id=draft["id"], process=key)}
    kind = "parts" if is_part else "forms"
    return {"name": name, "url": url_for("form_editor.edit", draft_id=draft["id"], kind=kind, key=key)}


def by_file(findings: Iterable[FindingShown], draft: DraftRow | None) -> list[FileFound]:
    """Findings under the file that each is in, with the page where it can be mended."""
    found: dict[str, list[FindingOnPage]] = {}
    for each in findings:
        url = _named(each["file"], draft)["url"]
        place = f"{url}?element={each['element']}" if url and each["element"] else url
        found.setdefault(each["file"], []).append({**each, "url": place})
    return [{"path": path, **_named(path, draft), "findings": each} for path, each in found.items()]


def what_was_refused(error: GateRefused, draft: DraftRow | None) -> list[FileFound]:
    """The findings of a refusal by file."""
    return by_file(map(shown_finding, error.findings), draft)


@blueprint.get("/workshop/drafts/<int:draft_id>/steps")
@allow(*READING)
def steps(draft_id: int) -> str:
    """How far the draft is, with the one next thing to do; loaded by its pages, since the gate takes its time."""
    proposal = drafts.get_proposal(g.session, current_actor(), draft_id)
    found, findings = drafts.shown(proposal), publication.findings_of(g.session, proposal)
    return render_template(
        "workshop/steps.html",
        draft=found,
        stale=proposal.stale,
        findings=len(findings),
        run=_last_run(found),
        reviewers=desk.list_owners(g.session, without=found["authors"]),
    )


def _last_run(draft: DraftRow) -> LastRun | None:
    runs = rehearsals.list_runs(g.session, current_actor(), draft_id=draft["id"])
    if not runs:
        return None
    return {**runs[0], "is_older": desk.is_older(runs[0]["started_at"], draft["updated_at"])}


@blueprint.post("/workshop/drafts/<int:draft_id>/restoration")
@allow("process_owner")
def restore(draft_id: int) -> Page:
    path, etag = request.form.get("path", ""), request.form.get("etag") or None
    drafts.restore_file(g.session, current_actor(), draft_id, path, etag=etag, now=g.now)
    flash("已恢复为现行版本。", "success")
    return redirect(url_for(".draft", draft_id=draft_id), 303)


@blueprint.post("/workshop/drafts/<int:draft_id>/discard")
@allow("process_owner")
def discard(draft_id: int) -> Page:
    drafts.discard(g.session, current_actor(), draft_id, now=g.now)
    flash("草稿已作废，内容仍可查看。", "success")
    return redirect(url_for(".home"), 303)


@blueprint.get("/workshop/drafts/<int:draft_id>/check")
@allow(*READING)
def check(draft_id: int) -> str:
    proposal = drafts.get_proposal(g.session, current_actor(), draft_id)
    found, findings = drafts.shown(proposal), publication.findings_of(g.session, proposal)
    files = by_file(map(shown_finding, findings), found)
    return render_template("workshop/check.html", draft=found, count=len(findings), files=files)


@blueprint.get("/workshop/drafts/<int:draft_id>/publication")
@allow(*READING)
def publication_of(draft_id: int) -> str:
    return _publication(draft_id)


def _publication(
    draft_id: int, errors: Sequence[FieldError] = (), refusal: str = "", refused: GateRefused | None = None
) -> str:
    actor = current_actor()
    found = drafts.get_draft(g.session, actor, draft_id)
    return render_template(
        "workshop/publication.html",
        draft=found,
        affected=desk.list_in_force(g.session, found["affects"]),
        versions=desk.versions_of(g.session, draft_id),
        reviewers=desk.list_owners(g.session, without=found["authors"]),
        may_publish=actor.has("process_owner") and actor.username not in found["authors"],
        sent=request.form,
        errors=errors,
        refusal=refusal,
        refused=what_was_refused(refused, found) if refused else [],
    )


@blueprint.post("/workshop/drafts/<int:draft_id>/publication")
@allow("process_owner")
def publish(draft_id: int) -> Page:
    """Agree to what a colleague drew: it goes live at once, or on the day that is chosen."""
    sent = request.form
    try:
        at = _day_of_publication() if sent.get("when") == "later" else None
        reason = sent.get("reason", "")
        seen = sent.get("seen", "")
        made = publication.publish(g.session, current_actor(), draft_id, reason=reason, at=at, seen=seen, now=g.now)
    except GateRefused as error:
        return _publication(draft_id, refusal=error.detail, refused=error), error.status
    except Invalid as error:
        return _publication(draft_id, error.errors), error.status
    except (Changed, Conflict) as error:
        return _refused(draft_id, error)
    if made["state"] == "scheduled":
        flash("已排定发布，到期后自动发布；在此之前可以撤回。", "success")
    else:
        flash(f"已发布，{len(made['versions'])}类支持事项有了新版本；在办件仍按原版本办理。", "success")
    return redirect(url_for(".draft", draft_id=draft_id), 303)


def _day_of_publication() -> Any:
    at = read_instant(request.form.get("at", ""), "at")
    if at <= g.now:
        raise Invalid("发布时间有误。", errors=[FieldError("at", "发布时间须晚于现在。")])
    return at


def _refused(draft_id: int, error: GreenCaseError) -> Page:
    g.session.rollback()
    return _publication(draft_id, refusal=error.detail), error.status


@blueprint.post("/workshop/drafts/<int:draft_id>/recall")
@allow("process_owner")
def recall(draft_id: int) -> Page:
    publication.recall(g.session, current_actor(), draft_id, now=g.now)
    flash("发布已撤回，草稿可以继续修改。", "success")
    return redirect(url_for(".draft", draft_id=draft_id), 303)


@blueprint.post("/workshop/definitions/<key>/versions/<int:version>/retirement")
@allow("process_owner")
def retire(key: str, version: int) -> Page:
    reason = request.form.get("reason", "")
    retired = publication.retire_version(g.session, current_actor(), key, version, reason=reason, now=g.now)
    names = "、".join(f"{words.SCHEMES.get(each.key, each.key)}第{each.version}版" for each in retired)
    flash(f"已停用{names}，新件按上一版本办理，在办件不受影响。", "success")
    return redirect(url_for("versions.show", key=key), 303)
