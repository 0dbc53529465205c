"""Bad input gets a problem with a sentence, by the status that the contract names; never a 500, nothing half-done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from server.json import DEEPEST
from tests.contract_client import Office
from tests.server.signing_in import bearer, token_of

DRAFTED = {
    "title": "测试批次",
    "schemes": ["retrofit"],
    "window_from": "2026-03-02",
    "window_to": "2026-04-15",
    "cap_year": 2026,
}


def send(app: Flask, username: str | None, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
    """A call with a body as it is: bytes stay bytes."""
    headers = bearer(token_of(app, username) if username else None)
    if body is not None:
        more.setdefault("content_type", "application/json")
        more["data"] = body if isinstance(body, bytes) else json.dumps(body)
    return app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **more)


def assert_problem(response: TestResponse, status: int, *fields: str) -> None:
    """A problem+json of this status with a Chinese sentence, and these fields among its errors."""
    assert (response.status_code, response.mimetype) == (status, "application/problem+json"), response.data[:300]
    problem = response.get_json()
    assert problem["status"] == status
    assert problem["type"] and problem["title"]
    assert any("一" <= character <= "鿿" for character in problem["detail"])
    errors = problem.get("errors", [])
    assert all(set(each) == {"field", "message"} for each in errors)
    assert set(fields) <= {each["field"] for each in errors}, errors


def open_task(office: Office, reference: str, applicant: str = "e01") -> str:
    [task] = office.as_(applicant).get(f"/cases/{reference}")["open_tasks"]
    return str(task["id"])


def filled(office: Office, task: str, applicant: str = "e01") -> dict[str, Any]:
    schema = office.as_(applicant).get(f"/tasks/{task}")["form"]["schema"]
    return {name: schema["properties"][name]["examples"][0] for name in schema["required"]}


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"\xff\xfe", b'{"facts": NaN}', b'{"facts": {"approved_investment": 1e309}}', b"{'facts': {}}", b"nul",
        b'{"facts": "\\ud800"}', b"[" * 5000, b'{"facts":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"facts":' + b'{"a":' * 900 + b"1" + b"}" * 901,
    ],
)  # fmt: skip
def test_what_is_not_json_is_unreadable(shared_app: Flask, body: bytes) -> None:
    assert_problem(send(shared_app, None, "POST", "/schemes/retrofit/calculation", body), 400)


def test_json_may_be_nested_as_deep_as_forms_need(shared_app: Flask) -> None:
    deep: Any = "1"
    for _ in range(DEEPEST - 2):
        deep = [deep]
    response = send(shared_app, None, "POST", "/schemes/retrofit/calculation", {"facts": {"approved_investment": deep}})
    assert_problem(response, 422)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_only_json_is_taken(shared_app: Flask, kind: str) -> None:
    body = b'{"username": "e01", "password": "greencase-demo"}'
    assert_problem(send(shared_app, None, "POST", "/session", body, content_type=kind), 415)


def test_a_charset_beside_json_is_taken(shared_app: Flask) -> None:
    body = b'{"username": "e01", "password": "greencase-demo"}'
    response = send(shared_app, None, "POST", "/session", body, content_type="application/json; charset=utf-8")
    assert response.status_code == 201


def test_a_file_comes_as_multipart(shared_office: Office, shared_app: Flask, batch: int) -> None:
    reference = shared_office.apply(batch=batch)
    assert_problem(send(shared_app, "e01", "POST", f"/cases/{reference}/documents", {"code": "DOC_OTHER"}), 415)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/schemes"), ("GET", "/cases/x/withdrawal"), ("PATCH", "/cases"), ("PUT", "/session")]
)
def test_a_wrong_method_is_405_and_says_which_are_right(shared_app: Flask, method: str, path: str) -> None:
    response = send(shared_app, "e01", method, path)
    assert_problem(response, 405)
    assert response.headers["Allow"]


@pytest.mark.parametrize("path", ["/nothing", "/cases/x/nothing", "/cases/", "/batches/x", "/batches/-1"])
def test_an_unknown_address_is_404(shared_app: Flask, path: str) -> None:
    assert_problem(send(shared_app, "e01", "GET", path), 404)


def test_nobody_is_told_how_to_sign_in(shared_app: Flask) -> None:
    response = send(shared_app, None, "GET", "/cases")
    assert_problem(response, 401)
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_wrong_role_is_403(shared_app: Flask) -> None:
    assert_problem(
        send(shared_app, "officer", "POST", "/cases", {"scheme": "retrofit", "batch": 1, "title": "甲"}), 403
    )


def test_ten_million_characters_are_too_many(shared_app: Flask) -> None:
    body = b'{"username": "' + b"x" * 10_000_000 + b'", "password": ""}'
    assert_problem(send(shared_app, None, "POST", "/session", body), 413)


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\x1b[31m", "\x7f", "\x85"])
def test_control_characters_are_refused_wherever_they_are(shared_app: Flask, batch: int, text: str) -> None:
    new = {"scheme": "retrofit", "batch": batch, "title": text}
    assert_problem(send(shared_app, "e01", "POST", "/cases", new), 422, "title")
    assert_problem(send(shared_app, "e01", "POST", "/cases", {**new, "title": "甲", text: 1}), 422)
    assert_problem(send(shared_app, "e01", "GET", "/cases", query_string={"q": text}), 422)
    assert_problem(send(shared_app, "e01", "GET", "/schemes", query_string={text: "1"}), 422)
    quoted = "".join(f"%{byte:02X}" for byte in text.encode())
    for path in ("/cases/", "/tasks/", "/enterprises/"):
        assert_problem(send(shared_app, "officer", "GET", path + quoted + ("/ledger" if "ent" in path else "")), 404)


@pytest.mark.parametrize("number", ["2147483648", "9" * 19, "9" * 400])
def test_a_number_beyond_every_id_is_not_found(shared_app: Flask, number: str) -> None:
    for path in ("/batches/{}", "/public/notices/{}", "/definitions/retrofit/versions/{}"):
        assert_problem(send(shared_app, "officer", "GET", path.format(number)), 404)
    assert_problem(send(shared_app, "officer", "GET", "/cases", query_string={"batch": number}), 422, "batch")
    new = f'{{"scheme": "retrofit", "title": "甲", "batch": {number}}}'.encode()
    assert send(shared_app, "e01", "POST", "/cases", new).status_code in (400, 422)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"), ({"limit": "201"}, "limit"), ({"limit": "²"}, "limit"), ({"limit": "１"}, "limit"),
        ({"limit": "-1"}, "limit"), ({"limit": "1.0"}, "limit"), ({"unknown": "1"}, "unknown"),
        ({"q": "长" * 101}, "q"),
    ],
)  # fmt: skip
def test_a_wrong_query_names_its_field(shared_app: Flask, query: dict[str, str], field: str) -> None:
    assert_problem(send(shared_app, "officer", "GET", "/cases", query_string=query), 422, field)


@pytest.mark.parametrize("cursor", ["x", "²", "AAAA", "////", "长", "=" * 50, "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAx"])
@pytest.mark.parametrize("path", ["/cases", "/batches", "/tasks", "/public/notices"])
def test_a_cursor_that_we_did_not_make_is_unreadable(shared_app: Flask, path: str, cursor: str) -> None:
    assert_problem(send(shared_app, "officer", "GET", path, query_string={"cursor": cursor}), 400)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unknown": 1}, "unknown"),
        ({"title": 1}, "title"),
        ({"title": ""}, "title"),
        ({"title": "  "}, "title"),
        ({"title": None}, "title"),
        ({"title": "长" * 101}, "title"),
        ({"schemes": []}, "schemes"),
        ({"schemes": "retrofit"}, "schemes"),
        ({"schemes": [1]}, "schemes.0"),
        ({"schemes": ["nothing"]}, "schemes"),
        ({"schemes": ["retrofit", "retrofit"]}, "schemes"),
        ({"cap_year": "2026"}, "cap_year"),
        ({"cap_year": True}, "cap_year"),
        ({"cap_year": 2026.5}, "cap_year"),
        ({"cap_year": 10**30}, "cap_year"),
        ({"window_from": "2026-02-30"}, "window_from"),
        ({"window_from": "0001-01-01"}, "window_from"),
        ({"window_from": "0001-01-01T00:00:00+14:00"}, "window_from"),
        ({"window_to": "9999-12-31"}, "window_to"),
        ({"window_to": "2026-03-01"}, "window_to"),
        ({"budget_total": 100}, "budget_total"),
        ({"budget_total": "0.005"}, "budget_total"),
        ({"budget_total": "-1"}, "budget_total"),
        ({"budget_total": "1e5"}, "budget_total"),
        ({"budget_total": "100万"}, "budget_total"),
        ({"budget_total": "NaN"}, "budget_total"),
        ({"budget_total": "9" * 30}, "budget_total"),
    ],
)
def test_a_wrong_value_names_its_field_and_makes_nothing(
    shared_app: Flask, shared_office: Office, change: dict[str, Any], field: str
) -> None:
    before = shared_office.as_("officer").get("/batches?limit=200")
    assert_problem(send(shared_app, "officer", "POST", "/batches", {**DRAFTED, **change}), 422, field)
    assert shared_office.as_("officer").get("/batches?limit=200") == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"declared_investment": 3000000}, "declared_investment"),
        ({"declared_investment": 1e300}, "declared_investment"),
        ({"declared_investment": "3000000.005"}, "declared_investment"),
        ({"declared_investment": "0.005"}, "declared_investment"),
        ({"declared_investment": "NaN"}, "declared_investment"),
        ({"declared_investment": "1e309"}, "declared_investment"),
        ({"declared_investment": "9" * 100_000}, "declared_investment"),
        ({"declared_investment": {"$ne": None}}, "declared_investment"),
        ({"project_name": "甲" * 100_000}, "project_name"),
        ({"project_name": ["甲"]}, "project_name"),
        ({"completion_date": "2026-02-30"}, "completion_date"),
        ({"commitment": False}, "commitment"),
        ({"commitment": "true"}, "commitment"),
        ({"invoice_lines": [{"invoice_no": 1}]}, "invoice_lines-0-invoice_no"),
        ({"invoice_lines": [[]]}, "invoice_lines"),
        ({"invoice_lines": {"0": {}}}, "invoice_lines"),
        ({"nothing": "1"}, "nothing"),
        ({"__proto__": {}}, "__proto__"),
    ],
)
def test_a_form_refuses_a_wrong_value_and_stays_open(
    shared_app: Flask, shared_office: Office, batch: int, change: dict[str, Any], field: str
) -> None:
    task = open_task(shared_office, shared_office.apply(batch=batch))
    data = {**filled(shared_office, task), **change}
    assert_problem(send(shared_app, "e01", "POST", f"/tasks/{task}/completion", {"data": data}), 422, field)
    assert shared_office.as_("e01").get(f"/tasks/{task}")["status"] == "open"


def test_the_wrong_characters_in_a_form_are_refused(shared_app: Flask, shared_office: Office, batch: int) -> None:
    task = open_task(shared_office, shared_office.apply(batch=batch))
    data = {**filled(shared_office, task), "project_name": "甲\x00乙"}
    response = send(shared_app, "e01", "POST", f"/tasks/{task}/completion", {"data": data})
    assert_problem(response, 422, "data.project_name")


def test_nobody_approves_more_than_was_declared(office: Office, app: Flask) -> None:
    reference = office.apply()
    office.drive(reference, "confirm_verified")
    [task] = office.case(reference)["open_tasks"]
    data = {**filled(office, task["id"], "officer"), "approved_investment": "3000000.01"}
    response = send(app, "officer", "POST", f"/tasks/{task['id']}/completion", {"data": {**data, "decision": "pass"}})
    assert_problem(response, 422, "approved_investment")
    assert "3,000,000" in response.get_json()["errors"][0]["message"]


def test_what_is_somebody_elses_does_not_exist(shared_app: Flask, shared_office: Office, batch: int) -> None:
    reference = shared_office.apply("e01", batch=batch)
    task = open_task(shared_office, reference)
    document = shared_office.as_("e01").upload(reference, "DOC_OTHER")["id"]
    for path in (
        f"/cases/{reference}", f"/cases/{reference}/documents", f"/cases/{reference}/documents/{document}/content",
        f"/cases/{reference}/history", f"/cases/{reference}/diagram", f"/cases/{reference}/calculation",
        f"/tasks/{task}",
    ):  # fmt: skip
        assert_problem(send(shared_app, "e02", "GET", path), 404)
    for path, body in (
        (f"/cases/{reference}/withdrawal", {"reason": "不是我的"}),
        (f"/tasks/{task}/completion", {"data": {}}),
        (f"/tasks/{task}/claim", {}),
        (f"/tasks/{task}/release", {}),
    ):
        assert_problem(send(shared_app, "e02", "POST", path, body), 404)
    assert_problem(send(shared_app, "e02", "DELETE", f"/cases/{reference}/documents/{document}"), 404)
    assert shared_office.as_("e02").get(f"/cases?q={reference}")["items"] == []
    # A draft is its applicant's own: the office does not know of it either.
    assert_problem(send(shared_app, "officer", "GET", f"/cases/{reference}"), 404)


def test_somebody_elses_letter_does_not_exist(office: Office, app: Flask) -> None:
    reference = office.apply("e01")
    office.drive(reference, "credit_check")
    [message, *_] = office.as_("e01").get("/messages")["items"]
    assert_problem(send(app, "e02", "POST", f"/messages/{message['id']}/reading"), 404)
    assert office.as_("e02").get("/messages")["items"] == []


def test_the_second_completion_is_a_conflict(shared_app: Flask, shared_office: Office, batch: int) -> None:
    task = open_task(shared_office, shared_office.apply(batch=batch))
    body = {"data": filled(shared_office, task)}
    assert send(shared_app, "e01", "POST", f"/tasks/{task}/completion", body).status_code == 200
    assert_problem(send(shared_app, "e01", "POST", f"/tasks/{task}/completion", body), 409)


@pytest.mark.parametrize("uscc", ["123", "91110112MA0000000X", "9111011２MA00000000", "x" * 5000])
def test_a_wrong_uscc_has_no_account(shared_app: Flask, uscc: str) -> None:
    assert_problem(send(shared_app, "officer", "GET", f"/enterprises/{uscc}/ledger"), 404)
