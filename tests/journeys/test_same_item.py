"""Within an article the same thing is supported once (单个项目): a second case for it is not accepted.

The instalments of article 7 are in test_city_instalments.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.api_calls import refused
from tests.contract_client import Office
from tests.journeys.conftest import At
from tests.journeys.projects import batch_of, finals, fix_list, project, to_the_list
from tests.journeys.test_races import at_once, completing

FILING = "京通备〔2025〕31号（虚构）"
EVENT = {"event_name": "绿色低碳展（虚构）", "start_date": "2025-06-05", "end_date": "2025-06-07"}


def turned_away(office: Office, case: str) -> str:
    """Why the case cannot be accepted."""
    with refused(422) as refusal:
        office.do(case, "formality_check")
    assert refusal.fields == {"decision"} and refusal.error is not None
    [error] = refusal.error.body["errors"]
    return str(error["message"])


def one_project(office: Office, scheme: str, **second: Any) -> Sequence[str]:
    """A project is accepted for one firm and filed again, by another."""
    batch = batch_of(office)
    first = project(office, batch, "e01", scheme, 3_000_000, filing_no=FILING, acceptance_no="验收〔2025〕1号")
    office.do(first, "formality_check")
    return first, project(office, batch, "e02", scheme, 2_000_000, filing_no=FILING, **second)


@pytest.mark.parametrize("scheme", ["retrofit", "renewable_energy"])
def test_a_project_is_accepted_once(at: At, scheme: str) -> None:
    office, first, second = at.after(lambda office: one_project(office, scheme))
    said = turned_away(office, second)
    assert first in said and "单个项目" in said


def test_a_phase_has_an_acceptance_of_its_own(at: At) -> None:
    office, first, second = at.after(lambda office: one_project(office, "retrofit", acceptance_no="验收〔2025〕1号"))
    assert "验收" in turned_away(office, second)
    office.do(second, "formality_check", decision="not_accept", reason_code="SAME_ITEM", reason="同一项目已申报")
    office.do(second, "non_acceptance_review")
    assert office.case(second)["reason"] == "SAME_ITEM"
    assert "formality_check" not in office.at(first)


def phases_of_two_filings(office: Office) -> Sequence[str]:
    """Two phases, each filed under a number of its own, over 6,000,000 and 4,000,000 yuan."""
    batch = batch_of(office, "retrofit")
    first = project(office, batch, "e01", "retrofit", 6_000_000, filing_no=FILING, acceptance_no="验收〔2025〕1号")
    phase = {
        "filing_no": "京通备〔2025〕99号（虚构）",
        "first_phase_filing_no": FILING,
        "acceptance_no": "验收〔2025〕2号",
    }
    second = project(office, batch, "e02", "retrofit", 4_000_000, **phase)
    to_the_list(office, first, second)
    return first, second


def test_the_ceiling_of_a_project_covers_all_its_phases_whatever_their_filing_numbers(at: At) -> None:
    office, first, second = at.after(phases_of_two_filings)
    rows = fix_list(office, office.case(first)["batch"]["id"])
    assert finals(office, first, second) == ["1800000", "200000"]
    assert rows[second]["reasons"] == ["同一项目各期合计最高支持2,000,000元，本期尚余200,000元"]


def same_invoices(office: Office) -> Sequence[str]:
    batch = batch_of(office, "retrofit")
    first = office.apply("e01", "一期（虚构）", batch, "retrofit")
    lines = office.schema(first, "fill_application", "e01")["properties"]["invoice_lines"]["examples"][0]
    office.submit(first, filing_no=FILING, acceptance_no="验收〔2025〕1号", invoice_lines=lines)
    office.do(first, "formality_check")
    second = office.apply("e02", "二期（虚构）", batch, "retrofit")
    office.submit(second, filing_no=FILING, acceptance_no="验收〔2025〕2号", invoice_lines=lines)
    return first, second


def test_a_phase_has_invoices_of_its_own(at: At) -> None:
    office, first, second = at.after(same_invoices)
    said = turned_away(office, second)
    assert first in said and "发票" in said


def one_event(office: Office) -> Sequence[str]:
    batch = batch_of(office, "green_event")
    cases = []
    for enterprise in ("e03", "e03", "e04"):
        cases.append(office.apply(enterprise, "绿色低碳展（虚构）", batch, "green_event"))
        office.submit(cases[-1], **EVENT)
    return cases


def test_each_payer_of_an_event_is_accepted_once(at: At) -> None:
    office, first, again, other = at.after(one_event)
    office.do(first, "formality_check")
    said = turned_away(office, again)
    assert first in said and "同一活动" in said
    office.do(other, "formality_check")
    assert "formality_check" not in office.at(other)


def one_cluster(office: Office) -> Sequence[str]:
    batch = batch_of(office, "industry_cluster")
    cases = []
    for enterprise in ("e09", "e10"):
        cases.append(office.apply(enterprise, "氢能产业集群（虚构）", batch, "industry_cluster"))
        office.submit(cases[-1], cluster_name="通州氢能产业集群（虚构）")
    return cases


def test_a_cluster_is_accepted_once_a_year_and_of_two_at_once_one(at: At) -> None:
    office, first, second = at.after(one_cluster)
    tasks = [office.task(case, "formality_check") for case in (first, second)]
    assert sorted(at_once(*(completing(at, office, "acceptance", task) for task in tasks))) == [200, 422]
    left = next(case for case in (first, second) if "formality_check" in office.at(case))
    assert "同一集群" in turned_away(office, left)
