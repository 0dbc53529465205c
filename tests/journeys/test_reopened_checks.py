"""查重 of a case that begins anew: what it lost to meanwhile, or what was lifted when it fell, is looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, page
from tests.journeys.projects import batch_of, finals, fix_list, project, to_the_list
from tests.journeys.test_duplicate_checks import REASON, invoiced
from tests.journeys.test_record import broken
from tests.journeys.test_reopenings import propose, reopen
from tests.journeys.test_same_item import FILING
from tests.journeys.test_same_matter import tick


def checks_of(office: Office, case: str) -> list[Any]:
    items: list[Any] = office.as_("auditor").get(f"/cases/{case}/checks")["items"]
    return sorted(items, key=lambda each: int(each["id"]))


def settle_newest(office: Office, case: str, **body: Any) -> None:
    path = f"/cases/{case}/checks/{checks_of(office, case)[-1]['id']}"
    made = office.as_("officer2").post(f"{path}/conclusion", {"reason": REASON, **body})["conclusions"][-1]
    office.as_("chief").post(f"{path}/confirmation", {"conclusion": made["id"]})


def refuse_in_meeting(office: Office, case: str) -> None:
    office.resolve(office.case(case)["batch"]["id"], case, "refuse", reason="不符合支持条件")
    tick(office)


def one_fell_and_the_other_was_paid(office: Office) -> Sequence[str]:
    """Two firms claim one invoice; the first is refused in the meeting, the second is paid all of it."""
    batch = batch_of(office, "retrofit")
    first = invoiced(office, batch, "e02")
    office.drive(first, until="resolved")
    second = invoiced(office, batch, "e05")
    office.drive(second, until="checks_settled")
    refuse_in_meeting(office, first)
    office.drive(second)
    return first, second


@pytest.mark.parametrize("point", ["review", "calculation"])
def test_a_hit_that_settled_because_the_case_fell_is_open_again(at: At, point: str) -> None:
    office, first, second = at.after(one_fell_and_the_other_was_paid)
    assert [each["state"] for each in checks_of(office, first)] == ["settled"]
    assert office.case(second)["paid_amount"] == "900000"
    reopen(office, first, point)
    tick(office)
    assert [each["state"] for each in checks_of(office, first)] == ["settled", "open"]
    assert office.history(second)[-1]["action"] == "check_opened"
    office.drive(first, until="checks_settled" if point == "review" else "listed")
    if point == "calculation":
        with refused(409):
            fix_list(office, office.case(first)["batch"]["id"])
    with refused(422) as why:
        settle_newest(office, first, result="shared", amount="1")
    assert "全部发票金额" in str(why.error and why.error.body)
    settle_newest(office, first, result="excluded")
    assert office.at(first) == {"confirm_verified"}
    with refused(422) as why:
        office.do(first, "confirm_verified", approved_investment="1")
    assert why.fields == {"approved_investment"}
    assert broken(at) == []


def excluded_for_the_sake_of_one_that_fell(office: Office) -> Sequence[str]:
    """The invoice was excluded from the second, which is paid in full once the first is refused."""
    batch = batch_of(office, "retrofit")
    first = invoiced(office, batch, "e02")
    office.drive(first, until="resolved")
    second = invoiced(office, batch, "e05")
    office.drive(second, until="checks_settled")
    settle_newest(office, second, result="excluded")
    refuse_in_meeting(office, first)
    office.drive(second)
    return first, second


def test_a_conclusion_that_was_lifted_with_the_case_does_not_come_back_with_it(at: At) -> None:
    office, first, second = at.after(excluded_for_the_sake_of_one_that_fell)
    assert office.case(second)["paid_amount"] == "900000"
    reopen(office, first, "calculation")
    tick(office)
    before, now = checks_of(office, first)
    assert (before["state"], now["state"]) == ("settled", "open")
    assert "重新办理" in before["settled_because"]
    assert "原结论不再适用" in page(at, "officer2", f"/cases/{first}/overlaps")
    office.drive(first, until="listed")
    with refused(409):
        fix_list(office, office.case(first)["batch"]["id"])
    settle_newest(office, first, result="excluded")
    assert office.at(first) == {"confirm_verified"}
    assert office.case(second)["paid_amount"] == "900000"
    assert broken(at) == []


def filed_again_by_another(office: Office) -> Sequence[str]:
    """A project is refused in the meeting and filed again with the same acceptance, by another firm."""
    batch = batch_of(office, "retrofit")
    same = {"filing_no": FILING, "acceptance_no": "验收〔2025〕1号"}
    first = project(office, batch, "e01", "retrofit", 3_000_000, **same)
    to_the_list(office, first)
    fix_list(office, batch)
    refuse_in_meeting(office, first)
    second = project(office, batch, "e02", "retrofit", 2_000_000, **same)
    office.do(second, "formality_check")
    return first, second


def test_an_item_that_another_case_has_by_now_is_dealt_with_from_its_acceptance(at: At) -> None:
    office, first, second = at.after(filed_again_by_another)
    with refused(422) as why:
        propose(office, first, "calculation")
    assert why.fields == {"point"} and second in str(why.error and why.error.body)
    reopen(office, first, "intake")
    with refused(422) as why:
        office.do(first, "formality_check")
    assert why.fields == {"decision"}


def lowered_by_a_check(office: Office) -> Sequence[str]:
    """A paid case that is decided anew waits to be listed when another firm files its invoice."""
    batch = batch_of(office, "retrofit")
    first = invoiced(office, batch, "e02")
    office.drive(first)
    reopen(office, first, "verified")
    office.drive(first, until="listed")
    second = invoiced(office, batch, "e05")
    office.drive(second, until="checks_settled")
    return first, second


def test_a_paid_case_that_is_decided_anew_can_be_left_less(at: At) -> None:
    """What it was paid is claimed back afterwards: until it is decided its figures are open."""
    office, first, second = at.after(lowered_by_a_check)
    settle_newest(office, first, result="shared", amount="1000000")
    assert office.at(first) == {"confirm_verified"}
    to_the_list(office, first, approved_investment="1000000")
    to_the_list(office, second, approved_investment="2000000")
    fix_list(office, office.case(first)["batch"]["id"])
    assert finals(office, first, second) == ["300000", "600000"]
    office.drive(first, until="recovery_investigation")
    now = office.case(first)
    assert (now["status"], now["final_amount"], now["paid_amount"]) == ("RECOVERING", "300000", "900000")
    assert broken(at) == []


def test_what_is_claimed_back_stays_decided(at: At) -> None:
    office, first, _second = at.after(lowered_by_a_check)
    settle_newest(office, first, result="unrelated")
    office.drive(first, until="listed")
    batch = office.case(first)["batch"]["id"]
    fix_list(office, batch)
    office.drive(first)
    assert office.case(first)["status"] == "PAID"
    third = invoiced(office, batch, "e07")
    office.drive(third, until="checks_settled")
    mine = next(each for each in checks_of(office, third) if first in str(each["with"]))
    path, body = f"/cases/{first}/checks/{mine['id']}/conclusion", {"reason": REASON, "result": "excluded"}
    with refused(422) as why:
        office.as_("officer2").post(path, body)
    assert why.fields == {"result"}
