"""Matters (同一事项): what overlaps with a case, who belongs to a matter, and that two are joined or parted again."""

from typing import Any

from flask import g

from server.api.route import Schema, answers, call, caller, record, text
from server.api.shape import of
from workflows.batches import joined_list
from workflows.batches.joined_list import PreviewShown
from workflows.casework import joining, matters, overlap_notes
from workflows.casework.joining import ChangeShown
from workflows.casework.matters import MatterShown
from workflows.casework.overlap_notes import NoteShown
from workflows.permissions import OFFICE, READERS

INSIDE = tuple(sorted(OFFICE | READERS))
NULLABLE = {"type": ["string", "null"]}
NUMBER: Schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
ENTERPRISE = answers(uscc=text(), name=text())
BRIEF = {"anyOf": [of(MatterShown), {"type": "null"}]}
CHANGE, PREVIEW = of(ChangeShown), of(PreviewShown)
MATTER = answers(
    id={"type": "integer"},
    key=text(),
    title=text(),
    merged_into={"type": ["integer", "null"]},
    joined={"type": "array", "items": of(MatterShown)},
    changes={"type": "array", "items": CHANGE},
    cases={
        "type": "array",
        "items": answers(
            case=text(),
            title=text(),
            scheme=text(),
            status=text(),
            enterprise=ENTERPRISE,
            precap_amount=NULLABLE,
            final_amount=NULLABLE,
        ),
    },
    historic_awards={"type": "array", "items": answers(uscc=text(), scheme=text(), paid_amount=NULLABLE)},
)
OVERLAP = answers(
    case=text(),
    title=text(),
    scheme=text(),
    status=text(),
    enterprise=ENTERPRISE,
    matter=BRIEF,
    same_matter={"type": "boolean"},
    shared={"type": "array", "items": answers(kind=text(), name=text(), value=text())},
)


@call(
    "GET",
    "/cases/<reference>/overlaps",
    *INSIDE,
    summary="查重比对：与本件有共同发票、文号、地点、证书、结算单或名称相近的申报件",
    errors=(404,),
    answer=answers(
        case=text(),
        matter=BRIEF,
        items={"type": "array", "items": OVERLAP},
        notes={"type": "array", "items": of(NoteShown)},
    ),
)
def get_overlaps(reference: str) -> dict[str, Any]:
    found = matters.get_overlaps(g.session, caller(), reference)
    return {**found, "notes": overlap_notes.list_notes(g.session, caller(), reference)}


@call(
    "POST",
    "/cases/<reference>/overlaps/<other>/notes",
    "case_officer",
    summary="对名称、地点等相近的申报件登记核对意见，不影响办理",
    status=201,
    errors=(404, 422),
    body=record(("result", "reason"), result=text(enum=list(overlap_notes.RESULTS)), reason=text(500)),
    answer=of(NoteShown),
)
def add_note(reference: str, other: str, data: dict[str, Any]) -> NoteShown:
    result, reason = data["result"], data["reason"]
    return overlap_notes.add(g.session, caller(), reference, other, result=result, reason=reason, now=g.now)


@call("GET", "/matters/<int:matter>", *INSIDE, summary="一个事项及其申报件、历史支持", errors=(404,), answer=MATTER)
def get_matter(matter: int) -> dict[str, Any]:
    shown = matters.get_matter(g.session, caller(), matter)
    return {**shown, "changes": joining.list_changes(g.session, caller(), matter)}


@call(
    "GET",
    "/matters/<int:matter>/merge",
    *INSIDE,
    summary="两个事项合并的预览：双方申报件、金额和汇总试算",
    query={"with": NUMBER},
    errors=(404,),
    answer=PREVIEW,
)
def preview_merge(matter: int, query: dict[str, Any]) -> PreviewShown:
    return joined_list.preview_merge(g.session, caller(), matter, query.get("with") or 0, g.now)


@call(
    "GET",
    "/matters/<int:matter>/split",
    *INSIDE,
    summary="撤销合并的预览：恢复为两个事项后双方的申报件、金额和汇总试算",
    errors=(404,),
    answer=PREVIEW,
)
def preview_split(matter: int) -> PreviewShown:
    return joined_list.preview_split(g.session, caller(), matter, g.now)


@call(
    "POST",
    "/matters/<int:matter>/merge",
    "case_officer",
    summary="提议认定为同一事项，由科室负责人确认",
    status=201,
    errors=(403, 404, 409, 422),
    body=record(("with", "reason"), **{"with": NUMBER, "reason": text(500)}),
    answer=CHANGE,
)
def propose_merge(matter: int, data: dict[str, Any]) -> ChangeShown:
    return joining.propose_merge(g.session, caller(), matter, data["with"], data["reason"], g.now)


@call(
    "POST",
    "/matters/<int:matter>/split",
    "case_officer",
    summary="提议撤销合并：已合并的事项恢复为单独事项，由科室负责人确认",
    status=201,
    errors=(403, 404, 409, 422),
    body=record(("reason",), reason=text(500)),
    answer=CHANGE,
)
def propose_split(matter: int, data: dict[str, Any]) -> ChangeShown:
    return joining.propose_split(g.session, caller(), matter, data["reason"], g.now)


@call(
    "POST",
    "/matters/<int:matter>/merge/confirmation",
    "section_chief",
    summary="确认所见的提议（proposal为其编号），合并或撤销合并即生效",
    status=201,
    errors=(403, 404, 409, 412),
    body=record(("proposal",), proposal=NUMBER),
    answer=CHANGE,
)
def confirm(matter: int, data: dict[str, Any]) -> ChangeShown:
    return joining.confirm(g.session, caller(), matter, data["proposal"], g.now)


@call(
    "POST",
    "/matters/<int:matter>/merge/refusal",
    "section_chief",
    summary="退回所见的提议并说明理由，事项不变",
    status=201,
    errors=(403, 404, 409, 412, 422),
    body=record(("proposal", "reason"), proposal=NUMBER, reason=text(500)),
    answer=CHANGE,
)
def refuse(matter: int, data: dict[str, Any]) -> ChangeShown:
    return joining.refuse(g.session, caller(), matter, data["proposal"], data["reason"], g.now)
