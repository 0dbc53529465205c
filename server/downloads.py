"""Files on their way out: always as attachments, never sniffed, with names in any language."""

from urllib.parse import quote

from flask import Response

from workflows.documents import Content


def as_download(content: Content) -> Response:
    """Stream a document with headers under which no browser runs it as a page."""
    response = Response(content.chunks, mimetype=content.content_type)
    response.headers["Content-Length"] = str(content.size)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(content.filename, safe='')}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
