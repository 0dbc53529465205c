"""查重 of a case: the hits that stand, what an officer concludes on them, and the chief's confirmation."""

from typing import Any

from flask import g

from server.api.route import PAGE_QUERY, Schema, answers, call, caller, listing, record, text
from server.api.shape import of
from workflows.casework import duplicates
from workflows.casework.checks_shown import CheckShown
from workflows.paging import Items
from workflows.permissions import OFFICE, READERS

CHECK = of(CheckShown)
NUMBER: Schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}


@call(
    "GET",
    "/cases/<reference>/checks",
    *sorted(OFFICE | READERS),
    summary="查重线索及其结论",
    errors=(403, 404),
    answer=answers(items={"type": "array", "items": CHECK}, next={"type": "null"}),
)
def list_checks(reference: str) -> dict[str, Any]:
    return {"items": duplicates.list_checks(g.session, caller(), reference), "next": None}


@call(
    "GET",
    "/checks",
    *sorted(OFFICE | READERS),
    summary="全部待核对、待确认的查重线索",
    query=PAGE_QUERY,
    answer=listing(CHECK),
)
def list_standing(query: dict[str, Any]) -> Items[CheckShown]:
    return duplicates.list_standing(g.session, caller(), **query).as_dict()


@call(
    "POST",
    "/cases/<reference>/checks/<int:check>/conclusion",
    "case_officer",
    summary="作出查重结论（非本件受理人）；shared须填本件计入的金额",
    status=201,
    errors=(403, 404, 409, 422),
    body=record(
        ("result", "reason"),
        result=text(enum=list(duplicates.RESULTS)),
        reason=text(500),
        amount=text(30),
        evidence={"type": "array", "items": NUMBER, "maxItems": 50},
    ),
    answer=CHECK,
)
def conclude(reference: str, check: int, data: dict[str, Any]) -> CheckShown:
    return duplicates.conclude(
        g.session,
        caller(),
        reference,
        check,
        result=data["result"],
        reason=data["reason"],
        amount=data.get("amount"),
        evidence=data.get("evidence", ()),
        now=g.now,
    )


@call(
    "POST",
    "/cases/<reference>/checks/<int:check>/confirmation",
    "section_chief",
    summary="确认所见的查重结论（conclusion为其编号）",
    status=201,
    errors=(403, 404, 409, 412),
    body=record(("conclusion",), conclusion=NUMBER),
    answer=CHECK,
)
def confirm(reference: str, check: int, data: dict[str, Any]) -> CheckShown:
    return duplicates.confirm(g.session, caller(), reference, check, data["conclusion"], g.now)


@call(
    "POST",
    "/cases/<reference>/checks/<int:check>/return",
    "section_chief",
    summary="退回所见的查重结论（conclusion为其编号）并说明理由，由经办人重新作出",
    status=201,
    errors=(403, 404, 409, 412, 422),
    body=record(("conclusion", "reason"), conclusion=NUMBER, reason=text(500)),
    answer=CHECK,
)
def send_back(reference: str, check: int, data: dict[str, Any]) -> CheckShown:
    return duplicates.send_back(g.session, caller(), reference, check, data["conclusion"], data["reason"], g.now)
