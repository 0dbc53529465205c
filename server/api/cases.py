"""Cases: create, list, look at, withdraw, suspend, resume."""

from typing import Any

from flask import g

from server.api.route import PAGE_QUERY, call, caller, listing, record, text
from server.api.shape import all_of, of
from workflows.casework import cases, dossiers, history, side_paths
from workflows.casework.dossier_shapes import CalculationShown, DiagramsShown
from workflows.casework.shapes import CaseDetail, CaseRow
from workflows.paging import Items

CASE = of(CaseDetail)
REASON = record(("reason",), reason=text(500))


@call(
    "POST",
    "/cases",
    "applicant",
    summary="新建申报（草稿）",
    status=201,
    errors=(403, 409, 422),
    answer=CASE,
    body=record(
        ("scheme", "batch", "title"),
        scheme=text(40),
        batch={
            "oneOf": [
                {"type": "integer", "minimum": 1, "maximum": 999_999_999},
                {"type": "string", "pattern": "^[0-9]{1,9}$"},
            ]
        },
        title=text(100),
    ),
)
def create(data: dict[str, Any]) -> CaseDetail:
    return cases.create(
        g.session, caller(), scheme=data["scheme"], batch_id=int(data["batch"]), title=data["title"], now=g.now
    )


@call(
    "GET",
    "/cases",
    summary="申报件（本人可见范围）",
    answer=listing(of(CaseRow)),
    query={
        "status": text(30),
        "scheme": text(40),
        "batch": {"type": "integer"},
        "enterprise": text(18),
        "q": text(100),
        **PAGE_QUERY,
    },
)
def list_cases(query: dict[str, Any]) -> Items[CaseRow]:
    return cases.list_cases(g.session, caller(), **query).as_dict()


@call("GET", "/cases/<reference>", summary="一件申报", errors=(404,), answer=CASE)
def get_case(reference: str) -> CaseDetail:
    return cases.get_case(g.session, caller(), reference)


@call(
    "POST",
    "/cases/<reference>/withdrawal",
    "applicant",
    summary="撤回申报（审定后为放弃支持）",
    errors=(404, 409, 422),
    body=REASON,
    answer=CASE,
)
def withdraw(reference: str, data: dict[str, Any]) -> CaseDetail:
    return side_paths.withdraw(g.session, caller(), reference, data["reason"], g.now)


@call(
    "POST",
    "/cases/<reference>/suspension",
    "section_chief",
    summary="中止办理",
    errors=(403, 404, 409, 422),
    body=REASON,
    answer=CASE,
)
def suspend(reference: str, data: dict[str, Any]) -> CaseDetail:
    return side_paths.suspend(g.session, caller(), reference, data["reason"], g.now)


@call(
    "POST",
    "/cases/<reference>/termination",
    "section_chief",
    summary="终止办理（已中止的申报件）",
    errors=(403, 404, 409, 422),
    body=REASON,
    answer=CASE,
)
def terminate(reference: str, data: dict[str, Any]) -> CaseDetail:
    return side_paths.terminate(g.session, caller(), reference, data["reason"], g.now)


@call(
    "POST",
    "/cases/<reference>/resumption",
    "section_chief",
    summary="恢复办理",
    errors=(403, 404, 409),
    body=record(reason=text(500)),
    answer=CASE,
)
def resume(reference: str, data: dict[str, Any]) -> CaseDetail:
    return side_paths.resume(g.session, caller(), reference, g.now)


@call(
    "GET",
    "/cases/<reference>/history",
    summary="办理全程留痕",
    errors=(404,),
    answer=listing({"type": "object"}),
    query=PAGE_QUERY,
)
def get_history(reference: str, query: dict[str, Any]) -> Items[dict[str, Any]]:
    return history.get_history(g.session, caller(), reference, **query).as_dict()


@call(
    "GET",
    "/cases/<reference>/diagram",
    summary="流程图与办理路径",
    errors=(403, 404),
    answer=of(DiagramsShown),
)
def get_diagram(reference: str) -> DiagramsShown:
    return dossiers.get_diagram(g.session, caller(), reference, g.now)


@call("GET", "/cases/<reference>/calculation", summary="历次测算", errors=(404,), answer=all_of(CalculationShown))
def get_calculation(reference: str) -> Items[CalculationShown]:
    return {"items": dossiers.get_calculation(g.session, caller(), reference), "next": None}
