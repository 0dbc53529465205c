"""How many determinations one process makes in a second, over all ten articles in turn."""

from __future__ import annotations

import time
from datetime import date

from workflows import rules

FACTS: dict[str, dict[str, object]] = {
    "retrofit": {"approved_investment": "6666666.67", "granted_same_project": "0"},
    "green_honour": {"level": "national", "earlier_precap_same_honour": "500000"},
    "carbon_neutral": {"scope": "organisation", "certificate_valid": True, "certificate_used_before": False},
    "carbon_intensity": {
        "e0_t": "60000",
        "v0_yuan": "600000000",
        "e1_t": "51000",
        "v1_yuan": "600000000",
        "traded_t": "0",
    },
    "carbon_footprint": {"cert_cost_net": "180000", "coverage": "0.72", "first_time": True},
    "carbon_trading": {"total_volume_t": "5000"},
    "renewable_energy": {"approved_investment": "4000000.00"},
    "future_energy": {"city_award_received": "1500000.00"},
    "industry_cluster": {"instalment_ceiling": "1666666", "score": "92"},
    "green_event": {"audited_cost": "2600000", "gov_funds": "0", "other_income": "400000", "score": "86"},
}
ROUNDS = 300


def measure() -> dict[str, float]:
    """Each article as often as the others; the parameter values are read once, as a batch does."""
    parameters = rules.parameters.values({"a4.promotion_basis": "pre_cap", "a7.match_basis": "received"})
    day = date(2026, 3, 2)
    started = time.perf_counter()
    for _ in range(ROUNDS):
        for scheme, facts in FACTS.items():
            assert rules.determine(scheme, facts, parameters, day).precap_amount
    return {"rules_per_second": ROUNDS * len(FACTS) / (time.perf_counter() - started)}
