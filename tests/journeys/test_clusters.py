"""Article 8: a cluster is recognised once, then reports, is scored and paid year by year (domain.md 1.9, 4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At, page, ten_schemes
from tests.journeys.projects import account
from tests.journeys.test_races import at_once, posting

CLUSTER = "industry_cluster"
E09 = "91110112YYYY00098U"
NAME = "绿色氢能产业集群（虚构）"


def recognised_before(**changed: Any) -> dict[str, Any]:
    """A cluster that was recognised in 2025, as the history of awards has it."""
    return {
        "uscc": E09,
        "scheme": CLUSTER,
        "matter_key": NAME,
        "approved_total": "5000000",
        "years": [2026, 2027, 2028],
        "decided_on": "2025-11-18",
        "precap_amount": "0",
        "paid_amount": "0",
        "document_no": "虚构文〔2025〕31号",
        **changed,
    }


def remember(office: Office, *rows: dict[str, Any]) -> None:
    assert office.import_history(list(rows))["accepted"] == len(rows)


def cluster_batch(office: Office, cap_year: int) -> int:
    return office.make_batch(f"{cap_year}年度批次（虚构）", [CLUSTER], cap_year=cap_year, until=f"{cap_year}-04-15")


def drafts_of(office: Office, batch: int, enterprise: str = "e09") -> list[str]:
    """What a firm finds in a batch, oldest first."""
    items = office.as_(enterprise).get(f"/cases?batch={batch}")["items"]
    references = sorted(item["reference"] for item in items)
    office.applicants.update(dict.fromkeys(references, enterprise))
    return references


def facts(office: Office, case: str) -> dict[str, Any]:
    """What the report of a year starts with, as its form shows it."""
    task = office.task(case, "fill_application")
    form = office.as_(office.applicant_of(case)).get(f"/tasks/{task['id']}")["form"]
    return dict(form["data"])


# ---- recognition ----


def entered(office: Office) -> Sequence[str]:
    """E09 applies for the recognition of a cluster with 3,000,000 yuan; the meeting is next."""
    entry = office.apply("e09", "氢能产业集群", cluster_batch(office, 2026), CLUSTER)
    office.submit(entry, cluster_name=NAME)
    office.drive(entry, until="resolved", values={"confirm_verified": {"approved_total": "3000000"}})
    return (entry,)


def recognised(office: Office) -> Sequence[str]:
    """The meeting lowers the total to 2,000,000, the district approves; a batch of 2027 opens."""
    [entry] = entered(office)
    batch = int(office.case(entry)["batch"]["id"])
    office.resolve(batch, entry, "adjust", amount="2000000", reason="与同类集群平衡")
    office.drive(entry)
    return entry, *drafts_of(office, cluster_batch(office, 2027))


def test_a_recognition_holds_nothing_of_any_year(at: At) -> None:
    office, entry = at.after(entered)
    shown = office.case(entry)
    assert (shown["precap_amount"], shown["final_amount"]) == ("3000000", "3000000")
    assert account(office, E09)["entries"] == []
    office.drive(entry)
    shown = office.case(entry)
    assert (shown["status"], shown["paid_amount"], shown["open_tasks"]) == ("MULTI_YEAR", None, [])
    assert account(office, E09)["available"] == "2000000"


def test_the_next_batch_opens_the_first_report_with_what_the_meeting_left(at: At) -> None:
    office, entry, report = at.after(recognised)
    assert office.case(entry)["final_amount"] == "2000000"
    given = facts(office, report)
    assert (given["round"], given["year_index"], given["instalment_ceiling"], given["cluster_name"]) == (
        "yearly",
        "1",
        "666666",
        NAME,
    )
    # POST /cases answers the draft that there is, however often it is asked.
    batch = office.look(report)["batch"]["id"]
    assert office.apply("e09", "年度绩效申报", batch, CLUSTER) == report
    with refused(422):
        office.submit(report, round="entry")


def test_a_report_is_paid_by_its_score_and_not_twice(at: At) -> None:
    office, entry, report = at.after(recognised)
    office.drive(report, values={"confirm_verified": {"score": "85"}})
    paid = office.case(report)
    # 666,666 × 0.8 = 533,332.8
    assert (paid["status"], paid["paid_amount"]) == ("PAID", "533332")
    assert paid["matter"]["id"] == office.case(entry)["matter"]["id"]
    # It counts in the year of its decision, which is still 2026.
    assert account(office, E09, 2026)["available"] == "1466668"
    with refused(409):
        office.apply("e09", "年度绩效申报", paid["batch"]["id"], CLUSTER)
    shown = page(at, "finance", "/quotas")
    assert "2027年</td>" not in shown, "the year that was reported and paid is not promised any more"
    assert all(f"{year}年</td>" in shown for year in (2028, 2029)) and "666,666" in shown and "666,668" in shown


# ---- years that fail ----


def one_failed_year(office: Office) -> Sequence[str]:
    """Of a cluster that was recognised before this program, the first year is reported and scored 59.99."""
    remember(office, recognised_before())
    [report] = drafts_of(office, batch := cluster_batch(office, 2026))
    office.drive(report, until="listed", values={"confirm_verified": {"score": "59.99"}})
    office.as_("chief").post(f"/batches/{batch}/list")
    office.resolve(batch, report, "refuse", reason="年度绩效未达标")
    return report, *drafts_of(office, cluster_batch(office, 2027))


def test_below_the_lowest_grade_a_year_brings_nothing(at: At) -> None:
    office, failed, following = at.after(one_failed_year)
    ended = office.case(failed)
    assert (ended["status"], ended["reason"], ended["precap_amount"]) == ("NOT_SUPPORTED", "BELOW_THRESHOLD", "0")
    # One failed year does not end the award; what it did not earn is lost.
    given = facts(office, following)
    assert (given["year_index"], given["instalment_ceiling"]) == ("2", "1666666")
    office.drive(following, until="listed", values={"confirm_verified": {"score": "60"}})
    assert office.case(following)["precap_amount"] == "999999"
    assert len(drafts_of(office, cluster_batch(office, 2028))) == 1


def test_the_second_failed_year_ends_the_award(at: At) -> None:
    office, _, following = at.after(one_failed_year)
    office.drive(following, until="listed", values={"confirm_verified": {"score": "0"}})
    batch = int(office.case(following)["batch"]["id"])
    office.as_("chief").post(f"/batches/{batch}/list")
    office.resolve(batch, following, "refuse", reason="年度绩效未达标")
    assert "cluster_award_ended" in [event["action"] for event in office.history(following)]
    assert drafts_of(office, cluster_batch(office, 2028)) == []


# ---- clusters of the history ----


def test_an_award_that_was_imported_late_is_reported_all_the_same(at: At) -> None:
    office, *_ = at.after(ten_schemes)
    batch = cluster_batch(office, 2026)
    remember(office, recognised_before())
    assert drafts_of(office, batch) == []
    body = {"scheme": CLUSTER, "batch": batch, "title": "年度绩效申报"}
    assert at_once(*(posting(at, office, "e09", "/cases", body) for _ in range(3))) == [201, 201, 201]
    [report] = drafts_of(office, batch)
    assert facts(office, report)["instalment_ceiling"] == "1666666"
    office.drive(report)
    assert office.case(report)["paid_amount"] == "1666666"


def test_a_firm_that_runs_two_clusters_reports_both(at: At) -> None:
    office, *_ = at.after(ten_schemes)
    remember(
        office, recognised_before(), recognised_before(matter_key="新型储能产业集群（虚构）", approved_total="3000000")
    )
    batch = cluster_batch(office, 2026)
    reports = drafts_of(office, batch)
    assert [facts(office, report)["instalment_ceiling"] for report in reports] == ["1666666", "1000000"]
    first, second = reports
    office.submit(first)
    assert office.apply("e09", "年度绩效申报", batch, CLUSTER) == second
    office.submit(second)
    with refused(409):
        office.apply("e09", "年度绩效申报", batch, CLUSTER)


def test_a_cluster_is_recognised_once(at: At) -> None:
    """A8-3: another operator applies for the cluster that has an award."""
    office, *_ = at.after(ten_schemes)
    batch = cluster_batch(office, 2026)
    entry = office.apply("e08", "氢能产业集群", batch, CLUSTER)
    office.submit(entry, cluster_name=NAME)
    remember(office, recognised_before())
    late = office.apply("e10", "氢能产业集群", batch, CLUSTER)
    with refused(409) as why:
        office.submit(late, cluster_name=NAME)
    assert "已经认定" in why.detail
    office.drive(entry, until="district_approval")
    with refused(409) as why:
        office.do(entry, "district_approval")
    assert "已经认定" in why.detail
