"""Values of parameters: one kind for each type that a parameter may have.

A kind reads a text strictly, writes the value back as the text that is stored and sent, and prints it as an
official writes it. No kind knows a limit: what the policy allows is the business of `parameters`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from workflows.rules.money import MoneyInvalid, format_yuan, parse_money

OFF = "off"
"""The text of a value that is switched off (不设)."""

LONGEST_TEXT = 2000
"""Longer texts are refused before they are looked at."""

_RATIO = re.compile(r"(0|1)(\.[0-9]{1,4})?")
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,4})?")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,5}")
_FRACTION = re.compile(r"([1-9][0-9]?)/([1-9][0-9]?)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BETWEEN_ITEMS = re.compile(r"[;；,，、\n]")

Choices = Mapping[str, str]
"""The codes that may be chosen, each with its Chinese label."""


class ValueInvalid(ValueError):
    """The text is not a value of this type; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of one type are read, written and shown. `show` gets the Chinese unit of the parameter."""

    parse: Callable[[str, Choices], object]
    as_text: Callable[[object], str]
    show: Callable[[object, Choices, str], str]


def _parse_money(text: str, choices: Choices) -> Decimal:
    try:
        return parse_money(text)
    except MoneyInvalid as invalid:
        raise ValueInvalid(str(invalid)) from None


def _parse_ratio(text: str, choices: Choices) -> Decimal:
    if not _RATIO.fullmatch(text) or Decimal(text) > 1:
        raise ValueInvalid("比例应为0至1之间、最多四位小数的数字，例如30%填写“0.30”")
    return Decimal(text)


def _parse_number(text: str, choices: Choices) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueInvalid("应为不小于0、最多四位小数的数字，例如“70.00”")
    return Decimal(text)


def _parse_whole(text: str, choices: Choices) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueInvalid("应为不小于0、不超过六位的整数，例如“5”")
    return int(text)


def _parse_fraction(text: str, choices: Choices) -> Fraction:
    stated = _FRACTION.fullmatch(text)
    if not stated or int(stated[1]) > int(stated[2]):
        raise ValueInvalid("应为不大于1的分数，例如“2/3”")
    return Fraction(int(stated[1]), int(stated[2]))


def _parse_bool(text: str, choices: Choices) -> bool:
    if text not in ("true", "false"):
        raise ValueInvalid("请选择“是”（true）或“否”（false）")
    return text == "true"


def _parse_choice(text: str, choices: Choices) -> str:
    if text not in choices:
        raise ValueInvalid(f"请从以下选项中选择：{_listed(choices)}")
    return text


def _parse_list(text: str, choices: Choices) -> tuple[str, ...]:
    items = tuple(dict.fromkeys(item.strip() for item in _BETWEEN_ITEMS.split(text) if item.strip()))
    if not items:
        raise ValueInvalid("请至少填写一项，多项以分号隔开")
    if choices and not choices.keys() >= set(items):
        raise ValueInvalid(f"请从以下选项中选择，多项以分号隔开：{_listed(choices)}")
    return items


def _parse_date(text: str, choices: Choices) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueInvalid("应为有效日期，例如“2026-03-02”")


def _listed(choices: Choices) -> str:
    return "、".join(f"{label}（{code}）" for code, label in choices.items())


def _decimal_text(value: object) -> str:
    return f"{value:f}"


def _bool_text(value: object) -> str:
    return "true" if value else "false"


def _list_text(value: object) -> str:
    assert isinstance(value, tuple)
    return "; ".join(value)


def _show_money(value: object, choices: Choices, unit: str) -> str:
    assert isinstance(value, Decimal)
    return f"{format_yuan(value)}元"


def show_percent(value: Decimal) -> str:
    """A ratio as a percentage, exactly: 0.30 is "30%", 0.125 is "12.5%"."""
    return f"{(value * 100).normalize():f}%"


def _show_ratio(value: object, choices: Choices, unit: str) -> str:
    assert isinstance(value, Decimal)
    return show_percent(value)


def _show_plain(value: object, choices: Choices, unit: str) -> str:
    return f"{value}{unit}"


def _show_bool(value: object, choices: Choices, unit: str) -> str:
    return "是" if value else "否"


def _show_choice(value: object, choices: Choices, unit: str) -> str:
    assert isinstance(value, str)
    return choices[value]


def _show_list(value: object, choices: Choices, unit: str) -> str:
    assert isinstance(value, tuple)
    return "；".join(choices.get(item, item) for item in value)


def _show_date(value: object, choices: Choices, unit: str) -> str:
    assert isinstance(value, date)
    return f"{value.year}年{value.month}月{value.day}日"


def _or_off(kind: Kind) -> Kind:
    """The same kind, whose value may also be switched off: then it is None."""
    return Kind(
        parse=lambda text, choices: None if text == OFF else kind.parse(text, choices),
        as_text=lambda value: OFF if value is None else kind.as_text(value),
        show=lambda value, choices, unit: "不设" if value is None else kind.show(value, choices, unit),
    )


_RATIO_KIND = Kind(_parse_ratio, _decimal_text, _show_ratio)
_NUMBER_KIND = Kind(_parse_number, _decimal_text, _show_plain)

KINDS: Mapping[str, Kind] = {
    "money": Kind(_parse_money, _decimal_text, _show_money),
    "ratio": _RATIO_KIND,
    "ratio-or-off": _or_off(_RATIO_KIND),
    "number": _NUMBER_KIND,
    "number-or-off": _or_off(_NUMBER_KIND),
    "int": Kind(_parse_whole, str, _show_plain),
    "fraction": Kind(_parse_fraction, str, _show_plain),
    "bool": Kind(_parse_bool, _bool_text, _show_bool),
    "enum": Kind(_parse_choice, str, _show_choice),
    "list": Kind(_parse_list, _list_text, _show_list),
    "date": Kind(_parse_date, str, _show_date),
}
"""The types a parameter may have. Python values: Decimal (money, ratio, number), int, Fraction, bool, str (enum), tuple
of str (list), date; None for a value that is switched off."""
