"""openapi.json is a valid OpenAPI 3.1 document, lists what there is and nothing else, and holds every promised call."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from server.api.openapi import document
from server.api.route import CALLS, blueprint

METHODS = {"get", "put", "post", "delete", "patch"}

# The calls that contract.md promises to outsiders, with the names of what they read and answer.
PROMISED = [
    "POST /session",
    "DELETE /session",
    "GET /schemes",
    "POST /schemes/{scheme}/calculation",
    "GET /parameters",
    "POST /parameters/{id}/proposals",
    "POST /parameters/{id}/confirmations",
    "GET /calendars",
    "GET /calendars/{year}",
    "POST /calendars/{year}/proposals",
    "POST /calendars/{year}/confirmations",
    "POST /batches",
    "GET /batches",
    "GET /batches/{id}",
    "POST /batches/{id}/opening",
    "POST /cases",
    "GET /cases",
    "GET /cases/{reference}",
    "POST /cases/{reference}/withdrawal",
    "POST /cases/{reference}/suspension",
    "POST /cases/{reference}/resumption",
    "POST /cases/{reference}/documents",
    "GET /cases/{reference}/documents",
    "GET /cases/{reference}/documents/{id}/content",
    "GET /tasks",
    "GET /tasks/{id}",
    "POST /tasks/{id}/claim",
    "POST /tasks/{id}/release",
    "POST /tasks/{id}/assignment",
    "POST /tasks/{id}/completion",
    "POST /tasks/bulk",
    "POST /batches/{id}/list",
    "POST /batches/{id}/resolution",
    "POST /batches/{id}/publicity",
    "GET /public/notices",
    "GET /public/notices/{id}",
    "POST /public/notices/{id}/objections",
    "POST /historic-awards",
    "POST /matters/{id}/merge",
    "GET /cases/{reference}/history",
    "GET /cases/{reference}/diagram",
    "GET /cases/{reference}/calculation",
    "GET /enterprises/{uscc}/ledger",
    "GET /definitions",
    "GET /definitions/{key}/versions/{n}",
    "POST /demo/clock",
    "GET /openapi.json",
]

QUERIES = {
    "/cases": {"status", "scheme", "batch", "enterprise", "q"},
    "/tasks": {"case", "status", "assignee", "role", "scheme", "due_before", "q", "sort"},
    "/enterprises/{uscc}/ledger": {"year"},
}
BODIES = {
    "POST /session": {"username", "password"},
    "POST /schemes/{scheme}/calculation": {"facts", "on", "parameters"},
    "POST /parameters/{id}/proposals": {"value", "basis", "effective_on"},
    "POST /calendars/{year}/proposals": {"holidays", "workdays", "basis", "provisional"},
    "POST /batches": {"title", "schemes", "window_from", "window_to", "cap_year", "budget_total"},
    "POST /cases": {"scheme", "batch", "title"},
    "POST /cases/{reference}/withdrawal": {"reason"},
    "POST /cases/{reference}/documents": {"code", "file"},
    "POST /tasks/{id}/assignment": {"username"},
    "POST /tasks/{id}/completion": {"data"},
    "POST /tasks/bulk": {"action", "ids", "data"},
    "POST /batches/{id}/resolution": {"minutes_no", "decisions"},
    "POST /public/notices/{id}/objections": {"case", "name", "id_no", "phone", "text"},
    "POST /matters/{id}/merge": {"with", "reason"},
    "POST /demo/clock": {"advance", "now"},
}


def unnamed(path: str) -> str:
    """A path whatever its arguments are called."""
    return re.sub(r"\{\w+\}", "{}", path)


def operations() -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {unnamed(path)}": operation
        for path, item in document()["paths"].items()
        for method, operation in item.items()
    }


def test_it_is_an_openapi_document() -> None:
    described = document()
    assert described["openapi"].startswith("3.1.")
    assert described["info"]["title"] and described["info"]["version"]
    assert described["servers"] == [{"url": "/api/v1"}]
    for path, item in described["paths"].items():
        assert path.startswith("/")
        assert set(item) <= METHODS
        for operation in item.values():
            _check_operation(path, operation, described)


def _check_operation(path: str, operation: dict[str, Any], described: dict[str, Any]) -> None:
    parameters = operation["parameters"]
    assert len({(each["in"], each["name"]) for each in parameters}) == len(parameters)
    for each in parameters:
        assert each["in"] in ("path", "query", "header")
        Draft202012Validator.check_schema(each["schema"])
    in_path = {each["name"] for each in parameters if each["in"] == "path" and each["required"] is True}
    assert in_path == set(re.findall(r"\{(\w+)\}", path))
    for requirement in operation["security"]:
        assert set(requirement) <= set(described["components"]["securitySchemes"])
    assert any(status.startswith("2") for status in operation["responses"])
    contents = [response.get("content", {}) for response in operation["responses"].values()]
    for content in [*contents, operation.get("requestBody", {}).get("content", {})]:
        for media in content.values():
            schema = media["schema"]
            Draft202012Validator.check_schema(schema)
            if "$ref" in schema:
                assert schema["$ref"].rpartition("/")[2] in described["components"]["schemas"]
    assert all(re.fullmatch(r"[1-5]\d\d", status) for status in operation["responses"])
    assert all(response["description"] for response in operation["responses"].values())


def test_it_lists_every_route_and_nothing_else() -> None:
    from flask import Flask

    app = Flask("routes")
    app.register_blueprint(blueprint)
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    listed = {(method.upper(), path) for path, item in document()["paths"].items() for method in item}
    assert listed == routes
    assert len(CALLS) == len(listed)


@pytest.mark.parametrize("promised", PROMISED)
def test_a_promised_call_is_there(promised: str) -> None:
    assert unnamed(promised) in operations()


@pytest.mark.parametrize("path", QUERIES)
def test_a_promised_query_is_read(path: str) -> None:
    parameters = operations()[f"GET {unnamed(path)}"]["parameters"]
    assert {each["name"] for each in parameters if each["in"] == "query"} >= QUERIES[path]


@pytest.mark.parametrize("call", BODIES)
def test_a_promised_body_is_read(call: str) -> None:
    [media] = operations()[unnamed(call)]["requestBody"]["content"].values()
    assert set(media["schema"]["properties"]) >= BODIES[call]
