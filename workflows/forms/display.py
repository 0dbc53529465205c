"""Values and conditions in the words of the form: for finished submissions, help texts, letters."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from workflows.forms import feel

if TYPE_CHECKING:
    from workflows.forms.form import Field, Form


def display(field: Field, value: Any) -> str:
    """A single field's value as people read it: the choice's label, money with separators and unit. "" when empty."""
    if value is None or value == "" or value == []:
        return ""
    labels = {option.value: option.label for option in field.options}
    if isinstance(value, bool):
        return labels.get("true", "是") if value else labels.get("false", "否")
    if isinstance(value, list):
        return "、".join(labels.get(str(item), str(item)) for item in value)
    text = labels.get(str(value), str(value))
    if field.kind and field.kind.is_decimal:
        text = _separated(text)
    return f"{text} {field.unit}" if field.unit else text


def describe(form: Form, condition: feel.Condition) -> str:
    """A condition as people say it: 「审查结论」选择「一次性告知补正」."""
    match condition:
        case feel.Comparison(name, value, negated):
            field = form.find_field(name)
            label = field.name if field else name
            if value is None:
                return f"「{label}」{'已填写' if negated else '未填写'}"
            if isinstance(value, bool) and not (field and field.is_boolean):
                return f"{'勾选' if value is not negated else '未勾选'}「{label}」"
            chosen = display(field, value) if field else str(value)
            return f"「{label}」{'未选择' if negated else '选择'}「{chosen}」"
        case feel.AllOf(parts):
            return "且".join(describe(form, part) for part in parts)
        case feel.AnyOf(parts):
            return "或".join(describe(form, part) for part in parts)


def _separated(text: str) -> str:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return text
    return f"{amount:,f}" if amount.is_finite() else text
