"""P12: the proposed list, and what the meeting makes of it."""

from __future__ import annotations

from typing import Any

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At

MINUTES = "虚构会纪〔2026〕8号"


def batch_of(office: Office, case: str) -> int:
    return int(office.case(case)["batch"]["id"])


def resolve(office: Office, case: str, *decisions: dict[str, Any]) -> Any:
    return office.as_("meeting").post(
        f"/batches/{batch_of(office, case)}/resolution", {"minutes_no": MINUTES, "decisions": list(decisions)}
    )


def test_the_list_says_every_amount_and_is_fixed_once(at: At) -> None:
    office, case = at("listed")
    batch = batch_of(office, case)
    [row] = office.as_("chief").post(f"/batches/{batch}/list")["items"]
    assert (row["case"], row["proposed_amount"], row["proposal"], row["reasons"]) == (case, "900000", "support", [])
    assert office.case(case)["status"] == "MEETING"
    with refused(409):
        office.as_("chief").post(f"/batches/{batch}/list")


def test_each_batch_call_has_its_turn(at: At) -> None:
    office, case = at("listed")
    batch = batch_of(office, case)
    with refused(409):
        resolve(office, case, {"case": case, "result": "support"})
    with refused(409):
        office.as_("officer").post(f"/batches/{batch}/publicity")
    office.as_("chief").post(f"/batches/{batch}/list")
    with refused(409):
        office.as_("officer").post(f"/batches/{batch}/publicity")
    resolve(office, case, {"case": case, "result": "support"})
    with refused(409):
        resolve(office, case, {"case": case, "result": "support"})
    office.as_("officer").post(f"/batches/{batch}/publicity")
    with refused(409):
        office.as_("officer").post(f"/batches/{batch}/publicity")


def test_the_meeting_adjusts_downward_with_a_reason(at: At) -> None:
    office, case = at("resolved")
    wrong: list[tuple[dict[str, str], str]] = [
        ({"amount": "900000", "reason": "同额"}, "amount"),
        ({"amount": "900001", "reason": "调增"}, "amount"),
        ({"amount": "0", "reason": "零"}, "amount"),
        ({"amount": "-1", "reason": "负数"}, "amount"),
        ({"amount": "800000.50", "reason": "非整数元"}, "amount"),
        ({"amount": "NaN", "reason": "不是数字"}, "amount"),
        ({"reason": "没有金额"}, "amount"),
        ({"amount": "800000"}, "reason"),
    ]
    for values, field in wrong:
        with refused(422) as why:
            resolve(office, case, {"case": case, "result": "adjust", **values})
        assert why.fields == {f"decisions.0.{field}"}, values
    resolve(office, case, {"case": case, "result": "adjust", "amount": "800000", "reason": "与同类项目平衡"})
    assert office.case(case)["final_amount"] == "800000"
    office.drive(case)
    paid = office.case(case)
    assert (paid["status"], paid["paid_amount"], paid["precap_amount"]) == ("PAID", "800000", "900000")


def test_a_deferred_case_gives_back_its_room_and_is_listed_again(at: At) -> None:
    office, case = at("resolved")
    uscc = office.case(case)["enterprise"]["uscc"]
    with refused(422) as why:
        resolve(office, case, {"case": case, "result": "defer"})
    assert why.fields == {"decisions.0.reason"}
    resolve(office, case, {"case": case, "result": "defer", "reason": "材料待补充论证"})
    deferred = office.case(case)
    assert (deferred["status"], deferred["final_amount"]) == ("RECHECK", None)
    assert office.at(case) == {"listed"}
    ledger = office.as_("auditor").get(f"/enterprises/{uscc}/ledger?year=2026")
    assert ledger["available"] == "2000000"
    assert [entry["state"] for entry in ledger["entries"]] == ["RESERVED", "RELEASED"]
    office.drive(case)
    assert office.case(case)["paid_amount"] == "900000"


def test_the_meeting_refuses_with_a_reason(at: At) -> None:
    office, case = at("resolved")
    resolve(office, case, {"case": case, "result": "refuse", "reason": "不符合产业导向"})
    ended = office.case(case)
    assert (ended["status"], ended["reason"]) == ("NOT_SUPPORTED", "MEETING_REFUSED")
    uscc = ended["enterprise"]["uscc"]
    assert office.as_("auditor").get(f"/enterprises/{uscc}/ledger?year=2026")["available"] == "2000000"


def test_a_resolution_counts_as_a_whole_or_not_at_all(at: At) -> None:
    office, first, second = at("resolved", "neighbours")
    with refused(422) as why:
        resolve(
            office,
            first,
            {"case": first, "result": "support"},
            {"case": second, "result": "refuse"},
            {"case": "TZL2026999999", "result": "support"},
            {"case": first, "result": "support"},
        )
    assert why.fields == {"decisions.1.reason", "decisions.2.case", "decisions.3.case"}
    assert office.case(first)["status"] == office.case(second)["status"] == "MEETING"
    resolve(office, first, {"case": first, "result": "support"})
    # What the meeting left open stays on the agenda.
    assert office.case(first)["status"] == "PUBLICITY"
    assert office.case(second)["status"] == "MEETING"


def test_a_list_needs_the_officer_and_the_chief(at: At) -> None:
    office, case = at("listed")
    batch = batch_of(office, case)
    with refused(403):
        office.as_("officer").post(f"/batches/{batch}/list")
    at.give("officer", "section_chief")
    # Whoever drafted the batch does not fix its list, whatever posts he holds.
    with refused(403):
        office.as_("officer").post(f"/batches/{batch}/list")
    assert office.at(case) == {"listed"}
