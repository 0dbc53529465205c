"""A case: for its applicant one page, for staff and auditors its file with the record, the path and the amounts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from server.access import allow, current_actor
from server.downloads import as_download
from server.uploads import LARGEST_UPLOAD, take_upload
from server.web.showing.answers import Page, chosen, failed, whole
from server.web.showing.words import STAGES
from workflows import forms
from workflows.batches import ceilings
from workflows.case.step import BEIJING
from workflows.casework import avoidances, cases, documents, dossiers, recoveries, registration_changes, side_paths
from workflows.casework.dossier_shapes import Dossier
from workflows.casework.history import get_history
from workflows.casework.shapes import CaseRow, OpenTask
from workflows.errors import Invalid
from workflows.paging import EMPTY
from workflows.permissions import OFFICE, READERS, STAFF, Actor

blueprint = Blueprint("cases", __name__)

# The pages of a case's file; those that tell the office's own course are not for invited outsiders.
TABS = {
    "cases.show": "概览",
    "cases.opinions": "办理意见",
    "cases.papers": "材料",
    "deliveries.deliveries": "送达",
    "cases.history": "办理全程留痕",
    "cases.diagram": "流程图",
    "cases.amounts": "金额溯源",
    "matters.overlaps": "查重比对",
    "reopenings.reopenings": "重新办理",
    "clues.clues": "追回与撤销",
}
FOR_EVERYBODY = ("cases.show", "cases.opinions", "cases.papers")
# What each message that a case waits for means: who sends it, and what he does.
CALLS = {
    "listed": ("section_chief", "锁定汇总表"),
    "resolved": ("meeting_secretary", "登记审议结果"),
    "refusal_resolved": ("meeting_secretary", "登记审议结果"),
    "published": ("case_officer", "发布公示"),
    "checks_settled": ("case_officer", "核对重复申报线索"),
    "hold_settled": ("case_officer", "核实暂缓事项"),
}


class NextStep(TypedDict):
    """What comes next: whose it is, by when, and the page for whoever may do it."""

    role: str | None
    what: str
    who: str | None
    due_on: str | None
    working_days: int | None
    at: str | None
    url: str | None
    mine: bool


@blueprint.url_value_preprocessor
def _room_for_files(endpoint: str | None, _: Mapping[str, Any] | None) -> None:
    """An upload may be larger than other forms; this runs before the body is read for its CSRF token."""
    if endpoint == "cases.upload":
        request.max_content_length = LARGEST_UPLOAD


@blueprint.get("/cases")
@allow(*sorted(STAFF - {"expert"}))
def search() -> Page:
    filters: dict[str, Any] = {name: chosen(name) for name in ("status", "scheme", "q")}
    batch = request.args.get("batch", "")
    shown = {**filters, "batch": batch}
    try:
        page = cases.list_cases(g.session, current_actor(), cursor=chosen("cursor"), batch=whole(batch), **filters)
    except Invalid as error:
        return render_template("cases/search.html", page=EMPTY, filters=shown, errors=error.errors), error.status
    return render_template("cases/search.html", page=page, filters=shown, errors=())


@blueprint.get("/cases/<reference>")
@allow()
def show(reference: str) -> Page:
    """The applicant's page of his application, or the overview of a case for staff."""
    actor = current_actor()
    if not actor.is_applicant:
        return tab(
            "cases.show",
            reference,
            dossier=dossiers.get_dossier(g.session, actor, reference, g.now),
            asked=registration_changes.list_changes(g.session, actor, reference) if inside(actor) else (),
            kept=avoidances.list_avoidances(g.session, actor, reference),
            grounds=avoidances.GROUNDS,
            may_declare=actor.has(*avoidances.MAY_DECLARE),
            staff=avoidances.list_staff(g.session) if actor.has(*avoidances.DECIDE) else (),
        )
    case = cases.get_case(g.session, actor, reference)
    return render_template(
        "applicant/case.html",
        case=case,
        dossier=dossiers.get_dossier(g.session, actor, reference, g.now),
        documents=documents.list_documents(g.session, actor, reference),
        history=get_history(g.session, actor, reference).items,
        calculations=dossiers.get_calculation(g.session, actor, reference),
        may_upload=_may_upload(case, actor),
        asked=registration_changes.list_changes(g.session, actor, reference),
    )


def _may_upload(case: CaseRow, actor: Actor) -> bool:
    if case["suspended_at"]:
        return False
    return actor.has(*OFFICE) or (not case["ended_at"] and (actor.is_applicant or actor.has("verifier")))


def tab(endpoint: str, reference: str, **words: Any) -> str:
    """A page of the case's file, in its frame; the template has the name of the endpoint's view."""
    actor = current_actor()
    case = cases.get_case(g.session, actor, reference)
    template = f"cases/{endpoint.rpartition('.')[2]}.html"
    return render_template(template, case=case, tab=endpoint, tabs=_tabs(actor), steps=next_steps(case, actor), **words)


def _tabs(actor: Actor) -> dict[str, str]:
    return {key: name for key, name in TABS.items() if inside(actor) or key in FOR_EVERYBODY}


def inside(actor: Actor) -> bool:
    """Whether somebody belongs to the office or reads what it does."""
    return actor.has(*OFFICE, *READERS)


def next_steps(case: CaseRow, actor: Actor) -> list[NextStep]:
    """Who has to do what now, with the page to do it on for whoever may."""
    steps: list[NextStep] = [
        {
            "role": task["role"],
            "what": task["name"],
            "who": task["assignee"],
            "due_on": task["due_on"],
            "working_days": task["working_days"],
            "at": None,
            "url": url_for("tasks.show", task=task["id"]) if _opens(task, actor) else None,
            "mine": actor.has(task["role"]) and task["assignee"] in (None, actor.username),
        }
        for task in case["open_tasks"]
    ]
    for wait in case["waiting_for"]:
        role, what = CALLS.get(wait["message"] or "", (None, wait["name"]))
        if wait["kind"] == "message" and role is None:
            continue
        url = _place_of(wait["message"], case) if role and actor.has(*OFFICE, *READERS) else None
        steps.append(
            {
                "role": role,
                "what": what,
                "who": None,
                "due_on": None,
                "working_days": None,
                "at": wait["due_at"],
                "url": url,
                "mine": bool(role and actor.has(role)),
            }
        )
    return steps


def _place_of(message: str | None, case: CaseRow) -> str:
    """Where whoever sends a message does so: on the page of the batch, or where duplicates are looked at."""
    if message in ("checks_settled", "hold_settled"):
        return url_for("matters.overlaps", reference=case["reference"], _anchor="checks")
    return url_for("batches.show", batch=case["batch"]["id"])


def _opens(task: OpenTask, actor: Actor) -> bool:
    if task["role"] == "expert":
        return task["assignee"] == actor.username or actor.has(*READERS, "review_organizer", "discipline")
    return actor.has(*OFFICE, *READERS, task["role"])


@blueprint.get("/cases/<reference>/papers")
@allow(*sorted(STAFF))
def papers(reference: str) -> str:
    actor = current_actor()
    found = documents.list_documents(g.session, actor, reference)
    case = cases.get_case(g.session, actor, reference)
    return tab("cases.papers", reference, documents=found, may_upload=_may_upload(case, actor))


@blueprint.get("/cases/<reference>/opinions")
@allow(*sorted(STAFF))
def opinions(reference: str) -> str:
    return tab("cases.opinions", reference, dossier=dossiers.get_dossier(g.session, current_actor(), reference, g.now))


@blueprint.get("/cases/<reference>/history")
@allow(*sorted(OFFICE | READERS))
def history(reference: str) -> str:
    actor = current_actor()
    dossier = dossiers.get_dossier(g.session, actor, reference, g.now)
    case = cases.get_case(g.session, actor, reference)
    names = {each["element_id"]: each["task"] for each in dossier["submissions"]}
    names.update({task["element_id"]: task["name"] for task in case["open_tasks"]})
    names.update(STAGES)
    events = get_history(g.session, actor, reference, limit=5000).items
    return tab(
        "cases.history", reference, days=_by_day(events), names=names, labels=_labels(dossier), count=len(events)
    )


def _by_day(events: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The events of each Beijing day, the newest day and event first."""
    days: dict[str, list[dict[str, Any]]] = {}
    for event in reversed(events):
        days.setdefault(datetime.fromisoformat(event["at"]).astimezone(BEIJING).date().isoformat(), []).append(event)
    return list(days.items())


def _labels(dossier: Dossier) -> dict[str, forms.Field]:
    """The fields of all forms of this case, so that the record speaks their words."""
    found = [*(each["form_object"] for each in dossier["submissions"]), dossier["application_form"]]
    return {field.key: field for form in found for field in form.fields}


@blueprint.get("/cases/<reference>/diagram")
@allow(*sorted(OFFICE | READERS))
def diagram(reference: str) -> str:
    found = dossiers.get_diagram(g.session, current_actor(), reference, g.now)["diagrams"]
    wanted = request.args.get("of")
    shown = next((each for each in found if each["key"] == wanted), None)
    if shown is None:
        shown = next((each for each in reversed(found) if each["open"]), found[0])
    return tab("cases.diagram", reference, diagrams=found, shown=shown)


@blueprint.get("/cases/<reference>/amounts")
@allow(*sorted(OFFICE | READERS))
def amounts(reference: str) -> str:
    return amounts_page(reference)


def amounts_page(reference: str, **words: Any) -> str:
    """Where each yuan of the case comes from, and what came back of it."""
    actor = current_actor()
    return tab(
        "cases.amounts",
        reference,
        dossier=dossiers.get_dossier(g.session, actor, reference, g.now),
        calculations=dossiers.get_calculation(g.session, actor, reference),
        recoveries=recoveries.list_recoveries(g.session, actor, reference),
        causes=recoveries.CAUSES,
        sent=request.form,
        **words,
    )


@blueprint.post("/cases/<reference>/withdrawal")
@allow("applicant")
def withdraw(reference: str) -> Page:
    side_paths.withdraw(g.session, current_actor(), reference, request.form.get("reason", ""), g.now)
    flash("申报已撤回。", "success")
    return redirect(url_for(".show", reference=reference), 303)


@blueprint.post("/cases/<reference>/suspension")
@allow("section_chief")
def suspend(reference: str) -> AnyResponse:
    side_paths.suspend(g.session, current_actor(), reference, request.form.get("reason", ""), g.now)
    flash("已中止办理，期限停止计算。", "success")
    return redirect(url_for(".show", reference=reference), 303)


@blueprint.post("/cases/<reference>/termination")
@allow("section_chief")
def terminate(reference: str) -> AnyResponse:
    side_paths.terminate(g.session, current_actor(), reference, request.form.get("reason", ""), g.now)
    flash("已终止办理，终止办理告知书已发出。", "success")
    return redirect(url_for(".show", reference=reference), 303)


@blueprint.post("/cases/<reference>/resumption")
@allow("section_chief")
def resume(reference: str) -> AnyResponse:
    side_paths.resume(g.session, current_actor(), reference, g.now)
    flash("已恢复办理，期限相应顺延。", "success")
    return redirect(url_for(".show", reference=reference), 303)


@blueprint.post("/cases/<reference>/documents")
@allow("applicant", "verifier", *sorted(OFFICE))
def upload(reference: str) -> Page:
    try:
        taken = take_upload(reference)
    except Invalid as error:
        return failed(error)
    flash(f"“{taken['filename']}”已上传（第{taken['version']}版）。", "success")
    return redirect(_papers_of(reference), 303)


def _papers_of(reference: str) -> str:
    if current_actor().is_applicant:
        return url_for("cases.show", reference=reference, _anchor="documents")
    return url_for("cases.papers", reference=reference)


@blueprint.get("/cases/<reference>/documents/<int:document>")
@allow()
def download(reference: str, document: int) -> Response:
    store = current_app.extensions["greencase"].store
    return as_download(documents.open_content(g.session, store, current_actor(), reference, document))


@blueprint.post("/cases/<reference>/documents/<int:document>/removal")
@allow("applicant")
def withdraw_document(reference: str, document: int) -> AnyResponse:
    documents.withdraw_document(g.session, current_actor(), reference, document, g.now)
    flash("材料已撤下。", "success")
    return redirect(_papers_of(reference), 303)


@blueprint.get("/ledger/<uscc>")
@allow(*sorted(OFFICE | READERS))
def ledger(uscc: str) -> str:
    year = request.args.get("year", "")
    wanted = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None
    return render_template("cases/ledger.html", account=ceilings.get_ledger(g.session, uscc, wanted, g.now))
