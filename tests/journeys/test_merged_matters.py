"""Two matters that an officer finds to be one (domain.md 2.2): what proposes it, and what follows for amounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.contract_client import Office, fill
from tests.journeys.conftest import At
from tests.journeys.lists import E01, E02
from tests.journeys.projects import account, batch_of, finals, fix_list, project, to_the_list
from tests.journeys.test_races import answering, at_once, overtaken, posting
from tests.journeys.test_same_matter import outcome, resolve, tick
from workflows.casework import joining, tasks

FILINGS = ("京通备〔2025〕81号（虚构）", "京通备〔2025〕82号（虚构）")
REASON = "同一设备、同一地点，仅备案文号不同"


def matter(office: Office, case: str) -> int:
    return int(office.case(case)["matter"]["id"])


def propose(office: Office, one: str, other: str, by: str = "officer") -> Any:
    body = {"with": matter(office, other), "reason": REASON}
    return office.as_(by).post(f"/matters/{matter(office, one)}/merge", body)


def confirmation(proposed: Any) -> tuple[str, dict[str, Any]]:
    """The call that confirms what was proposed of two matters."""
    return f"/matters/{proposed['goes']['id']}/merge/confirmation", {"proposal": proposed["id"]}


def merge(office: Office, one: str, other: str) -> Any:
    """Two find that the matters of two cases are one; answers the one that stays."""
    path, body = confirmation(propose(office, one, other))
    done = office.as_("chief").post(path, body)
    return office.as_("chief").get(f"/matters/{done['keeps']['id']}")


# ---- what proposes it ----


def alike(office: Office) -> Sequence[str]:
    """A project of E01, and applications of others that have one thing each in common with it."""
    batch = batch_of(office)
    first = office.apply("e01", "压缩机房节能改造", batch, "retrofit")
    lines = office.schema(first, "fill_application", "e01")["properties"]["invoice_lines"]["examples"][0]
    office.submit(first, filing_no=FILINGS[0], project_site="通州区虚构路1号", invoice_lines=lines)
    titles = ("制冷站改造", "锅炉改造", "压缩机房节能改造二期")
    same: tuple[dict[str, Any], ...] = ({"invoice_lines": lines}, {"project_site": "通州区 虚构路１号"}, {})
    others = []
    for title, values in zip(titles, same, strict=True):
        others.append(office.apply("e02", title, batch, "retrofit"))
        office.submit(others[-1], **values)
    others.append(project(office, batch, "e03", "future_energy", 900_000, filing_no=FILINGS[0]))
    return first, *others


def test_a_shared_invoice_site_number_or_name_proposes_that_two_cases_are_one_matter(at: At) -> None:
    office, first, invoice, site, name, filing = at.after(alike)
    found = office.as_("officer").get(f"/cases/{first}/overlaps")["items"]
    assert {each["case"]: [mark["kind"] for mark in each["shared"]] for each in found} == {
        invoice: ["invoice"],
        site: ["site"],
        name: ["name"],
        filing: ["filing_no"],
    }
    # One filing number is one matter at once, whoever applies and by whichever article.
    assert {each["case"] for each in found if each["same_matter"]} == {filing}


# ---- what follows from it ----


def apart(office: Office) -> Sequence[str]:
    """1,800,000 yuan for E02 and 1,500,000 for E01, at the list as two matters."""
    batch = batch_of(office)
    cases = [
        project(office, batch, "e02", "future_energy", 1_800_000, filing_no=FILINGS[0]),
        project(office, batch, "e01", "retrofit", 5_000_000, filing_no=FILINGS[1]),
    ]
    to_the_list(office, *cases)
    return cases


def test_what_is_listed_already_is_worked_out_again(at: At) -> None:
    office, future, retrofit = at.after(apart)
    fix_list(office, office.case(future)["batch"]["id"])
    assert finals(office, future, retrofit) == ["1800000", "1500000"]
    merge(office, retrofit, future)
    tick(office)
    assert finals(office, future, retrofit) == ["1800000", "0"]
    assert account(office, E01)["available"] == "2000000"
    resolve(office, (future, "support"), (retrofit, "refuse"))
    office.drive(future)
    tick(office)
    assert office.case(future)["paid_amount"] == "1800000"
    assert outcome(office, retrofit) == ("NOT_SUPPORTED", "BEST_ONLY", "0")


def test_what_is_published_already_goes_back_to_the_meeting(at: At) -> None:
    office, future, retrofit = at.after(apart)
    for case in (future, retrofit):
        office.drive(case, until="publicity_period")
    merge(office, retrofit, future)
    tick(office)
    assert outcome(office, retrofit) == ("MEETING", None, "0")
    assert office.case(future)["status"] == "PUBLICITY"
    assert account(office, E01)["available"] == "2000000"


def test_what_the_district_approved_stays_and_the_other_gets_nothing(at: At) -> None:
    office, future, retrofit = at.after(apart)
    office.drive(retrofit, until="district_approval")
    office.drive(future, until="district_approval")
    office.do(retrofit, "district_approval")
    merge(office, retrofit, future)
    tick(office)
    # The larger amount came too late: the smaller one is decided.
    assert finals(office, future, retrofit) == ["0", "1500000"]
    assert account(office, E02)["available"] == "2000000"


def test_a_merge_meets_the_list(at: At) -> None:
    office, future, retrofit = at.after(apart)
    path, body = confirmation(propose(office, retrofit, future))
    answers = at_once(
        posting(at, office, "chief", path, body),
        posting(at, office, "chief", f"/batches/{office.case(future)['batch']['id']}/list", {}),
    )
    assert answers == [201, 200]
    tick(office)
    assert finals(office, future, retrofit) == ["1800000", "0"]


# ---- what is submitted or imported meanwhile ----


def one_more(office: Office) -> Sequence[str]:
    """Two submitted cases of two matters, and an application for one of these that is not submitted yet."""
    batch = batch_of(office)
    cases = [
        project(office, batch, "e02", "future_energy", 1_800_000, filing_no=FILINGS[0]),
        project(office, batch, "e01", "retrofit", 5_000_000, filing_no=FILINGS[1]),
    ]
    return *cases, office.apply("e03", "同一项目的改造", batch, "retrofit")


def application(at: At, office: Office, case: str) -> tuple[str, dict[str, Any]]:
    """The task of the application that is not submitted, and what its form will hold."""
    [task] = office.as_("e03").get(f"/cases/{case}")["open_tasks"]
    schema = office.as_("e03").get(f"/tasks/{task['id']}")["form"]["schema"]
    return task["id"], fill(schema, {"filing_no": FILINGS[1]})


def test_a_merge_does_not_overlook_what_is_just_being_submitted(at: At) -> None:
    """The newer matter goes; a case that were left with it would not be seen by best-only."""
    office, first, second, third = at.after(one_more)
    (task, data), applicant = application(at, office, third), at.actor("e03")
    path, body = confirmation(propose(office, first, second))
    status, answer = overtaken(
        at,
        lambda session, now: tasks.complete(session, applicant, task, data, now),
        answering(at, office, "chief", path, body),
    )
    assert (status, "刷新查看后再认定" in answer["detail"]) == (409, True)
    assert office.as_("chief").try_call("POST", path, body)[0] == 201
    assert matter(office, third) == matter(office, second) == matter(office, first)


def test_who_submits_while_two_matters_are_merged_comes_to_the_one_that_stays(at: At) -> None:
    office, first, second, third = at.after(one_more)
    task, data = application(at, office, third)
    ids, chief = (matter(office, first), matter(office, second)), at.actor("chief")
    proposed = propose(office, first, second)["id"]
    status, _ = overtaken(
        at,
        lambda session, now: joining.confirm(session, chief, max(ids), proposed, now),
        answering(at, office, "e03", f"/tasks/{task}/completion", {"data": data}),
    )
    assert (status, matter(office, third)) == (200, min(ids))


def test_what_is_imported_while_two_matters_are_merged_comes_to_the_one_that_stays(at: At) -> None:
    office, first, second, _ = at.after(one_more)
    ids, chief = (matter(office, first), matter(office, second)), at.actor("chief")
    proposed = propose(office, first, second)["id"]
    report = office.as_("owner").post("/historic-awards", {"items": [{**EARLIER, "matter_key": FILINGS[1]}]})
    confirming = f"/historic-awards/imports/{report['id']}/confirmation"
    status, answer = overtaken(
        at,
        lambda session, now: joining.confirm(session, chief, max(ids), proposed, now),
        answering(at, office, "owner2", confirming, {}),
    )
    assert (status, answer["accepted"]) == (200, 1), answer
    awards = office.as_("officer").get(f"/matters/{min(ids)}")["historic_awards"]
    assert [award["uscc"] for award in awards] == [E01]


EARLIER = {
    "uscc": E01,
    "scheme": "retrofit",
    "matter_key": FILINGS[0],
    "decided_on": "2025-06-20",
    "precap_amount": "1500000",
    "paid_amount": "1500000",
    "document_no": "虚构文〔2025〕12号",
}


def first_phase_paid(office: Office) -> Sequence[str]:
    """A project had 1,500,000 yuan before this program; its next phase and another application follow."""
    assert office.import_history([EARLIER])["accepted"] == 1
    batch = batch_of(office)
    cases = [
        project(office, batch, "e01", "retrofit", 3_000_000, filing_no=FILINGS[0]),
        project(office, batch, "e02", "future_energy", 1_800_000, filing_no=FILINGS[1]),
    ]
    to_the_list(office, *cases)
    return cases


def test_an_award_from_before_the_program_counts_against_the_ceiling_of_its_project(at: At) -> None:
    """Article 3: 2,000,000 yuan for a project in all years and phases."""
    office, phase, _ = at.after(first_phase_paid)
    assert office.case(phase)["precap_amount"] == "500000"


def test_an_award_from_before_the_program_moves_with_its_matter(at: At) -> None:
    office, phase, future = at.after(first_phase_paid)
    merged = merge(office, future, phase)
    assert [(award["uscc"], award["paid_amount"]) for award in merged["historic_awards"]] == [(E01, "1500000")]
    rows = fix_list(office, office.case(future)["batch"]["id"])
    assert rows[future]["final_amount"] == "0"
    assert rows[future]["reasons"] == [
        "同一事项已于2025-06-20获绿色低碳改造升级支持1,500,000元，按“从优不重复”原则，本件不再支持"
    ]
