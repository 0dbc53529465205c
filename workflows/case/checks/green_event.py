"""Checks of article 9's forms: the event is over, its costs add up, and nobody pays for it twice."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workflows.case.checks.parts import (
    Check,
    all_met,
    amount,
    cuts_explained,
    invoices_once,
    not_in_future,
    total,
    used_once,
)
from workflows.case.checks.shared import score
from workflows.case.step import Look
from workflows.errors import FieldError
from workflows.rules.money import format_yuan


def _application(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = _sums(data)
    start, end = data.get("start_date"), data.get("end_date")
    if start and end and end < start:
        errors.append(FieldError("end_date", "结束日期不能早于开始日期。"))
    errors += not_in_future(look, data, "established_on", "start_date", "end_date")
    errors += used_once(data, "co_payers", ("uscc",), "同一出资方不能填写两次。")
    errors += [
        FieldError(f"co_payers-{row}-uscc", "本单位出资填写在“本单位出资”中，此处只填其他出资方。")
        for row, payer in enumerate(data.get("co_payers") or [])
        if payer.get("uscc") == look.enterprise.uscc
    ]
    return errors + invoices_once(data)


def _sums(data: Mapping[str, Any]) -> list[FieldError]:
    cost, own = amount(data, "total_cost"), amount(data, "own_paid")
    lines, paid = total(data.get("cost_lines"), "amount"), own + total(data.get("co_payers"), "amount")
    errors = []
    if lines != cost:
        said = f"活动总费用{format_yuan(cost)}元应等于费用明细之和{format_yuan(lines)}元。"
        errors.append(FieldError("total_cost", said))
    if paid > cost:
        said = f"各方出资合计{format_yuan(paid)}元，不能超过活动总费用{format_yuan(cost)}元。"
        errors.append(FieldError("own_paid", said))
    if amount(data, "declared_amount") > own:
        errors.append(FieldError("declared_amount", "申请金额不能超过本单位出资。"))
    return errors


def _audit(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    declared = amount(look.facts, "total_cost")
    errors = cuts_explained(data, declared, "audited_cost", "申报的活动总费用", "审核后活动费用")
    return errors + _at_most(data, "audited_own_paid", "审核后本单位出资", declared)


def _verified(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    declared = amount(look.facts, "total_cost")
    return _at_most(data, "audited_cost", "核定本单位实际出资", declared)


def _at_most(data: Mapping[str, Any], field: str, name: str, declared: Decimal) -> list[FieldError]:
    if amount(data, field) <= declared:
        return []
    return [FieldError(field, f"{name}不能超过申报的活动总费用{format_yuan(declared)}元。")]


CHECKS: dict[str, Check] = {
    "green_event_application": _application,
    "green_event_review": all_met("a9_1", "a9_2", "a9_3", "a9_4", "a9_5", "a9_6", "a9_7"),
    "green_event_audit": _audit,
    "green_event_verified": _verified,
    "green_event_score": score,
}
