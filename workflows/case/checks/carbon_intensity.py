"""Checks of article 5, first paragraph, carbon intensity: a report for each of the two years, each measure once.

Whether the years can be compared is for the reviewer, whether the drop is enough for the rule: a firm that misses one
of them may still ask for a decision.
"""

from collections.abc import Mapping
from typing import Any

from workflows.case.checks.parts import Check, all_met, amount, not_in_future, used_once
from workflows.case.checks.shared import score
from workflows.case.step import Look
from workflows.errors import FieldError


def _application(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    if data["verification_report_no_y0"] == data["verification_report_no_y1"]:
        errors.append(FieldError("verification_report_no_y1", "两个年度的核查报告编号不能相同。"))
    errors += used_once(data, "measures", ("name",), "同一项减排措施不能填写两次。")
    return errors + not_in_future(look, data, "established_on")


def _verified(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """Green power that is bought is a trading act where the owner reads it so.

    Counted as zero in the verified emissions it is part of their fall, and is taken out of it once; else it is no part.
    """
    bought_more = amount(look.facts, "green_power_mwh_y1") > amount(look.facts, "green_power_mwh_y0")
    counted = look.facts.get("green_power_counted_zero") is True and look.parameter("a5_1b.green_power_is_trading")
    if data.get("decision") != "pass" or not bought_more or not counted or amount(data, "traded_t"):
        return []
    said = "绿电已按零排放计入核查的排放量，且上年度用量增加：按口径属于交易行为，应填写由此减少的吨数。"
    return [FieldError("traded_t", said)]


CHECKS: dict[str, Check] = {
    "carbon_intensity_application": _application,
    "carbon_intensity_review": all_met("a51b_1", "a51b_2", "a51b_3", "a51b_4", "a51b_5"),
    "carbon_intensity_verified": _verified,
    "carbon_intensity_score": score,
}
