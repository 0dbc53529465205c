"""Money around a case that begins anew: what others may count on, whichever way it is decided, paid and returned."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from storage.cases import Case
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At
from tests.journeys.lists import E01
from tests.journeys.projects import account, batch_of, finals, fix_list, project, to_the_list
from tests.journeys.test_record import broken
from tests.journeys.test_recovery import receive
from tests.journeys.test_reopenings import paid, reopen
from tests.journeys.test_returned_money import give_back, record
from tests.journeys.test_rules_across_cases import honour
from tests.journeys.test_same_item import FILING
from tests.journeys.test_silent_payee import be_silent, letters
from workflows.case import known_facts
from workflows.case.reading import look_at


def test_a_sibling_of_a_case_that_is_lowered_has_the_room_that_was_not_paid(at: At) -> None:
    """900,000 are paid and decided down to 600,000 on one list with a sibling: nothing has come back yet."""
    office, case = at.after(paid)
    batch = office.case(case)["batch"]["id"]
    reopen(office, case)
    sibling = project(office, batch, "e01", "renewable_energy", 20_000_000)
    to_the_list(office, case, approved_investment="2000000")
    to_the_list(office, sibling)
    fix_list(office, batch)
    assert finals(office, case, sibling) == ["600000", "1100000"]
    assert account(office, E01)["available"] == "0"
    assert broken(at) == []


def test_a_case_that_is_raised_asks_for_the_difference_alone(at: At) -> None:
    """900,000 are paid and decided up to 1,200,000 beside a sibling that asks for more than is left."""
    office, case = at.after(paid)
    batch = office.case(case)["batch"]["id"]
    reopen(office, case)
    sibling = project(office, batch, "e01", "renewable_energy", 20_000_000)
    to_the_list(office, case, approved_investment="4000000")
    to_the_list(office, sibling)
    fix_list(office, batch)
    amounts = [Decimal(each or "0") for each in finals(office, case, sibling)]
    assert sum(amounts) == 2_000_000 and amounts[0] >= 900_000
    assert account(office, E01)["available"] == "0"


def granted(at: At, reference: str) -> Decimal:
    """What a case sees that others were granted on its item, in yuan."""
    with at.database.session() as session:
        case = session.get_one(Case, at.case_id(reference))
        return known_facts.granted_for_matter(look_at(session, case, at.instant("2026-03-02T09:00:00+08:00")))


def a_first_phase_lowered(office: Office) -> Sequence[str]:
    """A first phase was paid 900,000 and is decided down to 600,000; another firm's second phase is filed."""
    first = project(
        office, batch_of(office), "e01", "retrofit", 3_000_000, filing_no=FILING, acceptance_no="验收〔2025〕1号"
    )
    office.drive(first)
    phase = {
        "filing_no": "京通备〔2025〕99号（虚构）",
        "first_phase_filing_no": FILING,
        "acceptance_no": "验收〔2025〕2号",
    }
    second = project(office, batch_of(office), "e02", "retrofit", 9_000_000, **phase)
    reopen(office, first)
    office.drive(first, until="recovery_investigation", values={"confirm_verified": {"approved_investment": "2000000"}})
    return first, second


def test_room_under_the_ceiling_of_an_item_is_given_back_once(at: At) -> None:
    office, first, second = at.after(a_first_phase_lowered)
    assert (office.case(first)["final_amount"], office.case(first)["paid_amount"]) == ("600000", "900000")
    assert granted(at, second) == 900_000
    heard = {"recovery_investigation": {"recovery_proposed_amount": "300000"}}
    office.drive(first, until="recovery_received", values={**heard, "recovery_meeting": {"recovery_amount": "300000"}})
    receive(office, first, "100000")
    assert granted(at, second) == 800_000
    receive(office, first, "200000")
    assert office.case(first)["status"] == "RECOVERED"
    assert granted(at, second) == 600_000
    to_the_list(office, second)
    fix_list(office, office.case(second)["batch"]["id"])
    assert finals(office, second) == ["1400000"]
    assert broken(at) == []


def test_a_plain_return_waits_until_the_further_decision_is_carried_out(at: At) -> None:
    office, case = at.after(paid)
    reopen(office, case)
    office.drive(case, until="pay", values={"confirm_verified": {"approved_investment": "4000000"}})
    with refused(409) as why:
        record(office, case, "100000", "clerical_error")
    assert "重新办理" in why.detail
    office.do(case, "pay")
    assert office.case(case)["paid_amount"] == "1200000"
    office.as_("finance2").post(record(office, case, "100000", "clerical_error"))
    assert account(office, E01)["available"] == "900000"


def test_a_difference_that_is_forfeited_leaves_what_was_paid(at: At) -> None:
    office, case = at.after(paid)
    reopen(office, case)
    office.drive(case, until="enter_payee", values={"confirm_verified": {"approved_investment": "4000000"}})
    be_silent(office, case)
    office.do(case, "decide_silent_payee", decision="forfeit", silence_opinion="该单位表示不再领取差额")
    [told] = letters(office, "forfeit")
    assert "审定支持1,200,000元，此前已拨付900,000元，应另行拨付差额300,000元" in told
    assert "放弃上述差额" in told and "已拨付的资金不受影响" in told
    ended = office.case(case)
    assert (ended["status"], ended["final_amount"], ended["paid_amount"]) == ("TERMINATED", "900000", "900000")
    assert account(office, E01)["available"] == "1100000"
    assert broken(at) == []


def part_returned(office: Office) -> Sequence[str]:
    """Of a municipal honour of 500,000 yuan 100,000 came back as a mistake; the national one is at the list."""
    first = honour(office, batch_of(office, "green_honour"), "e02", "municipal")
    office.drive(first)
    give_back(office, first, "100000", "clerical_error")
    second = honour(office, batch_of(office, "green_honour", a4__promotion_basis="paid"), "e02", "national")
    to_the_list(office, second)
    return first, second


def test_a_promotion_deducts_what_the_firm_has_of_the_earlier_honour(at: At) -> None:
    office, _, second = at.after(part_returned)
    assert office.case(second)["precap_amount"] == "600000"
