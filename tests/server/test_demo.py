"""The demonstration: batch 2026-01 half-way through its life, so that every post finds work."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from server import clock, seed
from server.embedded import S3, Urls
from storage.database import Database
from tests.api_calls import flask_transport
from tests.app import application, settings_on
from tests.contract_client import Office

# What each post finds: an open task of its own, or a call of the batch that waits for it.
AT_WORK = {
    "acceptance": {"formality_check"},
    "officer": {"credit_check", "substantive_review", "site_inspection"},
    "verifier": {"audit_verification"},
    "organizer": {"convene_review"},
    "codept": {"joint_check"},
    "chief": {"chief_recheck"},
    "legal": {"legal_recheck"},
    "finance": {"finance_recheck"},
    "deputy": {"deputy_review"},
    "officer2": {"objection_notice"},
    "district": {"district_approval"},
    "finance2": {"pay"},
    "e11": {"credit_statement"},
}


@pytest.fixture(scope="module")
def office(clone_database: Callable[[], Urls], object_store: S3, run_dir: Path) -> Iterator[Office]:
    urls = clone_database()
    settings = settings_on(urls, object_store, run_dir, start="demo")
    database = Database(settings.database_url, pool_size=1)
    with database.transaction() as session:
        seed.add_demo_batch(session, settings, clock.now(session, demo=True))
    database.dispose()
    app: Flask
    with application(settings) as app:
        yield Office(flask_transport(app))


def test_every_post_finds_work(office: Office) -> None:
    for username, elements in AT_WORK.items():
        found = office.as_(username).get("/tasks")["items"]
        assert elements <= {task["element_id"] for task in found}, username
    experts = [office.as_(f"expert{number}").get("/tasks")["items"] for number in range(1, 31)]
    assert {task["element_id"] for tasks in experts for task in tasks} == {"score_application", "declare_interest"}
    [batch] = office.as_("chief").get("/batches")["items"]
    brought = office.as_("discipline").get("/objections?state=registered")["items"]
    assert [each["kind"] for each in brought] == ["objection"]
    assert office.as_("chief").get(f"/batches/{batch['id']}")["waiting"] == {
        "listed": 1,  # the chief fixes the list
        "resolved": 1,  # the meeting decides
        "published": 1,  # the officer publishes
    }


def test_the_cases_stand_in_every_part_of_the_procedure(office: Office) -> None:
    cases = office.as_("auditor").get("/cases")["items"]
    assert len(cases) == 20
    assert {case["status"] for case in cases} >= {
        *("SUBMITTED", "CREDIT_CHECK", "REVIEW", "SITE", "VERIFICATION", "EXPERTS", "RECHECK", "MEETING"),
        *("PUBLICITY", "OBJECTION", "DISTRICT_APPROVAL", "PAYMENT", "NOT_SUPPORTED"),
    }
    schemes = {scheme["key"] for scheme in office.nobody.get("/schemes")["items"]}
    assert {case["scheme"] for case in cases} == schemes
    listed = sorted(int(case["final_amount"]) for case in cases if case["final_amount"] is not None)
    assert listed == [0, 0, 31_180, 180_000, 300_000, 500_000, 500_000]


def test_the_clock_goes_on_from_where_the_story_ends(office: Office) -> None:
    assert office.now().startswith("2026-04-10T01:0")


def test_documents_can_be_read(office: Office) -> None:
    reference = office.as_("acceptance").get("/tasks")["items"][0]["case"]
    documents = office.as_("acceptance").get(f"/cases/{reference}/documents")
    assert all(line["present"] for line in documents["checklist"] if line["required"])
    content = office.as_("acceptance").get(f"/cases/{reference}/documents/{documents['items'][0]['id']}/content")
    assert content.startswith(b"%PDF-")
