"""核定确认 keeps to what 查重 concluded: what others have, or what was left out, is in no verified figure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workflows.case import duplicates
from workflows.case.checks.parts import amount
from workflows.case.step import Look
from workflows.errors import FieldError
from workflows.rules.matters import KINDS
from workflows.rules.money import format_yuan

BASES: Mapping[str, tuple[str, str]] = {
    "retrofit_verified": ("approved_investment", "declared_investment"),
    "renewable_energy_verified": ("approved_investment", "declared_investment"),
}
"""The forms whose base is made of invoices: the verified figure, and the declared one that it is at most."""


def not_kept(form: str, look: Look, data: Mapping[str, Any]) -> list[FieldError]:
    """What of a submission goes against a confirmed conclusion; nothing where the form is another."""
    if not form.endswith("_verified"):
        return []
    taken = duplicates.taken(look)
    errors = []
    if form in BASES and taken.amount:
        base, declared = BASES[form]
        most = max(amount(look.facts, declared) - taken.amount, Decimal(0))
        if amount(data, base) > most:
            said = f"查重结论已从申报数中分摊、剔除{format_yuan(taken.amount)}元，此处不能超过{format_yuan(most)}元。"
            errors.append(FieldError(base, said))
    if taken.marks and data.get("decision") == "pass":
        kinds = "、".join(sorted({KINDS[kind] for kind, _ in taken.marks}))
        errors.append(FieldError("decision", f"查重结论已对本件剔除：{kinds}，不能通过；请选择“不予支持”或“退回”。"))
    return errors


def exceeds(look: Look) -> bool:
    """Whether what was verified counts more than the conclusions leave: another pair's may have come since."""
    return bool(not_kept(f"{look.case.scheme}_verified", look, {**look.facts, "decision": "pass"}))
