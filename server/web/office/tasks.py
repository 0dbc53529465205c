"""The worklist, and a task: its form beside the case's file."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypedDict

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.access import allow, current_actor
from server.web.showing.answers import Page, chosen
from server.web.showing.formdata import read_edit, read_form
from workflows.case.step import local_date
from workflows.case.submitting import POINTS
from workflows.casework import cases, documents, dossiers, duties, replacements, tasks, worklists
from workflows.casework.dossier_shapes import CalculationShown, Dossier
from workflows.casework.review_points import ANSWERS
from workflows.casework.shapes import CaseDetail, TaskOnPage, TaskRow
from workflows.errors import Changed, FieldError, Forbidden, Invalid
from workflows.paging import EMPTY
from workflows.permissions import Actor

blueprint = Blueprint("tasks", __name__)

TABS = {"mine": "我的待办", "claim": "科室待领", "done": "已办事项"}
# No field of a form has such a name.
DOCUMENTS_SEEN = "seen-documents"
DUE = {"overdue": 0, "soon": 3}


class File(TypedDict):
    """What stands beside a form; of a file that may not be read yet, only why."""

    case: CaseDetail | None
    dossier: Dossier | None
    documents: dict[str, Any] | None
    calculations: list[CalculationShown]
    sealed: str | None


@blueprint.get("/tasks")
@allow()
def worklist() -> Page:
    actor, today = current_actor(), local_date(g.now)
    counts = worklists.count_tasks(g.session, actor, today)
    tab = request.args.get("tab") or ("claim" if not counts["mine"] and counts["to_claim"] else "mine")
    tab = tab if tab in TABS else "mine"
    due = request.args.get("due", "")
    filters: dict[str, Any] = {name: chosen(name) for name in ("scheme", "stage", "q")}
    waiting = duties.list_duties(g.session, actor, today) if tab != "done" else []
    words: dict[str, Any] = {
        "tab": tab,
        "tabs": TABS,
        "counts": counts,
        "filters": {**filters, "due": due},
        "duties": waiting,
        "late": counts["overdue"] + duties.count_overdue(g.session, actor, today),
    }
    try:
        page = worklists.list_tasks(
            g.session,
            actor,
            status="done" if tab == "done" else "open",
            cursor=chosen("cursor"),
            assignee={"mine": "me", "claim": "none", "done": None}[tab],
            due_before=today + timedelta(days=DUE[due]) if due in DUE and tab != "done" else None,
            **filters,
        )
    except Invalid as error:
        return render_template("tasks/worklist.html", page=EMPTY, errors=error.errors, **words), error.status
    return render_template("tasks/worklist.html", page=page, errors=(), **words)


@blueprint.get("/tasks/<task>")
@allow()
def show(task: str) -> str:
    return _task(tasks.get_task_on_page(g.session, current_actor(), task, g.now))


def _task(
    task: TaskOnPage,
    data: Mapping[str, Any] | None = None,
    errors: tuple[FieldError, ...] = (),
    refusal: str = "",
) -> str:
    """The task's page; `data`, `errors` and `refusal` are those of a form that was sent and not taken."""
    actor = current_actor()
    words: dict[str, Any] = {
        "task": task,
        "data": task["form"]["data"] if data is None else {**task["form"]["data"], **_blank(task), **data},
        "errors": errors,
        "refusal": refusal,
        "answers": ANSWERS,
        "kept": task["answers"] if data is None else data.get(POINTS),
        "may_work": may_work(task, actor),
        "assignees": tasks.assignees(g.session, actor, task["id"]) if _may_assign(task, actor) else [],
        **_file(task, actor),
    }
    return render_template("tasks/applicant.html" if actor.is_applicant else "tasks/task.html", **words)


def _blank(task: TaskOnPage) -> dict[str, None]:
    """Nothing for each field that can be filled in: what was emptied is not to come back from the prefill."""
    return {field.key: None for field in task["form_object"].editable()}


def may_work(task: TaskRow, actor: Actor) -> bool:
    """Whether to show the form for filling in: the use case decides again when it is sent."""
    return (
        task["status"] == "open"
        and task["case_status"] != "SUSPENDED"
        and actor.has(task["role"])
        and task["assignee"] in (None, actor.username)
    )


def _may_assign(task: TaskRow, actor: Actor) -> bool:
    personal = task["role"] in ("expert", "applicant")
    return task["status"] == "open" and actor.has("section_chief") and not personal


def _file(task: TaskRow, actor: Actor) -> File:
    """What stands beside the form. An expert who has not declared yet sees the enterprise and the title only."""
    try:
        return {
            "case": cases.get_case(g.session, actor, task["case"]),
            "dossier": dossiers.get_dossier(g.session, actor, task["case"], g.now),
            "documents": documents.list_documents(g.session, actor, task["case"]),
            "calculations": dossiers.get_calculation(g.session, actor, task["case"]) if not actor.has("expert") else [],
            "sealed": None,
        }
    except Forbidden as refused:
        return {"case": None, "dossier": None, "documents": None, "calculations": [], "sealed": refused.detail}


@blueprint.post("/tasks/<task>")
@allow()
def complete(task: str) -> Page:
    """One of the form's own buttons shows it again with a row more or less; submitting completes the task."""
    actor = current_actor()
    shown = tasks.get_task_on_page(g.session, actor, task, g.now)
    edited = read_edit(shown["form_object"], request.form)
    if edited is not None:
        return _task(shown, {**edited, POINTS: _as_kept(_answered(shown))})
    data, answered = read_form(shown["form_object"], request.form), _answered(shown)
    again = {**data, POINTS: _as_kept(answered)}
    try:
        seen = request.form.get(DOCUMENTS_SEEN)
        completed = tasks.complete(g.session, actor, task, data, g.now, documents_seen=seen, points=answered)
    except Invalid as error:
        return _task(shown, again, error.errors), error.status
    except Changed as error:
        return _task(shown, again, refusal=error.detail), error.status
    if completed["held"]:
        flash(f"未登记支付，已转暂缓：{completed['held']}", "warning")
    else:
        flash(f"“{shown['name']}”已提交。", "success")
    if actor.is_applicant:
        return redirect(url_for("cases.show", reference=shown["case"]), 303)
    following = _next_of(actor, shown["case"])
    if following:
        flash(f"本件下一环节“{following['name']}”仍由你办理。", "info")
        return redirect(url_for(".show", task=following["id"]), 303)
    return redirect(url_for(".worklist"), 303)


def _answered(task: TaskOnPage) -> dict[str, dict[str, str]]:
    """The points that were answered on the page; the names of their inputs are those of no field."""
    answered = {}
    for point in task["points"]:
        id = point["parameter"]
        if answer := request.form.get(f"point-{id}", ""):
            answered[id] = {"answer": answer, "remark": request.form.get(f"point-{id}-remark", "")}
    return answered


def _as_kept(answered: Mapping[str, Mapping[str, str]]) -> list[dict[str, str]]:
    return [{"parameter": id, **each} for id, each in answered.items()]


def _next_of(actor: Actor, reference: str) -> TaskRow | None:
    """A task of the same case that is already in the actor's name."""
    return next(iter(worklists.list_tasks(g.session, actor, case=reference, assignee="me", limit=1).items), None)


@blueprint.post("/tasks/<task>/draft")
@allow()
def save_draft(task: str) -> Response:
    actor = current_actor()
    shown = tasks.get_task_on_page(g.session, actor, task, g.now)
    typed = read_form(shown["form_object"], request.form)
    answered = _as_kept(_answered(shown))
    tasks.save_draft(g.session, actor, task, {**typed, POINTS: answered} if answered else typed, g.now)
    flash("已暂存。尚未提交，可以继续填写。", "success")
    if request.form.get("then") == "documents":
        return redirect(url_for("cases.show", reference=shown["case"], _anchor="documents"), 303)
    return redirect(url_for(".show", task=task), 303)


@blueprint.post("/tasks/<task>/claim")
@allow()
def claim(task: str) -> Response:
    tasks.claim(g.session, current_actor(), task, g.now)
    flash("已领取，任务已转入“我的待办”。", "success")
    return redirect(url_for(".show", task=task), 303)


@blueprint.post("/tasks/<task>/release")
@allow()
def release(task: str) -> Response:
    tasks.release(g.session, current_actor(), task, g.now)
    flash("已退回待领。", "success")
    return redirect(url_for(".worklist", tab="claim"), 303)


@blueprint.post("/tasks/<task>/assignment")
@allow("section_chief")
def assign(task: str) -> Response:
    tasks.assign(g.session, current_actor(), task, request.form.get("username", ""), g.now)
    flash("已分派。", "success")
    return redirect(url_for(".show", task=task), 303)


@blueprint.post("/tasks/<task>/replacement")
@allow("review_organizer")
def excuse_expert(task: str) -> Response:
    shown = tasks.get_task_on_page(g.session, current_actor(), task, g.now)
    replacements.excuse_expert(g.session, current_actor(), task, request.form.get("reason", ""), g.now)
    flash("已收回该专家席位，其余专家办结后由监督岗确认补抽。", "success")
    return redirect(url_for("cases.show", reference=shown["case"]), 303)


@blueprint.post("/tasks/<task>/reminder")
@allow("section_chief", "case_officer", "review_organizer")
def remind(task: str) -> Response:
    tasks.remind(g.session, current_actor(), task, g.now)
    flash("已催办，并记入办理全程留痕。", "success")
    return redirect(url_for(".show", task=task), 303)
