"""Policy parameters: list, propose, confirm, history."""

from typing import Any

from flask import g

from server.api.route import answers, call, caller, record, text
from server.api.shape import all_of, of
from server.moments import read_date
from workflows.paging import Items
from workflows.policy import parameters
from workflows.policy.shapes import ParameterListed, ParameterShown

PARAMETER = of(ParameterShown)


@call(
    "GET",
    "/parameters",
    "process_owner",
    "auditor",
    "case_officer",
    "section_chief",
    summary="政策口径；needed_by 为因该口径未确认而不能发布的批次",
    answer=all_of(ParameterListed),
)
def list_parameters() -> Items[ParameterListed]:
    return {"items": parameters.list_parameters(g.session, g.now), "next": None}


@call(
    "GET",
    "/parameters/<parameter>/history",
    "process_owner",
    "auditor",
    summary="一项政策口径的历次取值",
    answer=answers(items={"type": "array"}, next={"type": "null"}),
)
def get_history(parameter: str) -> dict[str, Any]:
    return {"items": parameters.get_history(g.session, parameter), "next": None}


@call(
    "POST",
    "/parameters/<parameter>/proposals",
    "process_owner",
    summary="提出取值",
    status=201,
    errors=(404, 422),
    body=record(("value", "basis"), value=text(2000), basis=text(500), effective_on=text(10)),
    answer=PARAMETER,
)
def propose(parameter: str, data: dict[str, Any]) -> ParameterShown:
    effective_on = read_date(data["effective_on"], "effective_on") if data.get("effective_on") else None
    return parameters.propose(
        g.session, caller(), parameter, value=data["value"], basis=data["basis"], effective_on=effective_on, now=g.now
    )


@call(
    "POST",
    "/parameters/<parameter>/confirmations",
    "process_owner",
    summary="确认取值（须为另一人）；proposal为所核对的拟定取值的id，其后又重新提出的为409",
    status=201,
    errors=(403, 404, 409, 422),
    body=record(("proposal",), proposal={"type": "integer", "minimum": 1}),
    answer=PARAMETER,
)
def confirm(parameter: str, data: dict[str, Any]) -> ParameterShown:
    return parameters.confirm(g.session, caller(), parameter, data["proposal"], g.now)
