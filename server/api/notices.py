"""Public notices; messages of an enterprise."""

from typing import Any

from flask import g

from server.api.route import PAGE_QUERY, call, caller, listing, record
from server.api.shape import of
from workflows.batches import publicity
from workflows.batches.publicity import NoticeRow, NoticeShown
from workflows.casework import correspondence
from workflows.paging import Items


@call("GET", "/public/notices", public=True, summary="公示", query=PAGE_QUERY, answer=listing(of(NoticeRow)))
def list_notices(query: dict[str, Any]) -> Items[NoticeRow]:
    return publicity.list_notices(g.session, g.now, **query).as_dict()


@call("GET", "/public/notices/<int:notice>", public=True, summary="一次公示", errors=(404,), answer=of(NoticeShown))
def get_notice(notice: int) -> NoticeShown:
    return publicity.get_notice(g.session, notice, g.now)


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
