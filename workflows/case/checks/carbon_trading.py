"""Checks of article 5, third paragraph: each settlement once, in the period, together the volume claimed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.case.checks.parts import Check, all_met, amount, not_in_future, total, used_once
from workflows.case.step import Look
from workflows.errors import FieldError
from workflows.rules.money import format_yuan


def _application(look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    volume, sold = amount(data, "total_volume_t"), total(data["trades"], "tonnes")
    if sold != volume:
        said = f"当期碳交易量{format_yuan(volume)}吨应等于各笔交易之和{format_yuan(sold)}吨。"
        errors.append(FieldError("total_volume_t", said))
    errors += used_once(data, "trades", ("settlement_no",), "同一张结算单不能填写两次。")
    for row, trade in enumerate(data["trades"]):
        if date.fromisoformat(trade["date"]) > look.today:
            errors.append(FieldError(f"trades-{row}-date", "交割日期不能晚于今天。"))
        elif look.parameter("a5_3.period") == "calendar_year" and trade["date"][:4] != data["period"]:
            errors.append(FieldError(f"trades-{row}-date", f"交割日期应在当期{data['period']}年内。"))
    return errors + not_in_future(look, data, "established_on")


CHECKS: dict[str, Check] = {
    "carbon_trading_application": _application,
    "carbon_trading_review": all_met("a53_1", "a53_2", "a53_3", "a53_4", "a53_5", "a53_6"),
}
