"""What is claimed back was paid, and is no more than the firm was told; a bar has its document and its days."""

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

_TOLD = ("recovery_facts", "recovery_basis", "recovery_proposed_interest", "recovery_proposed_bar_basis")
_DECIDED = ("recovery_minutes_no", "recovery_reply", "recovery_interest", "recovery_bar_basis")
_ANEW = "确需变更的，请退回核查，重新告知申报单位。"


def _investigation(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    named = objections.unmasked(look, data, _TOLD)
    if data.get("decision") != "propose":
        return named
    room = (look.case.paid_amount or ZERO) - recoveries.total(look.session, look.case.id)
    limit = f"追回金额应为大于0、不超过尚未退回的{format_yuan(room)}元的整数元。"
    return [
        *named,
        *_amount(look, data, "recovery_proposed_amount", room, limit),
        *_interest(look, data, "recovery_proposed_interest"),
        *_bar(data, "recovery_proposed_bar"),
    ]


def _meeting(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    named = objections.unmasked(look, data, _DECIDED)
    if data.get("decision") != "recover":
        return named
    told = collection.amount_in_question(look)
    limit = f"追回金额应为大于0、不超过告知书所列{format_yuan(told)}元的整数元；{_ANEW}"
    amount = [*_amount(look, data, "recovery_amount", told, limit)]
    bar = [*_bar(data, "recovery_bar")]
    return [
        *named,
        *amount,
        *_instalments(look, data),
        *_untold_interest(look, data),
        *(bar or _untold_bar(look, data)),
    ]


def _untold_interest(look: Look, data: Mapping[str, Any]) -> Iterator[FieldError]:
    yield from _interest(look, data, "recovery_interest")
    given = str(data.get("recovery_interest") or "").strip()
    if given and given != collection.intended(look, "recovery_interest").strip():
        yield FieldError("recovery_interest", f"应与告知书所列的利息依据和计算方法一致，未告知的不得计收；{_ANEW}")


def _untold_bar(look: Look, data: Mapping[str, Any]) -> Iterator[FieldError]:
    """A bar goes not beyond what the firm could speak to: not its basis, nor its days."""
    if data.get("recovery_bar") != "yes":
        return
    if collection.intended(look, "recovery_bar") != "yes":
        yield FieldError("recovery_bar", f"告知书未告知拟限制申报，不得限制；{_ANEW}")
        return
    if str(data["recovery_bar_basis"]).strip() != collection.intended(look, "recovery_bar_basis").strip():
        yield FieldError("recovery_bar_basis", f"应与告知书所列的依据文件一致；{_ANEW}")
    first, last = (collection.intended(look, f"recovery_bar_{end}") for end in ("from", "to"))
    if str(data["recovery_bar_from"]) < first or str(data["recovery_bar_to"]) > last:
        yield FieldError("recovery_bar_to", f"限制期限不得超出告知书所列的{first}至{last}；{_ANEW}")


def _is_recovery(look: Look) -> bool:
    clue = clues.find_under_way(look.session, look.case.id)
    return clue is None or clue.kind == clues.RECOVERY


def _amount(look: Look, data: Mapping[str, Any], field: str, most: Decimal, limit: str) -> Iterator[FieldError]:
    given = str(data.get(field) or "")
    if not _is_recovery(look):
        if given:
            yield FieldError(field, "本件尚未拨付，撤销支持决定的不填追回金额。")
        return
    amount = parse_money(given) if given else collection.amount_in_question(look)
    if not 0 < amount <= most or amount != amount.to_integral_value():
        yield FieldError(field, limit)


def _interest(look: Look, data: Mapping[str, Any], field: str) -> Iterator[FieldError]:
    if data.get(field) and not _is_recovery(look):
        yield FieldError(field, "本件尚未拨付，撤销支持决定的不计利息。")


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


def _bar(data: Mapping[str, Any], field: str) -> Iterator[FieldError]:
    if data.get(field) != "yes":
        return
    if len(str(data.get(f"{field}_basis") or "").strip()) < 2:
        yield FieldError(f"{field}_basis", "限制申报须写明依据文件；没有依据的不得限制。")
    first, last = str(data.get(f"{field}_from") or ""), str(data.get(f"{field}_to") or "")
    if not first or not last or date.fromisoformat(first) >= date.fromisoformat(last):
        yield FieldError(f"{field}_to", "请填写限制申报的起止日期，止日应晚于起日。")


CHECKS: Mapping[str, Check] = {"recovery_investigation": _investigation, "recovery_meeting": _meeting}
