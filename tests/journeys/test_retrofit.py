"""The journeys of a retrofit case through its diagram, driven by a client that knows only the contract."""

from __future__ import annotations

from tests.contract_client import Office

# The stages that a case without incident passes, in order (domain.md 3.2, path A).
STRAIGHT = [
    "fill_application", "formality_check", "credit_check", "joint_check", "substantive_review", "site_inspection",
    "audit_verification", "confirm_verified", "convene_review",
]  # fmt: skip


def test_a_case_goes_from_application_to_payment(office: Office) -> None:
    reference = office.apply()
    done = office.drive(reference)
    case = office.case(reference)
    assert case["status"] == "PAID", done
    assert [step for step in done if step in STRAIGHT] == STRAIGHT
    # 30 % of the verified 3,000,000 yuan, under the ceiling of the project and of the year.
    assert case["precap_amount"] == case["final_amount"] == case["paid_amount"] == "900000"
