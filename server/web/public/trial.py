"""The reference calculation (政策测算) for everybody: a scheme, its facts, and what comes out of them and why."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, render_template

from server.access import open_to_all
from server.web.showing import facts
from server.web.showing.answers import Page, chosen
from workflows.errors import GreenCaseError, Invalid, NotFound
from workflows.policy import schemes

blueprint = Blueprint("trial", __name__)


@blueprint.get("/calculation")
@open_to_all
def choose() -> str:
    return render_template("public/calculations.html", schemes=schemes.list_schemes(g.session, g.now))


@blueprint.get("/calculation/<scheme>")
@open_to_all
def calculation(scheme: str) -> Page:
    """The figures stand in the address, so that a result can be kept and shown again."""
    known = schemes.list_schemes(g.session, g.now)
    found = next((each for each in known if each["key"] == scheme), None)
    if found is None:
        raise NotFound("没有这一支持事项。")
    given = {fact["name"]: chosen(fact["name"]) or "" for fact in found["facts"]}
    words: dict[str, Any] = {"result": None, "errors": ()}
    status = 200
    if any(given.values()):
        try:
            words["result"] = schemes.calculate(
                g.session, scheme, facts=_stated(found, given), on=None, overrides={}, now=g.now
            )
        except Invalid as error:
            words["errors"], status = error.errors, error.status
        except GreenCaseError as error:
            words["refusal"], status = error.detail, error.status
    wrong = {error.field for error in words["errors"]}
    page = render_template(
        "public/calculation.html",
        scheme=found,
        schemes=known,
        given=given,
        hints={**facts.HINTS, **facts.MORE},
        alternative=facts.exclude_each_other(scheme),
        decisive=facts.DECISIVE,
        more_open=any(
            fact["optional"] and fact["name"] not in facts.DECISIVE and (given[fact["name"]] or fact["name"] in wrong)
            for fact in found["facts"]
        ),
        **words,
    )
    return page, status


def _stated(scheme: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str | bool]:
    """The facts that were filled in, as a calculation takes them."""
    kinds = {fact["name"]: fact["kind"] for fact in scheme["facts"]}
    return {name: facts.typed(kinds[name], text) for name, text in given.items() if text}
