"""A8: a firm whose matters exceed a yearly ceiling says which of them are kept, before the meeting decides (第十条)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, open_letters
from tests.journeys.projects import batch_of, finals, project, to_the_list


def list_only(office: Office, batch: int) -> None:
    """Fix the list, and let nobody answer yet."""
    office.as_("chief").post(f"/batches/{batch}/list")


def two_matters(office: Office) -> Sequence[str]:
    """1,500,000 and 1,000,000 of one firm, and 300,000 of another, at the list."""
    batch = batch_of(office, "future_energy")
    asking = (("e01", 1_500_000), ("e01", 1_000_000), ("e02", 300_000))
    cases = [project(office, batch, firm, "future_energy", yuan) for firm, yuan in asking]
    to_the_list(office, *cases)
    list_only(office, batch)
    return cases


def offered(office: Office, case: str, firm: str = "e01") -> list[str]:
    """The other outcomes that the firm may choose, in words."""
    return list(office.schema(case, "choose_matters", firm)["properties"]["kept_matters"]["enum"])


def batch_no(office: Office, case: str) -> Any:
    return office.case(case)["batch"]["id"]


def test_only_who_is_cut_is_asked_and_the_named_order_stands(at: At) -> None:
    office, large, small, other = at.after(two_matters)
    assert [office.at(case) for case in (large, other)] == [{"resolved"}, {"resolved"}]
    assert finals(office, large, small, other) == ["1500000", "500000", "300000"]
    [letter] = [each for each in office.as_("e01").get("/messages")["items"] if each["kind"] == "cut_choice"]
    assert "核定支持额1,000,000元，拟支持金额500,000元。年度限额调减500,000元（第十条）" in letter["body"]
    assert "5个工作日内" in letter["body"]
    assert office.task(small, "choose_matters")["role"] == "applicant"
    office.do(small, "choose_matters")
    assert office.at(small) == {"resolved"}
    assert finals(office, large, small, other) == ["1500000", "500000", "300000"]


def test_another_choice_allocates_the_firm_anew_and_nobody_else(at: At) -> None:
    office, large, small, other = at.after(two_matters)
    [choice] = offered(office, small)
    assert choice == (
        f"优先保留e01的项目1000000（{small}）1,000,000元；其余e01的项目1500000（{large}）1,000,000元；合计2,000,000元"
    )
    office.do(small, "choose_matters", decision="choose", kept_matters=choice)
    office.let_work()
    assert finals(office, large, small, other) == ["1000000", "1000000", "300000"]
    # The firm has chosen so: nobody asks it again, and both go to the meeting.
    assert [office.at(case) for case in (large, small)] == [{"resolved"}, {"resolved"}]
    [chosen] = [each for each in office.history(small) if each["action"] == "matters_chosen"]
    assert (chosen["actor"], chosen["changes"][0]["new"]) == ("e01", choice)
    rows = {row["case"]: row for row in office.as_("chief").get(f"/batches/{batch_no(office, small)}")["list"]}
    assert rows[small]["reasons"] == ["按申报单位的选择，优先分配年度限额"]
    assert rows[large]["reasons"][0] == "按申报单位的选择，在其优先保留的事项之后分配年度限额"


def test_the_choice_holds_when_the_account_is_allocated_again(at: At) -> None:
    office, large, small, _ = at.after(two_matters)
    office.do(small, "choose_matters", decision="choose", kept_matters=offered(office, small)[0])
    office.let_work()
    third = project(office, batch_no(office, small), "e01", "future_energy", 1_200_000)
    to_the_list(office, third)
    list_only(office, batch_no(office, small))
    # First what was chosen, then by size: the new matter comes before the one that the firm put behind.
    assert finals(office, large, small, third) == ["1000000", "1000000", "0"]
    assert office.at(third) == {"choose_matters"}


def test_silence_accepts_only_after_proved_delivery(at: At) -> None:
    office, _, small, _ = at.after(two_matters)
    due = office.task(small, "choose_matters")["due_on"]
    office.wait_until(f"{due}T23:59:59+08:00")
    office.let_work()
    assert "choose_matters" in office.at(small), "nobody opened the letter: the term has not begun"
    assert "cut_choice" in open_letters(office, "e01")
    office.as_("auditor").post("/demo/clock", {"advance": "P5D"})
    assert "choose_matters" in office.at(small), "five working days are longer than five days"
    office.as_("auditor").post("/demo/clock", {"advance": "P9D"})
    assert office.at(small) == {"resolved"}
    assert finals(office, small) == ["500000"]


def test_what_is_sent_is_one_of_the_outcomes(at: At) -> None:
    office, large, small, _ = at.after(two_matters)
    for kept in ("优先保留全部", "", f"优先保留{large}"):
        with refused(422) as why:
            office.do(small, "choose_matters", decision="choose", kept_matters=kept)
        assert why.fields == {"kept_matters"}
    with refused(422) as why:
        office.do(small, "choose_matters", decision="keep", kept_matters=offered(office, small)[0])
    assert why.fields == {"kept_matters"}
    assert finals(office, large, small) == ["1500000", "500000"]


def test_an_outcome_that_was_overtaken_is_refused(at: At) -> None:
    """The firm saw one amount; meanwhile its other case was resolved, and may no longer be changed by a choice."""
    office, large, small, _ = at.after(two_matters)
    seen = offered(office, small)[0]
    office.resolve(batch_no(office, large), large, "support")
    with refused(422):
        office.do(small, "choose_matters", decision="choose", kept_matters=seen)
    assert office.schema(small, "choose_matters", "e01")["properties"]["decision"]["enum"] == ["keep"]


def test_whoever_withdraws_frees_the_other(at: At) -> None:
    office, large, small, _ = at.after(two_matters)
    office.as_("e01").post(f"/cases/{large}/withdrawal", {"reason": "另行申报"})
    office.let_work()
    assert office.at(small) == {"resolved"}, "it is no longer cut: there is nothing to choose"
    assert finals(office, small) == ["1000000"]


def test_only_the_firm_answers(at: At) -> None:
    office, _, small, _ = at.after(two_matters)
    task = office.task(small, "choose_matters")
    for stranger, status in (("e02", 404), ("officer", 403), ("chief", 403)):
        with refused(status):
            office.as_(stranger).post(f"/tasks/{task['id']}/completion", {"data": {"decision": "keep"}})


def three_matters(office: Office) -> Sequence[str]:
    """900,000, 800,000 and 700,000 of one firm: every set of them that fits can be kept whole."""
    batch = batch_of(office, "future_energy")
    cases = [project(office, batch, "e01", "future_energy", yuan) for yuan in (900_000, 800_000, 700_000)]
    to_the_list(office, *cases)
    list_only(office, batch)
    return cases


def test_every_admissible_outcome_is_shown_once(at: At) -> None:
    office, *cases = at.after(three_matters)
    assert finals(office, *cases) == ["900000", "800000", "300000"]
    told = offered(office, cases[2])
    amounts = {tuple(each.split(f"（{case}）")[1].split("元")[0] for case in cases) for each in told}
    assert amounts == {("900,000", "400,000", "700,000"), ("500,000", "800,000", "700,000")}
    assert len(told) == 2
    assert all("合计2,000,000元" in each for each in told)


def never_asked(office: Office) -> Sequence[str]:
    """The same where the reading is not to ask."""
    batch = batch_of(office, "future_energy", a10__choice_before_cut="false")
    cases = [project(office, batch, "e01", "future_energy", yuan) for yuan in (1_500_000, 1_000_000)]
    to_the_list(office, *cases)
    list_only(office, batch)
    return cases


def test_where_the_reading_is_not_to_ask_nobody_is_asked(at: At) -> None:
    office, *cases = at.after(never_asked)
    assert [office.at(case) for case in cases] == [{"resolved"}, {"resolved"}]
    assert finals(office, *cases) == ["1500000", "500000"]


def test_a_later_case_that_cuts_one_before_the_meeting_lets_its_firm_choose(at: At) -> None:
    office, large, small, _ = at.after(two_matters)
    office.do(small, "choose_matters")
    third = project(office, batch_no(office, small), "e01", "future_energy", 1_800_000)
    to_the_list(office, third)
    list_only(office, batch_no(office, small))
    assert finals(office, large, small, third) == ["200000", "0", "1800000"]
    assert office.at(third) == {"resolved"}
    for case in (large, small):
        assert "choose_matters" in office.at(case)
    assert len(offered(office, large)) == 2


def adjusted_before(office: Office) -> Sequence[str]:
    """1,500,000 that the meeting adjusted to 600,000; later 1,000,000 and 900,000 of the same firm are listed."""
    batch = batch_of(office, "future_energy")
    first = project(office, batch, "e01", "future_energy", 1_500_000)
    to_the_list(office, first)
    list_only(office, batch)
    office.resolve(batch, first, "adjust", amount="600000", reason="按集体审议意见调减")
    later = [project(office, batch, "e01", "future_energy", yuan) for yuan in (1_000_000, 900_000)]
    to_the_list(office, *later)
    list_only(office, batch)
    return first, *later


def test_what_the_meeting_set_is_no_matter_of_choice(at: At) -> None:
    office, first, large, small = at.after(adjusted_before)
    assert finals(office, first, large, small) == ["600000", "1000000", "400000"]
    [choice] = offered(office, small)
    assert f"优先保留e01的项目900000（{small}）900,000元" in choice and f"（{large}）500,000元" in choice
    office.do(small, "choose_matters", decision="choose", kept_matters=choice)
    office.let_work()
    assert finals(office, first, large, small) == ["600000", "500000", "900000"]
