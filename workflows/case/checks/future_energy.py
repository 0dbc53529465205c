"""Checks of article 7's forms: nothing is matched that the city did not award, and no account but the firm's own."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workflows.case import instalments, same_item
from workflows.case.checks.parts import Check, all_met, amount, not_in_future, own_account
from workflows.case.step import Look
from workflows.errors import FieldError
from workflows.rules.money import format_yuan


def _application(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    approved = amount(data, "city_award_approved")
    errors = []
    if amount(data, "city_award_received") > approved:
        errors.append(FieldError("city_award_received", _above("本次到账金额", approved)))
    errors += _cumulative(data, approved)
    if amount(data, "declared_amount") > approved:
        errors.append(FieldError("declared_amount", _above("申请金额", approved)))
    stage, count = data.get("stage"), data.get("stage_count")
    if stage and count and stage > count:
        errors.append(FieldError("stage", "本次拨款期次不能大于总期数。"))
    return errors + not_in_future(look, data, "established_on", "received_date")


def _audit(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    return _at_most_the_award(look, data, "audited_city_award_received", "审核后的本次到账金额")


def _verified(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = _at_most_the_award(look, data, "city_award_received", "核定的本次到账金额")
    approved = amount(look.facts, "city_award_approved") if look.facts.get("city_award_approved") else None
    if data.get("city_award_cumulative"):
        return errors + _cumulative(data, approved)
    earlier = instalments.matched_before(look)
    if earlier and data.get("decision") == "pass":
        text = f"同一市级项目此前各期已测算配套{format_yuan(earlier)}元，应当核定累计到账金额（含本次）。"
        errors.append(FieldError("city_award_cumulative", text))
    return errors


def _cumulative(data: Mapping[str, Any], approved: Decimal | None) -> list[FieldError]:
    """All that came in, this time included, is no less than what came in this time, and no more than was awarded."""
    if not data.get("city_award_cumulative"):
        return []
    cumulative = amount(data, "city_award_cumulative")
    if cumulative < amount(data, "city_award_received"):
        return [FieldError("city_award_cumulative", "累计到账金额包含本次，不能小于本次到账金额。")]
    if approved is not None and cumulative > approved:
        return [FieldError("city_award_cumulative", _above("累计到账金额", approved))]
    return []


def _at_most_the_award(look: Look, data: Mapping[str, Any], field: str, name: str) -> list[FieldError]:
    """A candidate's case may hold no approved award: the city's list does not always state one."""
    if look.facts.get("city_award_approved") is None:
        return []
    approved = amount(look.facts, "city_award_approved")
    return [FieldError(field, _above(name, approved))] if amount(data, field) > approved else []


def _above(name: str, approved: Decimal) -> str:
    return f"{name}不能超过市级核定奖励金额{format_yuan(approved)}元。"


def _confirmation(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """A candidate is accepted with the firm's word, without a clerk. Whose the other case is it does not learn."""
    errors = own_account(look, data)
    if data.get("decision") == "accept" and same_item.refusal(look):
        text = "该市级项目的这一期资金已经申报，单个项目的同一期资金只配套一次；如有疑问，请联系经办科室。"
        errors.append(FieldError("decision", text))
    return errors


CHECKS: dict[str, Check] = {
    "future_energy_application": _application,
    "future_energy_review": all_met("a7_1", "a7_2", "a7_3", "a7_4"),
    "future_energy_audit": _audit,
    "future_energy_verified": _verified,
    "future_energy_confirmation": _confirmation,
}
