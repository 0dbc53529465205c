"""第十条 in the ledger: two cases of one enterprise under one ceiling of 2,000,000 yuan (domain.md 2.4)."""

from __future__ import annotations

from typing import Any

import pytest

from storage import people
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, page, ten_schemes
from tests.journeys.lists import E01, E02
from tests.journeys.projects import batch_of as batch_with
from tests.journeys.projects import project, to_the_list
from tests.journeys.test_meeting import batch_of, resolve
from workflows.rules import uscc as code

# Of nobody who is registered: the parent of a group, and one that no group has.
PARENT, NOBODY = (body + code.check_character(body) for body in ("91110112YYYY00900", "91110112YYYY00901"))


def ledger(office: Office, case: str) -> Any:
    uscc = office.case(case)["enterprise"]["uscc"]
    return office.as_("auditor").get(f"/enterprises/{uscc}/ledger?year=2026")


def balance(office: Office, case: str) -> tuple[str, str, str, str]:
    """RESERVED, COMMITTED, PAID and what is left of the account."""
    account = ledger(office, case)
    sums = account["sums"]
    return sums["RESERVED"], sums["COMMITTED"], sums["PAID"], account["available"]


def finals(office: Office, *cases: str) -> list[str | None]:
    return [office.case(case)["final_amount"] for case in cases]


def fix_list(office: Office, case: str) -> Any:
    """The list that the chief fixes; firms that are asked before a cut keep the named order."""
    made = office.as_("chief").post(f"/batches/{batch_of(office, case)}/list")
    office.accept_cuts(*(row["case"] for row in made["items"]))
    return made


def test_the_larger_case_is_served_first_and_the_cut_is_explained(at: At) -> None:
    office, large, small = at("listed", "siblings")
    rows = {row["case"]: row for row in fix_list(office, large)["items"]}
    assert rows[large]["proposed_amount"] == "1800000"
    assert rows[small]["proposed_amount"] == "200000"
    assert rows[small]["precap_amount"] == "900000"
    assert "年度限额调减700,000元" in rows[small]["reasons"][0]
    assert balance(office, large) == ("2000000", "0", "0", "0")


def test_who_is_listed_first_makes_no_difference_before_the_meeting(at: At) -> None:
    office, large, small = at("deputy_review", "siblings")
    office.drive(small, until="listed")
    fix_list(office, small)
    assert finals(office, large, small) == [None, "900000"]
    office.drive(large, until="listed")
    fix_list(office, large)
    assert finals(office, large, small) == ["1800000", "200000"]
    assert balance(office, large) == ("2000000", "0", "0", "0")
    with refused(409):
        fix_list(office, large)


def test_what_the_meeting_resolved_keeps_its_room(at: At) -> None:
    office, large, small = at("deputy_review", "siblings")
    office.drive(small, until="published")
    office.drive(large, until="listed")
    fix_list(office, large)
    assert finals(office, large, small) == ["1100000", "900000"]
    assert balance(office, large) == ("2000000", "0", "0", "0")


def test_nothing_left_is_listed_with_the_proposal_to_refuse(at: At) -> None:
    office, large, small = at("listed", "siblings")
    at.occupy(large, 2_000_000)
    rows = {row["case"]: row for row in fix_list(office, large)["items"]}
    assert rows[small]["proposed_amount"] == "0"
    assert rows[small]["proposal"] == "refuse"
    with refused(422) as why:
        resolve(office, small, {"case": small, "result": "support"})
    assert why.fields == {"decisions.0.result"}
    resolve(office, small, {"case": small, "result": "refuse", "reason": "年度限额已用尽"})
    ended = office.case(small)
    assert (ended["status"], ended["reason"], ended["precap_amount"]) == ("NOT_SUPPORTED", "ZERO_AFTER_CAP", "900000")


def test_room_given_back_raises_the_sibling_which_is_decided_and_published_again(at: At) -> None:
    """M11: A 1,800,000 and B 200,000 are published; A is withdrawn; B gets 900,000."""
    office, large, small = at("publicity_period", "siblings")
    first_end = office.case(small)["waiting_for"][0]["due_at"]
    office.as_("auditor").post("/demo/clock", {"advance": "P2D"})
    office.as_("e01").post(f"/cases/{large}/withdrawal", {"reason": "企业经营调整"})
    assert office.case(large)["status"] == "WITHDRAWN"
    office.as_("auditor").post("/demo/clock", {"advance": "PT1S"})

    assert finals(office, small) == ["900000"]
    assert office.case(small)["status"] == "MEETING"
    assert office.at(small) == {"resolved"}
    assert balance(office, small) == ("900000", "0", "0", "1100000")
    resolve(office, small, {"case": small, "result": "support"})
    notice = office.as_("officer").post(f"/batches/{batch_of(office, small)}/publicity")
    assert [(item["case"], item["amount"]) for item in notice["items"]] == [(small, "900000")]
    # The full period again: from Wednesday March 4, five working days.
    assert office.case(small)["waiting_for"][0]["due_at"] > first_end
    assert office.case(small)["waiting_for"][0]["due_at"].startswith("2026-03-11T16:00:00")
    office.drive(small)
    assert office.case(small)["paid_amount"] == "900000"
    assert balance(office, small) == ("0", "0", "900000", "1100000")


def test_room_given_back_reaches_a_sibling_before_the_district(at: At) -> None:
    office, large, small = at("district_approval", "siblings")
    office.do(large, "district_approval", decision="refuse", district_opinion="本年度不再安排")
    assert office.case(large)["status"] == "NOT_SUPPORTED"
    office.as_("auditor").post("/demo/clock", {"advance": "PT1S"})
    assert office.at(small) == {"resolved"}
    assert finals(office, small) == ["900000"]
    office.drive(small)
    assert office.case(small)["paid_amount"] == "900000"


def test_a_committed_sibling_is_never_computed_upward(at: At) -> None:
    office, large, small = at("district_approval", "siblings")
    office.do(small, "district_approval")
    assert balance(office, small) == ("1800000", "200000", "0", "0")
    office.as_("e01").post(f"/cases/{large}/withdrawal", {"reason": "企业经营调整"})
    office.as_("auditor").post("/demo/clock", {"advance": "PT1S"})
    assert finals(office, small) == ["200000"]
    assert office.case(small)["status"] == "APPROVED"
    assert balance(office, small) == ("0", "200000", "0", "1800000")


def test_the_ledger_follows_a_case_to_its_payment(at: At) -> None:
    office, case = at("listed")
    seen = [balance(office, case)]
    for step in ("resolved", "decision_notice", ""):
        office.drive(case, until=step or None)
        seen.append(balance(office, case))
    assert seen == [
        ("0", "0", "0", "2000000"),
        ("900000", "0", "0", "1100000"),
        ("0", "900000", "0", "1100000"),
        ("0", "0", "900000", "1100000"),
    ]
    states = [(entry["from_state"], entry["state"], entry["amount"]) for entry in ledger(office, case)["entries"]]
    assert states == [
        (None, "RESERVED", "900000"),
        ("RESERVED", "COMMITTED", "900000"),
        ("COMMITTED", "PAID", "900000"),
    ]


# ---- what is left is what a list would give ----


def one_match(office: Office, enterprise: str = "e01", **readings: str) -> str:
    """A city match of 2,000,000 yuan at the list of a batch with these readings."""
    case = project(office, batch_with(office, "future_energy", **readings), enterprise, "future_energy", 2_000_000)
    to_the_list(office, case)
    return case


@pytest.mark.parametrize(("exempt", "left"), [("true", "2000000"), ("false", "500000")])
def test_instalments_of_clusters_count_as_the_newest_batch_reads_them(at: At, exempt: str, left: str) -> None:
    office, *_ = at.after(ten_schemes)
    case = one_match(office, a8__exempt_from_annual_cap=exempt)
    at.occupy(case, 1_500_000, scheme="industry_cluster")
    account = ledger(office, case)
    assert account["available"] == left
    assert account["not_counted"] == ("1500000" if exempt == "true" else "0")
    assert account["read_by"]["id"] == batch_of(office, case)
    fix_list(office, case)
    assert finals(office, case) == [left]
    assert ledger(office, case)["available"] == "0"


def test_whom_the_ceiling_does_not_bind_has_none(at: At) -> None:
    office, *_ = at.after(ten_schemes)
    case = one_match(office, "e10", a10__annual_cap_applies_to="enterprises_only")
    at.occupy(case, 1_500_000)
    account = ledger(office, case)
    assert (account["cap"], account["available"], account["not_counted"]) == (None, None, "1500000")
    fix_list(office, case)
    assert finals(office, case) == ["2000000"]
    assert "年度支持限额仅适用于企业" in page(at, "auditor", f"/ledger/{account['uscc']}")


def test_a_firm_of_a_group_is_told_what_its_group_has_left_though_the_parent_is_not_registered(at: At) -> None:
    office, *_ = at.after(ten_schemes)
    with at.database.transaction() as session:
        for uscc in (E01, E02):
            firm = people.find_enterprise(session, uscc)
            assert firm is not None
            firm.group_uscc = PARENT
    batch = batch_with(office, "future_energy", a10__cap_scope="group")
    asking = (("e01", 1_200_000), ("e02", 500_000))
    cases = [project(office, batch, enterprise, "future_energy", yuan) for enterprise, yuan in asking]
    to_the_list(office, *cases)
    fix_list(office, cases[0])
    assert finals(office, *cases) == ["1200000", "500000"]
    for case in cases:
        account = ledger(office, case)
        assert (account["available"], account["account"]["uscc"]) == ("300000", PARENT)
        assert f"/ledger/{PARENT}" in page(at, "auditor", f"/ledger/{account['uscc']}?year=2026")
    parent = office.as_("auditor").get(f"/enterprises/{PARENT}/ledger?year=2026")
    assert (parent["enterprise"], parent["available"]) == ("未登记单位（集团）", "300000")
    assert {entry["case"] for entry in parent["entries"]} == set(cases)
    with refused(404):
        office.as_("auditor").get(f"/enterprises/{NOBODY}/ledger?year=2026")


def test_before_a_year_has_a_batch_its_room_is_counted_by_what_is_in_force(at: At) -> None:
    office, _ = at("fill_application")
    account = office.as_("auditor").get(f"/enterprises/{E01}/ledger?year=2027")
    assert (account["available"], account["read_by"]) == ("2000000", None)
    assert "现行口径" in page(at, "auditor", f"/ledger/{E01}?year=2027")


def test_renouncing_an_approved_award_releases_it(at: At) -> None:
    office, case = at("enter_payee")
    assert balance(office, case) == ("0", "900000", "0", "1100000")
    office.as_("e01").post(f"/cases/{case}/withdrawal", {"reason": "放弃支持"})
    assert balance(office, case) == ("0", "0", "0", "2000000")
    assert [entry["state"] for entry in ledger(office, case)["entries"]] == ["RESERVED", "COMMITTED", "RELEASED"]
