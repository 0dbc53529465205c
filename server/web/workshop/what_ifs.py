"""政策调整测算: an owner changes values, and reads with others what they would mean for the budget."""

from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.downloads import as_download
from server.web.showing.answers import Page, chosen, whole
from server.web.showing.articles import by_article
from workflows.batches import rounds
from workflows.casework.documents import Content
from workflows.casework.filetypes import XLSX
from workflows.errors import Conflict, FieldError, Invalid
from workflows.foresight import what_if
from workflows.foresight.what_if_effect import EFFECTS
from workflows.foresight.what_if_workbook import workbook

blueprint = Blueprint("what_ifs", __name__, url_prefix="/workshop/what-ifs")

STATES = {"waiting": "测算中", "done": "已完成", "failed": "未能完成"}
STATE_COLOURS = {"waiting": "blue", "done": "green", "failed": "red"}
EFFECT_COLOURS = {"up": "green", "down": "orange", "in": "green", "out": "red", "same": "secondary"}


@blueprint.get("")
@allow(*what_if.READING)
def overview() -> str:
    return _overview()


def _overview(errors: tuple[FieldError, ...] = ()) -> str:
    actor = current_actor()
    may_ask = actor.has("process_owner")
    opened = rounds.list_batches(g.session, actor, limit=what_if.MOST_BATCHES).items if may_ask else []
    opened = [batch for batch in opened if batch["status"] != "draft"]
    return render_template(
        "workshop/what_ifs.html",
        page=what_if.list_what_ifs(g.session, actor, cursor=chosen("cursor")),
        batches=opened,
        years=sorted({batch["cap_year"] for batch in opened}, reverse=True),
        states=STATES,
        colours=STATE_COLOURS,
        errors=errors,
    )


@blueprint.get("/new")
@allow("process_owner")
def new() -> Page:
    """The values of the chosen batches, or of all batches of a year, to be changed."""
    return _new(_batches_of_year() or _sent_batches(request.args.getlist("batch")))


def _batches_of_year() -> list[int]:
    year = whole(chosen("year"))
    found = rounds.list_batches(g.session, current_actor(), limit=what_if.MOST_BATCHES).items if year else []
    return [batch["id"] for batch in found if batch["cap_year"] == year and batch["status"] != "draft"]


def _sent_batches(given: list[str]) -> list[int]:
    return [number for each in given if (number := whole(each)) is not None]


def _new(batch_ids: list[int], errors: tuple[FieldError, ...] = ()) -> Page:
    try:
        found = what_if.choices(g.session, current_actor(), batch_ids)
    except Invalid as error:
        return _overview(error.errors), error.status
    articles = by_article(found["parameters"], lambda each: each["article"])
    page = render_template(
        "workshop/what_if_new.html", batches=found["batches"], articles=articles, sent=request.form, errors=errors
    )
    return (page, Invalid.status) if errors else page


@blueprint.post("")
@allow("process_owner")
def ask() -> Page:
    """Only what differs from the values shown is a change; the use case knows them."""
    sent = request.form
    batch_ids = _sent_batches(sent.getlist("batch"))
    try:
        asked = what_if.ask(
            g.session,
            current_actor(),
            title=sent.get("title", ""),
            batch_ids=batch_ids,
            values={name.removeprefix("value-"): text for name, text in sent.items() if name.startswith("value-")},
            now=g.now,
        )
    except Invalid as error:
        return _new(batch_ids, error.errors)
    return redirect(url_for(".show", what_if_id=asked), 303)


@blueprint.get("/<int:what_if_id>")
@allow(*what_if.READING)
def show(what_if_id: int) -> str:
    found = what_if.get_what_if(g.session, current_actor(), what_if_id)
    articles = by_article(found["changes"], lambda each: each["article"])
    return render_template(
        "workshop/what_if.html",
        what_if=found,
        result=found["result"],
        changes=[each for group in articles.values() for each in group],
        effects=EFFECTS,
        effect_colours=EFFECT_COLOURS,
        state=STATES[found["state"]],
        state_colour=STATE_COLOURS[found["state"]],
    )


@blueprint.get("/<int:what_if_id>/state")
@allow(*what_if.READING)
def state(what_if_id: int) -> Response:
    """Asked every second by the page while it waits: nothing new, or that it is to be loaded again."""
    found = what_if.get_what_if(g.session, current_actor(), what_if_id)
    response = Response(status=204 if found["state"] == "waiting" else 200)
    if found["state"] != "waiting":
        response.headers["HX-Refresh"] = "true"
    return response


@blueprint.get("/<int:what_if_id>/workbook")
@allow(*what_if.READING)
def as_workbook(what_if_id: int) -> Any:
    found = what_if.get_what_if(g.session, current_actor(), what_if_id)
    if found["result"] is None:
        raise Conflict("测算尚未完成，暂不能导出。")
    content = workbook(found)
    return as_download(Content(f"政策调整测算{what_if_id}.xlsx", XLSX.content_type, len(content), iter([content])))
