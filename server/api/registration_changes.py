"""变更登记: asked for by the firm, checked by an officer, confirmed by the chief by what he saw."""

from typing import Any

from flask import g

from server.api.route import answers, call, caller, record, text
from server.api.shape import of
from workflows.casework import registration_changes
from workflows.casework.registration_changes import ACCOUNT, ChangeShown
from workflows.permissions import OFFICE, READERS

CHANGE = of(ChangeShown)
NEW = record((), name=text(100), legal_representative=text(50), **{field: text(100) for field in ACCOUNT})


@call(
    "GET",
    "/cases/<reference>/registration-changes",
    "applicant",
    *sorted(OFFICE | READERS),
    summary="本件的变更登记",
    errors=(403, 404),
    answer=answers(items={"type": "array", "items": CHANGE}, next={"type": "null"}),
)
def list_changes(reference: str) -> dict[str, Any]:
    return {"items": registration_changes.list_changes(g.session, caller(), reference), "next": None}


@call(
    "POST",
    "/cases/<reference>/registration-changes",
    "applicant",
    summary="申请变更单位名称（name）、法定代表人（legal_representative）、收款账户（account）",
    status=201,
    errors=(403, 404, 409, 422),
    body=record(
        ("kind", "new", "reason", "document"),
        kind=text(enum=list(registration_changes.KINDS)),
        new=NEW,
        reason=text(500),
        document={"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
    ),
    answer=CHANGE,
)
def request_change(reference: str, data: dict[str, Any]) -> ChangeShown:
    return registration_changes.request(g.session, caller(), reference, now=g.now, **data)


@call(
    "POST",
    "/registration-changes/<int:registration>/check",
    "case_officer",
    summary="核对变更登记",
    errors=(403, 404, 409, 422),
    body=record(("result", "opinion"), result=text(enum=["pass", "refuse"]), opinion=text(500)),
    answer=CHANGE,
)
def check_change(registration: int, data: dict[str, Any]) -> ChangeShown:
    return registration_changes.check(g.session, caller(), registration, now=g.now, **data)


@call(
    "POST",
    "/registration-changes/<int:registration>/confirmation",
    "section_chief",
    summary="确认变更登记；seen为所查看内容的摘要（列表中的seen）",
    errors=(403, 404, 409, 412, 422),
    body=record(("seen",), seen=text(64)),
    answer=CHANGE,
)
def confirm_change(registration: int, data: dict[str, str]) -> ChangeShown:
    return registration_changes.confirm(g.session, caller(), registration, data["seen"], g.now)


@call(
    "POST",
    "/registration-changes/<int:registration>/refusal",
    "section_chief",
    summary="不予变更登记",
    errors=(403, 404, 409, 422),
    body=record(("reason",), reason=text(500)),
    answer=CHANGE,
)
def refuse_change(registration: int, data: dict[str, str]) -> ChangeShown:
    return registration_changes.refuse(g.session, caller(), registration, data["reason"], g.now)
