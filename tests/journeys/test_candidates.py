"""免申即享: a line of an official list becomes a case; its firm confirms on one page, the office does the rest."""

from __future__ import annotations

from collections.abc import Sequence

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, investment
from tests.journeys.lists import E01, E02, HONOURS
from tests.journeys.projects import account, batch_of, fix_list, to_the_list
from tests.journeys.test_merged_matters import merge

NAME_01, NAME_02 = "北京潞测绿能装备制造有限公司（虚构）", "北京运测精密电子有限公司（虚构）"
E08, NAME_08 = "91110112YYYY0008XU", "北京宋测氢能科技有限公司（虚构）"
PROJECTS = (
    "企业名称",
    "统一社会信用代码",
    "项目名称",
    "项目编号",
    "市级文号",
    "市级批准金额",
    "到账金额",
    "到账日期",
    "领域",
)


def candidates(office: Office, scheme: str, batch: int, headers: Sequence[str], *rows: Sequence[str]) -> list[str]:
    """The cases of the lines of a list; the applicants of the demo are known by their codes."""
    listed = office.import_list(scheme, batch, headers, rows)
    made = office.as_("officer").post(f"/official-lists/{listed}/candidates")["items"]
    for each in made:
        uscc = office.as_("officer").get(f"/official-lists/{listed}")["items"][each["row"] - 2]["enterprise"]["uscc"]
        office.applicants[each["case"]] = {E01: "e01", E02: "e02", E08: "e08"}[uscc]
    return [each["case"] for each in made]


def honours_listed(office: Office) -> Sequence[str]:
    batch = office.open_batch()
    rows = [(name, uscc, "绿色工厂", "国家级", "2025-12-20", "") for name, uscc in ((NAME_01, E01), (NAME_02, E02))]
    return candidates(office, "green_honour", batch, HONOURS, *rows)


def test_one_page_is_all_that_a_firm_of_the_list_does_before_its_account(at: At) -> None:
    office, case, _ = at.after(honours_listed)
    done = office.drive(case, until="enter_payee")
    assert done[0] == "confirm_candidate"
    assert not {"fill_application", "formality_check", "site_inspection"} & set(done)
    office.drive(case)
    paid = office.case(case)
    assert (paid["status"], paid["paid_amount"], paid["accepted_at"][:10]) == ("PAID", "1000000", "2026-03-02")


def test_a_firm_of_the_list_may_confirm_after_the_window_of_applications(at: At) -> None:
    office, _, case = at.after(honours_listed)
    office.wait_until("2026-04-20T09:00:00+08:00")
    office.do(case, "confirm_candidate")
    assert office.case(case)["accepted_at"][:10] == "2026-04-20"


def test_a_firm_that_declines_is_withdrawn_and_may_apply_later(at: At) -> None:
    office, _, case = at.after(honours_listed)
    office.do(case, "confirm_candidate", decision="decline")
    shown = office.look(case)
    assert (shown["status"], shown["reason"], shown["open_tasks"], shown["waiting_for"]) == (
        "WITHDRAWN",
        "WITHDRAWN",
        [],
        [],
    )
    assert account(office, E02)["entries"] == []
    assert office.as_("officer").get(f"/cases/{case}")["status"] == "WITHDRAWN", "the office made the case"
    again = office.apply("e02", "绿色工厂", shown["batch"]["id"], "green_honour")
    office.submit(again, honour_type="绿色工厂", level="national")
    office.drive(again)
    assert office.case(again)["paid_amount"] == "1000000"


def test_a_firm_that_applies_beside_the_list_is_supported_once(at: At) -> None:
    office, case, _ = at.after(honours_listed)
    batch = office.look(case)["batch"]["id"]
    beside = office.apply("e01", "绿色工厂", batch, "green_honour")
    office.submit(beside, honour_type="绿色工厂", level="national")
    to_the_list(office, case, beside)
    rows = fix_list(office, batch)
    assert sorted(row["final_amount"] for row in rows.values()) == ["0", "1000000"]


def city_project(office: Office) -> Sequence[str]:
    """The city paid E08 1,500,000 yuan for a project; by article 3 it asks 900,000 for the same (C15, C16)."""
    batch = batch_of(office)
    row = (
        NAME_08,
        E08,
        "站用制氢装置",
        "京未来〔2025〕8号",
        "虚构函〔2025〕3号",
        "2000000",
        "1500000",
        "2025-12-20",
        "氢能",
    )
    [case] = candidates(office, "future_energy", batch, PROJECTS, row)
    retrofit = office.apply("e08", "站用制氢装置改造", batch, "retrofit")
    office.submit(retrofit, **investment(3_000_000))
    to_the_list(office, case, retrofit)
    return case, retrofit


def test_a_project_of_the_city_is_matched_without_an_application(at: At) -> None:
    office, case, retrofit = at.after(city_project)
    # A list names no filing number: that it is one project an officer finds by its name.
    [found] = office.as_("officer").get(f"/cases/{case}/overlaps")["items"]
    assert (found["case"], [mark["kind"] for mark in found["shared"]]) == (retrofit, ["name"])
    merge(office, case, retrofit)
    rows = fix_list(office, office.case(case)["batch"]["id"])
    assert {reference: row["final_amount"] for reference, row in rows.items()} == {case: "1500000", retrofit: "0"}
    office.drive(case)
    assert office.case(case)["paid_amount"] == "1500000"
    assert account(office, E08)["sums"]["PAID"] == "1500000"


def test_a_candidate_is_nobody_elses(at: At) -> None:
    office, case, _ = at.after(honours_listed)
    for other in ("e02", "e03"):
        with refused(404):
            office.as_(other).get(f"/cases/{case}")
    with refused(404):
        office.as_("e02").post(f"/tasks/{office.task(case, 'confirm_candidate')['id']}/claim")
