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

from workflows.rules.bands import Band, Bands
from workflows.rules.money import MoneyInvalid, floor_yuan, format_yuan, parse_money
from workflows.typed import days
from workflows.typed.signs import Unreadable

OFF = "off"
"""The text of a value that is switched off (不设)."""

LONGEST_TEXT = 2000
"""Longer texts are refused before they are looked at."""

EQUAL_THIRDS = "equal_thirds"
"""The plan that pays in three equal yearly instalments (三年等额)."""

YEARS_OF_PLAN = 3

PERMANENT = "permanent"
"""The period of what is kept for ever (永久)."""

_RATIO = re.compile(r"(0|1)(\.[0-9]{1,4})?")
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,4})?")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,5}")
_FRACTION = re.compile(r"([1-9][0-9]?)/([1-9][0-9]?)")
_BETWEEN_ITEMS = re.compile(r"[;；,，、\n]")
_BETWEEN_ROWS = re.compile(r"[;；\n]")
_ROW = re.compile(r"([^:：]+)[:：]([^:：]+)")
_MOST_ROWS = 20
_FULL_SCORE = 100

Choices = Mapping[str, str]
"""The codes that may be chosen, each with its Chinese label; where there are none, every code is read."""


class ValueInvalid(ValueError):
    """The text is not a value of this type; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of one type are read, written and shown. `show` gets the Chinese unit of the parameter.

    Where a value is more than one figure, `limited` takes from it the figure that a limit is about, and `limit_kind`
    reads and shows that limit: the highest amount of a table, the sum of a plan.
    """

    parse: Callable[[str, Choices], object]
    as_text: Callable[[object], str]
    show: Callable[[object, Choices, str], str]
    limited: Callable[[object], object] = lambda value: value
    limit_kind: Kind | None = None


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
    if choices and text not in choices:
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
        return days.read(text)
    except Unreadable as unreadable:
        raise ValueInvalid(str(unreadable)) from None


def _parse_words(text: str, choices: Choices) -> str:
    words = text.strip()
    if not words or not words.isprintable():
        raise ValueInvalid("请填写文字，不得为空，不换行")
    return words


def _rows(text: str, example: str) -> list[tuple[str, str]]:
    """The rows `from: value` of a table, each side as text."""
    items = [item.strip() for item in _BETWEEN_ROWS.split(text) if item.strip()]
    read = [_ROW.fullmatch(item) for item in items]
    rows = [(row[1].strip(), row[2].strip()) for row in read if row]
    if not rows or len(rows) < len(items) or len(rows) > _MOST_ROWS:
        raise ValueInvalid(f"应逐档填写，每档为“起点:数值”，各档以分号隔开，最多{_MOST_ROWS}档，例如“{example}”")
    return rows


def _bands(rows: list[tuple[Decimal, Decimal]]) -> Bands:
    try:
        return Bands(tuple(Band(*row) for row in sorted(rows)))
    except ValueError:
        raise ValueInvalid("各档应严格递增：起点不得重复，起点越高，数值应越高") from None


def _parse_amount_table(text: str, choices: Choices) -> Bands:
    rows = _rows(text, "500:30000; 2000:60000")
    return _bands([(_parse_number(start, choices), _parse_money(amount, choices)) for start, amount in rows])


def _parse_ratio_table(text: str, choices: Choices) -> Bands:
    rows = _rows(text, "80:0.50; 60:0.30")
    bands = _bands([(_parse_number(start, choices), _parse_ratio(ratio, choices)) for start, ratio in rows])
    if bands.rows[-1].start > _FULL_SCORE:
        raise ValueInvalid(f"得分起点不得超过{_FULL_SCORE}分")
    return bands


def _parse_plan(text: str, choices: Choices) -> str | tuple[Decimal, ...]:
    if text == EQUAL_THIRDS:
        return text
    amounts = tuple(_parse_money(item.strip(), choices) for item in _BETWEEN_ROWS.split(text) if item.strip())
    if len(amounts) != YEARS_OF_PLAN or any(amount != floor_yuan(amount) for amount in amounts):
        raise ValueInvalid(
            f"应为“{EQUAL_THIRDS}”（三年等额），或三个年度的整元金额，以分号隔开，例如“2000000; 2000000; 1000000”"
        )
    return amounts


def _parse_periods(text: str, choices: Choices) -> tuple[tuple[str, int | None], ...]:
    example = "; ".join(f"{code}:30" for code in choices)
    stated = _rows(text, example)
    periods = dict(stated)
    if (choices and periods.keys() != choices.keys()) or len(stated) > len(periods):
        raise ValueInvalid(f"应为每一类各填写一次年限：{_listed(choices)}，例如“{example}”")
    return tuple(
        (code, None if periods[code] == PERMANENT else _parse_years(periods[code])) for code in choices or periods
    )


def _parse_years(text: str) -> int:
    if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= 100:
        raise ValueInvalid(f"年限应为1至100的整数，永久保存填写“{PERMANENT}”")
    return int(text)


def _listed(choices: Choices) -> str:
    return "、".join(f"{label}（{code}）" for code, label in choices.items())


def _decimal_text(value: object) -> str:
    return f"{value:f}"


def _bool_text(value: object) -> str:
    return "true" if value else "false"


def _list_text(value: object) -> str:
    assert isinstance(value, tuple)
    return "; ".join(value)


def _amount_table_text(value: object) -> str:
    """From the lowest volume up, as tiers are read."""
    assert isinstance(value, Bands)
    return "; ".join(f"{band.start:f}:{band.value:f}" for band in value.rows)


def _ratio_table_text(value: object) -> str:
    """From the highest score down, as grades are read."""
    assert isinstance(value, Bands)
    return "; ".join(f"{band.start:f}:{band.value:f}" for band in reversed(value.rows))


def _plan_text(value: object) -> str:
    if value == EQUAL_THIRDS:
        return EQUAL_THIRDS
    assert isinstance(value, tuple)
    return "; ".join(f"{amount:f}" for amount in value)


def _periods_text(value: object) -> str:
    assert isinstance(value, tuple)
    return "; ".join(f"{code}:{PERMANENT if years is None else years}" for code, years in value)


def _show_money(value: object, choices: Choices, unit: str) -> str:
    assert isinstance(value, Decimal)
    return f"{format_yuan(value)}元"


def _show_price(value: object, choices: Choices, unit: str) -> str:
    assert isinstance(value, Decimal)
    return f"{format_yuan(value)}{unit}"


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
    return choices.get(value, value)


def _show_list(value: object, choices: Choices, unit: str) -> str:
    assert isinstance(value, tuple)
    return "；".join(choices.get(item, item) for item in value)


def _show_date(value: object, choices: Choices, unit: str) -> str:
    assert isinstance(value, date)
    return f"{value.year}年{value.month}月{value.day}日"


def _show_amount_table(value: object, choices: Choices, unit: str) -> str:
    assert isinstance(value, Bands)
    return "；".join(f"{band.start:,f}{unit}及以上{format_yuan(band.value)}元" for band in value.rows)


def _show_ratio_table(value: object, choices: Choices, unit: str) -> str:
    assert isinstance(value, Bands)
    grades = [f"{band.start:f}{unit}及以上{show_percent(band.value)}" for band in reversed(value.rows)]
    return "；".join([*grades, f"{value.lowest_start:f}{unit}以下不予支持"])


def _show_plan(value: object, choices: Choices, unit: str) -> str:
    if value == EQUAL_THIRDS:
        return "三年等额，向下取整到元，余数计入第三年"
    assert isinstance(value, tuple)
    return "；".join(f"第{year}年{format_yuan(amount)}元" for year, amount in zip("一二三", value, strict=True))


def _sum_of_plan(value: object) -> Decimal:
    """What a plan pays at least: equal thirds pay whatever was decided, so they have no sum of their own."""
    return sum((Decimal(amount) for amount in value), Decimal(0)) if isinstance(value, tuple) else Decimal(0)


def _show_periods(value: object, choices: Choices, unit: str) -> str:
    assert isinstance(value, tuple)
    return "；".join(f"{choices.get(code, code)}{'永久' if years is None else f'{years}年'}" for code, years in value)


def _highest_of_table(value: object) -> Decimal:
    assert isinstance(value, Bands)
    return value.highest_value


def _or_off(kind: Kind) -> Kind:
    """The same kind, whose value may also be switched off: then it is None."""
    return Kind(
        parse=lambda text, choices: None if text == OFF else kind.parse(text, choices),
        as_text=lambda value: OFF if value is None else kind.as_text(value),
        show=lambda value, choices, unit: "不设" if value is None else kind.show(value, choices, unit),
    )


_MONEY_KIND = Kind(_parse_money, _decimal_text, _show_money)
_RATIO_KIND = Kind(_parse_ratio, _decimal_text, _show_ratio)
_NUMBER_KIND = Kind(_parse_number, _decimal_text, _show_plain)

KINDS: Mapping[str, Kind] = {
    "money": _MONEY_KIND,
    "price": Kind(_parse_money, _decimal_text, _show_price),
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
    "text": Kind(_parse_words, str, _show_plain),
    "amount-table": Kind(_parse_amount_table, _amount_table_text, _show_amount_table, _highest_of_table, _MONEY_KIND),
    "ratio-table": Kind(_parse_ratio_table, _ratio_table_text, _show_ratio_table, _highest_of_table, _RATIO_KIND),
    "plan": Kind(_parse_plan, _plan_text, _show_plan, _sum_of_plan, _MONEY_KIND),
    "periods": Kind(_parse_periods, _periods_text, _show_periods),
}
"""The types a parameter may have. Python values: Decimal (money, price, ratio, number), int, Fraction, bool, str (enum,
text), tuple of str (list), date, Bands (tables); of a plan `EQUAL_THIRDS` or three Decimals; of periods pairs of a code
and years, None for ever; None for a value that is switched off."""
