"""工作人员回避 of a case: declared by whoever it concerns, ordered and taken back by those who lead the section."""

from typing import Any

from flask import g

from server.api.route import answers, call, caller, record, text
from server.api.shape import of
from workflows.casework import avoidances
from workflows.casework.avoidances import DECIDE, MAY_DECLARE, AvoidanceShown
from workflows.permissions import OFFICE, READERS

AVOIDANCE = of(AvoidanceShown)


@call(
    "GET",
    "/cases/<reference>/avoidances",
    *sorted(OFFICE | READERS),
    summary="本件的工作人员回避",
    errors=(403, 404),
    answer=answers(items={"type": "array", "items": AVOIDANCE}, next={"type": "null"}),
)
def list_avoidances(reference: str) -> dict[str, Any]:
    return {"items": avoidances.list_avoidances(g.session, caller(), reference), "next": None}


@call(
    "POST",
    "/cases/<reference>/avoidances",
    *MAY_DECLARE,
    summary="声明回避；科室负责人、分管领导可决定他人（username）回避",
    status=201,
    errors=(403, 404, 409, 422),
    body=record(("ground", "reason"), username=text(64), ground=text(enum=list(avoidances.GROUNDS)), reason=text(500)),
    answer=AVOIDANCE,
)
def keep_away(reference: str, data: dict[str, Any]) -> AvoidanceShown:
    return avoidances.keep_away(
        g.session,
        caller(),
        reference,
        username=data.get("username"),
        ground=data["ground"],
        reason=data["reason"],
        now=g.now,
    )


@call(
    "POST",
    "/cases/<reference>/avoidances/<int:avoidance>/lifting",
    *DECIDE,
    summary="撤回回避（不得撤回本人的）",
    errors=(403, 404, 409, 422),
    body=record(("reason",), reason=text(500)),
    answer=AVOIDANCE,
)
def lift(reference: str, avoidance: int, data: dict[str, str]) -> AvoidanceShown:
    return avoidances.lift(g.session, caller(), reference, avoidance, data["reason"], g.now)


@call(
    "POST",
    "/cases/<reference>/avoidances/<int:avoidance>/note",
    *DECIDE,
    summary="已知悉并安排承办",
    errors=(403, 404, 409),
    body=record(),
    answer=AVOIDANCE,
)
def take_note(reference: str, avoidance: int, data: dict[str, Any]) -> AvoidanceShown:
    return avoidances.take_note(g.session, caller(), reference, avoidance, g.now)
