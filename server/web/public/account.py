"""Signing in and out, and the demo clock."""

from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server import seed
from server.access import allow, find_actor, open_to_all, sign_in, sign_out
from server.demo_clock import move, require_demo
from server.moments import read_instant, read_period
from server.web.showing.answers import Page, back_to, failed
from server.web.showing.menus import first_page
from server.web.showing.presentation import moment
from workflows.errors import GreenCaseError, Invalid, NotSignedIn, TooMany
from workflows.permissions import ROLES

blueprint = Blueprint("account", __name__)

EXPERTS = f"expert1 … expert{seed.EXPERTS}"


@blueprint.get("/signin")
@open_to_all
def sign_in_page() -> Page:
    actor = find_actor()
    if actor is not None:
        return redirect(url_for(first_page(actor)))
    return _form(ended="ended" in request.args and bool(request.args.get("next")))


@blueprint.post("/signin")
@open_to_all
def sign_in_with_password() -> Page:
    try:
        actor = sign_in(request.form.get("username", ""), request.form.get("password", ""))
    except (NotSignedIn, TooMany) as error:
        return _form(error=error.detail), error.status
    return redirect(back_to(url_for(first_page(actor))), 303)


def _form(**words: Any) -> str:
    demo = current_app.extensions["greencase"].settings.demo
    people = [("e01 … e12", ROLES["applicant"]), *((name, ROLES[role]) for name, role, _ in seed.STAFF)]
    people.insert(-9, (EXPERTS, ROLES["expert"]))
    return render_template(
        "account/signin.html",
        people=people if demo else [],
        password=seed.PASSWORD if demo else None,
        wanted=request.values.get("next", ""),
        username=request.form.get("username", ""),
        **words,
    )


@blueprint.post("/signout")
@allow()
def sign_out_here() -> Response:
    sign_out()
    return redirect(url_for("account.sign_in_page"), 303)


@blueprint.post("/demo/clock")
@allow()
def move_clock() -> Page:
    """Move the demo clock by a period, or to the morning of a day; what has become due is done before it answers."""
    require_demo()
    period, day = request.form.get("advance", ""), request.form.get("day", "")
    try:
        if period:
            now = move(read_period(period, "advance"), None)
        elif day:
            now = move(None, read_instant(f"{day}T09:00:00", "day"))
        else:
            raise Invalid("请选择推进的天数或目标日期。")
    except Invalid as error:
        return failed(error)
    except GreenCaseError as error:
        flash(error.detail, "danger")
    else:
        g.now = now
        flash(f"演示时钟已调至{moment(now)}，到期事项已办理。", "success")
    return redirect(back_to("/"), 303)
