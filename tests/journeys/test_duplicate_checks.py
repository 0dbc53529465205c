"""查重 (G11): what two have in common stops both until an officer concluded and the chief confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from storage import people
from storage.cases import Case
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, page
from tests.journeys.lists import E01
from tests.journeys.projects import account, batch_of, finals, fix_list, project, to_the_list
from tests.journeys.test_same_matter import tick, withdraw
from workflows.case import duplicates
from workflows.case.reading import look_at

NUMBER = "24117000000099990001"
REASON = "经核对合同、付款凭证与发票原件（虚构），两件所列为同一张发票。"


def line(net: int, number: str = NUMBER) -> dict[str, Any]:
    """A line of the invoices."""
    return {
        "invoice_no": number,
        "date": "2025-06-20",
        "category": "equipment",
        "seller": "虚构节能设备（北京）有限公司",
        "net": str(net),
        "vat": "0",
        "paid_net": str(net),
    }


def invoiced(office: Office, batch: int, who: str, yuan: int = 3_000_000, shared: int = 3_000_000, **more: Any) -> str:
    """A project of article 3 over so many yuan, with an invoice of `NUMBER` over `shared`."""
    return project(office, batch, who, "retrofit", yuan, invoice_lines=[line(shared)], **more)


def two_filed(office: Office) -> Sequence[str]:
    """Two firms claim one invoice of 3,000,000 yuan."""
    batch = batch_of(office, "retrofit")
    return [invoiced(office, batch, who) for who in ("e02", "e05")]


def a_pair(office: Office) -> Sequence[str]:
    """The two went as far as they can."""
    cases = two_filed(office)
    for case in cases:
        office.drive(case, until="checks_settled")
    return cases


def check_of(office: Office, case: str) -> Any:
    [check] = office.as_("auditor").get(f"/cases/{case}/checks")["items"]
    return check


def conclude(office: Office, case: str, by: str = "officer2", **body: Any) -> Any:
    check = check_of(office, case)["id"]
    return office.as_(by).post(f"/cases/{case}/checks/{check}/conclusion", {"reason": REASON, **body})


def confirm(office: Office, case: str, by: str = "chief") -> Any:
    check = check_of(office, case)
    seen = {"conclusion": check["conclusions"][-1]["id"]}
    return office.as_(by).post(f"/cases/{case}/checks/{check['id']}/confirmation", seen)


def settle(office: Office, case: str, **body: Any) -> None:
    conclude(office, case, **body)
    confirm(office, case)


def stops(office: Office, case: str) -> bool:
    return any(wait["message"] == "checks_settled" for wait in office.case(case)["waiting_for"])


def test_one_invoice_of_two_firms_stops_the_second_and_the_first(at: At) -> None:
    office, first, second = at.after(a_pair)
    # The first went through before the second was filed in full; it is stopped as soon as it is found.
    assert stops(office, second)
    check = check_of(office, second)
    assert check == {**check_of(office, first), "case": second, "with": check["with"]}
    assert (check["kind"], check["state"], check["with"]["case"]) == ("duplicate", "open", first)
    assert [mark["value"] for mark in check["marks"]] == [NUMBER]
    assert check["due_on"] is not None


def test_unrelated_lets_both_go_on(at: At) -> None:
    office, first, second = at.after(a_pair)
    settle(office, second, result="unrelated")
    assert not stops(office, first) and not stops(office, second)
    to_the_list(office, first, second)
    fix_list(office, office.case(first)["batch"]["id"])
    assert finals(office, first, second) == ["900000", "900000"]
    # What was concluded once is not asked again.
    assert check_of(office, second)["state"] == "settled"


def test_shared_amounts_are_at_most_the_invoice(at: At) -> None:
    office, first, second = at.after(a_pair)
    for wrong in ("3000001", "0", "-1", "1.5", "", "一百万"):
        with refused(422) as refusal:
            conclude(office, second, result="shared", amount=wrong)
        assert refusal.fields == {"amount"}
    settle(office, second, result="shared", amount="1000000")
    [made] = check_of(office, second)["conclusions"]
    assert (made["amount"], made["other_amount"]) == ("1000000", "2000000")
    for case, most in ((first, 2_000_000), (second, 1_000_000)):
        office.drive(case, until="confirm_verified")
        with refused(422) as refusal:
            office.do(case, "confirm_verified", approved_investment=str(most + 1))
        assert refusal.fields == {"approved_investment"}
        office.drive(case, until="listed", values={"confirm_verified": {"approved_investment": str(most)}})
    fix_list(office, office.case(first)["batch"]["id"])
    paid = [Decimal(each or "0") for each in finals(office, first, second)]
    assert paid == [Decimal(600_000), Decimal(300_000)]


def test_what_is_excluded_is_no_part_of_the_base(at: At) -> None:
    office, first, second = at.after(a_pair)
    settle(office, second, result="excluded")
    office.drive(second, until="confirm_verified")
    with refused(422) as refusal:
        office.do(second, "confirm_verified", approved_investment="1")
    assert refusal.fields == {"approved_investment"}
    office.drive(first, until="listed")
    fix_list(office, office.case(first)["batch"]["id"])
    assert finals(office, first) == ["900000"]


def test_referred_stops_both_until_it_is_concluded_otherwise(at: At) -> None:
    office, first, second = at.after(a_pair)
    settle(office, second, result="referred")
    assert stops(office, second) and check_of(office, first)["state"] == "referred"
    settle(office, second, result="unrelated")
    assert not stops(office, second)


def test_who_concludes_did_not_accept_and_who_confirms_saw_it(at: At) -> None:
    office, _, second = at.after(two_filed)
    with at.database.transaction() as session:
        clerk = people.find_user(session, "officer")
        assert clerk is not None
        clerk.roles = [*clerk.roles, "acceptance_clerk"]
    office.do(second, "formality_check", by="officer")
    office.drive(second, until="checks_settled")
    with refused(403) as refusal:
        conclude(office, second, by="officer", result="unrelated")
    assert "受理" in refusal.detail
    with refused(403):
        conclude(office, second, by="chief", result="unrelated")
    made = conclude(office, second, result="unrelated")
    seen = {"conclusion": made["conclusions"][-1]["id"]}
    path = f"/cases/{second}/checks/{made['id']}/confirmation"
    conclude(office, second, by="officer3", result="excluded")
    with refused(412):
        office.as_("chief").post(path, seen)
    assert check_of(office, second)["state"] == "concluded"
    with refused(403):
        confirm(office, second, by="officer2")
    confirm(office, second)
    with refused(409):
        confirm(office, second)
    with refused(409):
        conclude(office, second, result="unrelated")
    with refused(403):
        office.as_("e05").get(f"/cases/{second}/checks")


def test_the_chief_sends_a_conclusion_back_with_a_word(at: At) -> None:
    office, first, second = at.after(a_pair)
    made = conclude(office, second, result="unrelated")
    path = f"/cases/{first}/checks/{made['id']}/return"
    body = {"conclusion": made["conclusions"][-1]["id"], "reason": "请附发票原件的核对记录"}
    with refused(403):
        office.as_("officer").post(path, body)
    with refused(422) as refusal:
        office.as_("chief").post(path, {**body, "reason": "否"})
    assert refusal.fields == {"return_reason"}
    back = office.as_("chief").post(path, body)
    assert (back["state"], back["conclusions"][-1]["return_reason"]) == ("open", body["reason"])
    for case in (first, second):
        assert office.history(case)[-1]["action"] == "check_returned"
    # The first had gone through before the second was found; the second waits for its conclusion.
    assert stops(office, second)
    with refused(409):
        office.as_("chief").post(path, body)
    with refused(409):
        confirm(office, second)
    settle(office, second, result="unrelated")
    assert not stops(office, second)
    assert body["reason"] in page(at, "officer2", f"/cases/{second}/overlaps")


def test_what_was_referred_stays_so_when_the_next_conclusion_is_sent_back(at: At) -> None:
    office, _, second = at.after(a_pair)
    settle(office, second, result="referred")
    made = conclude(office, second, result="unrelated")
    body = {"conclusion": made["conclusions"][-1]["id"], "reason": "移送尚未办结"}
    back = office.as_("chief").post(f"/cases/{second}/checks/{made['id']}/return", body)
    assert back["state"] == "referred"


def test_a_conclusion_names_its_papers(at: At) -> None:
    office, first, second = at.after(a_pair)
    papers = [office.as_("officer").upload(case, "DOC_OTHER")["id"] for case in (first, second)]
    foreign = 999_999
    with refused(422) as refusal:
        conclude(office, second, result="unrelated", evidence=[papers[0], foreign])
    assert refusal.fields == {"evidence"}
    conclude(office, second, result="unrelated", evidence=[*papers, papers[0]])
    shown = confirm(office, second)["conclusions"][-1]["evidence"]
    assert [(each["id"], each["case"]) for each in shown] == list(zip(papers, (first, second), strict=True))
    event = next(each for each in office.history(first) if each["action"] == "check_concluded")
    assert "check_evidence" in {change["field"] for change in event["changes"]}
    assert "证据材料" in page(at, "auditor", f"/cases/{first}/overlaps")


@pytest.mark.parametrize("body", [{"result": "unrelated", "reason": " "}, {"result": "unrelated", "amount": "5"}])
def test_what_a_conclusion_must_say(at: At, body: dict[str, str]) -> None:
    office, _, second = at.after(a_pair)
    with refused(422):
        conclude(office, second, **body)
    assert check_of(office, second)["conclusions"] == []


def one_listed(office: Office) -> Sequence[str]:
    """A case is at the list when another firm files its invoice."""
    batch = batch_of(office, "retrofit")
    first = invoiced(office, batch, "e02")
    to_the_list(office, first)
    return first, str(batch)


def test_a_hit_that_arrives_later_keeps_the_first_from_the_list(at: At) -> None:
    office, first, batch = at.after(one_listed)
    second = invoiced(office, int(batch), "e05")
    office.drive(second, until="checks_settled")
    with refused(409):
        fix_list(office, int(batch))
    settle(office, second, result="shared", amount="1000000")
    # Its amount rests on the whole invoice: it goes back to be verified anew, and is listed with what it has left.
    assert office.at(first) == {"confirm_verified"}
    [event] = [each for each in office.history(first) if each["action"] == "case_reopened"]
    assert event["actor"] == "system" and event["cause"]
    to_the_list(office, first, approved_investment="2000000")
    to_the_list(office, second, approved_investment="1000000")
    fix_list(office, int(batch))
    assert finals(office, first, second) == ["600000", "300000"]


@pytest.mark.parametrize("stage", ["resolved", "publicity_period", "district_approval"])
def test_a_late_conclusion_reopens_an_unpaid_case_wherever_it_is(at: At, stage: str) -> None:
    office, first, batch = at.after(one_listed)
    office.drive(first, until=stage)
    second = invoiced(office, int(batch), "e05")
    office.drive(second, until="checks_settled")
    settle(office, second, result="shared", amount="1000000")
    assert office.at(first) == {"confirm_verified"}
    assert account(office, office.case(first)["enterprise"]["uscc"])["sums"]["RESERVED"] == "0"
    office.drive(first, until="listed", values={"confirm_verified": {"approved_investment": "2000000"}})
    to_the_list(office, second, approved_investment="1000000")
    fix_list(office, int(batch))
    assert finals(office, first, second) == ["600000", "300000"]


def test_a_decided_award_keeps_its_invoice(at: At) -> None:
    office, first, batch = at.after(one_listed)
    office.drive(first, until="pay")
    second = invoiced(office, int(batch), "e05")
    office.drive(second, until="checks_settled")
    for case, result in ((first, "excluded"), (first, "shared"), (second, "shared")):
        with refused(422) as refusal:
            conclude(office, case, result=result, **({"amount": "1"} if result == "shared" else {}))
        assert refusal.fields == {"result"}
    settle(office, second, result="excluded")
    office.do(first, "pay")
    assert office.case(first)["paid_amount"] == "900000"


@pytest.mark.parametrize("first_act", ["withdrawal", "confirmation"])
def test_what_was_taken_for_the_sake_of_a_case_that_falls_away_is_given_back(at: At, first_act: str) -> None:
    """Whichever comes first, the withdrawal or the chief's confirmation: the other one counts the whole invoice."""
    office, first, batch = at.after(one_listed)
    second = invoiced(office, int(batch), "e05")
    office.drive(second, until="checks_settled")
    conclude(office, first, result="shared", amount="1000000")
    if first_act == "confirmation":
        confirm(office, first)
        to_the_list(office, second, approved_investment="2000000")
    withdraw(office, first)
    tick(office)
    if first_act == "confirmation":
        assert office.at(second) == {"confirm_verified"}
    assert counts(at, second) == 3_000_000
    to_the_list(office, second, approved_investment="3000000")
    fix_list(office, int(batch))
    assert finals(office, second) == ["900000"]


def test_a_hit_that_arrives_later_stops_a_payment_and_is_a_clue_on_a_paid_one(at: At) -> None:
    office, first, batch = at.after(one_listed)
    office.drive(first, until="pay")
    second = invoiced(office, int(batch), "e05")
    office.drive(second, until="checks_settled")
    office.do(first, "pay")
    assert (office.at(first), office.case(first)["paid_amount"]) == ({"hold_settled"}, None)
    settle(office, second, result="unrelated")
    office.do(first, "pay")
    assert check_of(office, second)["with"]["paid"]


def test_one_firm_and_one_matter_under_two_articles_are_for_the_list(at: At) -> None:
    office, given = at.after(lambda office: [str(batch_of(office, "retrofit", "renewable_energy"))])
    batch = int(given)
    filing = "京通备〔2025〕31号（虚构）"
    one = invoiced(office, batch, "e01", filing_no=filing)
    other = project(
        office, batch, "e01", "renewable_energy", 3_000_000, filing_no=filing, invoice_lines=[line(3_000_000)]
    )
    to_the_list(office, one, other)
    assert office.as_("auditor").get(f"/cases/{one}/checks")["items"] == []


def test_an_account_of_another_firm_stops_the_payment(at: At) -> None:
    def two(office: Office) -> Sequence[str]:
        batch = batch_of(office, "future_energy")
        cases = [project(office, batch, who, "future_energy", 900_000) for who in ("e03", "e04")]
        for case in cases:
            office.drive(case, until="enter_payee")
        return cases

    office, first, second = at.after(two)
    for case in (first, second):
        office.do(case, "enter_payee", account_no="62220000000001")
        office.do(case, "confirm_payee")
    office.do(first, "pay")
    assert office.at(first) == office.at(second) == {"hold_settled"}
    [mark] = check_of(office, second)["marks"]
    assert mark == {"kind": "payee_account", "name": "收款账号", "value": ""}
    settle(office, second, result="unrelated")
    office.do(first, "pay")
    office.do(second, "pay")


def test_a_suspended_case_goes_on_when_it_is_resumed(at: At) -> None:
    office, _, second = at.after(a_pair)
    office.as_("chief").post(f"/cases/{second}/suspension", {"reason": "等待核实"})
    settle(office, second, result="unrelated")
    assert stops(office, second)
    office.as_("chief").post(f"/cases/{second}/resumption")
    assert not stops(office, second)


def test_the_pages_show_what_is_to_be_done(at: At) -> None:
    office, first, second = at.after(a_pair)
    listed = page(at, "officer2", "/checks")
    assert second in listed and first in listed and "待核对" in listed
    assert "核对重复申报线索" in page(at, "officer2", f"/cases/{second}")
    shown = page(at, "officer2", f"/cases/{second}/overlaps")
    assert NUMBER in shown and "作出结论" in shown and "确认此结论" not in shown
    conclude(office, second, result="shared", amount="1000000")
    assert "确认此结论" in page(at, "chief", f"/cases/{first}/overlaps")
    assert "2,000,000" in page(at, "auditor", f"/cases/{first}/overlaps")


def test_an_invoice_is_left_out_once_however_many_claim_it(at: At) -> None:
    """Excluded against two others, an invoice of 3,000,000 takes 3,000,000 from the base and not 6,000,000."""

    def three(office: Office) -> Sequence[str]:
        batch = batch_of(office, "retrofit")
        own = line(1_000_000, "24117000000099990002")
        first = project(office, batch, "e07", "retrofit", 4_000_000, invoice_lines=[line(3_000_000), own])
        return [first, *(invoiced(office, batch, who) for who in ("e02", "e05"))]

    office, first, *_ = at.after(three)
    office.drive(first, until="checks_settled")
    checks = office.as_("auditor").get(f"/cases/{first}/checks")["items"]
    assert len(checks) == 2
    for check in checks:
        path, body = f"/cases/{first}/checks/{check['id']}", {"result": "excluded", "reason": REASON}
        made = office.as_("officer2").post(f"{path}/conclusion", body)["conclusions"][-1]
        office.as_("chief").post(f"{path}/confirmation", {"conclusion": made["id"]})
    with refused(422) as refusal:
        office.do(first, "confirm_verified", approved_investment="1000001")
    assert refusal.fields == {"approved_investment"}
    office.do(first, "confirm_verified", approved_investment="1000000")


FILED = "京通备〔2023〕17号（虚构）"
BEFORE = {
    "uscc": E01,
    "scheme": "retrofit",
    "matter_key": FILED,
    "policy": "this",
    "decided_on": "2025-03-01",
    "precap_amount": "600000",
    "paid_amount": "600000",
    "document_no": "（虚构）2025-9",
}


def test_what_another_firm_was_granted_before_for_the_project_stops_the_case(at: At) -> None:
    def granted_before(office: Office) -> Sequence[str]:
        batch = batch_of(office, "retrofit")
        assert office.import_history([BEFORE])["accepted"] == 1
        return [invoiced(office, batch, "e02", filing_no=FILED)]

    office, case = at.after(granted_before)
    office.drive(case, until="checks_settled")
    check = check_of(office, case)
    assert check["with"]["historic_award"] and check["with"]["case"] is None and check["with"]["paid"]
    with refused(422) as refusal:
        conclude(office, case, result="shared", amount="1")
    assert refusal.fields == {"result"}
    settle(office, case, result="excluded")
    with refused(422) as refusal:
        office.do(case, "confirm_verified", approved_investment="1000")
    assert refusal.fields == {"decision"}


def test_what_waits_stands_on_the_desk_of_whoever_does_it(at: At) -> None:
    office, first, second = at.after(a_pair)
    desk = page(at, "officer2", "/tasks")
    assert "核对重复申报线索" in desk and first in desk and second in desk and "件已超期" not in desk
    assert "待核对、待确认事项" not in page(at, "chief", "/tasks") and second not in page(at, "legal", "/tasks")
    # Five working days from Monday 2 March; the sixth is beyond them.
    assert check_of(office, second)["due_on"] == "2026-03-09"
    office.as_("auditor").post("/demo/clock", {"now": "2026-03-10T09:00:00+08:00"})
    assert "1件已超期" in page(at, "officer3", "/tasks?tab=mine")
    conclude(office, second, result="unrelated")
    assert "核对重复申报线索" not in page(at, "officer2", "/tasks")
    assert "确认查重结论" in page(at, "chief", "/tasks") and "件已超期" in page(at, "chief", "/tasks")
    confirm(office, second)
    assert "确认查重结论" not in page(at, "chief", "/tasks")


# ---- one invoice of three ----


def three_filed(office: Office) -> Sequence[str]:
    """Three firms claim one invoice of 3,000,000 yuan; each pair is a hit."""
    batch = batch_of(office, "retrofit")
    cases = [invoiced(office, batch, who) for who in ("e02", "e05", "e07")]
    for case in cases:
        office.drive(case, until="checks_settled")
    return cases


def pair_of(office: Office, one: str, other: str) -> int:
    checks = office.as_("auditor").get(f"/cases/{one}/checks")["items"]
    return next(int(check["id"]) for check in checks if check["with"]["case"] == other)


def conclude_on(office: Office, one: str, other: str, **body: Any) -> None:
    path = f"/cases/{one}/checks/{pair_of(office, one, other)}"
    made = office.as_("officer2").post(f"{path}/conclusion", {"reason": REASON, **body})["conclusions"][-1]
    office.as_("chief").post(f"{path}/confirmation", {"conclusion": made["id"]})


def counts(at: At, case: str) -> Decimal:
    """Yuan that a case counts of the invoice under what was concluded."""
    with at.database.transaction() as session:
        row = session.get_one(Case, at.case_id(case))
        return duplicates.counted(look_at(session, row, at.instant("2026-03-02T09:00:00+08:00")), [NUMBER])


def test_three_share_an_invoice_whatever_the_order_of_conclusions(at: At) -> None:
    office, *cases = at.after(three_filed)
    one, two, three = cases
    conclusions: list[tuple[str, str, dict[str, str]]] = [
        (one, two, {"result": "shared", "amount": "1000000"}),
        (one, three, {"result": "shared", "amount": "1000000"}),
        (two, three, {"result": "shared", "amount": "1200000"}),
    ]
    for order in permutations(conclusions):
        at.again()
        for on, other, body in order:
            conclude_on(office, on, other, **body)
        # What was named is counted; whoever nothing was named for has the rest, and nothing of the invoice is lost.
        assert [counts(at, case) for case in cases] == [1_000_000, 1_200_000, 800_000]


def test_with_one_excluded_the_other_two_have_the_whole_invoice(at: At) -> None:
    office, *cases = at.after(three_filed)
    one, two, three = cases
    for order in permutations(
        [
            (one, two, {"result": "shared", "amount": "1000000"}),
            (three, one, {"result": "excluded"}),
            (three, two, {"result": "excluded"}),
        ]
    ):
        at.again()
        for on, other, body in order:
            conclude_on(office, on, other, **body)
        assert [counts(at, case) for case in cases] == [1_000_000, 2_000_000, 0]
    to_the_list(office, one, approved_investment="1000000")
    to_the_list(office, two, approved_investment="2000000")
    fix_list(office, office.case(one)["batch"]["id"])
    assert finals(office, one, two) == ["300000", "600000"]


def test_what_a_third_conclusion_takes_is_taken_before_anything_is_given(at: At) -> None:
    """Two shared an invoice and are at the list when a third is found; it is shared with one of them only by name."""

    def a_third_comes(office: Office) -> Sequence[str]:
        batch = batch_of(office, "retrofit")
        cases = [invoiced(office, batch, who) for who in ("e02", "e05")]
        for case in cases:
            office.drive(case, until="checks_settled")
        settle(office, cases[1], result="shared", amount="1000000")
        to_the_list(office, cases[0], approved_investment="2000000")
        to_the_list(office, cases[1], approved_investment="1000000")
        third = invoiced(office, batch, "e07")
        office.drive(third, until="checks_settled")
        return *cases, third

    office, one, two, third = at.after(a_third_comes)
    conclude_on(office, third, two, result="shared", amount="500000")
    conclude_on(office, one, third, result="unrelated")
    # The first has no conclusion with the third that takes from it, and yet has only what the two leave.
    assert [counts(at, case) for case in (one, two, third)] == [1_500_000, 1_000_000, 500_000]
    # The second went back with its conclusion; the first goes back when the chief fixes the list.
    assert office.at(two) == {"confirm_verified"} or office.at(two) == {"listed"}
    fix_list(office, office.case(one)["batch"]["id"])
    assert office.at(one) == {"confirm_verified"}
    to_the_list(office, one, approved_investment="1500000")
    fix_list(office, office.case(one)["batch"]["id"])
    assert finals(office, one) == ["450000"]


def test_what_is_paid_is_counted_before_all_others(at: At) -> None:
    office, first, batch = at.after(one_listed)
    office.drive(first, until="pay")
    office.do(first, "pay")
    second = invoiced(office, int(batch), "e05")
    office.drive(second, until="checks_settled")
    for case, result in ((first, "excluded"), (first, "shared"), (second, "shared")):
        with refused(422) as refusal:
            conclude(office, case, result=result, **({"amount": "1"} if result == "shared" else {}))
        assert refusal.fields == {"result"}
    settle(office, second, result="excluded")
    assert [counts(at, case) for case in (first, second)] == [3_000_000, 0]


# ---- what follows by itself ----


def test_both_records_tell_of_a_hit(at: At) -> None:
    office, first, second = at.after(a_pair)
    tick(office)
    for case in (first, second):
        [event] = [each for each in office.history(case) if each["action"] == "check_opened"]
        assert event["actor"] == "system" and event["cause"] and event["subject"] == str(check_of(office, case)["id"])
    tick(office)
    assert [each["action"] for each in office.history(first)].count("check_opened") == 1


def test_a_hit_settles_itself_when_the_other_case_ends_without_an_award(at: At) -> None:
    office, first, second = at.after(a_pair)
    conclude(office, second, result="excluded")
    withdraw(office, first)
    check = check_of(office, second)
    assert check["state"] == "settled" and first in check["settled_because"]
    assert not stops(office, second) and counts(at, second) == 3_000_000
    for case in (first, second):
        [event] = [each for each in office.history(case) if each["action"] == "check_settled"]
        assert event["cause"]["chain"].endswith(first)
    assert "自行了结" in page(at, "officer", f"/cases/{second}/overlaps")


def test_a_certificate_that_was_supported_before_stops_the_case(at: At) -> None:
    def certified_before(office: Office) -> Sequence[str]:
        batch = batch_of(office, "carbon_footprint")
        sums = {"precap_amount": "20000", "paid_amount": "20000"}
        row = {**BEFORE, **sums, "scheme": "carbon_footprint", "certificate_no": "CFP－2025－0001", "matter_key": None}
        report = office.import_history([row])
        assert report["accepted"] == 1, report
        case = office.apply("e02", "产品碳足迹评价", batch, "carbon_footprint")
        schema = office.schema(case, "fill_application", "e02")["properties"]
        lines = [dict(each) for each in schema["certificates"]["examples"][0]]
        lines[0]["certificate_no"] = "cfp-2025-0001"
        office.submit(case, certificates=lines)
        return [case]

    office, case = at.after(certified_before)
    office.drive(case, until="checks_settled")
    check = check_of(office, case)
    assert check["with"]["historic_award"] and [mark["kind"] for mark in check["marks"]] == ["certificate"]
    settle(office, case, result="excluded")
    with refused(422) as refusal:
        office.do(case, "confirm_verified")
    assert refusal.fields == {"decision"}
