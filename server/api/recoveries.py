"""Money that comes back (资金退回与追回): recorded by one finance post, confirmed by another."""

from typing import Any

from flask import g

from server.api.route import answers, call, caller, record, text
from workflows.casework import recoveries
from workflows.permissions import OFFICE, READERS

NULLABLE = {"type": ["string", "null"]}
RECOVERY = answers(
    id={"type": "integer"},
    case=text(),
    amount=text(20),
    cause=text(enum=list(recoveries.CAUSES)),
    cause_name=text(),
    basis=text(500),
    recorded_by=text(),
    recorded_at=text(),
    confirmed_by=NULLABLE,
    confirmed_at=NULLABLE,
)


@call(
    "GET",
    "/cases/<reference>/recoveries",
    *sorted(OFFICE | READERS),
    summary="资金退回与追回",
    errors=(404,),
    answer=answers(items={"type": "array", "items": RECOVERY}, next={"type": "null"}),
)
def list_recoveries(reference: str) -> dict[str, Any]:
    return {"items": recoveries.list_recoveries(g.session, caller(), reference), "next": None}


@call(
    "POST",
    "/cases/<reference>/recoveries",
    "finance_officer",
    summary="登记资金退回（clerical_error 差错多拨退回，fraud 弄虚作假追回）",
    status=201,
    errors=(404, 409, 422),
    body=record(
        ("amount", "cause", "basis"), amount=text(20), cause=text(enum=list(recoveries.CAUSES)), basis=text(500)
    ),
    answer=RECOVERY,
)
def record_recovery(reference: str, data: dict[str, Any]) -> dict[str, Any]:
    return recoveries.record(g.session, caller(), reference, **data, now=g.now)


@call(
    "POST",
    "/cases/<reference>/recoveries/<int:recovery>/confirmation",
    "finance_reviewer",
    summary="确认资金退回（须为另一人）",
    status=201,
    errors=(404, 409),
    body=record(),
    answer=RECOVERY,
)
def confirm(reference: str, recovery: int, data: dict[str, Any]) -> dict[str, Any]:
    return recoveries.confirm(g.session, caller(), reference, recovery, g.now)
