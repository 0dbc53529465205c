"""The demo clock moves forward only, runs what became due before it answers, and exists in demo mode alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from server import seed
from server.embedded import Urls
from server.embedded.postgres import driver_url, make_database
from server.settings import Settings
from storage.database import migrate
from tests.api_calls import flask_transport
from tests.app import application
from tests.contract_client import PASSWORD, Office


def move(office: Office, username: str = "auditor", **body: str) -> int:
    status, _ = office.as_(username).try_call("POST", "/demo/clock", body)
    return status


def test_it_starts_with_the_office_and_ticks(office: Office) -> None:
    first, second = (office.nobody.get("/demo/clock")["now"] for _ in range(2))
    assert "2026-03-02T01:00" <= first < second


def test_it_never_goes_backward(office: Office) -> None:
    assert move(office, now="2026-05-01T09:00:00+08:00") == 200
    before = office.nobody.get("/demo/clock")["now"]
    assert move(office, now="2026-04-30T09:00:00+08:00") == 409
    assert move(office, now="2026-03-02") == 409
    assert office.nobody.get("/demo/clock")["now"] >= before


@pytest.mark.parametrize("username", ["e01", "sysadmin", "expert1"])
def test_anybody_signed_in_moves_it(office: Office, username: str) -> None:
    assert move(office, username, advance="PT1H") == 200


@pytest.mark.parametrize(
    "body",
    [
        {}, {"advance": ""}, {"advance": "P"}, {"advance": "PT"}, {"advance": "5D"}, {"advance": "P-1D"},
        {"advance": "P1Y"}, {"advance": "P1.5D"}, {"advance": "P9999W"}, {"advance": "-P1D"},
        {"advance": "P" + "1" * 30 + "D"},
        {"now": "tomorrow"}, {"now": "2026-02-30"}, {"now": "9999-12-31"}, {"now": "0001-01-01"},
    ],
)  # fmt: skip
def test_what_is_no_period_is_refused(shared_office: Office, body: dict[str, str]) -> None:
    assert move(shared_office, **body) == 422


def test_it_runs_what_became_due_before_it_answers(office: Office) -> None:
    """The applicant who does not mend his application in time is out when the call returns."""
    reference = office.apply()
    office.submit(reference)
    [task] = office.case(reference)["open_tasks"]
    item = {"document_code": "DOC_INVOICE", "problem": "发票缺页"}
    office.complete(task, reference, decision="correct", correction_items=[item])
    for message in office.as_("e01").get("/messages")["items"]:
        office.as_("e01").post(f"/messages/{message['id']}/reading")
    assert office.case(reference)["status"] == "CORRECTION"
    office.as_("e01").post("/demo/clock", {"advance": "P60D"})
    assert office.case(reference)["status"] == "NOT_ACCEPTED"


@pytest.fixture
def real_office(postgres: Urls, settings: Settings) -> Iterator[Office]:
    """An installation as it stands after a first start outside demo mode."""
    name = settings.database_url.rsplit("/", 1)[1] + "_real"
    with psycopg.connect(driver_url(postgres.admin_url), autocommit=True) as admin:
        make_database(admin, name)
    owner, url = (
        f"{address.rsplit('/', 1)[0]}/{name}" for address in (settings.database_owner_url or "", settings.database_url)
    )
    migrate(owner, url)
    real = replace(settings, database_url=url, database_owner_url=owner, start="empty")
    seed.ensure(real)
    with application(real) as app:
        yield Office(flask_transport(app))
    with psycopg.connect(driver_url(postgres.admin_url), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_outside_demo_mode_there_is_no_clock_and_nobody_to_sign_in_as(real_office: Office) -> None:
    assert real_office.nobody.try_call("GET", "/demo/clock")[0] == 404
    assert real_office.nobody.try_call("POST", "/demo/clock", {"advance": "P1D"})[0] in (401, 404)
    for username in ("e01", "owner", "sysadmin", "admin", "expert1"):
        body = {"username": username, "password": PASSWORD}
        assert real_office.nobody.try_call("POST", "/session", body)[0] == 401
    assert real_office.nobody.get("/schemes")["items"]
