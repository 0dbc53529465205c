"""Checks of article 5, first paragraph, carbon intensity: a report for each of the two years, each measure once.

Whether the years can be compared is for the reviewer, whether the drop is enough for the rule: a firm that misses one
of them may still ask for a decision.
"""

from collections.abc import Mapping
from typing import Any

from workflows.case.checks.parts import Check, all_met, not_in_future, used_once
from workflows.case.checks.shared import score
from workflows.case.step import Look
from workflows.errors import FieldError


def _application(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    if data["verification_report_no_y0"] == data["verification_report_no_y1"]:
        errors.append(FieldError("verification_report_no_y1", "两个年度的核查报告编号不能相同。"))
    errors += used_once(data, "measures", ("name",), "同一项减排措施不能填写两次。")
    return errors + not_in_future(look, data, "established_on")


CHECKS: dict[str, Check] = {
    "carbon_intensity_application": _application,
    "carbon_intensity_review": all_met("a51b_1", "a51b_2", "a51b_3", "a51b_4", "a51b_5"),
    "carbon_intensity_score": score,
}
