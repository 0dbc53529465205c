"""Every route with every role: nothing is reachable without a rule, and the rule is what happens."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from server.access import Access
from tests.server.signing_in import PERSON, bearer, put_into_cookie, token_of
from workflows.permissions import OFFICE, READERS, ROLES

NOBODY = "nobody"


def routes(app: Flask) -> list[tuple[str, Rule]]:
    rules = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.endswith("static")]
    return [(method, rule) for rule in rules for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]


def access(app: Flask, rule: Rule) -> Access:
    found: Access = app.view_functions[rule.endpoint].access  # type: ignore[attr-defined]
    return found


def address(app: Flask, rule: Rule) -> str:
    """The route's address with arguments that nothing answers to."""
    arguments = {
        name: 999 if isinstance(kind, IntegerConverter) else "nobody" for name, kind in rule._converters.items()
    }
    return app.url_map.bind("localhost").build(rule.endpoint, arguments, method=next(iter(rule.methods or ())))


def is_api(rule: Rule) -> bool:
    return rule.rule.startswith("/api/")


def test_every_route_says_who_may_call_it(shared_app: Flask) -> None:
    unruled = [
        rule.rule for _, rule in routes(shared_app) if not hasattr(shared_app.view_functions[rule.endpoint], "access")
    ]
    assert unruled == []


@pytest.mark.parametrize("role", [NOBODY, *ROLES])
def test_the_rule_is_what_happens(shared_app: Flask, role: str) -> None:
    """401 (or the sign-in page) for nobody, 403 for a wrong role, never 500 for anybody."""
    wrong = []
    token = None
    for method, rule in routes(shared_app):
        if role != NOBODY and token is None:
            token = token_of(shared_app, PERSON[role])
        client = shared_app.test_client()
        if token and not is_api(rule):
            put_into_cookie(client, token)
        headers = bearer(token) if is_api(rule) else {}
        path = address(shared_app, rule)
        response = client.open(path, method=method, headers=headers)
        if not _expected(
            access(shared_app, rule), role, rule, response.status_code, response.headers.get("Location", "")
        ):
            wrong.append((method, path, response.status_code))
        response.close()
        if method == "DELETE" or "sign_out" in rule.endpoint:
            token = None
    assert wrong == []


def _expected(rule: Access, role: str, route: Rule, status: int, location: str) -> bool:
    if rule.public:
        return status < 500 and status != 401
    if role == NOBODY:
        return status == 401 if is_api(route) else status in (302, 303) and "/signin" in location
    if rule.roles and role not in rule.roles:
        return status == 403
    return status < 500 and status != 401


@pytest.mark.parametrize(
    ("method", "path", "roles"),
    [
        ("POST", "/cases", {"applicant"}),
        ("POST", "/cases/<reference>/withdrawal", {"applicant"}),
        ("POST", "/cases/<reference>/suspension", {"section_chief"}),
        ("POST", "/cases/<reference>/resumption", {"section_chief"}),
        ("POST", "/tasks/<task>/assignment", {"section_chief"}),
        ("POST", "/batches", {"case_officer"}),
        ("POST", "/batches/<int:batch>/opening", {"section_chief"}),
        ("POST", "/batches/<int:batch>/list", {"section_chief"}),
        ("POST", "/batches/<int:batch>/resolution", {"meeting_secretary"}),
        ("POST", "/batches/<int:batch>/publicity", {"case_officer"}),
        ("POST", "/objections/<int:objection>/acceptance", {"discipline", "legal_officer"}),
        ("POST", "/objections/<int:objection>/revelation", {"discipline"}),
        ("POST", "/objections/<int:objection>/evidence/<int:evidence>/disclosure", {"discipline"}),
        ("POST", "/parameters/<parameter>/proposals", {"process_owner"}),
        ("POST", "/parameters/<parameter>/confirmations", {"process_owner"}),
        ("POST", "/calendars/<int:year>/proposals", {"process_owner"}),
        ("POST", "/calendars/<int:year>/confirmations", {"process_owner"}),
        ("POST", "/historic-awards", {"process_owner"}),
        ("POST", "/official-lists", {"process_owner", "case_officer"}),
        ("POST", "/official-lists/<int:official_list>/candidates", {"case_officer"}),
        ("GET", "/enterprises/<uscc>/ledger", OFFICE | READERS),
        ("GET", "/messages", {"applicant"}),
        ("GET", "/cases/<reference>/overlaps", OFFICE | READERS),
        ("GET", "/matters/<int:matter>", OFFICE | READERS),
        ("POST", "/matters/<int:matter>/merge", {"case_officer"}),
        ("POST", "/matters/<int:matter>/merge/confirmation", {"section_chief"}),
        ("POST", "/matters/<int:matter>/merge/refusal", {"section_chief"}),
        ("POST", "/matters/<int:matter>/split", {"case_officer"}),
        ("GET", "/quotas", OFFICE | READERS),
        ("POST", "/quotas", {"finance_officer"}),
        ("GET", "/checks", OFFICE | READERS),
        ("GET", "/cases/<reference>/checks", OFFICE | READERS),
        ("POST", "/cases/<reference>/checks/<int:check>/conclusion", {"case_officer"}),
        ("POST", "/cases/<reference>/checks/<int:check>/confirmation", {"section_chief"}),
        ("POST", "/cases/<reference>/checks/<int:check>/return", {"section_chief"}),
        ("GET", "/cases/<reference>/recoveries", OFFICE | READERS),
        ("POST", "/cases/<reference>/recoveries", {"finance_officer"}),
        ("GET", "/cases/<reference>/clues", OFFICE | READERS),
        ("POST", "/cases/<reference>/clues", {"case_officer"}),
        ("POST", "/enterprises/<uscc>/bars/<int:bar>/lifting", {"case_officer"}),
        ("POST", "/enterprises/<uscc>/bars/<int:bar>/lifting/confirmation", {"section_chief"}),
        ("GET", "/cases/<reference>/reopenings", OFFICE | READERS),
        ("POST", "/cases/<reference>/reopenings", {"case_officer"}),
        ("POST", "/cases/<reference>/reopenings/<int:reopening>/confirmation", {"section_chief"}),
        ("POST", "/cases/<reference>/reopenings/<int:reopening>/return", {"section_chief"}),
        ("POST", "/cases/<reference>/recoveries/<int:recovery>/confirmation", {"finance_reviewer"}),
    ],
)
def test_what_decides_over_money_is_for_these_alone(shared_app: Flask, method: str, path: str, roles: set[str]) -> None:
    found = [rule for verb, rule in routes(shared_app) if (verb, rule.rule) == (method, f"/api/v1{path}")]
    assert [set(access(shared_app, rule).roles) for rule in found] == [set(roles)]
