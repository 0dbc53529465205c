"""Each of the ten diagrams from the application to its end, by the contract alone, with all of its optional stages."""

from __future__ import annotations

import pytest

from tests.contract_client import Office
from tests.journeys.conftest import At, ten_schemes
from tests.journeys.test_record import broken

SITE, THIRD_PARTY, EXPERTS = "site_inspection", "audit_verification", "panel_opinion"
# What the table of domain.md 4 names for each type, required or optional, in the order of its diagram.
STAGES = {
    "retrofit": (SITE, THIRD_PARTY, "confirm_verified", EXPERTS),
    "green_honour": (SITE, "confirm_verified"),
    "carbon_neutral": (SITE, THIRD_PARTY, "confirm_verified", EXPERTS),
    "carbon_intensity": (SITE, THIRD_PARTY, "confirm_verified", EXPERTS),
    "carbon_footprint": (SITE, THIRD_PARTY, "confirm_verified", EXPERTS),
    "carbon_trading": (THIRD_PARTY, "confirm_verified"),
    "renewable_energy": (SITE, THIRD_PARTY, "confirm_verified", EXPERTS),
    "future_energy": (SITE, THIRD_PARTY, "confirm_verified"),
    "industry_cluster": (SITE, THIRD_PARTY, EXPERTS, "confirm_verified"),
    "green_event": (SITE, THIRD_PARTY, EXPERTS, "confirm_verified"),
}
WANTED = ("site_visit", "third_party", "expert_review_wanted")


def ask_for_everything(office: Office, case: str, element_id: str) -> dict[str, str]:
    """The answers of an officer who wants every optional stage that the form offers."""
    offered = office.schema(case, element_id, "officer")["properties"]
    return dict.fromkeys((name for name in WANTED if name in offered), "yes")


@pytest.mark.parametrize("scheme", STAGES)
def test_through_every_optional_stage_to_the_end(at: At, scheme: str) -> None:
    office, *_ = at.after(ten_schemes)
    case = office.apply("e01", f"测试事项（{scheme}）", office.open_batch(), scheme)
    done = []
    for element_id in ("substantive_review", "confirm_verified"):
        done += office.drive(case, until=element_id)
        office.do(case, element_id, **ask_for_everything(office, case, element_id))
        done.append(element_id)
    done += office.drive(case)
    passed = [element_id for element_id in done if element_id in (SITE, THIRD_PARTY, EXPERTS, "confirm_verified")]
    assert tuple(passed) == STAGES[scheme]

    ended = office.case(case)
    assert (ended["open_tasks"], ended["waiting_for"], ended["incidents"]) == ([], [], [])
    assert int(ended["final_amount"]) > 0
    paid = ended["final_amount"] if scheme != "industry_cluster" else None
    assert (ended["status"], ended["paid_amount"]) == ("PAID" if paid else "MULTI_YEAR", paid)
    ledger = office.as_("auditor").get(f"/enterprises/{ended['enterprise']['uscc']}/ledger?year=2026")
    assert ledger["sums"]["PAID"] == (paid or "0")
    assert broken(at) == []
