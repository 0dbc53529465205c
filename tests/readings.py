"""The readings that ship without a default, as the demo chooses them (corrections.md)."""

CHOSEN = {
    "a10.annual_cap_applies_to": "all_beneficiaries",
    "a10.cap_year_basis": "approval_year",
    "a10.other_policy_treatment": "exclusive",
    "a10.overflow": "forfeit",
    "a4.promotion_basis": "pre_cap",
    "a7.match_basis": "received",
    "policy.effective_from": "2025-01-10",
}
