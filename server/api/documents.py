"""Documents of a case: list, upload, download, take out before acceptance."""

from typing import Any

from flask import Response, current_app, g

from server.api.route import answers, call, caller, record, text
from server.downloads import as_download
from server.uploads import LARGEST_UPLOAD, take_upload
from workflows.casework import documents

DOCUMENT = answers(
    id={"type": "integer"},
    code=text(),
    version={"type": "integer"},
    filename=text(),
    size={"type": "integer"},
    sha256=text(),
)
LIST = answers(
    checklist={"type": "array"},
    items={"type": "array", "items": DOCUMENT},
    digest=text(64),
    next={"type": "null"},
)


@call("GET", "/cases/<reference>/documents", summary="材料清单与历次版本", errors=(403, 404), answer=LIST)
def list_documents(reference: str) -> dict[str, Any]:
    return {**documents.list_documents(g.session, caller(), reference), "next": None}


@call(
    "POST",
    "/cases/<reference>/documents",
    summary="上传材料（multipart：code、file）",
    status=201,
    answer=DOCUMENT,
    errors=(403, 404, 409, 413, 415, 422, 503),
    consumes="multipart/form-data",
    most_bytes=LARGEST_UPLOAD,
    body=record(
        ("code", "file"), code=text(40), file={"type": "string", "contentMediaType": "application/octet-stream"}
    ),
)
def upload(reference: str) -> dict[str, Any]:
    return take_upload(reference)


@call(
    "GET",
    "/cases/<reference>/documents/<int:document>/content",
    summary="下载材料",
    errors=(403, 404, 503),
    produces="application/octet-stream",
)
def content(reference: str, document: int) -> Response:
    store = current_app.extensions["greencase"].store
    return as_download(documents.open_content(g.session, store, caller(), reference, document))


@call(
    "DELETE",
    "/cases/<reference>/documents/<int:document>",
    "applicant",
    summary="受理前撤下材料",
    status=204,
    errors=(404, 409),
)
def withdraw_document(reference: str, document: int) -> None:
    documents.withdraw_document(g.session, caller(), reference, document, g.now)
