"""校验用例: what must come of a case, made from a real one or by hand, and run before every publication."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for

from server.access import allow, current_actor
from server.json import dumps, loads
from server.web.showing import facts
from server.web.showing.answers import Page
from workflows import rules
from workflows.errors import Conflict, FieldError, GreenCaseError, Invalid, NotFound
from workflows.permissions import READERS
from workflows.workshop import drafts, scenario_making, scenarios

blueprint = Blueprint("scenarios", __name__)

READING = tuple(sorted(READERS))
# What each kind of step is called.
KINDS = {"complete": "办理", "message": "事件", "timer": "期限届满", "answer": "服务结果"}


@blueprint.get("/workshop/definitions/<key>/scenarios")
@allow(*READING)
def of_definition(key: str) -> str:
    return _of_definition(key)


def _of_definition(key: str, errors: Sequence[FieldError] = (), refusal: str = "") -> str:
    _refuse_unknown(key)
    found = scenarios.results(g.session, current_actor(), key)
    return render_template(
        "workshop/scenarios.html",
        key=key,
        draft=None,
        groups={key: found},
        sent=request.form,
        errors=errors,
        refusal=refusal,
    )


def _refuse_unknown(key: str) -> None:
    if key not in rules.SCHEMES:
        raise NotFound("校验用例属于支持事项；没有这一支持事项。")


@blueprint.post("/workshop/definitions/<key>/scenarios")
@allow("process_owner")
def from_case(key: str) -> Page:
    """Make a test of what happened to a case."""
    sent = request.form
    reference, name = sent.get("reference", "").strip(), sent.get("name", "")
    try:
        made = scenarios.from_case(g.session, current_actor(), reference, name=name, now=g.now)
    except Invalid as error:
        return _of_definition(key, error.errors), error.status
    except NotFound:
        return _of_definition(key, [FieldError("reference", "没有这一申报件。")]), Invalid.status
    except Conflict as error:
        return _of_definition(key, refusal=error.detail), error.status
    flash("校验用例已生成，此后每次发布前都会运行。", "success")
    return redirect(url_for(".show", key=key, scenario_id=made), 303)


@blueprint.get("/workshop/definitions/<key>/scenarios/<int:scenario_id>")
@allow(*READING)
def show(key: str, scenario_id: int) -> str:
    found = scenarios.get_scenario(g.session, current_actor(), scenario_id)
    return render_template("workshop/scenario.html", key=found["key"], scenario=found)


@blueprint.post("/workshop/definitions/<key>/scenarios/<int:scenario_id>/retirement")
@allow("process_owner")
def retire(key: str, scenario_id: int) -> Page:
    scenarios.retire(g.session, current_actor(), scenario_id, g.now)
    flash("校验用例已停用。", "success")
    return redirect(url_for(".of_definition", key=key), 303)


@blueprint.get("/workshop/drafts/<int:draft_id>/scenarios")
@allow(*READING)
def of_draft(draft_id: int) -> str:
    """The tests of every type that the draft changes, run against the draft."""
    actor = current_actor()
    draft = drafts.get_draft(g.session, actor, draft_id)
    groups: dict[str, list[dict[str, Any]]] = {}
    refusal = ""
    for scheme in draft["affects"]:
        try:
            groups[scheme] = scenarios.results(g.session, actor, scheme, draft_id)
        except Conflict as error:
            refusal = error.detail
    return render_template(
        "workshop/scenarios.html", key=draft["key"], draft=draft, groups=groups, sent={}, errors=(), refusal=refusal
    )


@blueprint.post("/workshop/drafts/<int:draft_id>/scenarios/<int:scenario_id>/adoption")
@allow("process_owner")
def adopt(draft_id: int, scenario_id: int) -> Page:
    scenarios.adopt(g.session, current_actor(), scenario_id, draft_id, g.now)
    flash("已采用草稿的结果；草稿发布时替换原来的用例。", "success")
    return redirect(url_for(".of_draft", draft_id=draft_id), 303)


@blueprint.get("/workshop/definitions/<key>/scenarios/new")
@allow("process_owner")
def begin(key: str) -> str:
    """The first page of a test made by hand: nothing has happened yet."""
    _refuse_unknown(key)
    return _walk(key, scenario_making.begin(g.session, key, g.now))


def _walk(
    key: str,
    record: Mapping[str, Any],
    errors: Sequence[FieldError] = (),
    refusal: str = "",
    before: Mapping[str, Any] | None = None,
) -> str:
    found = scenario_making.walk(g.session, current_actor(), key, record)
    return render_template(
        "workshop/scenario_walk.html",
        key=key,
        walk=found,
        record=dumps(found["record"]).decode(),
        before=dumps(before).decode() if before is not None else None,
        facts_asked=_facts_asked(key, found["choices"]),
        kinds=KINDS,
        sent=request.form,
        errors=errors,
        refusal=refusal,
    )


def _facts_asked(key: str, choices: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The facts that a calculation wants next, with the choices of those that have some."""
    wanted = {fact["name"] for choice in choices for fact in choice["needs_facts"]}
    return [
        {"name": fact.name, "label": fact.label, "kind": fact.kind, "choices": fact.choices, "optional": fact.optional}
        for fact in rules.SCHEMES[key].FACTS
        if fact.name in wanted
    ]


@blueprint.post("/workshop/definitions/<key>/scenarios/new")
@allow("process_owner")
def step(key: str) -> Page:
    """One more thing happens, or none: then the record is shown again as it was before the last one."""
    _refuse_unknown(key)
    sent = request.form
    record = loads(sent.get("record", "").encode())
    if not sent.get("take"):
        return _walk(key, record)
    do, _, rest = sent.get("take", "").partition(":")
    element_id, _, value = rest.partition(":")
    try:
        fresh = scenario_making.step(
            g.session,
            current_actor(),
            key,
            record,
            do=do,
            element_id=element_id,
            value=value or sent.get(f"free-{element_id}", "").strip(),
            facts=_facts_sent(key),
        )
    except Invalid as error:
        return _again(key, record, error), error.status
    return _walk(key, fresh, before=record)


def _again(key: str, record: Mapping[str, Any], error: GreenCaseError) -> str:
    return _walk(key, record, error.errors, "" if error.errors else error.detail)


def _facts_sent(key: str) -> dict[str, Any]:
    kinds = {fact.name: fact.kind for fact in rules.SCHEMES[key].FACTS}
    given = {name: request.form.get(f"fact-{name}", "").strip() for name in kinds}
    return {name: facts.typed(kinds[name], text) for name, text in given.items() if text}


@blueprint.post("/workshop/definitions/<key>/scenarios/kept")
@allow("process_owner")
def keep(key: str) -> Page:
    """What came of the steps chosen is from now on what must come of them."""
    _refuse_unknown(key)
    sent = request.form
    record = loads(sent.get("record", "").encode())
    try:
        made = scenario_making.keep(g.session, current_actor(), key, record, name=sent.get("name", ""), now=g.now)
    except (Invalid, Conflict) as error:
        return _again(key, record, error), error.status
    flash("校验用例已保存，此后每次发布前都会运行。", "success")
    return redirect(url_for(".show", key=key, scenario_id=made), 303)
