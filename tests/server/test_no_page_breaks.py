"""Every page and every form of a page with hostile values in all of its fields: a page or a redirect, never a 500."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from jinja2 import UndefinedError
from werkzeug.routing import Rule

from server import seed
from server.clock import machine_now
from server.settings import CHECKOUT, Settings
from tests.api_calls import flask_transport
from tests.app import application
from tests.contract_client import Office
from tests.server.signing_in import PERSON, put_into_cookie, token_of
from workflows import rules
from workflows.workshop import drafts

HOSTILE = (
    "", "²", "-1", "9" * 400, "NaN", "1e309", "0.005", "长" * 300, "a\x00b", "\u202e<script>", "../../etc/passwd",
    "2026-02-30", "9999-12-31", "2026-03-02 09:00", "support",
)  # fmt: skip
DIAGRAM = (CHECKOUT / "bpmn" / "retrofit.bpmn").read_bytes()
TEMPLATES = Path(__file__).parents[2] / "server" / "templates"
FIELDS = sorted(
    {name for page in TEMPLATES.rglob("*.html") for name in re.findall(r'name="(\w+)"', page.read_text("utf-8"))}
    | {"declared_investment", "project_name", "decision", "invoice_lines-0-invoice_no", "invoice_lines-9999999999-x"}
    | {"cursor", "q", "next", "year", "batch", "status", "approved_investment"}
    | {fact.name for module in rules.SCHEMES.values() for fact in module.FACTS}
)


@pytest.fixture(scope="module")
def app(shared_settings: Settings) -> Iterator[Flask]:
    """The shared application as a browser meets it whose user did open the form: the CSRF tokens are right."""
    with application(shared_settings) as made:
        made.config.update(WTF_CSRF_ENABLED=False)
        yield made


def test_a_name_that_nobody_gave_breaks_a_page_of_every_test(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(UndefinedError):
        render_template_string("{% if given_by_nobody %}{% endif %}")


@pytest.fixture(scope="module")
def addresses(app: Flask) -> dict[str, str]:
    office = Office(flask_transport(app))
    reference = office.apply("e09")
    [task] = office.as_("e09").get(f"/cases/{reference}")["open_tasks"]
    document = office.as_("e09").upload(reference, "DOC_OTHER")["id"]
    return {
        "reference": reference,
        "task": task["id"],
        "document": str(document),
        "parameter": "proc.formality_days",
        "year": "2027",
        "scheme": "green_event",
        "key": "retrofit",
        "process": "retrofit",
    }


@pytest.fixture
def draft(app: Flask) -> str:
    """A draft of each test's own: one of its forms discards it."""
    with app.extensions["greencase"].database.transaction() as session:
        owner = seed.actor(session, "owner")
        xml = DIAGRAM.replace("现场".encode(), "实地".encode())
        opened = drafts.open_draft(session, owner, "retrofit", title="试改", now=machine_now(), xml=xml)
        return str(opened["id"])


def pages(app: Flask) -> list[Rule]:
    ours = [rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/api/")]
    return [rule for rule in ours if not rule.endpoint.endswith(("static", "sign_out_here"))]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value)[:20])
def test_no_page_breaks(app: Flask, addresses: dict[str, str], draft: str, value: str) -> None:
    broken = []
    known = {**addresses, "draft_id": draft}
    readers: dict[str, FlaskClient] = {}
    for rule in pages(app):
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known.get(found[1], "1"), rule.rule)
        roles = app.view_functions[rule.endpoint].access.roles  # type: ignore[attr-defined]
        person = "e09" if not roles or "applicant" in roles else PERSON[sorted(roles)[0]]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            # What is posted may end a session or leave something in the cookie.
            client = readers.get(person) if method == "GET" else None
            if client is None:
                client = app.test_client()
                put_into_cookie(client, token_of(app, person))
            if method == "GET":
                readers[person] = client
            fields = dict.fromkeys(FIELDS, value)
            sent = {"query_string": fields} if method == "GET" else {"data": fields}
            response = client.open(path, method=method, **sent)
            if response.status_code >= 500:
                broken.append((method, path, person, response.status_code))
            response.close()
    assert broken == []
