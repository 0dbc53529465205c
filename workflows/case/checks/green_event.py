"""Checks of article 9's forms: the event is over, its costs add up, and nobody is confirmed with more than was paid."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from storage import matters
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
from workflows.case.known_facts import other_payers
from workflows.case.step import Look
from workflows.errors import FieldError
from workflows.rules.money import ZERO, format_yuan


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
    cost, own = amount(look.facts, "total_cost"), amount(look.facts, "own_paid")
    # Cases on the first forms call the event's audited cost by the name that now means the payer's own expenditure.
    field = "audited_cost" if "audited_cost" in data else "audited_total_cost"
    errors = cuts_explained(data, cost, field, "申报的活动总费用", "审核后活动总费用")
    return errors + _at_most(data, "audited_own_paid", "审核后本单位出资", "申报的本单位出资", own)


def _verified(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    declared, own = amount(look.facts, "total_cost"), amount(look.facts, "own_paid")
    errors = _at_most(data, "event_cost", "核定活动总费用", "申报的活动总费用", declared)
    cost = amount(data, "event_cost") if "event_cost" in data else declared
    paid, received = amount(data, "audited_cost"), amount(data, "gov_funds") + amount(data, "other_income")
    if paid > own + received:
        said = (
            f"核定本单位活动支出{format_yuan(paid)}元，超过申报的本单位出资{format_yuan(own)}元"
            f"与核定的政府资金、其他收入之和{format_yuan(own + received)}元；实际出资以申报数为限。"
        )
        return [*errors, FieldError("audited_cost", said)]
    errors += _at_most(data, "audited_cost", "核定本单位活动支出", "核定活动总费用", cost)
    return errors or _with_the_other_payers(look, data, cost)


def _with_the_other_payers(look: Look, data: Mapping[str, Any], cost: Decimal) -> list[FieldError]:
    """All payers together paid at most what the event cost. Whoever is confirmed at the same instant waits for the
    event (同一事项), so that none overlooks another."""
    if data.get("decision") != "pass" or look.case.matter_id is None:
        return []
    matters.lock(look.session, [look.case.matter_id])
    others = other_payers(look)
    event, paid = others.within(cost), amount(data, "audited_cost")
    if others.paid + paid <= event:
        return []
    said = (
        f"同一活动其他出资方（{'、'.join(others.references)}）已核定支出{format_yuan(others.paid)}元，"
        f"各方合计不能超过核定活动总费用{format_yuan(event)}元，"
        f"本单位至多核定{format_yuan(max(ZERO, event - others.paid))}元。"
    )
    return [FieldError("audited_cost", said)]


def _at_most(data: Mapping[str, Any], field: str, name: str, bound: str, most: Decimal) -> list[FieldError]:
    if amount(data, field) <= most:
        return []
    return [FieldError(field, f"{name}不能超过{bound}{format_yuan(most)}元。")]


CHECKS: dict[str, Check] = {
    "green_event_application": _application,
    "green_event_review": all_met("a9_1", "a9_2", "a9_3", "a9_4", "a9_5", "a9_6", "a9_7"),
    "green_event_audit": _audit,
    "green_event_verified": _verified,
    "green_event_score": score,
}
