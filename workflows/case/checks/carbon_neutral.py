"""Checks of article 5, first paragraph, carbon-neutral certificate: a period that holds the accounting year."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.case.checks.parts import Check, all_met, not_in_future
from workflows.case.checks.shared import score
from workflows.case.step import Look
from workflows.errors import FieldError


def _application(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    first, last = (date.fromisoformat(data[field]) for field in ("period_from", "period_to"))
    if last < first:
        errors.append(FieldError("period_to", "证书覆盖期止不能早于起始日期。"))
    elif not first.year <= int(data["accounting_year"]) <= last.year:
        errors.append(FieldError("accounting_year", "核算年度应在证书覆盖期内。"))
    return errors + not_in_future(look, data, "established_on", "period_from")


CHECKS: dict[str, Check] = {
    "carbon_neutral_application": _application,
    "carbon_neutral_review": all_met("a51a_1", "a51a_2", "a51a_3", "a51a_4", "a51a_5", "a51a_6"),
    "carbon_neutral_score": score,
}
