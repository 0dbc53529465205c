"""Article 7, 单个项目: what the city pays for a project is matched once, however often and by whomever it is filed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage import matters as stored_matters
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At
from tests.journeys.lists import E03
from tests.journeys.projects import account, batch_of, finals, fix_list, to_the_list
from tests.journeys.test_candidates import E08, NAME_08, PROJECTS, candidates
from tests.journeys.test_races import at_once, completing
from workflows.rules import matters as rules_matters

PROJECT = {"city_project_no": "未来能源〔2025〕3号", "filing_no": ""}
FIRST = {"city_document_no": "京虚构拨〔2025〕1号", "received_date": "2025-09-01"}
SECOND = {"city_document_no": "京虚构拨〔2025〕2号", "received_date": "2025-12-01"}


def instalment(
    office: Office, batch: int, enterprise: str, yuan: int, by_then: int | None, *, of: int = 900_000, **more: Any
) -> str:
    """A submitted application for one payment of the city: so many yuan, so many with all before it."""
    reference = office.apply(enterprise, f"市级项目第{yuan}期（虚构）", batch, "future_energy")
    figures: dict[str, Any] = {
        "city_award_approved": str(of),
        "city_award_received": str(yuan),
        "declared_amount": str(yuan),
    }
    if by_then is not None:
        figures["city_award_cumulative"] = str(by_then)
    office.submit(reference, **figures, **PROJECT, **more)
    return reference


def the_same_twice(office: Office) -> Sequence[str]:
    batch = batch_of(office, "future_energy")
    return [instalment(office, batch, who, 700_000, 700_000, **FIRST) for who in ("e03", "e04")]


def test_a_payment_that_is_filed_twice_is_accepted_once(at: At) -> None:
    office, first, second = at.after(the_same_twice)
    office.do(first, "formality_check")
    with refused(422) as refusal:
        office.do(second, "formality_check")
    assert refusal.fields == {"decision"}
    assert refusal.error is not None
    [error] = refusal.error.body["errors"]
    assert first in error["message"] and "单个项目" in error["message"]
    # Nothing was lost: it can still be refused, or corrected.
    office.do(second, "formality_check", decision="not_accept", reason_code="SAME_ITEM", reason="同一期资金已申报")
    office.do(second, "non_acceptance_review")
    ended = office.case(second)
    assert (ended["status"], ended["reason"]) == ("NOT_ACCEPTED", "SAME_ITEM")
    office.drive(first)
    assert account(office, E03)["available"] == "1300000"


def test_the_rules_and_the_tables_call_a_city_project_alike() -> None:
    assert rules_matters.CITY_PROJECT == stored_matters.CITY_PROJECT


def test_two_clerks_accept_the_same_payment_at_once(at: At) -> None:
    office, first, second = at.after(the_same_twice)
    tasks = [office.task(case, "formality_check") for case in (first, second)]
    answers = at_once(*(completing(at, office, "acceptance", task) for task in tasks))
    assert sorted(answers) == [200, 422]


def filed_and_listed(office: Office) -> Sequence[str]:
    """A payment that a firm has filed stands on the city's list, too."""
    batch = batch_of(office, "future_energy")
    filed = instalment(office, batch, "e08", 700_000, 700_000, **FIRST)
    row = (NAME_08, E08, "氢能项目（虚构）", PROJECT["city_project_no"], FIRST["city_document_no"], "900000", "700000")
    [candidate] = candidates(office, "future_energy", batch, PROJECTS, (*row, FIRST["received_date"], "氢能"))
    office.do(filed, "formality_check")
    return filed, candidate


def test_a_candidate_for_a_payment_that_was_filed_is_not_accepted(at: At) -> None:
    office, filed, candidate = at.after(filed_and_listed)
    with refused(422) as refusal:
        office.do(candidate, "confirm_candidate")
    assert refusal.fields == {"decision"} and refusal.error is not None
    assert filed not in refusal.error.body["errors"][0]["message"]
    office.do(candidate, "confirm_candidate", decision="decline")
    assert office.case(candidate)["ended_at"]


def two_instalments(office: Office) -> Sequence[str]:
    batch = batch_of(office, "future_energy")
    cases = [
        instalment(office, batch, "e03", 300_000, 300_000, **FIRST),
        instalment(office, batch, "e03", 400_000, 700_000, **SECOND),
    ]
    to_the_list(office, *cases)
    return cases


def test_two_instalments_of_one_project_are_matched_each_once(at: At) -> None:
    office, first, second = at.after(two_instalments)
    fix_list(office, office.case(first)["batch"]["id"])
    assert finals(office, first, second) == ["300000", "400000"]


def one_payment_in_two_papers(office: Office) -> Sequence[str]:
    """Two firms file what the city paid once, under different papers: 700,000 yuan in all."""
    batch = batch_of(office, "future_energy")
    cases = [
        instalment(office, batch, "e03", 700_000, 700_000, **FIRST),
        instalment(office, batch, "e04", 500_000, 700_000, **SECOND),
    ]
    to_the_list(office, *reversed(cases))
    return cases


def test_all_applicants_together_get_what_the_city_paid(at: At) -> None:
    office, first, second = at.after(one_payment_in_two_papers)
    rows = fix_list(office, office.case(first)["batch"]["id"])
    # The second was accepted first here.
    assert (rows[second]["final_amount"], rows[first]["final_amount"]) == ("500000", "200000")
    assert rows[first]["reasons"] == ["同一市级项目各期配套合计最高700,000元，本期尚余200,000元"]


def later_batch(office: Office) -> Sequence[str]:
    """By the approved award a first instalment is paid all of it; another firm asks for the next one, a batch later."""
    first = instalment(
        office, batch_of(office, "future_energy", a7__match_basis="approved"), "e03", 300_000, 300_000, **FIRST
    )
    office.drive(first)
    second = instalment(office, batch_of(office, "future_energy"), "e04", 300_000, None, **SECOND)
    office.drive(second, until="confirm_verified")
    return first, second


def test_a_later_instalment_brings_what_the_earlier_ones_left(at: At) -> None:
    office, first, second = at.after(later_batch)
    assert office.case(first)["paid_amount"] == "900000"
    with refused(422) as refusal:
        office.do(second, "confirm_verified")
    assert refusal.fields == {"city_award_cumulative"}
    office.do(second, "confirm_verified", city_award_cumulative="600000")
    [calculation] = office.as_("auditor").get(f"/cases/{second}/calculation")["items"]
    assert calculation["precap_amount"] == "0"
    assert "此前各期限额调减前金额合计900,000元" in calculation["steps"][-1]["text"]


def test_the_readings_of_the_citys_standard_are_not_taken_for_granted(at: At) -> None:
    """按照市级奖励标准: what was received, or what was approved, is chosen before a batch opens."""
    office = at.after(lambda office: [])[0]
    [reading] = [each for each in office.as_("owner").get("/parameters")["items"] if each["id"] == "a7.match_basis"]
    assert reading["default"] is None
