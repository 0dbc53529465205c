"""What is claimed back is no more than was paid; instalments add up; a bar has its document and its days."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from storage import clues, recoveries
from workflows.case import collection, objections
from workflows.case.checks.parts import Check
from workflows.case.step import Look
from workflows.errors import FieldError
from workflows.rules.money import ZERO, format_yuan, parse_money

_TOLD = ("recovery_facts", "recovery_basis")
_DECIDED = ("recovery_minutes_no", "recovery_reply", "recovery_interest", "recovery_bar_basis")


def _investigation(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    named = objections.unmasked(look, data, _TOLD)
    return [*named, *(_amount(look, data, "recovery_proposed_amount") if data.get("decision") == "propose" else ())]


def _meeting(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    named = objections.unmasked(look, data, _DECIDED)
    if data.get("decision") != "recover":
        return named
    return [*named, *_amount(look, data, "recovery_amount"), *_instalments(look, data), *_bar(data)]


def _is_recovery(look: Look) -> bool:
    clue = clues.find_under_way(look.session, look.case.id)
    return clue is None or clue.kind == clues.RECOVERY


def _amount(look: Look, data: Mapping[str, Any], field: str) -> Iterator[FieldError]:
    given = str(data.get(field) or "")
    if not _is_recovery(look):
        if given:
            yield FieldError(field, "本件尚未拨付，撤销支持决定的不填追回金额。")
        return
    room = (look.case.paid_amount or ZERO) - recoveries.total(look.session, look.case.id)
    amount = parse_money(given) if given else collection.amount_in_question(look)
    if not 0 < amount <= room or amount != amount.to_integral_value():
        yield FieldError(field, f"追回金额应为大于0、不超过尚未退回的{format_yuan(room)}元的整数元。")


def _instalments(look: Look, data: Mapping[str, Any]) -> Iterator[FieldError]:
    rows = data.get("recovery_instalments") or []
    if not rows:
        return
    if not _is_recovery(look):
        yield FieldError("recovery_instalments", "撤销支持决定的不设分期。")
        return
    total = sum((parse_money(str(each["amount"])) for each in rows), Decimal(0))
    whole = str(data.get("recovery_amount") or "")
    if total != (parse_money(whole) if whole else collection.amount_in_question(look)):
        yield FieldError("recovery_instalments", f"各期金额合计为{format_yuan(total)}元，应等于追回金额。")
    if any(date.fromisoformat(str(each["due_on"])) < look.today for each in rows):
        yield FieldError("recovery_instalments", "各期到期日不得早于今日。")


def _bar(data: Mapping[str, Any]) -> Iterator[FieldError]:
    if data.get("recovery_bar") != "yes":
        return
    if len(str(data.get("recovery_bar_basis") or "").strip()) < 2:
        yield FieldError("recovery_bar_basis", "限制申报须写明依据文件；没有依据的不得限制。")
    first, last = str(data.get("recovery_bar_from") or ""), str(data.get("recovery_bar_to") or "")
    if not first or not last or date.fromisoformat(first) >= date.fromisoformat(last):
        yield FieldError("recovery_bar_to", "请填写限制申报的起止日期，止日应晚于起日。")


CHECKS: Mapping[str, Check] = {"recovery_investigation": _investigation, "recovery_meeting": _meeting}
