"""Ended cases dealt with anew (重新办理): an officer proposes it on a document, the chief confirms what he saw."""

from typing import Any

from flask import g

from server.api.route import Schema, call, caller, record, text
from server.api.shape import of
from workflows.case.operations.entry import POINTS, RECOVERY
from workflows.casework import reopenings
from workflows.casework.reopenings import ReopeningShown, ReopeningsShown
from workflows.permissions import OFFICE, READERS

NUMBER: Schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
REOPENING = of(ReopeningShown)


@call(
    "GET",
    "/cases/<reference>/reopenings",
    *sorted(OFFICE | READERS),
    summary="重新办理：可选的环节、提议和以往的办理",
    errors=(404,),
    answer=of(ReopeningsShown),
)
def get_reopenings(reference: str) -> ReopeningsShown:
    return reopenings.get_reopenings(g.session, caller(), reference, g.now)


@call(
    "POST",
    "/cases/<reference>/reopenings",
    "case_officer",
    summary="对已办结的申报件提议重新办理：原因、依据文书（document为材料编号）和起始环节，由科室负责人确认",
    status=201,
    errors=(404, 409, 422),
    body=record(
        ("cause", "point", "reason", "basis_no", "basis_on", "document"),
        cause=text(enum=list(reopenings.CAUSES)),
        point=text(enum=[point for point in POINTS if point != RECOVERY]),
        reason=text(500),
        basis_no=text(100),
        basis_on=text(10),
        document=NUMBER,
    ),
    answer=REOPENING,
)
def propose_reopening(reference: str, data: dict[str, Any]) -> ReopeningShown:
    return reopenings.propose(g.session, caller(), reference, **data, now=g.now)


@call(
    "POST",
    "/cases/<reference>/reopenings/<int:reopening>/confirmation",
    "section_chief",
    summary="确认所见的提议（digest为所见内容的摘要），自所提议的环节起重新办理",
    status=201,
    errors=(403, 404, 409, 412),
    body=record(("digest",), digest=text(64)),
    answer=REOPENING,
)
def confirm_reopening(reference: str, reopening: int, data: dict[str, Any]) -> ReopeningShown:
    return reopenings.confirm(g.session, caller(), reference, reopening, data["digest"], g.now)


@call(
    "POST",
    "/cases/<reference>/reopenings/<int:reopening>/return",
    "section_chief",
    summary="退回重新办理的提议并说明理由",
    status=201,
    errors=(403, 404, 409, 422),
    body=record(("reason",), reason=text(500)),
    answer=REOPENING,
)
def return_reopening(reference: str, reopening: int, data: dict[str, Any]) -> ReopeningShown:
    return reopenings.send_back(g.session, caller(), reference, reopening, data["reason"], g.now)
