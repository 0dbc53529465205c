"""Definitions: versions to read; drafts as they come from outside, checked, and published by a second owner."""

from typing import Any, TypedDict

from flask import g

from server import refusals
from server.api.route import answers, call, caller, record, text
from server.api.shape import all_of, of
from server.moments import read_instant
from workflows.errors import Invalid, NotFound
from workflows.paging import Items
from workflows.permissions import OFFICE, READERS
from workflows.workshop import deployments, drafts, publication
from workflows.workshop.bundling import FindingShown
from workflows.workshop.drafts import DraftRow, DraftShown

XML = ("application/xml", "text/xml")
VERSION = answers(key=text(), version={"type": "integer"}, sha256=text(), state=text())
WHO = sorted(OFFICE | READERS)
OWNER = "process_owner"
READING = sorted(READERS)


class DraftOpened(DraftShown):
    """A draft as it comes from outside, with what the gate found in it."""

    findings: list[FindingShown]


class Checked(TypedDict):
    """What stands against publishing a draft; a draft that passes has none. The digest is what was checked, and what
    a publication has to name."""

    findings: list[FindingShown]
    content_sha256: str


@call(
    "GET",
    "/definitions",
    *WHO,
    summary="流程版本",
    answer=answers(items={"type": "array", "items": VERSION}, next={"type": "null"}),
)
def list_definitions() -> dict[str, Any]:
    return {"items": deployments.list_definitions(g.session), "next": None}


@call(
    "GET",
    "/definitions/<key>/versions",
    *WHO,
    summary="一个流程的历次版本，新的在前",
    errors=(404,),
    answer=answers(items={"type": "array", "items": VERSION}, next={"type": "null"}),
)
def list_versions(key: str) -> dict[str, Any]:
    found = [version for version in deployments.list_definitions(g.session) if version["key"] == key]
    if not found:
        raise NotFound("没有这一流程。")
    return {"items": found, "next": None}


@call("GET", "/definitions/<key>/versions/<int:version>", *WHO, summary="一个流程版本", errors=(404,), answer=VERSION)
def get_definition(key: str, version: int) -> dict[str, Any]:
    return deployments.get_definition(g.session, key, version)


@call(
    "POST",
    "/definitions/<key>/drafts",
    OWNER,
    summary="以流程图（BPMN XML）新建草稿；findings为发布校验发现的问题，不能保存的文件为422",
    status=201,
    body={"type": "string", "description": "BPMN 2.0 XML"},
    consumes=XML,
    most_bytes=refusals.LARGEST_DIAGRAM,
    query={"title": text(100)},
    answer=of(DraftOpened),
)
def open_draft(key: str, content: bytes, query: dict[str, Any]) -> DraftOpened:
    title = query.get("title", "").strip() or "通过接口提交的草稿"
    draft = refusals.open_draft(key, title, content)
    return {**draft, "findings": publication.check(g.session, caller(), draft["id"], g.now)}


@call(
    "GET",
    "/definitions/<key>/drafts",
    *READING,
    summary="一个流程的草稿；closed为true时为已发布和已作废的",
    query={"closed": text(enum=["true", "false"])},
    answer=all_of(DraftRow),
)
def list_drafts(key: str, query: dict[str, Any]) -> Items[DraftRow]:
    closed = query.get("closed") == "true"
    if key not in drafts.keys(g.session):
        raise NotFound("没有这一流程。")
    return {"items": drafts.list_drafts(g.session, caller(), key=key, closed=closed), "next": None}


@call("GET", "/definitions/<key>/drafts/<int:draft_id>", *READING, summary="一个草稿", answer=of(DraftShown))
def get_draft(key: str, draft_id: int) -> DraftShown:
    draft = drafts.get_draft(g.session, caller(), draft_id)
    if draft["key"] != key:
        raise NotFound("没有这一草稿。")
    return draft


@call(
    "POST",
    "/definitions/<key>/drafts/<int:draft_id>/check",
    *READING,
    summary="发布校验；有问题时为422，findings逐项说明",
    body=record(),
    answer=of(Checked),
)
def check(key: str, draft_id: int, data: dict[str, Any]) -> Checked:
    get_draft(key, draft_id)
    digest, findings = publication.check_content(g.session, caller(), draft_id)
    if findings:
        raise Invalid(f"发布校验发现{len(findings)}个问题。", findings=findings)
    return {"findings": [], "content_sha256": digest}


@call(
    "POST",
    "/definitions/<key>/drafts/<int:draft_id>/publication",
    OWNER,
    summary="复核发布（须为未参与编制的另一人）；at为将来的时间时到期发布；草稿须仍为content_sha256所指的内容，否则为412",
    errors=(409, 412),
    body=record(("content_sha256",), reason=text(500), at=text(40), content_sha256=text(64)),
    answer=of(publication.Published),
)
def publish(key: str, draft_id: int, data: dict[str, Any]) -> publication.Published:
    draft = get_draft(key, draft_id)
    at = read_instant(data["at"], "at") if data.get("at") else None
    reason = data.get("reason", "").strip() or draft["title"]
    seen = data["content_sha256"]
    return publication.publish(g.session, caller(), draft_id, reason=reason, at=at, seen=seen, now=g.now)
