"""Uploads: requests that close what they spooled, and files as they come from a call or a page."""

from typing import IO, Any

from flask import Request, current_app, g, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from server.access import current_actor
from server.clock import machine_now
from server.moments import read_date
from workflows.casework import documents, objection_evidence
from workflows.casework.objection_evidence import EvidenceShown
from workflows.errors import FieldError, Invalid, TooLarge
from workflows.lists import imports, official_lists

# The file and what a browser writes around it.
LARGEST_UPLOAD = documents.MAX_BYTES + 64 * 1024
LARGEST_SHEET = imports.MOST_BYTES + 64 * 1024


class SpoolingRequest(Request):
    """A request that closes the temporary files of its uploads, also of one that broke off half-way."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        stream = super()._get_file_stream(total_content_length, content_type, filename, content_length)
        self.__dict__.setdefault("_spooled", []).append(stream)
        return stream

    def close(self) -> None:
        super().close()
        for stream in self.__dict__.get("_spooled", ()):
            stream.close()


def read_sheet() -> tuple[str, bytes]:
    """The name and the bytes of an uploaded list; bounded, in memory. Invalid where no file was sent, or TooLarge."""
    request.max_content_length = LARGEST_SHEET
    try:
        file = request.files.get("file")
    except RequestEntityTooLarge:
        most = f"{imports.MOST_BYTES // 1024 // 1024} MB、{imports.MOST_ITEMS:,}行"
        raise TooLarge(f"文件过大，未予读取。请分成几个文件，每个不超过{most}。") from None
    if file is None or not file.filename:
        raise Invalid("没有收到文件。", errors=[FieldError("file", "请选择要导入的文件（.xlsx或.csv）。")])
    return file.filename, file.stream.read(LARGEST_SHEET)


def take_list() -> dict[str, Any]:
    """Read the form of an official list with its file and hand it on; answers the report of the import."""
    filename, content = read_sheet()
    sent = request.form
    batch, day = sent.get("batch", ""), sent.get("published_on", "")
    return official_lists.import_list(
        g.session,
        current_actor(),
        scheme=sent.get("scheme", ""),
        title=sent.get("title", ""),
        document_no=sent.get("document_no", ""),
        published_on=read_date(day, "published_on") if day else None,
        batch_id=int(batch) if batch.isascii() and batch.isdecimal() and len(batch) <= 9 else None,
        filename=filename,
        content=content,
        now=g.now,
    )


def _received() -> FileStorage:
    """The file of a multipart body; memory stays bounded, big files are spooled to disk."""
    request.max_content_length = LARGEST_UPLOAD
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("没有收到文件。", errors=[FieldError("file", "请选择要上传的文件。")])
    return file


def _announce(key: str) -> None:
    """Known to the database before the bytes are written, whatever becomes of the request."""
    with current_app.extensions["greencase"].database.transaction() as own:
        documents.announce(own, key, machine_now())


def take_upload(reference: str) -> dict[str, Any]:
    """Read the multipart body of an upload and hand it on."""
    file = _received()
    return documents.upload(
        g.session,
        current_app.extensions["greencase"].store,
        current_actor(),
        reference,
        code=request.form.get("code", ""),
        filename=file.filename or "",
        stream=file.stream,  # type: ignore[arg-type]
        announcing=_announce,
        now=g.now,
    )


def take_evidence() -> EvidenceShown:
    """Read a file that anybody adds to what he brought, with its query code, and hand it on."""
    file = _received()
    return objection_evidence.add_evidence(
        g.session,
        current_app.extensions["greencase"].store,
        request.form.get("code", ""),
        filename=file.filename or "",
        stream=file.stream,  # type: ignore[arg-type]
        announcing=_announce,
        now=g.now,
    )
