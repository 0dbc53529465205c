"""Checks of article 6's forms: the plant runs, its unit fits its technology, and user and investor are told apart."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.case.checks.parts import Check, all_met, amount, cuts_explained, invoices_once, not_in_future
from workflows.case.checks.shared import score
from workflows.case.step import Look
from workflows.errors import FieldError
from workflows.rules.money import format_yuan

UNITS = {
    "distributed_pv": ("kW",),
    "ground_source_heat_pump": ("kW_thermal",),
    "air_source_heat_pump": ("kW_thermal",),
    "sewage_source_heat_pump": ("kW_thermal",),
    "biomass": ("kW", "kW_thermal"),
    "storage": ("kWh",),
}
"""In which units the capacity of a technology is stated (domain.md 1.7)."""


def _application(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = _capacity(data) + _user(look, data)
    if amount(data, "declared_amount") > amount(data, "declared_investment"):
        errors.append(FieldError("declared_amount", "申请金额不能超过申报总投资。"))
    if data.get("expected_annual_output") and not data.get("output_unit"):
        errors.append(FieldError("output_unit", "填写了预计年供能量的，请选择单位。"))
    connected = data.get("grid_connection_date")
    if connected and date.fromisoformat(connected) > look.today:
        said = "并网（投运）日期不能晚于今天：本政策实行事后支持。"
        errors.append(FieldError("grid_connection_date", said))
    return errors + not_in_future(look, data, "established_on") + invoices_once(data)


def _capacity(data: Mapping[str, Any]) -> list[FieldError]:
    fitting = UNITS.get(str(data.get("technology")))
    if fitting is None or data.get("capacity_unit") in fitting:
        return []
    return [FieldError("capacity_unit", "容量单位与技术类别不符：光伏填千瓦，热泵填热功率，储能填千瓦时。")]


def _user(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """A6-3: whoever invests at another's site needs an agreement, so the form must say which of the two it is."""
    own = data.get("site_uscc") == look.enterprise.uscc
    if own and data.get("investor_relation") != "own":
        return [FieldError("investor_relation", "用能单位就是申报单位的，请选择“自有自用”。")]
    if not own and data.get("investor_relation") == "own":
        return [FieldError("site_uscc", "选择“自有自用”的，用能单位应为申报单位。")]
    return []


def _audit(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    declared = amount(look.facts, "declared_investment")
    return cuts_explained(data, declared, "audited_investment", "申报总投资", "审核投资额")


def _verified(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    declared = amount(look.facts, "declared_investment")
    if amount(data, "approved_investment") > declared:
        return [FieldError("approved_investment", f"核定总投资不能超过申报总投资{format_yuan(declared)}元。")]
    return []


CHECKS: dict[str, Check] = {
    "renewable_energy_application": _application,
    "renewable_energy_review": all_met("a6_1", "a6_2", "a6_3", "a6_4", "a6_5", "a6_6"),
    "renewable_energy_audit": _audit,
    "renewable_energy_verified": _verified,
    "renewable_energy_score": score,
}
