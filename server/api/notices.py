"""Public notices and objections; messages of an enterprise."""

from typing import Any

from flask import g

from server.access import OBJECTIONS_PER_ADDRESS, count_public_act
from server.api.route import PAGE_QUERY, answers, call, caller, listing, record, text
from server.api.shape import of
from workflows.batches import publicity
from workflows.batches.publicity import NoticeRow, NoticeShown
from workflows.casework import correspondence
from workflows.paging import Items

ITEMS = answers(items={"type": "array", "items": {"type": "object"}}, next={"type": "null"})
STATE = answers(id={"type": "integer"}, state=text())


@call("GET", "/public/notices", public=True, summary="公示", query=PAGE_QUERY, answer=listing(of(NoticeRow)))
def list_notices(query: dict[str, Any]) -> Items[NoticeRow]:
    return publicity.list_notices(g.session, g.now, **query).as_dict()


@call("GET", "/public/notices/<int:notice>", public=True, summary="一次公示", errors=(404,), answer=of(NoticeShown))
def get_notice(notice: int) -> NoticeShown:
    return publicity.get_notice(g.session, notice, g.now)


@call(
    "POST",
    "/public/notices/<int:notice>/objections",
    public=True,
    summary="实名提出异议",
    status=201,
    errors=(404, 409, 422, 429),
    answer=STATE,
    body=record(
        ("case", "name", "id_no", "phone", "text"),
        case=text(40),
        name=text(100),
        id_no=text(30),
        phone=text(20),
        text=text(2000),
    ),
)
def file_objection(notice: int, data: dict[str, str]) -> dict[str, Any]:
    filed = publicity.file_objection(
        g.session,
        notice,
        case=data["case"],
        name=data["name"],
        id_no=data["id_no"],
        phone=data["phone"],
        text=data["text"],
        now=g.now,
    )
    count_public_act("objection", OBJECTIONS_PER_ADDRESS)
    return filed


@call(
    "GET",
    "/objections",
    "discipline",
    "section_chief",
    "legal_officer",
    "auditor",
    summary="异议",
    answer=ITEMS,
    query={"state": {"enum": ["registered", "accepted", "rejected", "dismissed", "upheld"]}},
)
def list_objections(query: dict[str, Any]) -> dict[str, Any]:
    return {"items": publicity.list_objections(g.session, caller(), **query), "next": None}


@call(
    "POST",
    "/objections/<int:objection>/revelation",
    "discipline",
    summary="查看异议人信息（将留痕）",
    errors=(404,),
    body=record(),
    answer=answers(id={"type": "integer"}, name=text(), id_no=text(), phone=text()),
)
def reveal_objector(objection: int, data: dict[str, Any]) -> dict[str, Any]:
    return publicity.reveal_objector(g.session, caller(), objection, g.now)


@call(
    "POST",
    "/objections/<int:objection>/acceptance",
    "discipline",
    "legal_officer",
    summary="受理异议（中断该件公示）",
    errors=(404, 409),
    body=record(),
    answer=STATE,
)
def accept_objection(objection: int, data: dict[str, Any]) -> dict[str, Any]:
    return publicity.accept_objection(g.session, caller(), objection, g.now)


@call(
    "POST",
    "/objections/<int:objection>/rejection",
    "discipline",
    "legal_officer",
    summary="不予受理异议",
    errors=(404, 409, 422),
    body=record(("reply",), reply=text(1000)),
    answer=STATE,
)
def reject_objection(objection: int, data: dict[str, str]) -> dict[str, Any]:
    return publicity.reject_objection(g.session, caller(), objection, data["reply"], g.now)


@call("GET", "/messages", "applicant", summary="消息与文书", query=PAGE_QUERY, answer=listing({"type": "object"}))
def list_messages(query: dict[str, Any]) -> Items[dict[str, Any]]:
    return correspondence.list_messages(g.session, caller(), **query).as_dict()


@call(
    "POST",
    "/messages/<int:message>/reading",
    "applicant",
    summary="阅读文书（首次阅读即为送达）",
    errors=(404,),
    body=record(),
)
def read_message(message: int, data: dict[str, Any]) -> dict[str, Any]:
    return correspondence.read_message(g.session, caller(), message, g.now)
