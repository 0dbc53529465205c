"""Working-day calendars (工作日历): a year's notice as a file or typed in; one owner proposes, another confirms."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.downloads import as_template
from server.uploads import LARGEST_SHEET, read_sheet
from server.web.showing.answers import Page, whole
from workflows.errors import Conflict, Forbidden, Invalid
from workflows.permissions import READERS
from workflows.policy import calendars
from workflows.typed import day_lists

blueprint = Blueprint("calendars", __name__)

READING = tuple(sorted(READERS | {"section_chief", "case_officer"}))
# What a page sends that names no proposal; no id is 0.
NO_PROPOSAL = 0
COLOURS = {"announced": "green", "provisional": "orange", "missing": "red"}


@blueprint.url_value_preprocessor
def _room_for_files(endpoint: str | None, _: Any) -> None:
    """A file may be larger than other forms; this runs before the body is read for its CSRF token."""
    if endpoint == "calendars.propose":
        request.max_content_length = LARGEST_SHEET


@blueprint.get("/calendars")
@allow(*READING)
def overview() -> str:
    found = calendars.list_calendars(g.session, g.now)
    return render_template("calendars/overview.html", calendars=found[::-1], states=calendars.STATES, colours=COLOURS)


@blueprint.get("/calendars/template")
@allow("process_owner")
def template() -> Response:
    return as_template(calendars.LAYOUT)


@blueprint.get("/calendars/<int:year>")
@allow(*READING)
def show(year: int) -> str:
    return _show(year)


def _show(year: int, **words: Any) -> str:
    found = calendars.get_calendar(g.session, year)
    return render_template(
        "calendars/show.html",
        calendar=found,
        changes=calendars.list_changes(g.session, year),
        states=calendars.STATES,
        colours=COLOURS,
        sent=request.form,
        **words,
    )


@blueprint.post("/calendars/<int:year>/proposals")
@allow("process_owner")
def propose(year: int) -> Page:
    """The days of the file where one was chosen, else those that were typed in."""
    sent = request.form
    try:
        file = request.files.get("file")
        if file is not None and file.filename:
            holidays, workdays = calendars.read_file(*read_sheet())
        else:
            holidays, workdays = [sent.get("holidays", "")], [sent.get("workdays", "")]
        calendars.propose(
            g.session,
            current_actor(),
            year,
            holidays=holidays,
            workdays=workdays,
            basis=sent.get("basis", ""),
            provisional=sent.get("provisional") == "yes",
            now=g.now,
        )
    except Invalid as error:
        return _show(year, errors=error.errors), error.status
    except Conflict as error:
        return _show(year, refusal=error.detail), error.status
    flash(f"已提出{year}年工作日历，待另一名流程与口径负责人确认。", "success")
    return redirect(url_for(".show", year=year), 303)


@blueprint.post("/calendars/<int:year>/confirmations")
@allow("process_owner")
def confirm(year: int) -> Page:
    try:
        seen = whole(request.form.get("proposal")) or NO_PROPOSAL
        calendars.confirm(g.session, current_actor(), year, seen, g.now)
    except (Conflict, Forbidden) as error:
        return _show(year, refusal=error.detail), error.status
    flash(f"已确认{year}年工作日历，在办事项的期限随后逐件重新计算。", "success")
    return redirect(url_for(".show", year=year), 303)


@blueprint.app_template_filter("runs")
def runs(listed: list[str]) -> list[str]:
    """Days that follow each other as one run, with its first and last day."""
    return day_lists.said(map(date.fromisoformat, listed))
