"""历史支持台账: what was granted before this program, imported by the process owner and read by the office."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.downloads import as_template
from server.uploads import LARGEST_SHEET, read_sheet
from server.web.showing.answers import Page, chosen
from workflows.errors import Invalid
from workflows.lists import historic_awards
from workflows.lists.historic_rows import LAYOUT, LEVELS, POLICIES
from workflows.paging import EMPTY
from workflows.permissions import OFFICE, READERS

blueprint = Blueprint("historic_awards", __name__)

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
    words: dict[str, Any] = {
        "q": q,
        "levels": {code: name for name, code in LEVELS.items()},
        "policies": {code: name for name, code in POLICIES.items()},
    }
    try:
        page = historic_awards.list_awards(g.session, current_actor(), q=q, cursor=chosen("cursor"))
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
        report = historic_awards.import_file(g.session, current_actor(), filename=filename, content=content, now=g.now)
    except Invalid as error:
        return render_template("history/new.html", layout=LAYOUT, errors=error.errors), error.status
    flash(f"已导入{report['accepted']}行。", "success" if report["accepted"] else "warning")
    return redirect(url_for(".show_import", number=report["import"]), 303)


@blueprint.get("/historic-awards/imports/<int:number>")
@allow(*READING)
def show_import(number: int) -> str:
    report = historic_awards.get_import(g.session, current_actor(), number)
    return render_template("history/import.html", report=report)
