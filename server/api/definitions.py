"""Definition versions, to read."""

from typing import Any

from flask import g

from server.api.route import answers, call, text
from workflows import deployments
from workflows.permissions import OFFICE, READERS

VERSION = answers(key=text(), version={"type": "integer"}, sha256=text(), state=text())
WHO = sorted(OFFICE | READERS)


@call(
    "GET",
    "/definitions",
    *WHO,
    summary="流程版本",
    answer=answers(items={"type": "array", "items": VERSION}, next={"type": "null"}),
)
def list_definitions() -> dict[str, Any]:
    return {"items": deployments.list_definitions(g.session), "next": None}


@call("GET", "/definitions/<key>/versions/<int:version>", *WHO, summary="一个流程版本", errors=(404,), answer=VERSION)
def get_definition(key: str, version: int) -> dict[str, Any]:
    return deployments.get_definition(g.session, key, version)
