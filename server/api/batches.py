"""Batches: draft, open, list, resolve, publish; and the ceiling ledger."""

from decimal import Decimal
from typing import Any

from flask import g

from server.api.route import PAGE_QUERY, answers, call, caller, listing, record, text
from server.api.shape import of
from server.moments import read_instant
from workflows.batches import ceilings, meeting, publicity, rounds
from workflows.errors import FieldError, Invalid
from workflows.paging import Items
from workflows.permissions import OFFICE, READERS
from workflows.rules.money import MoneyInvalid, parse_money

BATCH = of(rounds.BatchShown)
# What only the office reads is not required: others are told none of it.
ONE_BATCH = {**of(rounds.BatchDetail), "required": BATCH["required"]}
DECISION = record(
    ("case", "result"),
    case=text(40),
    result={"enum": list(meeting.RESULTS)},
    amount=text(30),
    reason=text(500),
    listed_amount=text(30),
)


@call(
    "POST",
    "/batches",
    "case_officer",
    summary="起草批次",
    status=201,
    errors=(422,),
    answer=BATCH,
    body=record(
        ("title", "schemes", "window_from", "window_to", "cap_year"),
        title=text(100),
        schemes={"type": "array", "items": text(40), "minItems": 1, "maxItems": 20},
        window_from=text(40),
        window_to=text(40),
        cap_year={"type": "integer", "minimum": 2000, "maximum": 2200},
        budget_total={"type": ["string", "null"], "maxLength": 30},
    ),
)
def draft(data: dict[str, Any]) -> rounds.BatchShown:
    return rounds.draft(
        g.session,
        caller(),
        title=data["title"],
        schemes=data["schemes"],
        window_from=read_instant(data["window_from"], "window_from"),
        window_to=read_instant(data["window_to"], "window_to", end_of_day=True),
        cap_year=data["cap_year"],
        budget_total=_budget(data.get("budget_total")),
        now=g.now,
    )


def _budget(given: str | None) -> Decimal | None:
    if not given:
        return None
    try:
        return parse_money(given)
    except MoneyInvalid as wrong:
        raise Invalid("预算总额有误。", errors=[FieldError("budget_total", f"{wrong}。")]) from None


@call("GET", "/batches", summary="批次", query=PAGE_QUERY, answer=listing(BATCH))
def list_batches(query: dict[str, Any]) -> Items[rounds.BatchShown]:
    return rounds.list_batches(g.session, caller(), **query).as_dict()


@call("GET", "/batches/<int:batch>", summary="一个批次；工作人员可见拟支持汇总表", errors=(404,), answer=ONE_BATCH)
def get_batch(batch: int) -> rounds.BatchShown:
    return rounds.get_batch(g.session, caller(), batch)


@call(
    "POST",
    "/batches/<int:batch>/opening",
    "section_chief",
    summary="发布批次（口径须全部确认）",
    errors=(403, 404, 409),
    body=record(),
    answer=BATCH,
)
def open_batch(batch: int, data: dict[str, Any]) -> rounds.BatchShown:
    return rounds.open_batch(g.session, caller(), batch, g.now)


@call(
    "POST",
    "/batches/<int:batch>/list",
    "section_chief",
    summary="锁定拟支持汇总表",
    errors=(403, 404, 409),
    body=record(),
    answer=of(meeting.ListFixed),
)
def fix_list(batch: int, data: dict[str, Any]) -> meeting.ListFixed:
    return meeting.fix_list(g.session, caller(), batch, g.now)


@call(
    "POST",
    "/batches/<int:batch>/resolution",
    "meeting_secretary",
    summary="登记集体审议结果；listed_amount为所审议的拟支持金额，给出而其后已重新核算的为409",
    errors=(404, 409, 422),
    body=record(
        ("minutes_no", "decisions"),
        minutes_no=text(100),
        decisions={"type": "array", "items": DECISION, "minItems": 1, "maxItems": 2000},
    ),
    answer=of(meeting.ResolutionRecorded),
)
def resolve(batch: int, data: dict[str, Any]) -> meeting.ResolutionRecorded:
    return meeting.resolve(
        g.session, caller(), batch, minutes_no=data["minutes_no"], decisions=data["decisions"], now=g.now
    )


@call(
    "POST",
    "/batches/<int:batch>/publicity",
    "case_officer",
    summary="发布公示",
    errors=(404, 409),
    body=record(),
    answer=of(publicity.NoticeShown),
    status=201,
)
def publish(batch: int, data: dict[str, Any]) -> publicity.NoticeShown:
    return publicity.publish(g.session, caller(), batch, g.now)


@call(
    "GET",
    "/enterprises/<uscc>/ledger",
    *sorted(OFFICE | READERS),
    summary="限额台账",
    errors=(404,),
    query={"year": {"type": "integer", "minimum": 2000, "maximum": 2200}},
    answer=answers(uscc=text(), year={"type": "integer"}, entries={"type": "array"}),
)
def get_ledger(uscc: str, query: dict[str, Any]) -> dict[str, Any]:
    return ceilings.get_ledger(g.session, uscc, query.get("year"), g.now)
