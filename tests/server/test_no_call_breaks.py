"""Every call with every value that people and programs send by mistake or on purpose.

No answer is a 500, each one's status is declared in openapi.json, and each success has the declared shape.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from server.api.openapi import document
from server.api.route import CALLS, Call
from server.settings import CHECKOUT
from tests.api_calls import PDF, flask_transport
from tests.contract_client import Office
from tests.server.signing_in import PERSON, bearer, token_of

WRONG: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**31, 2**63, 10**30, 1e308, "", " ", "0.005", "-1", "1e309", "NaN", "２０２６", "²",
    "2026-02-30", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59-23:59", "P9999W", "长" * 3000, "\ufdd0",
    "\u202e甲", "a\x00b", "'; DROP TABLE cases; --", "%s%n{0}", "../../etc/passwd", "<script>", [], [None], ["a", "a"],
    {}, {"a": {}}, [[[]]], {"": ""},
)  # fmt: skip
DIAGRAM = (CHECKOUT / "bpmn" / "retrofit.bpmn").read_bytes()
# What is sent as a diagram and is none, or one that nobody could mend in the editor.
FILES = (
    b"", b"\x00", b"{}", b"<a>", b"<a/>", "流程".encode("utf-16"), DIAGRAM[:5000], b"<a>" * 50_000,
    b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', DIAGRAM.replace(b"retrofit", b"green_event"),
)  # fmt: skip
ARGUMENTS = ("x", "0", "1", "²", "-1", "9" * 30, "长" * 300, "%00", "%ff", "%2e%2e%2f", "%0a", "a%2fb", "'")


class World:
    """A case at publicity and a draft, and an argument for every path that leads to something."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        office = Office(flask_transport(app))
        self.reference = office.apply("e01")
        office.drive(self.reference, "publicity_period")
        self.draft = office.apply("e01", title="另一项目")
        [task] = office.as_("e01").get(f"/cases/{self.draft}")["open_tasks"]
        messages = office.as_("e01").get("/messages")["items"]
        self.uscc = office.case(self.reference)["enterprise"]["uscc"]
        self.arguments: dict[str, list[str]] = {
            "scheme": ["retrofit"], "batch": ["1"], "reference": [self.draft, self.reference],
            "other": [self.draft, self.reference],
            "document": [str(office.as_("e01").upload(self.draft, "DOC_OTHER")["id"])], "task": [task["id"]],
            "uscc": [self.uscc], "parameter": ["proc.formality_days", "a3.rate"], "notice": ["1"], "objection": ["1"],
            "evidence": ["1"], "avoidance": ["1"], "registration": ["1"],
            "message": [str(messages[0]["id"])], "key": ["retrofit"], "version": ["1"], "official_list": ["1"],
            "entry": ["1"], "recovery": ["1"], "check": ["1"],
            "matter": [str(office.case(self.reference)["matter"]["id"])],
            "reopening": ["1"], "clue": ["1"], "bar": ["1"],
            "draft_id": [str(self._draft_of_a_definition())], "number": ["1"], "row": ["1"], "award": ["1"],
            "year": ["2027", "2026"],
        }  # fmt: skip

    def _draft_of_a_definition(self) -> int:
        path, headers = "/api/v1/definitions/retrofit/drafts", bearer(token_of(self.app, "owner2"))
        client = self.app.test_client(use_cookies=False)
        answer = client.post(path, data=DIAGRAM, content_type="application/xml", headers=headers)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return int(answer.get_json()["id"])

    def paths(self, call: Call) -> Iterator[str]:
        """Addresses of the call that lead to something, then such that do not."""
        template = "/".join(
            f"{{{part.strip('<>').rpartition(':')[2]}}}" if part.startswith("<") else part
            for part in call.rule.split("/")
        )
        names = [part.strip("{}") for part in template.split("/") if part.startswith("{")]
        good = {name: self.arguments[name][0] for name in names}
        yield template.format(**good)
        for name in names:
            for other in (*self.arguments[name][1:], *ARGUMENTS):
                yield template.format(**{**good, name: other})

    def bodies(self, call: Call) -> Iterator[Any]:
        """A body that fits the schema, then one with each wrong value in each place."""
        if call.body is None:
            yield None
            return
        if "application/xml" in call.consumes:
            yield from (DIAGRAM, *FILES)
            return
        good = sample(call.body, self)
        yield good
        yield from ({**good, "unknown": 1}, [good], None, "text", 1)
        for name in call.body["properties"]:
            yield {key: value for key, value in good.items() if key != name}
            yield from ({**good, name: value} for value in WRONG)
            for place in places(good.get(name)):
                for value in WRONG:
                    changed = json.loads(json.dumps(good))
                    put(changed[name], place, value)
                    yield changed


def sample(schema: Any, world: World, name: str = "") -> Any:
    known = {
        "scheme": "retrofit", "schemes": ["retrofit"], "batch": 1, "case": world.reference, "username": "officer",
        "window_from": "2026-03-02", "window_to": "2026-04-15", "on": "2026-03-02", "effective_on": "2026-03-02",
        "now": "2026-03-02T09:00:00+08:00", "advance": "PT1S", "ids": world.arguments["task"], "cap_year": 2026,
        "facts": {"approved_investment": "3000000", "granted_same_project": "0"}, "parameters": {"a3.rate": "0.3"},
        "budget_total": "1000000", "amount": "100000", "year": 2026,
    }  # fmt: skip
    if name in known:
        return known[name]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {key: sample(each, world, key) for key, each in schema.get("properties", {}).items()}
    if kind == "array":
        return [sample(schema["items"], world, name.removesuffix("s"))]
    return 1 if kind == "integer" else "测试"


def places(value: Any) -> list[tuple[Any, ...]]:
    """The ways to every value inside this one."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(key, *way) for key, each in inside for way in [(), *places(each)]]


def put(value: Any, place: tuple[Any, ...], new: Any) -> None:
    for key in place[:-1]:
        value = value[key]
    value[place[-1]] = new


@pytest.fixture(scope="module")
def world(shared_app: Flask) -> World:
    return World(shared_app)


@pytest.fixture(scope="module")
def tokens(shared_app: Flask) -> dict[str, str]:
    return {role: token_of(shared_app, username) for role, username in PERSON.items()}


def who(call: Call) -> list[str | None]:
    """Somebody of every kind of reader who may make the call."""
    if call.public:
        return [None, "case_officer"]
    kinds = ["applicant", "case_officer", "auditor", "expert"]
    return [kind for kind in kinds if kind in call.roles or not call.roles] or [sorted(call.roles)[0]]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.rule}")
def test_no_call_breaks(world: World, tokens: dict[str, str], call: Call) -> None:
    client, wrong = world.app.test_client(use_cookies=False), []
    for reader, role in enumerate(who(call)):
        for path, body, query in requests(world, call, bad_values=reader == 0):
            ends = call.method == "DELETE"
            token = token_of(world.app, PERSON[role or "applicant"]) if ends else tokens.get(role or "")
            problem = judge(client, call, path, body, query, token)
            if problem:
                wrong.append((role, path[:80], repr(body)[:200], query, problem))
    assert wrong == []


def requests(world: World, call: Call, *, bad_values: bool) -> Iterator[tuple[str, Any, dict[str, str]]]:
    """A request with every path; for one reader also with every bad value in body and query."""
    first, good = next(world.paths(call)), next(world.bodies(call))
    for path in world.paths(call):
        yield path, good, {}
    if not bad_values:
        return
    for body in world.bodies(call):
        yield first, body, {}
    for name in call.query:
        for value in WRONG:
            yield first, good, {name: value if isinstance(value, str) else json.dumps(value)}


def judge(client: FlaskClient, call: Call, path: str, body: Any, query: dict[str, str], token: str | None) -> str:
    """What is wrong with the answer; nothing when all is well."""
    more: dict[str, Any] = {"json": body} if call.body is not None else {}
    address = {"REMOTE_ADDR": "198.51.100.1"}  # which will have tried too many passwords
    if isinstance(body, bytes):
        more = {"data": body, "content_type": "application/xml"}
    if "multipart/form-data" in call.consumes:
        fields = body if isinstance(body, dict) else {}
        more = {"data": {**{k: str(v) for k, v in fields.items() if k != "file"}, "file": (io.BytesIO(PDF), "甲.pdf")}}
        more["content_type"] = "multipart/form-data"
    response = client.open(
        f"/api/v1{path}", method=call.method, headers=bearer(token), query_string=query, environ_base=address, **more
    )
    try:
        operation = document()["paths"][described(call)][call.method.lower()]
        found = response.status_code
        if found == 308 or (found == 404 and "<" in call.rule):
            return ""  # the address is none of this call's
        if str(found) not in operation["responses"]:
            return f"{found} is not declared: {response.get_data(as_text=True)[:200]}"
        content = operation["responses"][str(found)].get("content")
        if not content:
            return "" if not response.data else "an answer where none is declared"
        [(kind, media)] = content.items()
        if kind == "application/octet-stream":
            return ""
        if response.mimetype != kind:
            return f"{response.mimetype}, not {kind}"
        schema = document()["components"]["schemas"]["Problem"] if "$ref" in media["schema"] else media["schema"]
        errors = [
            f"{list(e.absolute_path)} {e.message[:100]}"
            for e in Draft202012Validator(schema).iter_errors(response.get_json())
        ]
        return "; ".join(errors[:3])
    finally:
        response.close()


def described(call: Call) -> str:
    return "/".join(
        f"{{{part.strip('<>').rpartition(':')[2]}}}" if part.startswith("<") else part for part in call.rule.split("/")
    )
