"""历史支持台账: what was granted before this program, imported by the process owner and read by the office."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.downloads import as_template
from server.uploads import LARGEST_SHEET, read_sheet
from server.web.showing.answers import Page, chosen
from workflows.errors import Conflict, Forbidden, GreenCaseError, Invalid
from workflows.lists import historic_awards, historic_imports, historic_withdrawals
from workflows.lists.historic_rows import LAYOUT, LEVELS, POLICIES
from workflows.paging import EMPTY
from workflows.permissions import OFFICE, READERS

blueprint = Blueprint("historic_awards", __name__)

MOST_SHOWN = 200
READING = tuple(sorted(OFFICE | READERS))


@blueprint.url_value_preprocessor
def _room_for_files(endpoint: str | None, _: Any) -> None:
    """A list may be larger than other forms; this runs before the body is read for its CSRF token."""
    if endpoint == "historic_awards.take":
        request.max_content_length = LARGEST_SHEET


@blueprint.get("/historic-awards")
@allow(*READING)
def overview() -> Page:
    q = chosen("q")
    actor = current_actor()
    words: dict[str, Any] = {
        "q": q,
        "proposed": historic_imports.list_proposed(g.session, actor),
        "withdrawals": historic_withdrawals.list_open(g.session, actor),
        "may": actor.has("process_owner"),
        "levels": {code: name for name, code in LEVELS.items()},
        "policies": {code: name for name, code in POLICIES.items()},
    }
    try:
        page = historic_awards.list_awards(g.session, actor, q=q, cursor=chosen("cursor"))
    except Invalid as error:
        return render_template("history/overview.html", page=EMPTY, errors=error.errors, **words), error.status
    return render_template("history/overview.html", page=page, errors=(), **words)


@blueprint.get("/historic-awards/new")
@allow("process_owner")
def new() -> str:
    return render_template("history/new.html", layout=LAYOUT)


@blueprint.get("/historic-awards/template")
@allow("process_owner")
def template() -> Response:
    return as_template(LAYOUT)


@blueprint.post("/historic-awards")
@allow("process_owner")
def take() -> Page:
    try:
        filename, content = read_sheet()
        report = historic_imports.propose_file(
            g.session, current_actor(), filename=filename, content=content, now=g.now
        )
    except Invalid as error:
        return render_template("history/new.html", layout=LAYOUT, errors=error.errors), error.status
    waiting = f"已读取{report['accepted']}行，请核对；由另一名流程与口径负责人确认后生效。"
    flash(waiting if report["accepted"] else "没有可以导入的行。", "success" if report["accepted"] else "warning")
    return redirect(url_for(".show_import", number=report["import"]), 303)


@blueprint.get("/historic-awards/imports/<int:number>")
@allow(*READING)
def show_import(number: int) -> str:
    return _show_import(number)


def _show_import(number: int, refusal: str | None = None) -> str:
    actor = current_actor()
    return render_template(
        "history/import.html",
        report=historic_imports.get_import(g.session, actor, number),
        columns={column.key: column.title for column in LAYOUT.columns},
        choices=historic_imports.SETTLEMENTS,
        most=MOST_SHOWN,
        may=actor.has("process_owner"),
        is_own=lambda username: username == actor.username,
        refusal=refusal,
    )


def _done(number: int, act: Callable[[], object], said: str) -> Page:
    """The import after an act, or once more with why it was refused."""
    try:
        act()
    except (Invalid, Conflict, Forbidden) as error:
        return _show_import(number, _said(error)), error.status
    flash(said, "success")
    return redirect(url_for(".show_import", number=number), 303)


def _said(error: GreenCaseError) -> str:
    return error.errors[0].message if error.errors else error.detail


@blueprint.post("/historic-awards/imports/<int:number>/confirmation")
@allow("process_owner")
def confirm(number: int) -> Page:
    return _done(
        number, lambda: historic_imports.confirm(g.session, current_actor(), number, g.now), "已确认，各行自此生效。"
    )


@blueprint.post("/historic-awards/imports/<int:number>/rows/<int:row>/settlement")
@allow("process_owner")
def settle(number: int, row: int) -> Page:
    sent = {key: request.form.get(key, "") for key in ("decision", "reason")}
    return _done(
        number,
        lambda: historic_imports.settle(g.session, current_actor(), number, row, **sent, now=g.now),
        f"第{row}行已核实。",
    )


@blueprint.post("/historic-awards/imports/<int:number>/discarding")
@allow("process_owner")
def discard(number: int) -> Page:
    reason = request.form.get("reason", "")
    return _done(
        number,
        lambda: historic_imports.discard(g.session, current_actor(), number, reason=reason, now=g.now),
        "这次导入已撤回，未计入台账。",
    )


@blueprint.post("/historic-awards/imports/<int:number>/withdrawal")
@allow("process_owner")
def withdraw_import(number: int) -> Page:
    reason = request.form.get("reason", "")
    return _done(
        number,
        lambda: historic_withdrawals.propose(g.session, current_actor(), reason=reason, now=g.now, import_id=number),
        "已申请撤回，由另一名流程与口径负责人确认后生效。",
    )


@blueprint.post("/historic-awards/<int:award>/withdrawal")
@allow("process_owner")
def withdraw(award: int) -> Page:
    reason = request.form.get("reason", "")
    return _told(
        lambda: historic_withdrawals.propose(g.session, current_actor(), reason=reason, now=g.now, award_id=award),
        "已申请撤回，由另一名流程与口径负责人确认后生效。",
    )


@blueprint.post("/historic-awards/withdrawals/<int:number>/confirmation")
@allow("process_owner")
def confirm_withdrawal(number: int) -> Page:
    return _told(
        lambda: historic_withdrawals.confirm(g.session, current_actor(), number, g.now), "已撤回，相关记录不再计入。"
    )


def _told(act: Callable[[], object], said: str) -> Page:
    try:
        act()
    except (Invalid, Conflict, Forbidden) as error:
        flash(_said(error), "danger")
    else:
        flash(said, "success")
    return redirect(url_for(".overview"), 303)
