"""名单导入 (免申即享): lists come in as files, officers decide over names, matched firms get their cases."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.downloads import as_template
from server.uploads import LARGEST_SHEET, take_list
from server.web.showing.answers import Page, chosen
from workflows.batches import rounds
from workflows.errors import Conflict, GreenCaseError, Invalid, NotFound
from workflows.lists import official_lists
from workflows.lists.layouts import KINDS
from workflows.lists.matching import STATES

blueprint = Blueprint("official_lists", __name__)

STATE_COLOURS = {"matched": "green", "to_confirm": "orange", "unmatched": "red", "dismissed": "secondary"}
CONFIRMATIONS = {"unconfirmed": "未确认", "confirmed": "已确认", "declined": "已放弃"}


@blueprint.url_value_preprocessor
def _room_for_files(endpoint: str | None, _: Any) -> None:
    """A list may be larger than other forms; this runs before the body is read for its CSRF token."""
    if endpoint == "official_lists.take":
        request.max_content_length = LARGEST_SHEET


@blueprint.get("/official-lists")
@allow(*official_lists.READING)
def overview() -> str:
    page = official_lists.list_lists(g.session, current_actor(), cursor=chosen("cursor"))
    return render_template("lists/overview.html", page=page, may_import=current_actor().has(*official_lists.IMPORTING))


@blueprint.get("/official-lists/new")
@allow(*official_lists.IMPORTING)
def new() -> str:
    return _new()


def _new(**words: Any) -> str:
    found = rounds.list_batches(g.session, current_actor(), limit=200).items
    fitting = [batch for batch in found if set(batch["schemes"]) & set(KINDS)]
    return render_template("lists/new.html", batches=fitting, kinds=KINDS, sent=request.form, **words)


@blueprint.get("/official-lists/templates/<scheme>")
@allow(*official_lists.IMPORTING)
def template(scheme: str) -> Response:
    if scheme not in KINDS:
        raise NotFound("没有这一导入模板。")
    return as_template(KINDS[scheme].layout)


@blueprint.post("/official-lists")
@allow(*official_lists.IMPORTING)
def take() -> Page:
    try:
        report = take_list()
    except Invalid as error:
        return _new(errors=error.errors), error.status
    if report["id"] is None:
        return _new(report=report), Invalid.status
    flash(f"已导入{report['accepted']}行。", "success")
    return redirect(url_for(".show", official_list=report["id"]), 303)


@blueprint.get("/official-lists/<int:official_list>")
@allow(*official_lists.READING)
def show(official_list: int) -> str:
    return _show(official_list)


def _show(list_id: int, *, wrong: int | None = None, message: str = "", refusal: str | None = None) -> str:
    actor = current_actor()
    found = official_lists.get_list(g.session, actor, list_id, cursor=chosen("cursor"))
    return render_template(
        "lists/show.html",
        list=found,
        states=STATES,
        colours=STATE_COLOURS,
        confirmations=CONFIRMATIONS,
        most=official_lists.MOST_CANDIDATES,
        may=actor.has("case_officer"),
        wrong=wrong,
        message=message,
        refusal=refusal,
    )


@blueprint.post("/official-lists/<int:official_list>/entries/<int:entry>/match")
@allow("case_officer")
def match(official_list: int, entry: int) -> Page:
    uscc = request.form.get("uscc", "")
    try:
        line = official_lists.match(g.session, current_actor(), official_list, entry, uscc, g.now)
    except (Invalid, Conflict) as error:
        return _again(official_list, entry, error)
    flash(f"第{line['row']}行已匹配：{line['enterprise']['name']}。", "success")
    return _back(official_list, entry)


@blueprint.post("/official-lists/<int:official_list>/entries/<int:entry>/dismissal")
@allow("case_officer")
def dismiss(official_list: int, entry: int) -> Page:
    reason = request.form.get("reason", "")
    try:
        line = official_lists.dismiss(g.session, current_actor(), official_list, entry, reason, g.now)
    except (Invalid, Conflict) as error:
        return _again(official_list, entry, error)
    flash(f"第{line['row']}行已排除。", "success")
    return _back(official_list, entry)


def _again(list_id: int, entry_id: int, error: GreenCaseError) -> Page:
    """The list once more, with what was wrong beside its line."""
    said = error.errors[0].message if error.errors else error.detail
    return _show(list_id, wrong=entry_id, message=said), error.status


def _back(list_id: int, entry_id: int) -> Page:
    return redirect(url_for(".show", official_list=list_id, cursor=chosen("cursor"), _anchor=f"entry-{entry_id}"), 303)


@blueprint.post("/official-lists/<int:official_list>/candidates")
@allow("case_officer")
def create_candidates(official_list: int) -> Page:
    try:
        made = official_lists.create_candidates(g.session, current_actor(), official_list, g.now)
    except Conflict as error:
        return _show(official_list, refusal=error.detail), error.status
    more = f"，还有{made['remaining']}件待建立" if made["remaining"] else ""
    flash(f"已建立{len(made['items'])}件申报件并通知企业确认{more}。", "success")
    return redirect(url_for(".show", official_list=official_list), 303)
