"""Objections: filed and asked after by everybody, looked at, accepted, turned down and answered by the office."""

from typing import Any

from flask import Response, current_app, g

from server.access import EVIDENCE_PER_ADDRESS, OBJECTIONS_PER_ADDRESS, QUERIES_PER_ADDRESS, count_public_act
from server.api.route import answers, call, caller, record, text
from server.api.shape import of
from server.downloads import as_download
from server.uploads import LARGEST_UPLOAD, take_evidence
from workflows.casework import objection_evidence, objection_filing, objection_triage
from workflows.casework.objection_evidence import MAY_OPEN, EvidenceShown
from workflows.casework.objection_filing import Receipt, Standing
from workflows.casework.objection_triage import READING, TRIAGE, ObjectionShown, Revealed, Triaged

FILED = record(
    ("case", "name", "id_no", "phone", "text"),
    case=text(40),
    name=text(100),
    id_no=text(30),
    phone=text(20),
    text=text(2000),
)


@call(
    "POST",
    "/public/notices/<int:notice>/objections",
    public=True,
    summary="实名提出异议",
    status=201,
    errors=(404, 409, 422, 429),
    answer=of(Receipt),
    body=FILED,
)
def file_objection(notice: int, data: dict[str, str]) -> Receipt:
    filed = objection_filing.file_objection(g.session, notice, now=g.now, **data)
    count_public_act("objection", OBJECTIONS_PER_ADDRESS)
    return filed


@call(
    "POST",
    "/public/notices/<int:notice>/petitions",
    public=True,
    summary="公示期满后实名提出信访事项",
    status=201,
    errors=(404, 409, 422, 429),
    answer=of(Receipt),
    body=FILED,
)
def file_petition(notice: int, data: dict[str, str]) -> Receipt:
    filed = objection_filing.file_petition(g.session, notice, now=g.now, **data)
    count_public_act("objection", OBJECTIONS_PER_ADDRESS)
    return filed


@call(
    "POST",
    "/public/objections/query",
    public=True,
    summary="凭查询码查询办理情况和答复",
    errors=(404, 429),
    answer=of(Standing),
    body=record(("code",), code=text(40)),
)
def ask(data: dict[str, str]) -> Standing:
    count_public_act("objection-query", QUERIES_PER_ADDRESS)
    return objection_filing.ask(g.session, data["code"])


@call(
    "POST",
    "/public/objections/evidence",
    public=True,
    summary="凭查询码补充证据材料（multipart：code、file）",
    status=201,
    errors=(404, 409, 413, 415, 422, 429, 503),
    answer=of(EvidenceShown),
    consumes="multipart/form-data",
    most_bytes=LARGEST_UPLOAD,
    body=record(
        ("code", "file"), code=text(40), file={"type": "string", "contentMediaType": "application/octet-stream"}
    ),
)
def add_evidence() -> EvidenceShown:
    count_public_act("evidence", EVIDENCE_PER_ADDRESS)
    return take_evidence()


@call(
    "GET",
    "/objections/<int:objection>/evidence/<int:evidence>/content",
    *MAY_OPEN,
    summary="下载异议人补充的材料（留痕）",
    errors=(403, 404, 503),
    produces="application/octet-stream",
)
def evidence_content(objection: int, evidence: int) -> Response:
    store = current_app.extensions["greencase"].store
    return as_download(objection_evidence.open_evidence(g.session, store, caller(), objection, evidence, g.now))


@call(
    "POST",
    "/objections/<int:objection>/evidence/<int:evidence>/disclosure",
    "discipline",
    summary="向核查人员提供异议人补充的材料",
    errors=(403, 404),
    body=record(),
    answer=of(EvidenceShown),
)
def disclose_evidence(objection: int, evidence: int, data: dict[str, Any]) -> EvidenceShown:
    return objection_evidence.disclose(g.session, caller(), objection, evidence, g.now)


@call(
    "GET",
    "/objections",
    *READING,
    summary="异议",
    answer=answers(items={"type": "array", "items": of(ObjectionShown)}, next={"type": "null"}),
    query={"state": {"enum": ["registered", "accepted", "rejected", "dismissed", "upheld", "answered"]}},
)
def list_objections(query: dict[str, Any]) -> dict[str, Any]:
    return {"items": objection_triage.list_objections(g.session, caller(), **query), "next": None}


@call(
    "POST",
    "/objections/<int:objection>/revelation",
    "discipline",
    summary="查看异议人信息（将留痕）",
    errors=(404,),
    body=record(),
    answer=of(Revealed),
)
def reveal_objector(objection: int, data: dict[str, Any]) -> Revealed:
    return objection_triage.reveal_objector(g.session, caller(), objection, g.now)


@call(
    "POST",
    "/objections/<int:objection>/acceptance",
    *TRIAGE,
    summary="受理异议（中断该件公示）",
    errors=(403, 404, 409),
    body=record(),
    answer=of(Triaged),
)
def accept_objection(objection: int, data: dict[str, Any]) -> Triaged:
    return objection_triage.accept_objection(g.session, caller(), objection, g.now)


@call(
    "POST",
    "/objections/<int:objection>/rejection",
    *TRIAGE,
    summary="不予受理异议",
    errors=(403, 404, 409, 422),
    body=record(("reply",), reply=text(1000)),
    answer=of(Triaged),
)
def reject_objection(objection: int, data: dict[str, str]) -> Triaged:
    return objection_triage.reject_objection(g.session, caller(), objection, data["reply"], g.now)


@call(
    "POST",
    "/objections/<int:objection>/referral",
    *TRIAGE,
    summary="转为举报（反映工作人员问题，不中断公示）",
    errors=(403, 404, 409),
    body=record(),
    answer=of(Triaged),
)
def refer_objection(objection: int, data: dict[str, Any]) -> Triaged:
    return objection_triage.refer_objection(g.session, caller(), objection, g.now)


@call(
    "POST",
    "/objections/<int:objection>/answer",
    *TRIAGE,
    summary="答复信访、举报事项",
    errors=(403, 404, 409, 422),
    body=record(("reply",), reply=text(1000)),
    answer=of(Triaged),
)
def answer(objection: int, data: dict[str, str]) -> Triaged:
    return objection_triage.answer(g.session, caller(), objection, data["reply"], g.now)


@call(
    "POST",
    "/objections/<int:objection>/advice",
    "discipline",
    summary="提出监督意见",
    errors=(403, 404, 409, 422),
    body=record(("advice",), advice=text(1000)),
    answer=of(Triaged),
)
def advise(objection: int, data: dict[str, str]) -> Triaged:
    return objection_triage.advise(g.session, caller(), objection, data["advice"], g.now)


@call(
    "POST",
    "/objections/<int:objection>/advice/answer",
    "section_chief",
    summary="答复监督意见",
    errors=(403, 404, 409, 422),
    body=record(("advice_answer",), advice_answer=text(1000)),
    answer=of(Triaged),
)
def answer_advice(objection: int, data: dict[str, str]) -> Triaged:
    return objection_triage.answer_advice(g.session, caller(), objection, data["advice_answer"], g.now)
