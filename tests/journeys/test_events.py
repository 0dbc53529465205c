"""Article 9: whoever paid is supported for its own money, and all payers of an event for no more than it cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, ten_schemes
from tests.journeys.test_races import answering, at_once
from tests.journeys.test_record import broken

EVENT = {"event_name": "绿色低碳产业峰会（虚构）", "start_date": "2025-10-16", "end_date": "2025-10-17"}
FIRST, SECOND = "e03", "e05"


def apply(office: Office, applicant: str, **values: Any) -> str:
    case = office.apply(applicant, "绿色低碳产业峰会", office.open_batch(), "green_event")
    office.submit(case, applicant, **{**EVENT, **values})
    return case


def confirm(office: Office, case: str, **values: Any) -> Any:
    return office.do(case, "confirm_verified", **values)


def offered(office: Office, case: str) -> dict[str, str]:
    """What the confirmation starts with, by its examples."""
    properties = office.schema(case, "confirm_verified", "officer")["properties"]
    return {key: each["examples"][0] for key, each in properties.items() if "examples" in each}


def test_an_organiser_is_supported_for_what_it_declared_as_its_own(at: At) -> None:
    """A4: 500,000 of an event of 3,000,000 was declared, audited and confirmed as 3,000,000, and 1,000,000 was paid."""
    office, *_ = at.after(ten_schemes)
    case = apply(office, FIRST, own_paid="500000", declared_amount="250000")
    office.drive(case, until="audit_verification")
    with refused(422) as why:
        office.do(case, "audit_verification", audited_own_paid="3000000")
    assert why.fields == {"audited_own_paid"}
    office.drive(case, until="confirm_verified")
    assert offered(office, case)["audited_cost"] == "500000"
    with refused(422) as why:
        confirm(office, case, audited_cost="3000000")
    assert why.fields == {"audited_cost"}
    assert why.error is not None
    assert "超过申报的本单位出资500,000元" in why.error.body["errors"][0]["message"]
    assert office.at(case) == {"confirm_verified"}
    confirm(office, case)
    assert office.case(case)["precap_amount"] == "250000"
    assert broken(at) == []


def test_what_sponsors_gave_is_deducted_once(at: At) -> None:
    office, *_ = at.after(ten_schemes)
    case = apply(
        office, FIRST, own_paid="500000", declared_amount="250000", sponsorship_income="2300000", ticket_income="200000"
    )
    office.drive(case, until="confirm_verified")
    found = offered(office, case)
    assert (found["audited_cost"], found["other_income"], found["event_cost"]) == (
        "3000000",
        "2500000",
        "3000000.00",
    )
    confirm(office, case)
    assert office.case(case)["precap_amount"] == "250000"
    [calculation] = office.as_("auditor").get(f"/cases/{case}/calculation")["items"]
    assert calculation["facts"]["own_paid"] == "500000"


def two_payers(office: Office) -> Sequence[str]:
    """Two firms that each declare 2,000,000 as their own in one event of 3,000,000; both wait for their figures."""
    cases = [apply(office, applicant, own_paid="2000000") for applicant in (FIRST, SECOND)]
    for case in cases:
        office.drive(case, until="confirm_verified")
    return cases


def test_all_payers_of_an_event_are_confirmed_with_no_more_than_it_cost(at: At) -> None:
    office, first, second = at.after(two_payers)
    confirm(office, first)
    assert office.case(first)["precap_amount"] == "1000000"
    assert offered(office, second)["audited_cost"] == "1000000.00", "what the first left of the event"
    for more in ("2000000", "1000000.01"):
        with refused(422) as why:
            confirm(office, second, audited_cost=more)
        assert why.error is not None
        said = why.error.body["errors"][0]["message"]
        assert first in said and "已核定支出2,000,000元" in said and "本单位至多核定1,000,000元" in said
    # A smaller cost that is confirmed with either of them holds for both.
    with refused(422):
        confirm(office, second, event_cost="2999999.99")
    confirm(office, second)
    assert office.case(second)["precap_amount"] == "500000"
    for case in (first, second):
        office.drive(case, until="listed")
    rows = office.as_("chief").post(f"/batches/{office.case(first)['batch']['id']}/list")["items"]
    assert {row["case"]: row["proposed_amount"] for row in rows} == {first: "666667", second: "333333"}
    assert broken(at) == []


def test_two_payers_confirmed_at_the_same_instant_do_not_overlook_each_other(at: At) -> None:
    for _ in range(3):
        office, first, second = at.after(two_payers)
        acts = []
        for case, officer in ((first, "officer2"), (second, "officer3")):
            task = office.task(case, "confirm_verified")
            data = {**offered(office, case), "decision": "pass", "audited_cost": "2000000"}
            acts.append(answering(at, office, officer, f"/tasks/{task['id']}/completion", {"data": data}))
        answers = at_once(*acts)
        assert sorted(status for status, _ in answers) == [200, 422], answers
        amounts = sorted(str(office.case(case)["precap_amount"]) for case in (first, second))
        assert amounts == ["1000000", "None"]
        assert broken(at) == []


def test_who_left_the_event_holds_nothing_of_it(at: At) -> None:
    office, first, second = at.after(two_payers)
    confirm(office, first)
    office.as_(FIRST).post(f"/cases/{first}/withdrawal", {"reason": "企业经营调整"})
    confirm(office, second, audited_cost="2000000")
    assert office.case(second)["precap_amount"] == "1000000"


def test_another_event_of_the_same_name_is_another_event(at: At) -> None:
    office, *_ = at.after(ten_schemes)
    for applicant, day in ((FIRST, "2025-10-16"), (SECOND, "2025-10-17")):
        case = apply(office, applicant, start_date=day)
        office.drive(case, until="confirm_verified")
        confirm(office, case)
        assert office.case(case)["precap_amount"] == "1000000"
