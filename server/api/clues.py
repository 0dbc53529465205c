"""Clues that money is to come back or an award to be revoked (线索登记), and bars from applying (限制申报)."""

from typing import Any

from flask import g

from server.api.route import call, caller, record, text
from server.api.shape import all_of, of
from workflows.case.operations.recovery import CAUSES
from workflows.casework import bars, clues
from workflows.casework.bars import BarShown
from workflows.casework.clues import ClueShown
from workflows.permissions import OFFICE, READERS


@call(
    "GET",
    "/cases/<reference>/clues",
    *sorted(OFFICE | READERS),
    summary="资金追回和撤销支持决定的线索及其办理情况",
    errors=(404,),
    answer=all_of(ClueShown),
)
def list_clues(reference: str) -> dict[str, Any]:
    return {"items": clues.list_clues(g.session, caller(), reference), "next": None}


@call(
    "POST",
    "/cases/<reference>/clues",
    "case_officer",
    summary="登记线索：已拨付的转资金追回，已审定未拨付的转撤销支持决定，即行暂停拨付",
    status=201,
    errors=(404, 409, 422),
    body=record(
        ("cause", "source", "facts"),
        cause=text(enum=list(CAUSES)),
        source=text(200),
        facts=text(1000),
        amount=text(20),
    ),
    answer=of(ClueShown),
)
def register_clue(reference: str, data: dict[str, Any]) -> ClueShown:
    return clues.register(g.session, caller(), reference, **{"amount": "", **data}, now=g.now)


@call(
    "GET",
    "/enterprises/<uscc>/bars",
    *sorted(OFFICE | READERS),
    summary="限制申报的记录",
    errors=(404,),
    answer=all_of(BarShown),
)
def list_bars(uscc: str) -> dict[str, Any]:
    return {"items": bars.list_bars(g.session, caller(), uscc, g.now), "next": None}


@call(
    "POST",
    "/enterprises/<uscc>/bars/<int:bar>/lifting",
    "case_officer",
    summary="提议解除限制申报（信用修复），写明依据",
    status=201,
    errors=(404, 409, 422),
    body=record(("basis",), basis=text(300)),
    answer=of(BarShown),
)
def propose_lifting(uscc: str, bar: int, data: dict[str, Any]) -> BarShown:
    return bars.propose_lifting(g.session, caller(), uscc, bar, data["basis"], g.now)


@call(
    "POST",
    "/enterprises/<uscc>/bars/<int:bar>/lifting/confirmation",
    "section_chief",
    summary="确认解除限制申报（basis为所见的依据），自当日起解除",
    status=201,
    errors=(403, 404, 409),
    body=record(("basis",), basis=text(300)),
    answer=of(BarShown),
)
def lift_bar(uscc: str, bar: int, data: dict[str, Any]) -> BarShown:
    return bars.lift(g.session, caller(), uscc, bar, data["basis"], g.now)
