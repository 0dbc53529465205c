"""Official lists (免申即享): import, match, and make cases for the firms to confirm."""

from typing import Any

from flask import g

from server.api.historic_awards import FILE, REPORT
from server.api.route import PAGE_QUERY, answers, call, caller, listing, record, text
from server.uploads import LARGEST_SHEET, take_list
from workflows.lists import official_lists
from workflows.lists.layouts import KINDS
from workflows.lists.matching import STATES
from workflows.paging import Items

COUNTS = {"type": "object", "additionalProperties": {"type": "integer"}}
LIST: dict[str, Any] = {
    "id": {"type": "integer"},
    "scheme": text(),
    "title": text(),
    "document_no": text(),
    "states": COUNTS,
}
ENTRY = answers(
    id={"type": "integer"},
    row={"type": "integer"},
    name=text(),
    uscc={"type": ["string", "null"]},
    state={"enum": list(STATES)},
    enterprise={"type": ["object", "null"]},
    case={"type": ["string", "null"]},
)


@call(
    "POST",
    "/official-lists",
    *official_lists.IMPORTING,
    summary="导入公布名单（multipart）；逐行报告未导入的原因",
    status=201,
    errors=(413, 415, 422),
    consumes="multipart/form-data",
    most_bytes=LARGEST_SHEET,
    answer=answers(id={"type": ["integer", "null"]}, states=COUNTS, **REPORT),
    body=record(
        ("scheme", "title", "document_no", "published_on", "batch", "file"),
        scheme={"enum": list(KINDS)},
        title=text(100, 2),
        document_no=text(100, 2),
        published_on=text(10),
        batch={"type": "integer"},
        file=FILE,
    ),
)
def import_list() -> dict[str, Any]:
    return take_list()


@call(
    "GET",
    "/official-lists",
    *official_lists.READING,
    summary="公布名单",
    query=PAGE_QUERY,
    answer=listing(answers(**LIST)),
)
def list_lists(query: dict[str, Any]) -> Items[dict[str, Any]]:
    return official_lists.list_lists(g.session, caller(), **query).as_dict()


@call(
    "GET",
    "/official-lists/<int:official_list>",
    *official_lists.READING,
    summary="一份公布名单及其各行",
    errors=(404,),
    query=PAGE_QUERY,
    answer=answers(**LIST, items={"type": "array", "items": ENTRY}, next={"type": ["string", "null"]}),
)
def get_list(official_list: int, query: dict[str, Any]) -> dict[str, Any]:
    return official_lists.get_list(g.session, caller(), official_list, **query)


@call(
    "POST",
    "/official-lists/<int:official_list>/entries/<int:entry>/match",
    "case_officer",
    summary="确认名单一行所属的单位",
    errors=(404, 409, 422),
    body=record(("uscc",), uscc=text(18)),
    answer=ENTRY,
)
def match(official_list: int, entry: int, data: dict[str, Any]) -> dict[str, Any]:
    return official_lists.match(g.session, caller(), official_list, entry, data["uscc"], g.now)


@call(
    "POST",
    "/official-lists/<int:official_list>/entries/<int:entry>/dismissal",
    "case_officer",
    summary="排除名单的一行",
    errors=(404, 409, 422),
    body=record(("reason",), reason=text(500)),
    answer=ENTRY,
)
def dismiss(official_list: int, entry: int, data: dict[str, Any]) -> dict[str, Any]:
    return official_lists.dismiss(g.session, caller(), official_list, entry, data["reason"], g.now)


@call(
    "POST",
    "/official-lists/<int:official_list>/candidates",
    "case_officer",
    summary="为已匹配的企业建立免申即享申报件，并通知企业确认",
    status=201,
    errors=(404, 409),
    body=record(),
    answer=answers(items={"type": "array", "items": {"type": "object"}}, remaining={"type": "integer"}),
)
def create_candidates(official_list: int, data: dict[str, Any]) -> dict[str, Any]:
    return official_lists.create_candidates(g.session, caller(), official_list, g.now)
