"""What the pages' views share in answering: where to go back to, and what is read of an address."""

from flask import render_template, request
from werkzeug.wrappers import Response

from workflows.errors import GreenCaseError

Page = str | Response | tuple[str, int]


def back_to(fallback: str) -> str:
    """The page of ours that the form names in `next`; anything that could lead elsewhere is the fallback."""
    wanted = request.form.get("next", "")
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if ours and "\\" not in wanted else fallback


def failed(error: GreenCaseError) -> tuple[str, int]:
    """The error as a page of its own, where the form that was sent cannot be shown again."""
    page = render_template(
        "error.html", status=error.status, title=error.title, detail=error.detail, errors=error.errors
    )
    return page, error.status


def whole(text: str | None) -> int | None:
    """The number that a field or a filter states, None for what is none or beyond every id."""
    given = text or ""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def chosen(name: str) -> str | None:
    """A filter of a list, None when it is not set; longer than any sensible one is cut."""
    return request.args.get(name, "").strip()[:100] or None
