"""“从优不重复” over one matter (M04; corrections, procedure 3): the better case is paid, the others wait for that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage import people
from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At
from tests.journeys.lists import E01, E02
from tests.journeys.projects import account, batch_of, finals, fix_list, project, to_the_list
from tests.journeys.test_publicity import investigate

FILING = "京通备〔2025〕77号（虚构）"


def three_clauses(office: Office) -> Sequence[str]:
    """One project of one firm at the list by three articles: 1,500,000, 1,100,000 and 1,800,000 yuan."""
    batch = batch_of(office)
    asking = (("retrofit", 5_000_000), ("renewable_energy", 3_666_667), ("future_energy", 1_800_000))
    cases = [project(office, batch, "e01", scheme, yuan, filing_no=FILING) for scheme, yuan in asking]
    to_the_list(office, *cases)
    return cases


def two_firms(office: Office) -> Sequence[str]:
    """The same project at the list for two firms: 1,800,000 yuan by article 7 and 1,500,000 by article 3."""
    batch = batch_of(office)
    cases = [
        project(office, batch, "e02", "future_energy", 1_800_000, filing_no=FILING),
        project(office, batch, "e01", "retrofit", 5_000_000, filing_no=FILING),
    ]
    to_the_list(office, *cases)
    return cases


def batch(office: Office, case: str) -> int:
    return int(office.case(case)["batch"]["id"])


def resolve(office: Office, *decisions: tuple[str, str]) -> Any:
    """The meeting's decisions by case, with a reason where one is due."""
    rows = [
        {"case": case, "result": result} | ({} if result == "support" else {"reason": "从优不重复"})
        for case, result in decisions
    ]
    body = {"minutes_no": "虚构会纪〔2026〕8号", "decisions": rows}
    return office.as_("meeting").post(f"/batches/{batch(office, decisions[0][0])}/resolution", body)


def tick(office: Office) -> None:
    """Let what is due without anybody acting be done."""
    office.as_("auditor").post("/demo/clock", {"advance": "PT1S"})


def outcome(office: Office, case: str) -> tuple[str, str | None, str | None]:
    shown = office.case(case)
    return shown["status"], shown["reason"], shown["final_amount"]


def withdraw(office: Office, case: str) -> None:
    office.as_(office.applicant_of(case)).post(f"/cases/{case}/withdrawal", {"reason": "企业经营调整"})
    tick(office)


# ---- the better case is decided ----


def test_m04_of_three_clauses_the_best_is_supported(at: At) -> None:
    office, retrofit, renewable, future = at.after(three_clauses)
    rows = fix_list(office, batch(office, future))
    assert {case: row["final_amount"] for case, row in rows.items()} == {
        retrofit: "0",
        renewable: "0",
        future: "1800000",
    }
    assert rows[retrofit]["reasons"] == [
        f"与申报件{future}属于同一事项，该件1,800,000元更优，按“从优不重复”原则，本件暂列不支持"
    ]
    with refused(422):
        resolve(office, (retrofit, "support"))
    assert [entry["case"] for entry in account(office, E01)["entries"]] == [future]


def test_m04_the_others_are_kept_until_the_district_approved_the_best(at: At) -> None:
    office, retrofit, renewable, future = at.after(three_clauses)
    fix_list(office, batch(office, future))
    resolve(office, (future, "support"), (retrofit, "refuse"), (renewable, "refuse"))
    office.drive(future, until="district_approval")
    for kept in (retrofit, renewable):
        assert outcome(office, kept) == ("MEETING", None, "0")
        assert office.at(kept) == {"resolved"}
    office.do(future, "district_approval")
    tick(office)
    for ended in (retrofit, renewable):
        assert outcome(office, ended) == ("NOT_SUPPORTED", "BEST_ONLY", "0")
    assert [entry["case"] for entry in account(office, E01)["entries"]] == [future, future]
    office.drive(future)
    assert office.case(future)["paid_amount"] == "1800000"


# ---- the better case falls away ----


def test_m04_when_the_best_is_withdrawn_the_next_takes_its_place(at: At) -> None:
    office, retrofit, renewable, future = at.after(three_clauses)
    fix_list(office, batch(office, future))
    resolve(office, (future, "support"), (retrofit, "refuse"), (renewable, "refuse"))
    office.drive(future, until="district_approval")
    withdraw(office, future)
    assert outcome(office, retrofit) == ("MEETING", None, "1500000")
    # The third now stands behind the second, which is not decided either.
    assert outcome(office, renewable) == ("MEETING", None, "0")
    assert account(office, E01)["sums"]["RESERVED"] == "1500000"

    resolve(office, (retrofit, "support"), (renewable, "refuse"))
    [shown] = office.as_("officer").post(f"/batches/{batch(office, retrofit)}/publicity")["items"]
    assert (shown["case"], shown["amount"]) == (retrofit, "1500000")
    office.drive(retrofit)
    tick(office)
    assert office.case(retrofit)["paid_amount"] == "1500000"
    assert outcome(office, renewable) == ("NOT_SUPPORTED", "BEST_ONLY", "0")


def test_m04_the_third_lives_again_when_the_first_two_fall_away(at: At) -> None:
    office, retrofit, renewable, future = at.after(three_clauses)
    fix_list(office, batch(office, future))
    resolve(office, (future, "support"), (retrofit, "refuse"), (renewable, "refuse"))
    withdraw(office, future)
    withdraw(office, retrofit)
    assert outcome(office, renewable) == ("MEETING", None, "1100000")


def two_readings(office: Office) -> Sequence[str]:
    """One project for two firms in two batches, the second of which counts groups together."""
    first = batch_of(office, "future_energy")
    second = batch_of(office, "retrofit", a10__cap_scope="group")
    cases = [
        project(office, first, "e01", "future_energy", 1_800_000, filing_no=FILING),
        project(office, second, "e02", "retrofit", 5_000_000, filing_no=FILING),
    ]
    to_the_list(office, *cases)
    return cases


def test_the_next_of_a_batch_that_reads_ceilings_otherwise_lives_again_too(at: At) -> None:
    office, future, retrofit = at.after(two_readings)
    with at.database.transaction() as session:
        firm = people.find_enterprise(session, E02)
        assert firm is not None
        firm.group_uscc = E01
    for case in (future, retrofit):
        fix_list(office, batch(office, case))
    assert finals(office, future, retrofit) == ["1800000", "0"]
    withdraw(office, future)
    assert outcome(office, retrofit) == ("MEETING", None, "1500000")


def paid_by_another_clause(office: Office) -> Sequence[str]:
    """The city match of a project is paid; its investment is applied for in the next batch."""
    future = project(office, batch_of(office, "future_energy"), "e01", "future_energy", 1_800_000, filing_no=FILING)
    office.drive(future)
    retrofit = project(office, batch_of(office, "retrofit"), "e01", "retrofit", 5_000_000, filing_no=FILING)
    office.drive(retrofit, until="confirm_verified")
    return future, retrofit


def test_what_another_clause_paid_is_no_earlier_phase_of_this_one(at: At) -> None:
    """The ceiling of an item is its clause's; that the matter was paid already is said by best-only."""
    office, future, retrofit = at.after(paid_by_another_clause)
    assert office.case(future)["paid_amount"] == "1800000"
    task = office.task(retrofit, "confirm_verified")
    form = office.as_("officer").get(f"/tasks/{task['id']}")["form"]
    assert form["data"]["granted_same_project"] == "0"
    office.drive(retrofit, until="listed", values={"confirm_verified": {"granted_same_project": "0"}})
    assert office.case(retrofit)["precap_amount"] == "1500000"
    row = fix_list(office, batch(office, retrofit))[retrofit]
    assert row["final_amount"] == "0"
    assert row["reasons"] == [f"同一事项已由申报件{future}支持，按“从优不重复”原则，本件不再支持"]


def test_m04_across_firms_the_next_lives_again_when_the_best_is_refused(at: At) -> None:
    office, future, retrofit = at.after(two_firms)
    fix_list(office, batch(office, future))
    assert finals(office, future, retrofit) == ["1800000", "0"]
    resolve(office, (future, "support"), (retrofit, "refuse"))
    office.drive(future, until="district_approval")
    office.do(future, "district_approval", decision="refuse", district_opinion="本年度不再安排")
    tick(office)
    assert outcome(office, retrofit) == ("MEETING", None, "1500000")
    assert (account(office, E02)["available"], account(office, E01)["sums"]["RESERVED"]) == ("2000000", "1500000")
    office.drive(retrofit)
    assert office.case(retrofit)["paid_amount"] == "1500000"


def test_m04_the_next_lives_again_when_one_meeting_refuses_both(at: At) -> None:
    office, future, retrofit = at.after(two_firms)
    fix_list(office, batch(office, future))
    resolve(office, (future, "refuse"), (retrofit, "refuse"))
    tick(office)
    assert office.case(future)["status"] == "NOT_SUPPORTED"
    assert outcome(office, retrofit) == ("MEETING", None, "1500000")


def object_to(office: Office, case: str) -> None:
    """A real-name objection to a published case, accepted."""
    office.drive(case, until="publicity_period")
    notice = office.nobody.get("/public/notices")["items"][0]["id"]
    said = {
        "name": "测试异议人",
        "id_no": "110101199001011237",
        "phone": "13800000000",
        "text": "该项目的设备并未安装。",
    }
    objection = office.nobody.post(f"/public/notices/{notice}/objections", {"case": case, **said})
    office.as_("discipline").post(f"/objections/{objection['id']}/acceptance")


def test_m04_the_next_lives_again_when_an_objection_to_the_best_is_upheld_to_nothing(at: At) -> None:
    office, future, retrofit = at.after(two_firms)
    fix_list(office, batch(office, future))
    resolve(office, (future, "support"), (retrofit, "refuse"))
    object_to(office, future)
    investigate(office, future)
    office.do(future, "objection_handling", decision="refuse")
    office.do(future, "objection_legal_review")
    office.do(future, "objection_meeting")
    office.wait_until("2026-03-20T09:00:00+08:00")
    assert office.case(future)["status"] == "NOT_SUPPORTED"
    assert outcome(office, retrofit) == ("MEETING", None, "1500000")


def test_what_is_verified_anew_or_deferred_keeps_its_place(at: At) -> None:
    office, retrofit, renewable, future = at.after(three_clauses)
    fix_list(office, batch(office, future))
    resolve(office, (future, "support"), (retrofit, "refuse"), (renewable, "refuse"))
    object_to(office, future)
    investigate(office, future)
    office.do(future, "objection_handling", decision="uphold")
    office.do(future, "objection_legal_review")
    tick(office)
    assert outcome(office, retrofit) == ("MEETING", None, "0")
    office.drive(future, until="listed")
    tick(office)
    assert outcome(office, retrofit) == ("MEETING", None, "0")
    fix_list(office, batch(office, future))
    assert outcome(office, future)[2] == "1800000"
    resolve(office, (future, "defer"))
    tick(office)
    assert outcome(office, retrofit) == ("MEETING", None, "0")
    fix_list(office, batch(office, future))
    resolve(office, (future, "support"))
    office.drive(future)
    tick(office)
    assert outcome(office, retrofit) == ("NOT_SUPPORTED", "BEST_ONLY", "0")
