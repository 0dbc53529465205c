"""Batches: drafted, opened, listed, resolved and published, each by the post that the procedure names."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.access import allow, current_actor
from server.moments import read_instant
from server.web.office import proposed_list
from server.web.showing.answers import Page, chosen
from server.web.showing.articles import by_article
from workflows.batches import meeting, publicity, rounds
from workflows.case.step import local_date
from workflows.casework import quotas
from workflows.errors import Conflict, FieldError, Invalid
from workflows.permissions import OFFICE, READERS, Actor
from workflows.policy import parameters, schemes
from workflows.rules.money import MoneyInvalid, parse_money

blueprint = Blueprint("batches", __name__)

INSIDE = tuple(sorted(OFFICE | READERS))


@blueprint.get("/batches")
@allow(*INSIDE)
def overview() -> str:
    page = rounds.list_batches(g.session, current_actor(), cursor=chosen("cursor"))
    return render_template("batches/overview.html", page=page)


@blueprint.get("/batches/new")
@allow("case_officer")
def new() -> str:
    return _new()


def _new(**words: Any) -> str:
    known = schemes.list_schemes(g.session, g.now)
    return render_template("batches/new.html", schemes=known, sent=request.form, year=local_date(g.now).year, **words)


@blueprint.post("/batches")
@allow("case_officer")
def draft() -> Page:
    sent = request.form
    try:
        year = sent.get("cap_year", "")
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            raise Invalid("批次信息有误。", errors=[FieldError("cap_year", "请填写四位年份，如2026。")])
        batch = rounds.draft(
            g.session,
            current_actor(),
            title=sent.get("title", ""),
            schemes=sent.getlist("schemes"),
            window_from=read_instant(sent.get("window_from", "")[:10], "window_from"),
            window_to=read_instant(sent.get("window_to", "")[:10], "window_to", end_of_day=True),
            cap_year=int(year),
            budget_total=_budget(sent.get("budget_total", "")),
            now=g.now,
        )
    except Invalid as error:
        return _new(errors=error.errors), error.status
    flash("批次已起草，请科室负责人核对口径后发布。", "success")
    return redirect(url_for(".show", batch=batch["id"]), 303)


def _budget(given: str) -> Decimal | None:
    if not given.strip():
        return None
    try:
        return parse_money(given.strip())
    except MoneyInvalid as wrong:
        raise Invalid("预算总额有误。", errors=[FieldError("budget_total", f"{wrong}。")]) from None


@blueprint.get("/batches/<int:batch>")
@allow(*INSIDE)
def show(batch: int) -> str:
    return _show(batch)


def _show(batch_id: int, **words: Any) -> str:
    actor = current_actor()
    batch = rounds.get_batch_of_office(g.session, actor, batch_id)
    missing = []
    if batch["status"] == "draft":
        missing = parameters.unconfirmed(g.session, batch["schemes"], local_date(g.now))
    words.setdefault("sent", {})
    rows = proposed_list.listed(batch["list"])
    budget = quotas.find_budget(g.session, actor, batch["id"]) if actor.reads_office else None
    return render_template(
        "batches/show.html",
        batch=batch,
        missing=by_article(missing, lambda each: each.article),
        missing_count=len(missing),
        rows=rows,
        budget=budget,
        totals=proposed_list.totals(rows, budget),
        to_resolve=proposed_list.to_resolve(rows, batch["refusals"]),
        refusals=[{**each, "why": proposed_list.why_refused(each)} for each in batch["refusals"]],
        held=proposed_list.HELD,
        may=_may(batch, actor),
        **words,
    )


def _may(batch: rounds.BatchDetail, actor: Actor) -> dict[str, bool]:
    """Which buttons this reader sees: those that would work for him now."""
    other = batch["drafted_by"] != actor.username
    waiting = batch["waiting"]
    return {
        "open": batch["status"] == "draft" and actor.has("section_chief") and other,
        "fix": actor.has("section_chief") and other and bool(waiting["listed"]),
        "resolve": actor.has("meeting_secretary") and bool(waiting["resolved"]),
        "publish": actor.has("case_officer") and bool(waiting["published"]),
    }


@blueprint.post("/batches/<int:batch>/opening")
@allow("section_chief")
def open_batch(batch: int) -> Page:
    try:
        rounds.open_batch(g.session, current_actor(), batch, g.now)
    except Conflict as error:
        return _show(batch, refusal=error.detail), error.status
    flash("批次已发布，申报单位可在申报期内申报。", "success")
    return redirect(url_for(".show", batch=batch), 303)


@blueprint.post("/batches/<int:batch>/list")
@allow("section_chief")
def fix_list(batch: int) -> Response:
    meeting.fix_list(g.session, current_actor(), batch, g.now)
    flash("汇总表已锁定，额度已预占，可提交集体审议。", "success")
    return redirect(url_for(".show", batch=batch), 303)


@blueprint.post("/batches/<int:batch>/resolution")
@allow("meeting_secretary")
def resolve(batch: int) -> Page:
    """A row a case; rows without a result are left for another meeting."""
    sent = request.form
    decisions = [
        {
            "case": reference,
            "result": sent.get(f"result-{reference}", ""),
            "amount": sent.get(f"amount-{reference}", "").replace(",", "").strip(),
            "reason": sent.get(f"reason-{reference}", "").strip(),
            "listed_amount": sent.get(f"listed-{reference}", ""),
        }
        for reference in sent.getlist("case")
        if sent.get(f"result-{reference}") in meeting.RESULTS
    ]
    try:
        meeting.resolve(
            g.session,
            current_actor(),
            batch,
            minutes_no=sent.get("minutes_no", ""),
            decisions=decisions,
            now=g.now,
        )
    except Invalid as error:
        return _show(batch, errors=_by_row(error.errors, decisions), sent=sent), error.status
    except Conflict as error:
        return _show(batch, refusal=error.detail, sent=sent), error.status
    flash(f"审议结果已登记：{len(decisions)}件。", "success")
    return redirect(url_for(".show", batch=batch), 303)


def _by_row(errors: tuple[FieldError, ...], decisions: list[dict[str, str]]) -> dict[str, str]:
    """Errors by the name of the input they belong to: `decisions.2.amount` is `amount-<reference>` on the page."""
    found = {}
    for error in errors:
        parts = error.field.split(".")
        name = f"{parts[2]}-{decisions[int(parts[1])]['case']}" if len(parts) == 3 else error.field
        found[name] = error.message
    return found


@blueprint.post("/batches/<int:batch>/publicity")
@allow("case_officer")
def publish(batch: int) -> Response:
    notice = publicity.publish(g.session, current_actor(), batch, g.now)
    flash("公示已发布，公示期自次日起算。", "success")
    return redirect(url_for("public.notice", notice=notice["id"]), 303)
