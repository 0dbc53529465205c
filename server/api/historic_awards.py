"""The history of awards: import from a file or as JSON, and read."""

from typing import Any

from flask import g

from server.api.route import PAGE_QUERY, answers, call, caller, listing, record, text
from server.uploads import LARGEST_SHEET, read_sheet
from workflows.lists import historic_awards, historic_imports, historic_withdrawals, imports
from workflows.lists.historic_rows import LAYOUT
from workflows.paging import Items
from workflows.permissions import OFFICE, READERS

FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
REFUSED = answers(row={"type": "integer"}, errors={"type": "array", "items": text(1000)})
REPORT: dict[str, Any] = {
    "accepted": {"type": "integer"},
    "refused": {"type": "array", "items": REFUSED},
    "notes": {"type": "array", "items": text()},
}
ROW = answers(
    row={"type": "integer"},
    values={"type": "object"},
    doubts={"type": "array", "items": text()},
    settlement={"type": ["object", "null"]},
)
PROPOSED: dict[str, Any] = {
    "id": {"type": "integer"},
    "state": {"enum": ["proposed", "counted", "discarded"]},
    "unsettled": {"type": "array", "items": {"type": "integer"}},
    **REPORT,
}
PREVIEW = answers(**PROPOSED, rows={"type": "array", "items": ROW})
REASON = record(("reason",), reason=text(500))
WITHDRAWAL = answers(id={"type": "integer"}, reason=text(), proposed_by=text())
AWARD = answers(
    id={"type": "integer"},
    uscc=text(),
    scheme=text(),
    precap_amount=text(),
    paid_amount=text(),
    policy=text(),
    office={"type": ["string", "null"]},
)
# A row is read by the layout, so that one bad value refuses its row and not the whole list.
ITEM = {"type": "object", "properties": {column.key: {"description": column.title} for column in LAYOUT.columns}}


@call(
    "POST",
    "/historic-awards",
    "process_owner",
    summary="提交历史支持台账导入（multipart：file；或JSON：items），另一人确认后生效；逐行报告未导入的原因",
    status=201,
    errors=(413, 415, 422),
    answer=answers(**PROPOSED),
    body=record(("items",), items={"type": "array", "items": ITEM, "minItems": 1, "maxItems": imports.MOST_ITEMS}),
    form=record(("file",), file=FILE),
    most_bytes=LARGEST_SHEET,
)
def import_awards(data: dict[str, Any] | None) -> dict[str, Any]:
    if data is not None:
        return historic_imports.propose_items(g.session, caller(), data["items"], g.now)
    filename, content = read_sheet()
    return historic_imports.propose_file(g.session, caller(), filename=filename, content=content, now=g.now)


@call(
    "GET",
    "/historic-awards",
    *sorted(OFFICE | READERS),
    summary="历史支持台账",
    query={**PAGE_QUERY, "uscc": text(18), "q": text(100)},
    answer=listing(AWARD),
)
def list_awards(query: dict[str, Any]) -> Items[dict[str, Any]]:
    return historic_awards.list_awards(g.session, caller(), **query).as_dict()


@call(
    "GET",
    "/historic-awards/imports/<int:number>",
    *sorted(OFFICE | READERS),
    summary="一次台账导入：各行将如何计入，哪些须先核实",
    errors=(404,),
    answer=PREVIEW,
)
def get_import(number: int) -> dict[str, Any]:
    return historic_imports.get_import(g.session, caller(), number)


@call(
    "POST",
    "/historic-awards/imports/<int:number>/confirmation",
    "process_owner",
    summary="由另一人确认台账导入，此后生效",
    errors=(404, 409),
    body=record(),
    answer=PREVIEW,
)
def confirm_import(number: int, data: dict[str, Any]) -> dict[str, Any]:
    return historic_imports.confirm(g.session, caller(), number, g.now)


@call(
    "POST",
    "/historic-awards/imports/<int:number>/rows/<int:row>/settlement",
    "process_owner",
    summary="核实名称与代码不一致的一行",
    errors=(404, 409, 422),
    body=record(("decision", "reason"), decision={"enum": list(historic_imports.SETTLEMENTS)}, reason=text(500)),
    answer=PREVIEW,
)
def settle_row(number: int, row: int, data: dict[str, Any]) -> dict[str, Any]:
    return historic_imports.settle(g.session, caller(), number, row, **data, now=g.now)


@call(
    "POST",
    "/historic-awards/imports/<int:number>/discarding",
    "process_owner",
    summary="撤回尚未确认的台账导入",
    errors=(404, 409, 422),
    body=REASON,
    answer=PREVIEW,
)
def discard_import(number: int, data: dict[str, Any]) -> dict[str, Any]:
    return historic_imports.discard(g.session, caller(), number, reason=data["reason"], now=g.now)


@call(
    "POST",
    "/historic-awards/imports/<int:number>/withdrawal",
    "process_owner",
    summary="申请撤回一次已生效导入的全部记录",
    status=201,
    errors=(404, 409, 422),
    body=REASON,
    answer=WITHDRAWAL,
)
def withdraw_import(number: int, data: dict[str, Any]) -> dict[str, Any]:
    return historic_withdrawals.propose(g.session, caller(), reason=data["reason"], now=g.now, import_id=number)


@call(
    "POST",
    "/historic-awards/<int:award>/withdrawal",
    "process_owner",
    summary="申请撤回一条历史支持记录",
    status=201,
    errors=(404, 409, 422),
    body=REASON,
    answer=WITHDRAWAL,
)
def withdraw_award(award: int, data: dict[str, Any]) -> dict[str, Any]:
    return historic_withdrawals.propose(g.session, caller(), reason=data["reason"], now=g.now, award_id=award)


@call(
    "POST",
    "/historic-awards/withdrawals/<int:number>/confirmation",
    "process_owner",
    summary="由另一人确认撤回历史支持记录",
    errors=(404, 409),
    body=record(),
    answer=WITHDRAWAL,
)
def confirm_withdrawal(number: int, data: dict[str, Any]) -> dict[str, Any]:
    return historic_withdrawals.confirm(g.session, caller(), number, g.now)
