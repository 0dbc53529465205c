"""The OpenAPI document, made from the declarations of the calls: it cannot say what the code does not do."""

import re
from functools import cache
from typing import Any

from server.api.route import CALLS, JSON, MULTIPART, Call, call
from workflows.permissions import ROLES

PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                "required": ["field", "message"],
            },
        },
    },
    "required": ["type", "title", "detail"],
}
_ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")


@call("GET", "/openapi.json", public=True, summary="本说明")
def describe() -> dict[str, Any]:
    return document()


@cache
def document() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for each in CALLS:
        paths.setdefault(_ARGUMENT.sub(r"{\2}", each.rule), {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "GreenCase 绿案",
            "version": "1",
            "description": "金额、数量以文本表示；错误为 application/problem+json。",
        },
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": PROBLEM},
        },
    }


def _operation(each: Call) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if kind == "int" else "string"}}
        for kind, name in _ARGUMENT.findall(each.rule)
    ]
    parameters += [{"name": name, "in": "query", "schema": schema} for name, schema in each.query.items()]
    if each.method == "POST" and each.kept:
        parameters.append({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}})
    operation: dict[str, Any] = {
        "summary": each.summary,
        "tags": [each.rule.split("/")[1]],
        "parameters": parameters,
        "security": [] if each.public else [{"token": []}],
        "responses": {
            str(each.status): _success(each),
            **{str(status): _problem(status) for status in _statuses(each)},
        },
    }
    if each.roles:
        operation["description"] = "办理人：" + "、".join(f"{ROLES[role]}（{role}）" for role in each.roles)
    if each.body is not None:
        operation["requestBody"] = {
            "required": JSON not in each.consumes or bool(each.body.get("required")),
            "content": {kind: {"schema": each.body} for kind in each.consumes}
            | ({MULTIPART: {"schema": each.form}} if each.form is not None else {}),
        }
    return operation


def _success(each: Call) -> dict[str, Any]:
    if each.status == 204:
        return {"description": "已办理"}
    return {"description": "成功", "content": {each.produces: {"schema": each.answer}}}


def _statuses(each: Call) -> list[int]:
    # Unreadable, with characters that cannot be kept, and the database away: any call may be answered so.
    statuses = set(each.errors) | {400, 422, 503}
    if "<" in each.rule:
        statuses.add(404)
    if each.body is not None:
        statuses |= {413, 415}
    if each.method == "POST" and each.kept:
        statuses.add(409)  # an Idempotency-Key that was used for something else
    if not each.public:
        # Also without roles of its own: what a person may do depends on the case (a declaration, a duty kept apart).
        statuses |= {401, 403}
    return sorted(statuses)


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": f"{status}",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
