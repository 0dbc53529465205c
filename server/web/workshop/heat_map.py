"""环节时效: how long cases stay at each element of a diagram, and where they stay now."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask import Blueprint, g, render_template, request, url_for

from server.access import allow
from server.moments import read_date
from server.web.showing.answers import Page, chosen, whole
from workflows.case.step import local_date
from workflows.errors import FieldError, Invalid
from workflows.foresight import heat_map
from workflows.permissions import READERS

blueprint = Blueprint("heat_map", __name__)

READING = tuple(sorted(READERS | {"section_chief", "deputy_leader"}))
# What each degree of heat means, for the legend.
DEGREES = {1: "1天以内", 2: "1—3天", 3: "3—7天", 4: "7—15天", 5: "15天以上"}


@blueprint.get("/workshop/definitions/<key>/heat")
@allow(*READING)
def show(key: str) -> Page:
    today = local_date(g.now)
    errors: list[FieldError] = []
    since, until = _day("from", date(today.year, 1, 1), errors), _day("to", today, errors)
    if since > until:
        errors.append(FieldError("from", "起始日不能晚于截止日。"))
        since = date(until.year, 1, 1)
    found = heat_map.get_heat_map(g.session, key, since, until, version=whole(request.args.get("version")), now=g.now)
    wanted = chosen("of")
    shown = next((each for each in found["diagrams"] if each["key"] == wanted), found["diagrams"][0])
    kept = {name: request.args[name] for name in ("from", "to", "version") if name in request.args}
    page = render_template(
        "workshop/heat_map.html",
        key=key,
        heat=found,
        shown=shown,
        badges=[_badge(each) for each in shown["elements"] if each["is_drawn"]],
        calls=[{**each, "url": url_for(".show", key=key, **{**kept, "of": each["key"]})} for each in shown["calls"]],
        degrees=DEGREES,
        length=length,
        errors=errors,
        kept=kept,
    )
    return (page, Invalid.status) if errors else page


def _day(name: str, otherwise: date, errors: list[FieldError]) -> date:
    given = request.args.get(name, "").strip()
    if not given:
        return otherwise
    try:
        return read_date(given, name)
    except Invalid as error:
        errors.extend(error.errors)
        return otherwise


def _badge(element: dict[str, Any]) -> dict[str, Any]:
    """What stands beside an element on the diagram."""
    times = f"{element['passes']}次"
    median, longest = length(element["median"]), length(element["longest"])
    return {
        "id": element["id"],
        "degree": element["degree"],
        "words": f"{median} · {times}" if element["finished"] else times if element["passes"] else "",
        "title": f"经过{times}，中位用时{median}，最长{longest}",
        "waiting": element["waiting"],
    }


def length(seconds: int | None) -> str:
    """A length of time as people say it: 3.2天, 5.5小时, 12分钟."""
    if seconds is None:
        return "—"
    for unit, name in ((86_400, "天"), (3_600, "小时")):
        if seconds >= unit:
            rounded = (Decimal(seconds) / unit).quantize(Decimal("0.1"), ROUND_HALF_UP)
            return f"{rounded.normalize():f}{name}"
    return f"{seconds // 60}分钟" if seconds >= 60 else "不足1分钟"
