"""A6: a case counts in the year in which it is decided; when the year turns, what is undecided is one set again."""

from __future__ import annotations

from collections.abc import Sequence

from storage.ledger import LedgerEntry
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At
from tests.journeys.lists import E01
from tests.journeys.projects import account, batch_of, finals, fix_list, project, to_the_list

JANUARY = "2027-01-05T10:00:00+08:00"


def committed(office: Office, year: int, uscc: str = E01) -> str:
    return str(account(office, uscc, year)["sums"]["COMMITTED"])


def to_the_district(office: Office, *cases: str) -> None:
    for case in cases:
        office.drive(case, until="district_approval")


def two_at_the_district(office: Office) -> Sequence[str]:
    """1,500,000 whole and 1,000,000 cut to 500,000 of one firm, both waiting for the district."""
    batch = batch_of(office, "future_energy")
    cases = [project(office, batch, "e01", "future_energy", yuan) for yuan in (1_500_000, 1_000_000)]
    to_the_list(office, *cases)
    fix_list(office, batch)
    to_the_district(office, *cases)
    return cases


def test_whoever_is_registered_first_in_january_the_set_gets_the_same(at: At) -> None:
    office, large, small = at.after(two_at_the_district)
    for order in ((large, small), (small, large)):
        office.wait_until(JANUARY)
        for case in order:
            office.do(case, "district_approval", district_approved_on="2027-01-05")
            office.let_work()
            assert office.at(case) == {"decision_notice"}
        assert finals(office, large, small) == ["1500000", "500000"]
        assert (committed(office, 2026), committed(office, 2027)) == ("0", "2000000")
        at.again()


def test_what_is_left_alone_in_the_new_year_is_worked_out_anew_and_goes_back_to_the_meeting(at: At) -> None:
    office, large, small = at.after(two_at_the_district)
    office.wait_until("2026-12-29T10:00:00+08:00")
    office.do(large, "district_approval", district_approved_on="2026-12-28")
    office.wait_until(JANUARY)
    office.do(small, "district_approval", district_approved_on="2027-01-05")
    assert office.at(small) == {"recounted"}
    office.let_work()
    # 2027 has room for all of it: the meeting decides on the new amount, and it is published again.
    office.do(small, "credit_recheck")
    assert office.at(small) == {"resolved"}
    assert finals(office, large, small) == ["1500000", "1000000"]
    assert (committed(office, 2026), account(office, E01, 2027)["sums"]["RESERVED"]) == ("1500000", "1000000")


def test_a_paper_of_the_old_year_counts_there_though_the_set_moved_on(at: At) -> None:
    office, large, small = at.after(two_at_the_district)
    office.wait_until(JANUARY)
    office.do(large, "district_approval", district_approved_on="2027-01-05")
    office.let_work()
    assert account(office, E01, 2026)["sums"]["RESERVED"] == "0", "both were moved into the year of the first decision"
    office.do(small, "district_approval", district_approved_on="2026-12-28")
    assert office.at(small) == {"decision_notice"}
    assert (committed(office, 2026), committed(office, 2027)) == ("500000", "1500000")


def full_next_year(office: Office) -> Sequence[str]:
    """2,000,000 for 2026 wait for the district; a batch that was announced for 2027 already took 2,000,000 there."""
    batch = batch_of(office, "future_energy")
    asks = project(office, batch, "e01", "future_energy", 2_000_000)
    to_the_list(office, asks)
    fix_list(office, batch)
    to_the_district(office, asks)
    later = office.make_batch(schemes=["future_energy"], cap_year=2027)
    taken = project(office, later, "e01", "future_energy", 2_000_000)
    to_the_list(office, taken)
    fix_list(office, later)
    return asks, taken


def test_a_full_year_is_no_dead_end(at: At) -> None:
    """E12: the reservation of 2026 meets a full 2027: nothing is left, and the meeting refuses for that reason."""
    office, asks, _ = at.after(full_next_year)
    assert account(office, E01, 2027)["sums"]["RESERVED"] == "2000000"
    office.wait_until(JANUARY)
    office.do(asks, "district_approval", district_approved_on="2027-01-05")
    office.let_work()
    office.do(asks, "choose_matters", decision="keep")
    office.do(asks, "credit_recheck")
    assert office.at(asks) == {"resolved"}
    assert finals(office, asks) == ["0"]
    office.resolve(office.case(asks)["batch"]["id"], asks, "refuse", reason="年度限额已用尽")
    ended = office.case(asks)
    assert (ended["status"], ended["reason"], ended["precap_amount"]) == ("NOT_SUPPORTED", "ZERO_AFTER_CAP", "2000000")


def test_deferred_into_the_new_year_it_is_listed_there(at: At) -> None:
    office, large, small = at.after(two_at_the_district)
    batch = office.case(large)["batch"]["id"]
    for case in (large, small):
        office.do(case, "district_approval", decision="return", district_opinion="请补充说明")
        office.resolve(batch, case, "defer", reason="本年度不再审议")
    office.wait_until(JANUARY)
    fix_list(office, batch)
    assert finals(office, large, small) == ["1500000", "500000"]
    assert account(office, E01, 2026)["sums"]["RESERVED"] == "0"
    assert account(office, E01, 2027)["sums"]["RESERVED"] == "2000000"


def left_behind(office: Office) -> Sequence[str]:
    """1,500,000 reserved in 2026 are undecided; another batch's 1,000,000 are at the list."""
    first, second = batch_of(office, "future_energy"), batch_of(office, "future_energy")
    early = project(office, first, "e01", "future_energy", 1_500_000)
    late = project(office, second, "e01", "future_energy", 1_000_000)
    to_the_list(office, early, late)
    fix_list(office, first)
    to_the_district(office, early)
    return early, late


def test_who_reserved_first_keeps_his_room_in_the_new_year(at: At) -> None:
    """Across batches: first reserved, first served; also where the later list is the first to be made in January."""
    office, early, late = at.after(left_behind)
    office.wait_until(JANUARY)
    assert account(office, E01, 2027)["available"] == "500000", "the ledger counts what will be decided this year"
    fix_list(office, office.case(late)["batch"]["id"])
    assert finals(office, early, late) == ["1500000", "500000"]
    office.do(early, "district_approval", district_approved_on="2027-01-05")
    office.let_work()
    assert office.at(early) == {"decision_notice"}
    assert committed(office, 2027) == "1500000"


def by_the_batch(office: Office) -> Sequence[str]:
    """A renewable project that counts in the batch's year for article 6, and in that of its decision for article 10."""
    batch = batch_of(office, "renewable_energy", a6__cap_year_basis="batch_year", a10__cap_year_basis="approval_year")
    case = project(office, batch, "e01", "renewable_energy", 4_000_000)
    to_the_list(office, case)
    fix_list(office, batch)
    to_the_district(office, case)
    return (case,)


def test_article_6_has_a_year_of_its_own(at: At) -> None:
    office, case = at.after(by_the_batch)
    office.wait_until(JANUARY)
    office.do(case, "district_approval", district_approved_on="2027-01-05")
    assert office.at(case) == {"decision_notice"}
    with at.database.transaction() as session:
        newest = session.query(LedgerEntry).order_by(LedgerEntry.id.desc()).first()
        assert newest is not None
        assert (newest.state, newest.entity_year) == ("COMMITTED", 2026)
    assert committed(office, 2027) == "1200000"


def paid_late(office: Office) -> Sequence[str]:
    """2,000,000 decided in 2026 and counted in the year of payment, which is 2027; there 1,000,000 are taken."""
    batch = batch_of(office, "future_energy", a10__cap_year_basis="disbursement_year")
    late = project(office, batch, "e01", "future_energy", 2_000_000)
    office.drive(late, until="pay")
    later = office.make_batch(schemes=["future_energy"], cap_year=2027)
    taken = project(office, later, "e01", "future_energy", 1_000_000)
    to_the_list(office, taken)
    fix_list(office, later)
    return late, taken


def test_where_the_payment_counts_a_full_year_is_waited_for(at: At) -> None:
    office, late, taken = at.after(paid_late)
    assert finals(office, late, taken) == ["2000000", "1000000"]
    office.wait_until(JANUARY)
    # The credit check is too old by now: it is asked anew first.
    office.do(late, "pay", paid_on="2027-01-05")
    office.do(late, "credit_recheck")
    done = office.do(late, "pay", paid_on="2027-01-05")
    assert done["held"] == "待下年度安排：2027年度剩余限额不足2,000,000元，本年度不能拨付。"
    assert (office.at(late), office.case(late)["paid_amount"]) == ({"hold_settled"}, None)
    office.as_("e01").post(f"/cases/{taken}/withdrawal", {"reason": "另行申报"})
    office.settle_checks(late)
    office.do(late, "pay", paid_on="2027-01-05")
    assert (office.case(late)["paid_amount"], account(office, E01, 2027)["sums"]["PAID"]) == ("2000000", "2000000")


def test_the_readings_of_the_year_have_no_default(at: At) -> None:
    office, *_ = at.after(by_the_batch)
    shown = {each["id"]: each for each in office.as_("owner").get("/parameters")["items"]}
    for contested in ("a10.cap_year_basis", "a10.overflow", "a10.annual_cap_applies_to"):
        assert shown[contested]["default"] is None and shown[contested]["contested"]
    with refused(422) as why:
        office.as_("owner").post(
            "/parameters/a10.overflow/proposals", {"value": "carry_over_once", "basis": "虚构文〔2026〕3号"}
        )
    assert why.fields == {"value"}
