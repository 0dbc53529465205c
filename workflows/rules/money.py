"""Money: yuan as `Decimal`, read without guessing, rounded down once, printed exactly.

Every amount in GreenCase is a `Decimal` in yuan. An investment has at most two decimals, an amount of support is whole
yuan. Sixteen digits at most (money(16,2)) times a ratio of at most four decimals stay far below the 28 digits of
Python's decimal context, so no step in the rules is ever inexact.
"""

from __future__ import annotations

import re
from decimal import Decimal

from workflows.typed import figures
from workflows.typed.signs import Unreadable

ZERO = Decimal(0)
YUAN = Decimal(1)
CENT = Decimal("0.01")

# 14 digits before the point: what a money(16,2) column holds.
_MONEY = re.compile(r"(0|[1-9][0-9]{0,13})(\.[0-9]{1,2})?")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_LONGEST, _LONGEST_PASTED = 32, 100


class MoneyInvalid(ValueError):
    """The text is not an amount of money; the message is a Chinese sentence for the person who typed it."""


def parse_money(given: object) -> Decimal:
    """The amount in yuan that a string or `Decimal` states: not negative, at most two decimals, below 10^14.

    A string is read as people paste it (1,200,000.00, ￥1200000, 120元) and refused where it would be guessed; floats
    and other JSON numbers are refused, because they may already have lost a cent. Raises MoneyInvalid.
    """
    if isinstance(given, Decimal):
        given = format(given, "f") if given.is_finite() and abs(given.adjusted()) < _LONGEST else str(given)
    if not isinstance(given, str):
        raise MoneyInvalid("金额应以文本填写，例如“1999999.00”")
    try:
        given = figures.plain(given, "元") if len(given) <= _LONGEST_PASTED else given
    except Unreadable as unreadable:
        raise MoneyInvalid(f"金额{unreadable}") from None
    if not given:
        raise MoneyInvalid("请填写金额")
    if len(given) <= _LONGEST and _MONEY.fullmatch(given):
        return Decimal(given)
    if len(given) > _LONGEST or not _NUMBER.fullmatch(given):
        raise MoneyInvalid("金额应为不小于0的数字（单位：元），例如“1999999.00”")
    whole, _, decimals = given.partition(".")
    if len(decimals) > 2:
        raise MoneyInvalid("金额最多保留两位小数（精确到分）")
    if len(whole) > 14 and not whole.startswith("0"):
        raise MoneyInvalid("金额过大，整数部分不得超过14位")
    raise MoneyInvalid("金额的整数部分不得以0开头")


def floor_yuan(amount: Decimal, unit: Decimal = YUAN) -> Decimal:
    """`amount` rounded down to a multiple of `unit` yuan: “不超过” and “最高” leave no room to round up."""
    return (amount // unit * unit).quantize(YUAN)


def format_yuan(amount: Decimal | str | int) -> str:
    """For pages, without the unit: "1,800,000"; fen are shown when there are any: "6,666,666.67"."""
    figure = _exact(amount)
    if figure == figure.to_integral_value():
        return f"{figure.quantize(YUAN):,f}"
    return f"{figure if figure.as_tuple().exponent != -1 else figure.quantize(CENT):,f}"


def _exact(amount: Decimal | str | int) -> Decimal:
    if isinstance(amount, float):
        raise TypeError("an amount of money is never a float")
    return Decimal(amount)
