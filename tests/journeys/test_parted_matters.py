"""Two see to it that two matters are one, and that they are two again: what is seen, by whom, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, page
from tests.journeys.lists import E01
from tests.journeys.projects import batch_of, finals, fix_list, project, to_the_list
from tests.journeys.test_merged_matters import (
    EARLIER,
    FILINGS,
    REASON,
    apart,
    application,
    confirmation,
    matter,
    merge,
    one_more,
    propose,
)
from tests.journeys.test_same_matter import tick

WRONG = "两件的设备编号不同，原认定有误（虚构）"


def propose_split(office: Office, goes: int, by: str = "officer") -> Any:
    return office.as_(by).post(f"/matters/{goes}/split", {"reason": WRONG})


def split(office: Office, goes: int) -> None:
    path, body = confirmation(propose_split(office, goes))
    office.as_("chief").post(path, body)


def test_what_is_proposed_changes_nothing_until_a_second_person_has_seen_it(at: At) -> None:
    office, future, retrofit = at.after(apart)
    mine, other = matter(office, future), matter(office, retrofit)
    seen = office.as_("officer").get(f"/matters/{mine}/merge?with={other}")
    assert (seen["keeps"]["id"], seen["goes"]["id"], seen["refusal"]) == (mine, other, None)
    told = {each["case"]: (each["precap_amount"], each["final_amount"], each["would_be"]) for each in seen["cases"]}
    assert told == {future: ("1800000", None, "1800000"), retrofit: ("1500000", None, "0")}
    [why] = next(each["reasons"] for each in seen["cases"] if each["case"] == retrofit)
    assert "1,800,000元更优" in why
    proposed = propose(office, retrofit, future)
    assert matter(office, retrofit) == other
    for case in (future, retrofit):
        assert office.history(case)[-1]["action"] == "matter_merge_proposed"
    assert f"/matters/{other}/changes/{proposed['id']}" in page(at, "chief", "/tasks")
    shown = page(at, "chief", f"/matters/{other}/changes/{proposed['id']}")
    assert REASON in shown and "确认此提议" in shown and "1,800,000" in shown
    path, body = confirmation(proposed)
    with refused(403):
        office.as_("officer2").post(path, body)
    office.as_("chief").post(path, body)
    assert matter(office, retrofit) == matter(office, future) == mine
    with refused(409):
        office.as_("chief").post(path, body)
    fix_list(office, office.case(future)["batch"]["id"])
    assert finals(office, future, retrofit) == ["1800000", "0"]


def test_the_chief_confirms_what_he_saw_or_sends_it_back(at: At) -> None:
    office, future, retrofit = at.after(apart)
    first = propose(office, retrofit, future)
    second = propose(office, retrofit, future, by="officer2")
    path, body = confirmation(first)
    with refused(412):
        office.as_("chief").post(path, body)
    at.give("chief", "case_officer")
    third = propose(office, retrofit, future, by="chief")
    with refused(403):
        office.as_("chief").post(*confirmation(third))
    fourth = propose(office, retrofit, future)
    refusal = f"/matters/{matter(office, future)}/merge/refusal"
    with refused(422) as caught:
        office.as_("chief").post(refusal, {"proposal": fourth["id"], "reason": " "})
    assert caught.fields == {"reason"}
    done = office.as_("chief").post(refusal, {"proposal": fourth["id"], "reason": "请补充设备清单"})
    assert (done["state"], done["decided_because"]) == ("refused", "请补充设备清单")
    assert matter(office, retrofit) != matter(office, future)
    assert office.history(future)[-1]["action"] == "matter_change_refused"
    with refused(409):
        office.as_("chief").post(*confirmation(fourth))
    states = [each["state"] for each in office.as_("auditor").get(f"/matters/{second['goes']['id']}")["changes"]]
    assert states == ["superseded", "superseded", "superseded", "refused"]
    with refused(404):
        office.as_("chief").post(f"/matters/{second['goes']['id'] + 1}/merge/confirmation", {"proposal": fourth["id"]})


def test_each_comes_back_to_its_own_also_what_was_submitted_meanwhile(at: At) -> None:
    office, first, second, third = at.after(one_more)
    mine, other = matter(office, first), matter(office, second)
    merge(office, first, second)
    task, data = application(at, office, third)
    office.as_("e03").post(f"/tasks/{task}/completion", {"data": data})
    assert matter(office, first) == matter(office, second) == matter(office, third) == mine
    preview = office.as_("officer").get(f"/matters/{other}/split")
    assert {each["case"]: each["matter"] for each in preview["cases"]} == {first: mine, second: other, third: other}
    proposed = propose_split(office, other)
    with refused(403):
        office.as_("officer2").post(*confirmation(proposed))
    assert matter(office, second) == mine
    office.as_("chief").post(*confirmation(proposed))
    assert [matter(office, case) for case in (first, second, third)] == [mine, other, other]
    assert office.as_("auditor").get(f"/matters/{other}")["merged_into"] is None
    assert "matter_split" in [event["action"] for event in office.history(third)]
    # And again, the other way round in time.
    merge(office, second, first)
    assert matter(office, third) == mine
    with refused(409):
        office.as_("officer").post(f"/matters/{mine}/split", {"reason": WRONG})


def test_awards_of_before_come_back_too(at: At) -> None:
    def told(office: Office) -> Sequence[str]:
        assert office.import_history([EARLIER])["accepted"] == 1
        batch = batch_of(office)
        return [
            project(office, batch, "e02", "future_energy", 1_800_000, filing_no=FILINGS[1]),
            project(office, batch, "e01", "retrofit", 3_000_000, filing_no=FILINGS[0]),
        ]

    office, future, phase = at.after(told)
    goes = max(matter(office, future), matter(office, phase))
    merged = merge(office, future, phase)
    assert [award["uscc"] for award in merged["historic_awards"]] == [E01]
    split(office, goes)
    granted = {case: office.as_("auditor").get(f"/matters/{matter(office, case)}") for case in (future, phase)}
    assert [len(granted[case]["historic_awards"]) for case in (future, phase)] == [0, 1]


def test_what_was_joined_twice_is_parted_from_its_end(at: At) -> None:
    def three(office: Office) -> Sequence[str]:
        batch = batch_of(office)
        return [
            project(office, batch, who, "retrofit", 3_000_000, filing_no=f"京通备〔2025〕9{number}号（虚构）")
            for number, who in enumerate(("e01", "e02", "e03"))
        ]

    office, *cases = at.after(three)
    one, two, three_ = (matter(office, case) for case in cases)
    merge(office, cases[1], cases[2])
    merge(office, cases[0], cases[1])
    assert [matter(office, case) for case in cases] == [one, one, one]
    with refused(409) as refusal:
        propose_split(office, three_)
    assert "后一次合并" in refusal.detail
    split(office, two)
    assert [matter(office, case) for case in cases] == [one, two, two]
    split(office, three_)
    assert [matter(office, case) for case in cases] == [one, two, three_]


def test_an_amount_that_depends_on_it_keeps_it_so(at: At) -> None:
    office, future, retrofit = at.after(apart)
    goes = matter(office, retrofit)
    merge(office, retrofit, future)
    proposed = propose_split(office, goes)
    fix_list(office, office.case(future)["batch"]["id"])
    with refused(409) as refusal:
        office.as_("chief").post(*confirmation(proposed))
    assert future in refusal.detail and "列入汇总表" in refusal.detail
    with refused(409):
        propose_split(office, goes)
    tick(office)
    assert finals(office, future, retrofit) == ["1800000", "0"]


def test_before_the_list_an_undone_merge_leaves_no_trace_in_the_amounts(at: At) -> None:
    office, future, retrofit = at.after(apart)
    goes = matter(office, retrofit)
    merge(office, retrofit, future)
    split(office, goes)
    fix_list(office, office.case(future)["batch"]["id"])
    assert finals(office, future, retrofit) == ["1800000", "1500000"]


def test_what_was_calculated_while_two_were_one_goes_back_before_it_is_listed(at: At) -> None:
    office, first, second, _ = at.after(one_more)
    goes = matter(office, second)
    merge(office, first, second)
    to_the_list(office, first, second)
    split(office, goes)
    assert [office.at(case) for case in (first, second)] == [{"confirm_verified"}, {"confirm_verified"}]
    to_the_list(office, first, second)
    fix_list(office, office.case(first)["batch"]["id"])
    assert None not in finals(office, first, second)


def test_the_pages_lead_from_the_pair_to_the_proposal_and_back(at: At) -> None:
    office, future, retrofit = at.after(apart)
    goes = matter(office, retrofit)
    shown = page(at, "officer", f"/cases/{future}/merge?other={retrofit}")
    assert "提交科室负责人确认" in shown and "1,500,000" in shown and "更优" in shown
    merge(office, retrofit, future)
    kept = page(at, "officer", f"/matters/{matter(office, future)}")
    assert f"/matters/{goes}/split" in kept and REASON in kept
    assert "撤销合并" not in page(at, "auditor", f"/matters/{goes}").replace("撤销合并的提议", "")
    assert "恢复为单独的事项" in page(at, "officer", f"/matters/{goes}/split")
