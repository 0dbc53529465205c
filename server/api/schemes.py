"""The subsidy types and the reference calculation, open to everybody."""

from datetime import date
from typing import Any

from flask import g

from server.access import find_actor
from server.api.route import answers, call, record, text
from server.moments import read_date
from workflows.errors import Forbidden
from workflows.permissions import STAFF
from workflows.policy import schemes

AMOUNT = text(20)
YES_NO = {"type": "boolean"}


def rows(**properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": answers(**properties)}


FACTS = rows(
    name=text(),
    label=text(),
    kind=text(enum=["money", "tonnes", "score", "share", "count", "boolean", "choice"]),
    choices={"type": "object"},
    required=YES_NO,
    optional=YES_NO,
)
DOCUMENTS = rows(code=text(), name=text(), required=YES_NO, hint=text())
SCHEME = answers(
    key=text(),
    clause=text(),
    article=text(),
    title=text(),
    text=text(2000),
    facts=FACTS,
    documents=DOCUMENTS,
    unconfirmed={"type": "array", "items": text()},
)


@call(
    "GET",
    "/schemes",
    public=True,
    summary="支持事项及尚未确认的政策口径",
    answer=answers(items={"type": "array", "items": SCHEME}, next={"type": "null"}),
)
def list_schemes() -> dict[str, Any]:
    return {"items": schemes.list_schemes(g.session, g.now), "next": None}


@call(
    "POST",
    "/schemes/<scheme>/calculation",
    public=True,
    summary="参考测算（试算）",
    errors=(403, 404, 409, 422),
    body=record(
        ("facts",),
        facts={"type": "object", "maxProperties": 100},
        on=text(10),
        parameters={"type": "object", "maxProperties": 200, "additionalProperties": text(2000)},
    ),
    answer=answers(
        eligible=YES_NO,
        computed_amount=AMOUNT,
        item_amount=AMOUNT,
        precap_amount=AMOUNT,
        conditions=rows(article=text(), code=text(), text=text(1000), met={"type": ["boolean", "null"]}),
        steps=rows(article=text(), text=text(1000), amount=AMOUNT),
        unconfirmed={"type": "array", "items": text()},
        assumed=rows(id=text(), label=text(), value=text(), shown=text()),
        documents=DOCUMENTS,
    ),
)
def calculate(scheme: str, data: dict[str, Any]) -> dict[str, Any]:
    overrides = data.get("parameters") or {}
    actor = find_actor()
    if overrides and (actor is None or not actor.has(*STAFF)):
        raise Forbidden("公众试算不能改变政策口径取值；登录的工作人员可以。")
    on: date | None = read_date(data["on"], "on") if data.get("on") else None
    return schemes.calculate(g.session, scheme, facts=data["facts"], on=on, overrides=overrides, now=g.now)
