"""Files on their way out: always as attachments, never sniffed, with names in any language."""

from urllib.parse import quote

from flask import Response

from workflows import sheets
from workflows.casework.documents import Content
from workflows.casework.filetypes import XLSX


def as_download(content: Content) -> Response:
    """Stream a document with headers under which no browser runs it as a page."""
    response = Response(content.chunks, mimetype=content.content_type)
    response.headers["Content-Length"] = str(content.size)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(content.filename, safe='')}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def as_template(layout: sheets.Layout) -> Response:
    """The empty workbook of an import, to be filled in."""
    content = sheets.template(layout)
    name = f"{layout.name}（导入模板）.xlsx"
    return as_download(Content(name, XLSX.content_type, len(content), iter([content])))
