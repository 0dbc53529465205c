"""Money: read strictly, rounded down, printed exactly."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.rules.money import MoneyInvalid, floor_yuan, format_yuan, parse_money

REPEATABLE = settings(derandomize=True, deadline=None)


@pytest.mark.parametrize(
    "good", ["0", "0.5", "1999999", "1999999.00", "99999999999999.99", Decimal("2E+6"), Decimal(0)]
)
def test_what_is_money(good):
    assert parse_money(good) == Decimal(good)


@pytest.mark.parametrize("pasted", [" 1000", "1000\n", "1,000", "１０００", "￥1,000 元", "1000.00\u200b", "'1000"])
def test_money_is_read_as_it_is_pasted(pasted):
    assert parse_money(pasted) == 1000


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("", "请填写金额"),
        (None, "金额应以文本填写"),
        (1, "金额应以文本填写"),
        (True, "金额应以文本填写"),
        (0.5, "金额应以文本填写"),
        ("0.005", "金额最多保留两位小数"),
        (Decimal("0.005"), "金额最多保留两位小数"),
        ("100000000000000", "整数部分不得超过14位"),
        (Decimal("1E+20"), "整数部分不得超过14位"),
        ("007", "不得以0开头"),
        ("0000000000000001", "不得以0开头"),
        ("NaN", "不小于0的数字"),
        (Decimal("NaN"), "不小于0的数字"),
        (Decimal("Infinity"), "不小于0的数字"),
        (Decimal("1E+309"), "不小于0的数字"),
        (Decimal("1E-999999"), "不小于0的数字"),
        (Decimal(-1), "不小于0的数字"),
        ("1e309", "不小于0的数字"),
        ("-1", "不小于0的数字"),
        ("+1", "不小于0的数字"),
        (" ", "请填写金额"),
        ("1\x00", "不小于0的数字"),
        ("1.", "不小于0的数字"),
        (".5", "不小于0的数字"),
        ("1,00", "金额中逗号的位置不合千分位"),
        ("1 00", "金额中间有空格"),
        ("500美元", "只接受人民币"),
        ("1_000", "不小于0的数字"),
        ("200万元", "金额含有“万”，请换算为元后只填数字"),
        ("9" * 10_000_000, "不小于0的数字"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_is_no_money(bad, sentence):
    with pytest.raises(MoneyInvalid, match=sentence):
        parse_money(bad)


@pytest.mark.parametrize(
    ("amount", "unit", "floored"),
    [("1999999.998", 1, "1999999"), ("0.99", 1, "0"), ("1869999.9", 100, "1869900"), ("19999", 10000, "10000")],
)
def test_floor(amount, unit, floored):
    assert str(floor_yuan(Decimal(amount), Decimal(unit))) == floored


@pytest.mark.parametrize(
    ("amount", "yuan"),
    [
        ("1800000", "1,800,000"),
        ("31180", "31,180"),
        (31180, "31,180"),
        ("0", "0"),
        ("1", "1"),
        ("-800000", "-800,000"),
        ("13847846", "13,847,846"),
        ("6666666.67", "6,666,666.67"),
        ("6666666.5", "6,666,666.50"),
        (Decimal("2000000.00"), "2,000,000"),
        (Decimal("2E+6"), "2,000,000"),
        (Decimal("1999999.998"), "1,999,999.998"),
    ],
)
def test_format(amount, yuan):
    assert format_yuan(amount) == yuan


def test_a_float_is_never_shown():
    with pytest.raises(TypeError, match="never a float"):
        format_yuan(0.1)


@REPEATABLE
@given(st.integers(0, 10**16 - 1).map(lambda fen: Decimal(fen) / 100))
def test_what_is_printed_is_the_amount(amount):
    assert Decimal(format_yuan(amount).replace(",", "")) == amount
    assert parse_money(f"{amount:f}") == amount
