"""Matters (同一事项): what overlaps with a case, who belongs to a matter, and the decision that two are one."""

from typing import Any

from flask import g

from server.api.route import answers, call, caller, record, text
from workflows.casework import matters
from workflows.permissions import OFFICE, READERS

INSIDE = tuple(sorted(OFFICE | READERS))
NULLABLE = {"type": ["string", "null"]}
ENTERPRISE = answers(uscc=text(), name=text())
BRIEF = {"anyOf": [answers(id={"type": "integer"}, key=text(), title=text()), {"type": "null"}]}
MATTER = answers(
    id={"type": "integer"},
    key=text(),
    title=text(),
    merged_into={"type": ["integer", "null"]},
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
    answer=answers(case=text(), matter=BRIEF, items={"type": "array", "items": OVERLAP}),
)
def get_overlaps(reference: str) -> dict[str, Any]:
    return matters.get_overlaps(g.session, caller(), reference)


@call("GET", "/matters/<int:matter>", *INSIDE, summary="一个事项及其申报件、历史支持", errors=(404,), answer=MATTER)
def get_matter(matter: int) -> dict[str, Any]:
    return matters.get_matter(g.session, caller(), matter)


@call(
    "POST",
    "/matters/<int:matter>/merge",
    "case_officer",
    summary="认定为同一事项",
    errors=(404, 409, 422),
    body=record(
        ("with", "reason"), **{"with": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}, "reason": text(500)}
    ),
    answer=MATTER,
)
def merge(matter: int, data: dict[str, Any]) -> dict[str, Any]:
    return matters.merge(g.session, caller(), matter, data["with"], data["reason"], g.now)
