"""Checks of article 8's forms, in its two rounds: recognition asks for a total, each year reports on one instalment."""

from collections.abc import Mapping
from typing import Any

from storage import cluster_awards
from workflows.case.checks.parts import Check, all_met, amount, not_in_future, used_once
from workflows.case.checks.shared import score
from workflows.case.step import Look
from workflows.errors import FieldError
from workflows.rules.money import format_yuan

ENTRY = "entry"
ONCE = "同一指标不能填写两次。"
_POINTS = all_met("a8_1", "a8_2", "a8_3", "a8_4")


def _same_round(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """Whether a case asks for the recognition or reports a year was settled when it was opened."""
    settled = look.facts.get("round")
    if settled and data.get("round") != settled:
        return [FieldError("round", "申报类型在开始申报时已经确定，不能更改。")]
    return []


def _application(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = _same_round(look, data) + (_entry(data) if data.get("round") == ENTRY else [])
    for rows in ("three_year_targets", "achieved"):
        errors += used_once(data, rows, ("indicator",), ONCE)
    return errors + not_in_future(look, data, "established_on")


def _entry(data: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    firms = (data.get("leading_firms") or 0) + (data.get("growing_firms") or 0)
    if firms > (data.get("tenants_now") or 0):
        errors.append(FieldError("tenants_now", "头部企业与高成长型中小企业之和不能超过现有入驻企业数。"))
    requested = amount(data, "requested_total")
    if amount(data, "declared_amount") != requested:
        said = f"申请金额应等于申请支持总额{format_yuan(requested)}元。"
        errors.append(FieldError("declared_amount", said))
    return errors


def _audit(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    return used_once(data, "audited_achieved", ("indicator",), ONCE)


def _review(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    return [*_same_round(look, data), *_POINTS(look, data)]


def _verified(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = _same_round(look, data)
    if data.get("round") == ENTRY:
        return errors + _approved(look, data)
    reported = cluster_awards.of_case(look.session, look.case.id)
    if reported and amount(data, "instalment_ceiling") > reported[0].ceiling:
        said = f"本年度支持额度上限不能超过认定时安排的{format_yuan(reported[0].ceiling)}元。"
        errors.append(FieldError("instalment_ceiling", said))
    return errors


def _approved(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    requested = amount(look.facts, "requested_total")
    if amount(data, "approved_total") <= requested:
        return []
    said = f"建议认定支持总额不能超过申请支持总额{format_yuan(requested)}元。"
    return [FieldError("approved_total", said)]


CHECKS: dict[str, Check] = {
    "industry_cluster_application": _application,
    "industry_cluster_review": _review,
    "industry_cluster_audit": _audit,
    "industry_cluster_verified": _verified,
    "industry_cluster_score": score,
}
