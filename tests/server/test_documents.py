"""Documents, on the real store: what comes in goes out as it was, what is not what it claims never gets in."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from minio import Minio
from minio.error import S3Error
from werkzeug.test import create_environ, run_wsgi_app

from server.clock import machine_now
from server.embedded import S3
from storage.documents import Document
from tests.api_calls import ApiError
from tests.contract_client import Office
from tests.server import files
from tests.server.signing_in import bearer, token_of
from workflows.casework.documents import MAX_BYTES
from workflows.jobs import due


@pytest.fixture
def store(object_store: S3) -> Minio:
    return Minio(object_store.endpoint, object_store.access_key, object_store.secret_key, secure=False)


@pytest.fixture
def reference(shared_office: Office, batch: int) -> str:
    return shared_office.apply("e01", batch=batch)


@pytest.fixture
def bucket_keys(store: Minio, object_store: S3, reference: str) -> Any:
    """The keys of the case's objects, every version of them."""

    def listed() -> list[str]:
        found = store.list_objects(object_store.bucket, prefix=f"{reference}/", recursive=True, include_version=True)
        return [each.object_name or "" for each in found if not each.is_delete_marker]

    return listed


def upload_named(app: Flask, reference: str, name: str) -> Any:
    """An upload with a name as it is, encoded so that no character of it means anything to the transport."""
    head = (
        '--b\r\nContent-Disposition: form-data; name="code"\r\n\r\nDOC_OTHER\r\n'
        f"--b\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''{quote(name, safe='')}\r\n\r\n"
    )
    return app.test_client().post(
        f"/api/v1/cases/{reference}/documents",
        headers=bearer(token_of(app, "e01")),
        data=head.encode() + files.PDF + b"\r\n--b--\r\n",
        content_type="multipart/form-data; boundary=b",
    )


def listed(office: Office, reference: str) -> list[dict[str, Any]]:
    return list(office.as_("e01").get(f"/cases/{reference}/documents")["items"])


def refused(office: Office, reference: str, content: bytes, name: str) -> int:
    with pytest.raises(ApiError) as caught:
        office.as_("e01").upload(reference, "DOC_OTHER", content, name)
    assert caught.value.body["detail"]
    return caught.value.status


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (files.PDF, "合同.pdf", "application/pdf"),
        (files.PDF, "合同.PDF", "application/pdf"),
        (files.PNG, "照片.png", "image/png"),
        (files.JPEG, "照片.jpg", "image/jpeg"),
        (files.JPEG, "照片.jpeg", "image/jpeg"),
        (files.OFD, "发票.ofd", "application/ofd"),
        (files.XLSX, "明细.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (files.DOCX, "说明.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_each_kind_goes_in_and_comes_out_as_it_was(
    shared_app: Flask, shared_office: Office, reference: str, content: bytes, name: str, kind: str
) -> None:
    kept = shared_office.as_("e01").upload(reference, "DOC_OTHER", content, name)
    assert kept["size"] == len(content)
    assert kept["sha256"] == hashlib.sha256(content).hexdigest()
    assert (kept["content_type"], kept["filename"], kept["version"]) == (kind, name, 1)
    response = shared_app.test_client().get(
        f"/api/v1/cases/{reference}/documents/{kept['id']}/content", headers=bearer(token_of(shared_app, "e01"))
    )
    assert (response.status_code, response.data) == (200, content)
    assert response.headers["Content-Type"].partition(";")[0] == kind
    assert response.headers["Content-Length"] == str(len(content))
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/审计报告.pdf", "审计报告.pdf"),
        ("C:\\用户\\桌面\\审计报告.pdf", "审计报告.pdf"),
        ("审计\r\nSet-Cookie: a=b.pdf", "审计Set-Cookie: a=b.pdf"),
        ("审\"计;报'告.pdf", "审\"计;报'告.pdf"),
        ("审计\u202efdp.pdf", "审计fdp.pdf"),
        ("审计\x00.pdf", "审计.pdf"),
        ("𠮷野家 ①.pdf", "𠮷野家 ①.pdf"),
        ("%2e%2e%2f.pdf", "%2e%2e%2f.pdf"),
    ],
)
def test_a_name_keeps_its_characters_and_loses_its_tricks(
    shared_app: Flask, reference: str, given: str, kept: str
) -> None:
    document = upload_named(shared_app, reference, given).get_json()
    assert document["filename"] == kept
    response = shared_app.test_client().get(
        f"/api/v1/cases/{reference}/documents/{document['id']}/content", headers=bearer(token_of(shared_app, "e01"))
    )
    header = response.headers["Content-Disposition"]
    assert header.isascii() and not set('\r\n"\\') & set(header)


@pytest.mark.parametrize("name", ["长" * 150 + ".pdf", ".", "...", "\u202e", " "])
def test_a_name_that_is_none_is_refused(shared_app: Flask, reference: str, name: str) -> None:
    response = upload_named(shared_app, reference, name)
    assert (response.status_code, response.get_json()["errors"][0]["field"]) == (422, "file")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (files.EXE, "报告.pdf"), (files.HTML, "报告.pdf"), (files.HTML, "报告.html"), (files.SVG, "图.svg"),
        (files.SVG, "图.png"), (files.ZIP, "附件.zip"), (files.ZIP, "附件.docx"), (files.JAR, "附件.xlsx"),
        (files.DOCM, "说明.docm"), (files.DOCM, "说明.docx"), (files.HIDDEN_MACROS, "说明.docx"),
        (files.MACRO_SHEET, "明细.xlsx"), (files.PDF, "报告.docx"), (files.DOCX, "报告.pdf"), (files.XLSX, "报告.docx"),
        (files.PNG, "照片.jpg"), (files.PDF, "报告"), (files.PDF, "报告.pdf.exe"), (files.PDF, "报告.pdf."),
        (b"", "空.pdf"), (b"%PD", "短.pdf"), (b"PK\x03\x04", "短.docx"), (files.DOCX[:200], "断.docx"),
        (b"\n" + files.PDF, "报告.pdf"),
    ],
)  # fmt: skip
def test_what_is_not_what_it_claims_is_refused(
    shared_office: Office, reference: str, bucket_keys: Any, content: bytes, name: str
) -> None:
    assert refused(shared_office, reference, content, name) == 415
    assert listed(shared_office, reference) == []
    assert bucket_keys() == []


def test_versions_are_kept(shared_app: Flask, shared_office: Office, reference: str) -> None:
    api = shared_office.as_("e01")
    first = api.upload(reference, "DOC_CONTRACT", files.PDF, "合同.pdf")
    second = api.upload(reference, "DOC_CONTRACT", files.PDF + b"%2", "合同.pdf")
    assert [first["version"], second["version"]] == [1, 2]
    assert [each["version"] for each in listed(shared_office, reference)] == [1, 2]
    assert api.get(f"/cases/{reference}/documents/{first['id']}/content") == files.PDF


def test_the_checklist_says_what_is_there(shared_office: Office, reference: str) -> None:
    shared_office.as_("e01").upload(reference, "DOC_CONTRACT")
    answer = shared_office.as_("e01").get(f"/cases/{reference}/documents")
    assert {item["code"] for item in answer["checklist"] if item["present"]} == {"DOC_CONTRACT"}
    with pytest.raises(ApiError) as caught:
        shared_office.as_("e01").upload(reference, "NOTHING")
    assert caught.value.status == 422


class Endless(io.RawIOBase):
    """So many bytes of a PDF, made while they are read."""

    def __init__(self, size: int) -> None:
        self._head, self._left = files.PDF, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = (self._head or bytes(len(buffer)))[: min(len(buffer), self._left)]
        self._head = self._head[len(piece) :]
        self._left -= len(piece)
        buffer[: len(piece)] = piece
        return len(piece)


def send_big(app: Flask, reference: str, size: int) -> tuple[int, Any]:
    """An upload whose body is never in memory as a whole."""
    head = (
        b'--b\r\nContent-Disposition: form-data; name="code"\r\n\r\nDOC_OTHER\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="big.pdf"\r\n\r\n'
    )
    tail = b"\r\n--b--\r\n"

    def body() -> Iterator[bytes]:
        yield head
        stream = Endless(size)
        while piece := stream.read(1 << 20):
            yield piece
        yield tail

    class Stream(io.RawIOBase):
        def __init__(self) -> None:
            self._pieces, self._rest = body(), b""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self._rest = self._rest or next(self._pieces, b"")
            piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
            buffer[: len(piece)] = piece
            return len(piece)

    environ = create_environ(
        f"/api/v1/cases/{reference}/documents",
        method="POST",
        headers=bearer(token_of(app, "e01")),
    )
    environ["CONTENT_TYPE"] = "multipart/form-data; boundary=b"
    environ["CONTENT_LENGTH"] = str(len(head) + size + len(tail))
    environ["wsgi.input"] = io.BufferedReader(Stream())
    content, status, _ = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    return int(status.split()[0]), json.loads(b"".join(content))


def test_fifty_mebibytes_pass_in_bounded_memory_and_not_one_byte_more(
    shared_app: Flask, shared_office: Office, reference: str, bucket_keys: Any
) -> None:
    tracemalloc.start()
    try:
        status, document = send_big(shared_app, reference, MAX_BYTES)
        assert tracemalloc.get_traced_memory()[1] < 30 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert status == 201, document
    assert document["size"] == MAX_BYTES
    for size in (MAX_BYTES + 1, MAX_BYTES + 1024 * 1024):
        assert send_big(shared_app, reference, size)[0] == 413
    assert len(listed(shared_office, reference)) == len(bucket_keys()) == 1


@pytest.mark.parametrize("cut", [0.2, 0.6, 0.999])
def test_an_upload_that_breaks_off_leaves_nothing(
    shared_app: Flask, shared_office: Office, reference: str, bucket_keys: Any, cut: float
) -> None:
    content = files.PDF + bytes(3_000_000)
    whole = (
        b'--b\r\nContent-Disposition: form-data; name="code"\r\n\r\nDOC_OTHER\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + content + b"\r\n--b--\r\n"
    )
    sent = whole[: int(len(whole) * cut)]
    for length in (len(sent), len(whole)):  # without its end, and less than was announced
        response = shared_app.test_client().post(
            f"/api/v1/cases/{reference}/documents",
            headers=bearer(token_of(shared_app, "e01")),
            input_stream=io.BytesIO(sent),
            content_type="multipart/form-data; boundary=b",
            content_length=length,
        )
        assert response.status_code in (400, 422)
        assert response.mimetype == "application/problem+json"
    assert listed(shared_office, reference) == []
    assert bucket_keys() == []


def test_an_upload_without_a_file_says_so(shared_app: Flask, reference: str) -> None:
    headers = bearer(token_of(shared_app, "e01"))
    for data in (
        {"code": "DOC_OTHER"},
        {"code": "DOC_OTHER", "file": "text"},
        {"code": "DOC_OTHER", "file": (io.BytesIO(b"x"), "")},
    ):
        response = shared_app.test_client().post(
            f"/api/v1/cases/{reference}/documents", headers=headers, data=data, content_type="multipart/form-data"
        )
        assert (response.status_code, response.get_json()["errors"][0]["field"]) == (422, "file")


def test_readers_do_not_upload(office: Office) -> None:
    reference = office.apply()
    office.submit(reference)
    for username, status in (("auditor", 403), ("owner", 403), ("e02", 404), ("expert1", 404), ("sysadmin", 404)):
        with pytest.raises(ApiError) as caught:
            office.as_(username).upload(reference, "DOC_OTHER")
        assert caught.value.status == status, username
    office.as_("officer").upload(reference, "DOC_OTHER")


def test_a_document_may_be_taken_out_until_it_is_accepted_and_is_locked_then(
    app: Flask, office: Office, store: Minio, object_store: S3
) -> None:
    reference = office.apply()
    api = office.as_("e01")
    gone, kept = (api.upload(reference, "DOC_OTHER", files.PDF, name) for name in ("一.pdf", "二.pdf"))
    api.call("DELETE", f"/cases/{reference}/documents/{gone['id']}")
    assert [each["id"] for each in listed(office, reference)] == [kept["id"]]
    assert api.try_call("GET", f"/cases/{reference}/documents/{gone['id']}/content")[0] == 404
    assert api.try_call("DELETE", f"/cases/{reference}/documents/{gone['id']}")[0] == 404
    assert api.upload(reference, "DOC_OTHER", files.PDF, "一.pdf")["version"] == 2, "a number is never used again"

    installation = app.extensions["greencase"]
    assert due.lock_documents(installation.database, installation.store, machine_now()) == 0, "nothing is accepted yet"
    office.drive(reference, "credit_check")
    assert api.try_call("DELETE", f"/cases/{reference}/documents/{kept['id']}")[0] == 409
    assert due.lock_documents(installation.database, installation.store, machine_now()) == 2
    assert due.lock_documents(installation.database, installation.store, machine_now()) == 0, "safe to run twice"
    assert all(each["locked"] for each in listed(office, reference))

    with installation.database.transaction() as session:
        row = session.get_one(Document, kept["id"])
    with pytest.raises(S3Error):
        store.remove_object(object_store.bucket, row.object_key, version_id=row.object_version)
    retention = store.get_object_retention(object_store.bucket, row.object_key, version_id=row.object_version)
    assert retention is not None and retention.mode == "GOVERNANCE"
    assert (retention.retain_until_date.date() - machine_now().date()).days >= 3650
    assert api.get(f"/cases/{reference}/documents/{kept['id']}/content") == files.PDF
