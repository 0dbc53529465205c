"""M12: money that was paid comes back, and what that leaves of the year's ceiling (domain.md 2.4, 3.5)."""

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
from tests.journeys.test_races import at_once, posting
from tests.journeys.test_record import broken

BASIS = "虚构退款凭证〔2026〕3号"


def paid_once(office: Office) -> Sequence[str]:
    """1,200,000 yuan are paid; the firm asks for 1,500,000 more in the next batch of the year, which is at the list."""
    first = project(office, batch_of(office), "e01", "future_energy", 1_200_000)
    office.drive(first)
    asks = project(office, batch_of(office), "e01", "retrofit", 5_000_000)
    to_the_list(office, asks)
    return first, asks


def record(office: Office, case: str, amount: str, cause: str) -> str:
    """Note that money came back; answers where the second person confirms it."""
    body = {"amount": amount, "cause": cause, "basis": BASIS}
    made = office.as_("finance").post(f"/cases/{case}/recoveries", body)
    return f"/cases/{case}/recoveries/{made['id']}/confirmation"


def give_back(office: Office, case: str, amount: str, cause: str) -> Any:
    return office.as_("finance2").post(record(office, case, amount, cause))


def list_again(office: Office, case: str) -> list[str | None]:
    fix_list(office, office.case(case)["batch"]["id"])
    return finals(office, case)


def test_m12_an_overpayment_that_was_returned_is_room_again(at: At) -> None:
    office, first, asks = at.after(paid_once)
    give_back(office, first, "200000", "clerical_error")
    assert account(office, E01)["available"] == "1000000"
    assert list_again(office, asks) == ["1000000"]
    office.drive(asks)
    assert office.case(asks)["paid_amount"] == "1000000"
    # What was decided and paid stays on record as it was; the return stands beside it.
    assert office.case(first)["paid_amount"] == "1200000"
    [entry] = [entry for entry in account(office, E01)["entries"] if entry["state"] == "RESTORED"]
    assert (entry["case"], entry["from_state"], entry["amount"]) == (first, "PAID", "200000")
    assert broken(at) == []


def first_phase(office: Office) -> Sequence[str]:
    """1,500,000 yuan are paid for the first phase of a project; the second, of 4,000,000, is at its audit."""
    filing = "京通备〔2025〕88号（虚构）"
    first = project(office, batch_of(office), "e01", "retrofit", 5_000_000, filing_no=filing)
    office.drive(first)
    phase = {"filing_no": filing, "acceptance_no": "验收〔2026〕2号（虚构）"}
    second = project(office, batch_of(office), "e01", "retrofit", 4_000_000, **phase)
    office.drive(second, until="audit_verification")
    return first, second


def test_what_came_back_by_mistake_is_room_under_the_ceiling_of_the_project_too(at: At) -> None:
    office, first, second = at.after(first_phase)
    give_back(office, first, "200000", "clerical_error")
    to_the_list(office, second)
    assert office.case(second)["precap_amount"] == "700000"
    assert list_again(office, second) == ["700000"]


def test_m12_before_the_second_person_confirms_nothing_moves(at: At) -> None:
    office, first, asks = at.after(paid_once)
    record(office, first, "200000", "clerical_error")
    assert account(office, E01)["available"] == "800000"
    assert list_again(office, asks) == ["800000"]


def _claimed_back_for_fraud(office: Office, case: str) -> None:
    """All of it is claimed back in a heard procedure, in which the firm is barred on a document, and comes back."""
    clue = {"cause": "fraud", "source": "举报登记〔2026〕2号（虚构）", "facts": "验收资料系伪造"}
    office.as_("officer").post(f"/cases/{case}/clues", clue)
    bar = {
        "recovery_bar": "yes",
        "recovery_bar_basis": "专项资金管理办法（虚构）第二十条",
        "recovery_bar_from": "2026-01-01",
        "recovery_bar_to": "2029-12-31",
    }
    told = {name.replace("recovery_", "recovery_proposed_"): value for name, value in bar.items()}
    office.drive(case, until="recovery_received", values={"recovery_investigation": told, "recovery_meeting": bar})
    give_back(office, case, "1200000", "decided")
    assert office.case(case)["status"] == "RECOVERED"


def test_m12_what_was_got_by_false_statements_stays_used_and_bars_the_firm(at: At) -> None:
    office, first, asks = at.after(paid_once)
    batch = office.make_batch(schemes=["green_honour"])
    _claimed_back_for_fraud(office, first)
    assert account(office, E01)["available"] == "800000"
    with refused(409) as why:
        list_again(office, asks)
    assert asks in why.detail, "there would be room, but the firm is barred"
    new = office.apply("e01", "绿色工厂", batch, "green_honour")
    office.drive(new, until="credit_check")
    with refused(422):
        office.do(new, "credit_check", decision="clear")
    office.drive(new, values={"credit_check": {"decision": "veto"}})
    ended = office.case(new)
    assert (ended["status"], ended["reason"]) == ("VETOED", "CREDIT_VETO")


@pytest.mark.parametrize(("reading", "room"), [("clerical_error_only", "1000000"), ("never", "800000")])
def test_m12_whether_an_error_gives_room_back_is_a_reading(at: At, reading: str, room: str) -> None:
    office, *_ = at.after(ten_schemes)
    office.choose(a10__recovered_restores_cap=reading)
    case = project(office, office.make_batch(schemes=["future_energy"]), "e01", "future_energy", 1_200_000)
    office.drive(case)
    give_back(office, case, "200000", "clerical_error")
    assert account(office, E01)["available"] == room


def test_m12_returns_together_never_exceed_what_was_paid(at: At) -> None:
    office, first, _ = at.after(paid_once)
    give_back(office, first, "200000", "clerical_error")
    # One that is only recorded counts as well: it will be confirmed.
    record(office, first, "600000", "clerical_error")
    for amount in ("400001", "0", "-1", "1.50", "x"):
        with refused(422) as why:
            record(office, first, amount, "clerical_error")
        assert why.fields == {"amount"}, amount
    give_back(office, first, "400000", "clerical_error")
    assert account(office, E01)["available"] == "1400000"


def test_m12_a_return_is_confirmed_once_and_recorded_within_what_was_paid_however_many_press(at: At) -> None:
    office, first, _ = at.after(paid_once)
    at.give("finance", "finance_reviewer")
    at.give("deputy", "finance_reviewer")
    path = record(office, first, "700000", "clerical_error")
    # Whoever recorded it does not confirm it, whatever posts he holds.
    with refused(403):
        office.as_("finance").post(path)
    assert sorted(at_once(*(posting(at, office, name, path, {}) for name in ("finance2", "deputy")))) == [201, 409]
    assert account(office, E01)["available"] == "1500000"
    body = {"amount": "300000", "cause": "clerical_error", "basis": BASIS}
    presses = [posting(at, office, "finance", f"/cases/{first}/recoveries", body) for _ in range(2)]
    assert sorted(at_once(*presses)) == [201, 422]


def test_m12_what_is_not_paid_cannot_come_back(at: At) -> None:
    office, _, asks = at.after(paid_once)
    with refused(409):
        record(office, asks, "1", "clerical_error")


def test_m12_room_comes_back_where_it_was_used(at: At) -> None:
    """The group's account where the group was counted, and the year of the payment where that was."""
    office, *_ = at.after(ten_schemes)
    with at.database.transaction() as session:
        subsidiary = people.find_enterprise(session, E02)
        assert subsidiary is not None
        subsidiary.group_uscc = E01
    office.choose(a10__cap_scope="group", a10__cap_year_basis="disbursement_year")
    case = project(office, office.make_batch(schemes=["future_energy"]), "e02", "future_energy", 2_000_000)
    office.drive(case, until="pay")
    office.wait_until("2027-01-20T10:00:00+08:00")
    office.do(case, "pay")
    office.do(case, "credit_recheck")
    office.do(case, "pay", paid_on="2027-01-20")
    give_back(office, case, "500000", "clerical_error")
    left = {(uscc, year): account(office, uscc, year)["available"] for uscc in (E01, E02) for year in (2026, 2027)}
    assert left == {(E01, 2026): "2000000", (E01, 2027): "500000", (E02, 2026): "2000000", (E02, 2027): "500000"}
