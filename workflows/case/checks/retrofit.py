"""Checks of article 3's forms: the parts of the investment add up, cuts are explained, nothing is granted twice."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.case.checks.parts import Check, all_met, amount, cuts_explained, invoices_once, not_in_future
from workflows.case.checks.shared import score
from workflows.case.known_facts import granted_for_matter
from workflows.case.step import Look
from workflows.errors import FieldError
from workflows.rules.money import format_yuan


def _application(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    declared = amount(data, "declared_investment")
    fields = ("investment_equipment", "investment_construction", "investment_software", "investment_other")
    parts = sum((amount(data, field) for field in fields), Decimal(0))
    if parts != declared:
        errors.append(
            FieldError(
                "declared_investment",
                f"申报总投资{format_yuan(declared)}元应等于设备、建安、软件和其他投资之和{format_yuan(parts)}元。",
            )
        )
    if amount(data, "declared_amount") > declared:
        errors.append(FieldError("declared_amount", "申请金额不能超过申报总投资。"))
    start, completion = data.get("start_date"), data.get("completion_date")
    if start and completion and completion < start:
        errors.append(FieldError("completion_date", "竣工日期不能早于开工日期。"))
    if completion and date.fromisoformat(completion) > look.today:
        errors.append(FieldError("completion_date", "竣工日期不能晚于今天：本政策实行事后支持。"))
    return errors + not_in_future(look, data, "established_on") + invoices_once(data)


def _audit(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    declared = amount(look.facts, "declared_investment")
    return cuts_explained(data, declared, "audited_investment", "申报总投资", "审核投资额")


def _verified(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    declared = amount(look.facts, "declared_investment")
    errors = []
    if amount(data, "approved_investment") > declared:
        errors.append(FieldError("approved_investment", f"核定总投资不能超过申报总投资{format_yuan(declared)}元。"))
    granted = granted_for_matter(look)
    if amount(data, "granted_same_project") < granted:
        said = f"同一项目此前已获支持{format_yuan(granted)}元，此处不得少填。"
        errors.append(FieldError("granted_same_project", said))
    return errors


CHECKS: dict[str, Check] = {
    "retrofit_application": _application,
    "retrofit_review": all_met("a3_1", "a3_2", "a3_3", "a3_4", "a3_5"),
    "retrofit_audit": _audit,
    "retrofit_verified": _verified,
    "retrofit_score": score,
}
