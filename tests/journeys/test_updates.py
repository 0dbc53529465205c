"""The program is updated while a batch is open: its cases go on under the law with which it was opened."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from storage.batches import Batch
from storage.calculations import Calculation
from storage.cases import Case
from tests.api_calls import refused
from tests.contract_client import CHOSEN, Office
from tests.journeys.conftest import At, page
from tests.journeys.test_batches_and_parameters import BATCH, confirm, propose
from tests.newer_law import newer_law
from workflows import program, rehearsal
from workflows.case.bundles import bundle_of
from workflows.rehearsal import Model
from workflows.workshop import case_records

NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)


def without_types(at: At) -> None:
    """Make the batches what the first release left, which pinned neither type nor unit."""
    with at.database.transaction() as session:
        for batch in session.scalars(select(Batch)):
            assert batch.parameters is not None
            batch.parameters = {
                key: {name: value for name, value in pinned.items() if name not in ("type", "unit")}
                for key, pinned in batch.parameters.items()
            }


@pytest.mark.parametrize("typed", [True, False], ids=["pinned with types", "pinned by the first release"])
def test_a_case_is_paid_by_the_law_under_which_its_batch_opened(at: At, typed: bool) -> None:
    office, case = at("confirm_verified")
    if not typed:
        without_types(at)
    with newer_law():
        office.drive(case, until="listed")
        office.drive(case, until="publicity_period")
        paid = office.case(case)
        # Five working days from Monday, and 30 % of the investment: the newer law says 30 days and at most 20 %.
        assert paid["precap_amount"] == paid["final_amount"] == "900000"
        assert paid["waiting_for"][0]["due_at"].startswith("2026-03-09T16:00:00")
        office.drive(case)
        assert office.case(case)["paid_amount"] == "900000"
        [calculation] = office.as_("auditor").get(f"/cases/{case}/calculation")["items"]
        [rate] = [each for each in calculation["parameters"] if each["id"] == "a3.rate"]
        assert (rate["value"], rate.get("type"), rate["confirmed_by"]) == ("0.30", "ratio" if typed else None, "owner2")


def test_a_calculation_tells_its_readers_which_program_made_it(at: At) -> None:
    office, case = at("enter_payee")
    [calculation] = office.as_("auditor").get(f"/cases/{case}/calculation")["items"]
    [told] = office.as_("e01").get(f"/cases/{case}/calculation")["items"]
    assert (calculation["program"], told["program"]) == (program.version(), None)
    assert f"由本系统{program.version()}版测算" in page(at, "auditor", f"/cases/{case}/amounts")
    with at.database.transaction() as session:
        kept = session.scalars(select(Calculation)).one()
        columns = {column.key: getattr(kept, column.key) for column in Calculation.__table__.columns}
        del columns["id"]
        session.add(Calculation(**{**columns, "number": 2, "program": None}))  # as before it was kept
    assert "测算时未记录系统版本" in page(at, "auditor", f"/cases/{case}/amounts")
    assert f"版本 {program.version()}" in page(at, "e01", "/")


def test_pages_show_what_was_pinned_in_the_words_of_its_time(at: At) -> None:
    _, case = at("chief_recheck")
    with at.database.transaction() as session:
        batch = session.scalars(select(Case.batch_id).where(Case.reference == case)).one()
    with newer_law():
        shown = page(at, "auditor", f"/batches/{batch}")
        assert "5个工作日" in shown and "个自然日" not in shown
        assert "30%" in page(at, "auditor", f"/cases/{case}/amounts")
        # What came later counts in the open batch as the rules did without it.
        assert "一家机构（已固定）" in page(at, "owner", "/parameters/a3.reviewed_by")


def test_a_case_that_is_replayed_after_an_update_is_the_same(at: At) -> None:
    _, case = at("chief_recheck")
    with newer_law(), at.database.transaction() as session:
        [found] = case_records.read_records(session, session.scalars(select(Case.id).where(Case.reference == case)))
        assert found.record.types["a3.rate"] == "ratio"
        bundle = bundle_of(session, found.definition_id)
        replayed = rehearsal.replay(Model(bundle.diagrams, bundle.forms, {}), found.record)
        assert rehearsal.judge(found.actual, replayed).verdict == "same"
        kept = rehearsal.Record.from_json(found.record.as_json())
        assert kept.types == found.record.types
        assert rehearsal.Record.from_json({k: v for k, v in kept.as_json().items() if k != "types"}).types == {}


def test_a_new_batch_asks_for_what_the_newer_law_no_longer_allows(at: At) -> None:
    office, _ = at("fill_application")
    quarter = propose(office, "a3.rate", "0.25")
    with newer_law():
        with refused(409) as why:
            confirm(office, "a3.rate", "owner2", quarter)
        assert why.detail == "“核定总投资支持比例”拟定的取值不符合现行规定，请由一名流程与口径负责人重新提出。"
        batch = office.as_("officer").post("/batches", BATCH)["id"]
        with refused(409) as why:
            office.as_("chief").post(f"/batches/{batch}/opening")
        assert why.error is not None
        assert set(why.error.body["unconfirmed"]) == {
            *("a3.rate", "a3.reviewed_by", "a10.allocation_order", "proc.publicity_days")
        }
        shown = {each["id"]: each for each in office.as_("owner").get("/parameters")["items"]}
        assert (shown["a3.rate"]["value"], shown["a3.rate"]["confirmed"]) == ("0.20", False)
        assert "a3.max_construction_years" not in shown
        confirm_what_is_new(office)
        office.as_("chief").post(f"/batches/{batch}/opening")
        pinned = office.as_("officer").get(f"/batches/{batch}")["parameters"]
    assert (pinned["a3.rate"]["value"], pinned["a3.reviewed_by"]["value"]) == ("0.20", "two_firms")
    assert (pinned["proc.publicity_days"]["type"], pinned["proc.publicity_days"]["unit"]) == ("int", "个自然日")
    assert "a3.max_construction_years" not in pinned


def confirm_what_is_new(office: Office) -> None:
    for each in office.as_("owner").get("/parameters")["items"]:
        if not each["confirmed"]:
            made = propose(office, each["id"], CHOSEN.get(each["id"], each["default"]))
            confirm(office, each["id"], "owner2", made)


def test_what_is_read_by_the_values_in_force_is_read_after_an_update(at: At) -> None:
    """Rows of imports are read by the values in force: one that is beyond a newer limit must not refuse every file."""
    office, _ = at("fill_application")
    with newer_law():
        award = {"uscc": "91110112MA01GC0015", "scheme": "green_honour", "honour_type": "绿色工厂"}
        office.import_history([award])
        assert office.nobody.get("/schemes")["items"]
