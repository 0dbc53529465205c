"""Matters (同一事项) in the office: what overlaps with a case, and that two matters are joined or parted again."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.access import allow, current_actor
from server.web.office.cases import tab
from server.web.showing.answers import Page
from workflows.batches import joined_list
from workflows.batches.joined_list import PreviewShown
from workflows.casework import cases, documents, duplicates, joining, matters, overlap_notes
from workflows.casework.joining import ChangeShown
from workflows.errors import FieldError, Invalid, NotFound
from workflows.permissions import OFFICE, READERS, Actor

blueprint = Blueprint("matters", __name__)


@blueprint.get("/cases/<reference>/overlaps")
@allow(*sorted(OFFICE | READERS))
def overlaps(reference: str) -> str:
    return overlaps_page(reference)


def overlaps_page(reference: str, **words: Any) -> str:
    """What a case has in common with others: the checks that stop it first, then what an officer may look at."""
    actor = current_actor()
    return tab(
        "matters.overlaps",
        reference,
        found=matters.get_overlaps(g.session, actor, reference),
        checks=duplicates.list_checks(g.session, actor, reference),
        papers=documents.list_documents(g.session, actor, reference)["items"],
        states=duplicates.STATES,
        results=duplicates.results_of,
        kinds=duplicates.KINDS,
        notes=overlap_notes.list_notes(g.session, actor, reference),
        note_results=overlap_notes.RESULTS,
        sent=request.values,
        **{"wrong": None, "check_errors": (), "noting": None, "note_errors": (), **words},
    )


@blueprint.post("/cases/<reference>/overlaps/<other>/notes")
@allow("case_officer")
def add_note(reference: str, other: str) -> Page:
    result, reason = request.form.get("result", ""), request.form.get("reason", "")
    try:
        overlap_notes.add(g.session, current_actor(), reference, other, result=result, reason=reason, now=g.now)
    except Invalid as error:
        return overlaps_page(reference, noting=other, note_errors=error.errors), error.status
    flash("核对意见已登记，并记入两件的办理全程留痕。", "success")
    return redirect(url_for(".overlaps", reference=reference, _anchor="overlaps"), 303)


@blueprint.get("/cases/<reference>/merge")
@allow("case_officer")
def merge(reference: str) -> Page:
    """Both matters beside each other, before anything is proposed; the other case is named by its number."""
    try:
        mine, theirs = _both(current_actor(), reference, request.args.get("other", ""))
    except Invalid as error:
        return overlaps_page(reference, errors=error.errors), error.status
    return _change_page(joined_list.preview_merge(g.session, current_actor(), mine, theirs, g.now))


@blueprint.post("/cases/<reference>/merge")
@allow("case_officer")
def propose_merge(reference: str) -> Page:
    actor = current_actor()
    try:
        mine, theirs = _both(actor, reference, request.form.get("other", ""))
    except Invalid as error:
        return overlaps_page(reference, errors=error.errors), error.status
    try:
        change = joining.propose_merge(g.session, actor, mine, theirs, request.form.get("reason", ""), g.now)
    except Invalid as error:
        shown = joined_list.preview_merge(g.session, actor, mine, theirs, g.now)
        return _change_page(shown, errors=error.errors), error.status
    return _proposed(change)


def _both(actor: Actor, reference: str, other: str) -> tuple[int, int]:
    """The matters of two cases. Invalid where there is no such case, none is settled yet, or it is one already."""
    other = other.strip()[:40]
    if other == reference:
        raise Invalid("事项认定有误。", errors=[FieldError("other", "不能与本件自身合并。")])
    mine, theirs = _matter_of(actor, reference), _matter_of(actor, other)
    if mine == theirs:
        raise Invalid("事项认定有误。", errors=[FieldError("other", f"{other}与本件已是同一事项。")])
    return mine, theirs


def _matter_of(actor: Actor, reference: str) -> int:
    try:
        matter = cases.get_case(g.session, actor, reference)["matter"]
    except NotFound:
        raise Invalid("事项认定有误。", errors=[FieldError("other", "没有这一编号的申报件。")]) from None
    if matter is None:
        said = f"{reference}尚未受理，还没有确定所属事项。"
        raise Invalid("事项认定有误。", errors=[FieldError("other", said)])
    return matter["id"]


@blueprint.get("/matters/<int:matter>")
@allow(*sorted(OFFICE | READERS))
def show(matter: int) -> str:
    actor = current_actor()
    shown = matters.get_matter(g.session, actor, matter)
    return render_template("cases/matter.html", matter=shown, changes=joining.list_changes(g.session, actor, matter))


@blueprint.get("/matters/<int:matter>/split")
@allow("case_officer")
def split(matter: int) -> str:
    return _change_page(joined_list.preview_split(g.session, current_actor(), matter, g.now))


@blueprint.post("/matters/<int:matter>/split")
@allow("case_officer")
def propose_split(matter: int) -> Page:
    actor = current_actor()
    try:
        change = joining.propose_split(g.session, actor, matter, request.form.get("reason", ""), g.now)
    except Invalid as error:
        shown = joined_list.preview_split(g.session, actor, matter, g.now)
        return _change_page(shown, errors=error.errors), error.status
    return _proposed(change)


def _proposed(change: ChangeShown) -> Response:
    flash("提议已登记，待科室负责人确认后生效。", "success")
    return redirect(url_for(".change", matter=change["goes"]["id"], change=change["id"]), 303)


@blueprint.get("/matters/<int:matter>/changes/<int:change>")
@allow(*sorted(OFFICE | READERS))
def change(matter: int, change: int) -> str:
    return _proposal(matter, change)


def _proposal(matter: int, change: int, **words: Any) -> str:
    actor = current_actor()
    shown = joining.get_change(g.session, actor, change)
    if matter not in (shown["keeps"]["id"], shown["goes"]["id"]):
        raise NotFound("没有这一提议，或你无权查看。")
    found = joined_list.preview(g.session, actor, shown["kind"], shown["keeps"]["id"], shown["goes"]["id"], g.now)
    return _change_page(found, change=shown, **words)


@blueprint.post("/matters/<int:matter>/changes/<int:change>/confirmation")
@allow("section_chief")
def confirm(matter: int, change: int) -> Response:
    done = joining.confirm(g.session, current_actor(), matter, change, g.now)
    said = "已认定为同一事项，已列入汇总表的将重新核算。" if done["kind"] == "merge" else "已撤销合并，恢复为两个事项。"
    flash(said, "success")
    return redirect(url_for(".show", matter=done["keeps"]["id"]), 303)


@blueprint.post("/matters/<int:matter>/changes/<int:change>/refusal")
@allow("section_chief")
def refuse(matter: int, change: int) -> Page:
    try:
        done = joining.refuse(g.session, current_actor(), matter, change, request.form.get("reason", ""), g.now)
    except Invalid as error:
        return _proposal(matter, change, errors=error.errors), error.status
    flash("提议已退回，事项不变。", "success")
    return redirect(url_for(".show", matter=done["goes"]["id"]), 303)


def _change_page(found: PreviewShown, change: ChangeShown | None = None, **words: Any) -> str:
    """The two matters beside each other, with what may be done: propose, or confirm what was proposed."""
    return render_template("cases/joining.html", found=found, change=change, sent=request.values, **words)
