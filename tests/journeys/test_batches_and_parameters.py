"""Legal values by two owners, batches by two persons (corrections.md, four eyes)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.api_calls import flask_transport, refused
from tests.contract_client import Office
from tests.journeys.conftest import At

BASIS = "虚构文〔2026〕1号"
BATCH: dict[str, Any] = {
    "title": "测试批次（虚构）",
    "schemes": ["retrofit"],
    "window_from": "2026-03-02",
    "window_to": "2026-04-15",
    "cap_year": 2026,
}


@pytest.fixture
def office(untouched: Flask) -> Office:
    return Office(flask_transport(untouched))


def propose(office: Office, parameter: str, value: str, by: str = "owner") -> int:
    """The id of the proposal."""
    made = office.as_(by).post(f"/parameters/{parameter}/proposals", {"value": value, "basis": BASIS})
    return int(made["proposal"]["id"])


def confirm(office: Office, parameter: str, by: str, proposal: int) -> Any:
    return office.as_(by).post(f"/parameters/{parameter}/confirmations", {"proposal": proposal})


def test_a_value_is_proposed_by_one_owner_and_confirmed_by_another(office: Office) -> None:
    with refused(409):
        confirm(office, "proc.publicity_days", "owner2", 1)
    seven = propose(office, "proc.publicity_days", "7")
    with refused(403):
        confirm(office, "proc.publicity_days", "owner", seven)
    assert confirm(office, "proc.publicity_days", "owner2", seven)["value"] == "7"
    with refused(409):
        confirm(office, "proc.publicity_days", "owner2", seven)
    # A newer proposal supersedes one that nobody confirmed.
    propose(office, "proc.publicity_days", "5", by="owner2")
    six = propose(office, "proc.publicity_days", "6", by="owner")
    assert confirm(office, "proc.publicity_days", "owner2", six)["value"] == "6"
    with refused(403):
        propose(office, "proc.publicity_days", "5", by="officer")


def test_no_value_goes_beyond_the_policy(office: Office) -> None:
    # 不超过核定总投资的30%.
    with refused(422) as why:
        propose(office, "a3.rate", "0.3001")
    assert why.fields == {"value"}
    propose(office, "a3.rate", "0.30")
    # What the policy fixes is nobody's to propose.
    with refused(422):
        propose(office, "a3.project_cap", "1999999")


def test_nonsense_is_no_value(office: Office) -> None:
    for value in ("", "NaN", "1e309", "-5", "5.5", "五", "5\x00"):
        with refused(422):
            propose(office, "proc.publicity_days", value)
    with refused(404):
        propose(office, "proc.no_such_thing", "5")


def test_a_batch_does_not_open_before_every_value_is_confirmed(office: Office) -> None:
    batch = office.as_("officer").post("/batches", BATCH)["id"]
    with refused(409) as why:
        office.as_("chief").post(f"/batches/{batch}/opening")
    assert why.error is not None
    missing = why.error.body["unconfirmed"]
    [scheme] = [each for each in office.nobody.get("/schemes")["items"] if each["key"] == "retrofit"]
    assert set(missing) == set(scheme["unconfirmed"])
    assert {"a10.other_policy_treatment", "proc.publicity_days"} <= set(missing)
    assert all(parameter in why.detail for parameter in missing)

    office.confirm_parameters()
    assert office.as_("chief").post(f"/batches/{batch}/opening")["status"] == "open"
    with refused(409):
        office.as_("chief").post(f"/batches/{batch}/opening")


def test_a_batch_is_opened_by_another_than_its_drafter(at: At) -> None:
    office, _ = at("fill_application")
    at.give("officer", "section_chief")
    batch = office.as_("officer").post("/batches", BATCH)["id"]
    with refused(403):
        office.as_("officer").post(f"/batches/{batch}/opening")
    with refused(403):
        office.as_("officer2").post(f"/batches/{batch}/opening")
    with refused(404):
        office.as_("e01").get(f"/batches/{batch}")
    with refused(422):
        office.apply("e01", batch=batch)
    office.as_("chief").post(f"/batches/{batch}/opening")
    office.apply("e01", batch=batch)


def test_an_open_batch_keeps_the_values_with_which_it_was_opened(at: At) -> None:
    office, case = at("fill_application")
    confirm(office, "proc.formality_days", "owner2", propose(office, "proc.formality_days", "20"))
    office.submit(case)
    # Five working days, as when the batch was opened.
    assert office.task(case, "formality_check")["due_on"] == "2026-03-09"


def test_a_calculation_names_the_values_and_who_confirmed_them(at: At) -> None:
    office, case = at("chief_recheck")
    [calculation] = office.as_("auditor").get(f"/cases/{case}/calculation")["items"]
    values = {each["id"]: each for each in calculation["parameters"]}
    assert values["a3.rate"]["confirmed_by"] == "owner2"
    assert values["a3.rate"]["basis"] == BASIS
    assert all(step["article"] and step["text"] for step in calculation["steps"])
    assert calculation["facts"]["approved_investment"] == "3000000.00"
    assert calculation["precap_amount"] == "900000"


def test_the_notice_prints_what_the_policy_does_not_contain(office: Office) -> None:
    batch = office.make_batch(**{"elig.registration_in_district.art3": "true"})
    seen = office.as_("e01").get(f"/batches/{batch}")["conditions"]
    told = {each["parameter"]: (each["label"], each["value"]) for each in seen}
    assert told["elig.registration_in_district.art3"] == ("绿色低碳改造升级申报单位是否须在本区注册", "是")
    assert told["a3.max_construction_years"] == ("项目建设周期上限", "3年")
    assert all(each["basis"] for each in seen)
    # What demands nothing, what the policy says itself, and what other types demand is no condition of this notice.
    assert not {"a3.min_approved_investment", "a3.dc_max_pue", "elig.min_operating_months", "a3.rate"} & told.keys()
    assert not {"a9.claim_within_days", "elig.site_in_district"} & told.keys()


def test_registration_is_demanded_by_the_notice_or_by_nobody(office: Office) -> None:
    free = office.make_batch()
    office.choose(elig__registration_in_district__art3="true")
    bound = office.make_batch()
    for batch, fields in ((free, set()), (bound, {"registered_in_area"})):
        case = office.apply(batch=batch)
        office.drive(case, until="substantive_review")
        if fields:
            with refused(422) as why:
                office.do(case, "substantive_review", registered_in_area=False)
            assert why.fields == fields
        else:
            office.do(case, "substantive_review", registered_in_area=False)
