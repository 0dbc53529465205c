"""Scenarios M02–M18 of domain.md 2.7, as far as they need a ledger, a procedure or a clock.

What the rules alone decide is in tests/rules/test_group_scenarios.py; M01 and M11 are in test_ceilings.py, M04 in
test_same_matter.py, M12 in test_returned_money.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from storage import people
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, ten_schemes
from tests.journeys.lists import E01, E02
from tests.journeys.projects import account, batch_of, finals, fix_list, project, to_the_list
from tests.journeys.test_clusters import recognised_before
from tests.journeys.test_races import at_once, posting


def honour(office: Office, batch: int, enterprise: str, level: str, **more: str) -> str:
    """A submitted application for an honour."""
    reference = office.apply(enterprise, "绿色工厂", batch, "green_honour")
    office.submit(reference, honour_type="绿色工厂", level=level, **more)
    return reference


# ---- one ceiling, two batches ----


def two_batches(office: Office) -> Sequence[str]:
    """An honour of 1,000,000 yuan is decided; a project of 1,800,000 in the next batch of the year is at the list."""
    first = batch_of(office, "green_honour")
    award = honour(office, first, "e01", "national")
    office.drive(award, until="decision_notice")
    asks = project(office, batch_of(office, "retrofit"), "e01", "retrofit", 6_000_000)
    to_the_list(office, asks)
    return award, asks


def test_m02_the_second_batch_of_a_year_gets_what_the_first_left(at: At) -> None:
    office, award, asks = at.after(two_batches)
    batch = office.case(asks)["batch"]["id"]
    row = fix_list(office, batch)[asks]
    assert (row["precap_amount"], row["final_amount"]) == ("1800000", "1000000")
    assert "年度限额调减800,000元" in row["reasons"][0]
    office.resolve(batch, asks, "support")
    [shown] = office.as_("officer").post(f"/batches/{batch}/publicity")["items"]
    assert (shown["case"], shown["amount"], shown["remark"]) == (asks, "1000000", "年度限额调减")
    office.drive(asks)
    assert office.case(asks)["paid_amount"] == "1000000"
    # What the first batch decided is not worked out again (domain.md 2.4).
    assert office.case(award)["final_amount"] == "1000000"
    assert account(office, E01)["available"] == "0"


def two_lists(office: Office) -> Sequence[str]:
    """Cases of one firm at the lists of two batches: 500,000 and 400,000 yuan."""
    asking = [
        project(office, batch_of(office, "future_energy"), "e01", "future_energy", yuan) for yuan in (500_000, 400_000)
    ]
    to_the_list(office, *asking)
    return asking


def test_m14_two_lists_at_the_same_instant_share_what_is_left(at: At) -> None:
    office, first, second = at.after(two_lists)
    at.occupy(first, 1_400_000)
    paths = [f"/batches/{office.case(case)['batch']['id']}/list" for case in (first, second)]
    assert at_once(*(posting(at, office, "chief", path, {}) for path in paths)) == [200, 200]
    assert finals(office, first, second) in (["500000", "100000"], ["200000", "400000"])
    ledger = account(office, E01)
    assert (ledger["sums"]["RESERVED"], ledger["available"]) == ("600000", "0")


# ---- the year of the ceiling ----


def paid_next_year(office: Office) -> Sequence[str]:
    """2,000,000 yuan are decided in 2026 and paid on 2027-01-20, once by each reading of the year."""
    cases = []
    for enterprise, reading in (("e01", "approval_year"), ("e02", "disbursement_year")):
        batch = batch_of(office, "future_energy", a10__cap_year_basis=reading)
        case = project(office, batch, enterprise, "future_energy", 2_000_000)
        office.drive(case, until="pay")
        cases.append(case)
    office.wait_until("2027-01-20T10:00:00+08:00")
    for case in cases:
        office.do(case, "pay")
        office.do(case, "credit_recheck")
        office.do(case, "pay", paid_on="2027-01-20")
    return cases


def test_m03_a_payment_in_january_counts_in_the_year_that_the_reading_says(at: At) -> None:
    office, *_ = at.after(paid_next_year)
    used = {(uscc, year): account(office, uscc, year)["sums"]["PAID"] for uscc in (E01, E02) for year in (2026, 2027)}
    assert used == {(E01, 2026): "2000000", (E01, 2027): "0", (E02, 2026): "0", (E02, 2027): "2000000"}
    assert account(office, E02, 2026)["available"] == "2000000"


def test_m03_what_the_payment_used_is_gone_for_the_lists_of_its_year(at: At) -> None:
    office, *_ = at.after(paid_next_year)
    office.choose(a10__cap_year_basis="disbursement_year")
    batch = office.make_batch(schemes=["green_honour"], cap_year=2027, until="2027-06-30")
    honours = [honour(office, batch, enterprise, "municipal") for enterprise in ("e01", "e02")]
    to_the_list(office, *honours)
    fix_list(office, batch)
    assert finals(office, *honours) == ["500000", "0"]


def test_the_year_is_that_of_the_decision_whenever_its_paper_is_registered(at: At) -> None:
    office, december, january = at("district_approval", "neighbours")
    office.wait_until("2027-01-05T10:00:00+08:00")
    office.do(december, "district_approval", district_approved_on="2026-12-28")
    office.do(january, "district_approval", district_approved_on="2027-01-05")
    used = {
        (uscc, year): account(office, uscc, year)["sums"]["COMMITTED"] for uscc in (E01, E02) for year in (2026, 2027)
    }
    assert used == {(E01, 2026): "900000", (E01, 2027): "0", (E02, 2026): "0", (E02, 2027): "900000"}
    assert account(office, E02, 2026)["available"] == "2000000"


# ---- other public money ----


def other_district_money(office: Office) -> Sequence[str]:
    """900,000 yuan are due to each of three firms that had 300,000 from another policy of the district."""
    cases = []
    for enterprise, reading in (("e01", "exclusive"), ("e02", "top_up"), ("e03", "top_up")):
        batch = batch_of(office, "future_energy", a10__other_policy_treatment=reading)
        funds = {"level": "district", "policy_name": "通州区其他政策（虚构）", "amount": "300000"}
        declared = {"other_public_funds": [funds]} if enterprise == "e03" else {}
        cases.append(project(office, batch, enterprise, "future_energy", 900_000, **declared))
    to_the_list(office, *cases[:2], other_district_paid="300000")
    to_the_list(office, cases[2])
    return cases


def test_m05_another_policy_of_the_district_by_the_reading_of_each_batch(at: At) -> None:
    office, exclusive, top_up, declared = at.after(other_district_money)
    rows: dict[str, Any] = {}
    for case in (exclusive, top_up, declared):
        rows |= fix_list(office, office.case(case)["batch"]["id"])
    assert {case: row["final_amount"] for case, row in rows.items()} == {
        exclusive: "0",
        top_up: "600000",
        # What the firm declared counts as long as the officer confirms nothing else.
        declared: "600000",
    }
    assert rows[exclusive]["reasons"] == ["同一事项已获通州区其他政策支持300,000元，按“从优不重复”原则不再支持"]
    batch = office.case(exclusive)["batch"]["id"]
    office.resolve(batch, exclusive, "refuse", reason="已获其他政策支持")
    ended = office.case(exclusive)
    assert (ended["status"], ended["reason"]) == ("NOT_SUPPORTED", "OTHER_POLICY")


def city_money(office: Office) -> Sequence[str]:
    """Two projects of 5,000,000 yuan; the city gave the one 1,200,000 and the other 4,000,000."""
    batch, cases = batch_of(office, "retrofit"), []
    for enterprise, yuan in (("e01", "1200000"), ("e02", "4000000")):
        funds = {"level": "municipal", "policy_name": "市级资金（虚构）", "amount": yuan}
        cases.append(project(office, batch, enterprise, "retrofit", 5_000_000, other_public_funds=[funds]))
    to_the_list(office, *cases)
    return cases


def test_m06_city_and_district_together_are_a_warning_on_the_list_and_no_cut(at: At) -> None:
    office, below, above = at.after(city_money)
    rows = fix_list(office, office.case(above)["batch"]["id"])
    assert finals(office, below, above) == ["1500000", "1500000"]
    warned = {
        case: [step["text"] for step in row["steps"] if step["code"] == "ABOVE_INVESTMENT"]
        for case, row in rows.items()
    }
    assert warned == {
        below: [],
        above: ["提示：与市级资金4,000,000元合计5,500,000元，超过核定总投资5,000,000元，请核实"],
    }
    assert (rows[above]["proposal"], rows[above]["reasons"]) == ("support", [])


# ---- promotion ----


def promoted(office: Office) -> Sequence[str]:
    """A municipal honour was cut from 500,000 to 200,000 yuan in 2025; the national one by each of the readings."""
    office.import_history(
        [
            {
                "uscc": E01,
                "scheme": "green_honour",
                "honour_type": "绿色工厂",
                "level": "municipal",
                "site": "一厂",
                "decided_on": "2025-06-20",
                "precap_amount": "500000",
                "paid_amount": "200000",
                "document_no": "虚构文〔2025〕12号",
            }
        ]
    )
    cases = []
    for reading in ("pre_cap", "paid", "standard"):
        batch = batch_of(office, "green_honour", a4__promotion_basis=reading)
        cases.append(honour(office, batch, "e01", "national", site="一厂"))
    cases += [honour(office, batch, "e01", "national"), honour(office, batch, "e01", "national", site="二厂")]
    to_the_list(office, *cases)
    return cases


def test_m07_a_promotion_deducts_what_the_reading_says_of_an_award_that_was_cut(at: At) -> None:
    office, *cases = at.after(promoted)
    assert [office.case(case)["precap_amount"] for case in cases[:3]] == ["500000", "800000", "500000"]


def test_an_earlier_honour_of_another_site_is_not_deducted(at: At) -> None:
    office, *cases = at.after(promoted)
    no_site, other_site = (office.case(case)["precap_amount"] for case in cases[3:])
    assert (no_site, other_site) == ("500000", "1000000"), "without a site it may be the same honour"


def promoted_here(office: Office) -> Sequence[str]:
    """A municipal honour of 500,000 yuan is paid in the first batch; the national one is at the list of the next."""
    first = honour(office, batch_of(office, "green_honour"), "e02", "municipal")
    office.drive(first)
    assert office.case(first)["paid_amount"] == "500000"
    batch = batch_of(office, "green_honour")
    second = honour(office, batch, "e02", "national")
    other_site = honour(office, batch, "e02", "national", site="二厂")
    to_the_list(office, second, other_site)
    return second, other_site


def test_a_promotion_within_the_program_gets_the_difference(at: At) -> None:
    office, second, other_site = at.after(promoted_here)
    assert office.case(second)["precap_amount"] == "500000"
    assert office.case(other_site)["precap_amount"] == "1000000", "the honour of another site is another matter"
    fix_list(office, office.case(second)["batch"]["id"])
    assert finals(office, second, other_site) == ["500000", "1000000"]
    assert account(office, E02)["available"] == "0"


# ---- groups ----


def group(office: Office) -> Sequence[str]:
    """2,000,000 yuan for a parent and 1,500,000 for its subsidiary, at the lists of two batches with a reading each."""
    cases = []
    for reading in ("uscc", "group"):
        batch = batch_of(office, "future_energy", a10__cap_scope=reading)
        for enterprise, yuan in (("e01", 2_000_000), ("e02", 1_500_000)):
            cases.append(project(office, batch, enterprise, "future_energy", yuan))
    to_the_list(office, *cases)
    return cases


def belong_together(at: At) -> None:
    with at.database.transaction() as session:
        subsidiary = people.find_enterprise(session, E02)
        assert subsidiary is not None
        subsidiary.group_uscc = E01


def test_m13_firms_of_a_group_have_a_ceiling_each_or_one_together(at: At) -> None:
    office, parent, subsidiary, parent_as_group, subsidiary_as_group = at.after(group)
    belong_together(at)
    fix_list(office, office.case(parent_as_group)["batch"]["id"])
    assert finals(office, parent_as_group, subsidiary_as_group) == ["2000000", "0"]
    fix_list(office, office.case(parent)["batch"]["id"])
    # The parent's own ceiling is used by the other batch, that of the subsidiary is not.
    assert finals(office, parent, subsidiary) == ["0", "1500000"]


def test_m13_room_that_a_firm_of_the_group_gives_back_reaches_the_other(at: At) -> None:
    office, _, _, parent, subsidiary = at.after(group)
    belong_together(at)
    fix_list(office, office.case(parent)["batch"]["id"])
    assert account(office, E01)["available"] == "0"
    office.as_("e01").post(f"/cases/{parent}/withdrawal", {"reason": "企业经营调整"})
    office.as_("auditor").post("/demo/clock", {"advance": "PT1S"})
    assert finals(office, subsidiary) == ["1500000"]
    assert account(office, E01)["sums"]["RESERVED"] == "1500000"
    office.drive(subsidiary)
    assert office.case(subsidiary)["paid_amount"] == "1500000"
    assert account(office, E01)["sums"]["PAID"] == "1500000"


# ---- the policy's own time ----


def under_the_old_rules(office: Office) -> Sequence[str]:
    """A matter pending under the repealed rules, for 300,000 yuan, is applied for again by two readings."""
    filing = "京通备〔2024〕7号（虚构）"
    pending = {
        "uscc": E01,
        "scheme": "retrofit",
        "matter_key": filing,
        "policy": "old",
        "accepted_on": "2024-12-02",
        "precap_amount": "300000",
    }
    assert office.import_history([pending])["accepted"] == 1
    cases = []
    for number, reading in enumerate(("old_rule_if_accepted_before", "new_rule_if_better")):
        batch = batch_of(office, "retrofit", policy__transition_rule=reading)
        phase = {"filing_no": filing, "acceptance_no": f"验收〔2026〕{number}号（虚构）"}
        cases.append(project(office, batch, "e01", "retrofit", 3_000_000, **phase))
    to_the_list(office, *cases)
    return cases


def test_m17_a_matter_that_is_pending_under_the_old_rules_is_blocked(at: At) -> None:
    office, blocked, free = at.after(under_the_old_rules)
    row = fix_list(office, office.case(blocked)["batch"]["id"])[blocked]
    assert (row["precap_amount"], row["final_amount"], row["proposal"]) == ("900000", "0", "refuse")
    assert row["reasons"] == ["同一事项已按原办法受理绿色低碳改造升级，尚未审定，按“从优不重复”原则，本件不再支持"]
    assert account(office, E01)["available"] == "2000000", "the old case does not count in the new ceiling"
    office.resolve(office.case(blocked)["batch"]["id"], blocked, "refuse", reason="按原办法办理")
    assert office.case(blocked)["reason"] == "BEST_ONLY"
    fix_list(office, office.case(free)["batch"]["id"])
    assert finals(office, free) == ["900000"]


@pytest.mark.parametrize("basis", ["submitted_on", "accepted_on", "decided_on"])
def test_m18_after_its_three_years_the_policy_is_applied_no_more(at: At, basis: str) -> None:
    office, *_ = at.after(ten_schemes)
    batch = _expiring(office, basis)
    case = office.apply("e01", "绿色工厂", batch, "green_honour")
    stop = {"submitted_on": "fill_application", "accepted_on": "formality_check", "decided_on": "district_approval"}
    office.drive(case, until=stop[basis])
    office.wait_until("2027-01-04T10:00:00+08:00")
    before = office.look(case)
    more = {"district_approved_on": "2027-01-04"} if basis == "decided_on" else {}
    with refused(409) as why:
        office.do(case, stop[basis], **more)
    assert "有效期为2024-01-01至2026-12-31" in why.detail
    assert office.look(case) == before


def _expiring(office: Office, basis: str) -> int:
    """A batch of honours and clusters under a policy whose last day is 2026-12-31."""
    office.choose(policy__effective_from="2024-01-01", policy__applicability_basis=basis)
    return office.make_batch(schemes=["green_honour", "industry_cluster"], cap_year=2027, until="2027-03-31")


def test_m18_a_yearly_instalment_goes_on_after_the_policy_expired(at: At) -> None:
    office, *_ = at.after(ten_schemes)
    office.import_history([recognised_before()])
    batch = _expiring(office, "submitted_on")
    office.wait_until("2027-01-04T10:00:00+08:00")
    report = office.apply("e09", "年度绩效申报", batch, "industry_cluster")
    office.submit(report)
    assert office.case(report)["status"] == "SUBMITTED"
