"""What people type or paste: taken where it can mean one thing only, refused with a clause where it cannot."""

from datetime import date

import pytest

from workflows.typed import codes, days, figures, names
from workflows.typed.signs import Unreadable, visible


@pytest.mark.parametrize(
    "given",
    [
        *(
            "1200000",
            "1,200,000",
            "１２０００００",
            "１，２００，０００",
            "1200000\u200b",
            "\ufeff1200000",
            "￥1200000",
        ),
        *(
            "¥1,200,000",
            "￥ 1,200,000 元",
            "1200000元",
            "1200000 元整",
            "RMB 1,200,000",
            "CNY1200000",
            "人民币1200000元",
        ),
        *(
            "1 200 000",
            "1\u00a0200\u00a0000",
            "\u00a01200000\u00a0",
            '="1200000"',
            "'1200000",
            "\t1200000\n",
            "1200000圆",
        ),
    ],
)
def test_one_amount_in_many_writings(given: str) -> None:
    assert figures.plain(given, "元") == "1200000"


def test_decimals_are_kept_as_written() -> None:
    assert figures.plain("1,200,000.00", "元") == "1200000.00"
    assert figures.plain("1200000．50", "元") == "1200000.50"
    assert figures.plain("9,500.25吨", "吨") == figures.plain("9500.25 t", "吨") == "9500.25"
    assert figures.plain("79.99分", "分") == "79.99"


@pytest.mark.parametrize(
    ("given", "clause"),
    [
        ("120万", "“万”"),
        ("120万元", "“万”"),
        ("120 万 元", "“万”"),
        ("1.2亿元", "“亿”"),
        ("5千元", "“千”"),
        ("120w", "“w”"),
        ("50K", "“K”"),
        ("１２０萬", "“萬”"),
        ("壹佰贰拾万元整", "阿拉伯数字"),
        ("一百二十万", "阿拉伯数字"),
        ("1,20", "逗号"),
        ("12,00,000", "逗号"),
        ("1.200,00", "逗号"),
        ("1,2000", "逗号"),
        ("0,500", "逗号"),
        ("1,200 000", "逗号"),
        ("1200 00", "空格"),
        ("12 34", "空格"),
        ("50%", "百分号"),
        ("$500", "人民币"),
        ("500美元", "人民币"),
    ],
)
def test_what_would_have_to_be_guessed_is_asked(given: str, clause: str) -> None:
    with pytest.raises(Unreadable, match=clause):
        figures.plain(given, "元")


@pytest.mark.parametrize(
    "given", ["约120", "-5", "(500)", "1e5", "1.2E+06", "120左右", "≥5", "1.2.3", "5+5", "x", "١٢٣", "²", "120吨"]
)
def test_anything_else_is_left_to_the_strict_check(given: str) -> None:
    assert not figures.plain(given, "元").replace(".", "", 1).isascii() or not figures.plain(given, "元").isdecimal()


@pytest.mark.parametrize(
    "given",
    [
        *(
            "91110112yyyy00020u",
            "91110112 YYYY 00020U",
            "９１１１０１１２YYYY00020U",
            '="91110112YYYY00020U"',
            "'91110112YYYY00020U",
        ),
        *("\ufeff91110112YYYY00020U\u200b", "91110112\u00a0YYYY00020U", "＇91110112YYYY00020U"),
    ],
)
def test_a_credit_code(given: str) -> None:
    assert codes.credit_code(given) == "91110112YYYY00020U"


def test_numbers_that_are_names_keep_their_zeros_and_separators() -> None:
    assert codes.plain("0200 0098 0920 0012 345") == "0200009809200012345"
    assert codes.plain("０２００-1") == "0200-1"
    with pytest.raises(Unreadable, match="科学计数法"):
        codes.plain("2.00010E+18")


@pytest.mark.parametrize(
    "given",
    [
        *(
            "2025-06-30",
            "2025-6-30",
            "2025/6/30",
            "2025.6.30",
            "2025年6月30日",
            "2025年 6月 30日",
            "2025 年 6 月 30 号",
        ),
        *(
            "20250630",
            "２０２５－０６－３０",
            "2025-06-30 00:00:00",
            "2025/6/30 9:05",
            "2025-06-30T09:05:00",
            "2025—06—30",
        ),
        *(
            "2025-06-30 09:05:00.000",
            "2025年6月30日 9时5分",
            '="2025-06-30"',
            "\u200b2025-06-30",
            "'20250630",
            " 2025-06-30 ",
        ),
    ],
)
def test_one_day_in_many_writings(given: str) -> None:
    assert days.read(given) == date(2025, 6, 30)


@pytest.mark.parametrize(
    ("given", "clause"),
    [
        ("2025-06", "写明到日"),
        ("2025年6月", "写明到日"),
        ("2025年", "写明到日"),
        ("202506", "应为日期"),
        ("6/30/2025", "顺序无法确定"),
        ("03/02/2025", "顺序无法确定"),
        ("25-06-30", "顺序无法确定"),
        ("25年6月30日", "顺序无法确定"),
        ("2025-06/30", "应为日期"),
        ("2025-02-29", "没有这一天"),
        ("20250631", "没有这一天"),
        ("2025-06-30T16:00:00Z", "应为日期"),
        ("45838", "应为日期"),
        ("二〇二五年六月三十日", "应为日期"),
        ("昨天", "应为日期"),
        ("", "应为日期"),
    ],
)
def test_a_day_that_is_not_clear_is_asked_for(given: str, clause: str) -> None:
    with pytest.raises(Unreadable, match=clause):
        days.read(given)


def test_names_are_the_same_in_other_widths_brackets_and_blanks() -> None:
    name = "北京运测精密电子有限公司（虚构）"
    for other in (
        "北京运测精密电子有限公司(虚构)",
        " 北京运测 精密电子有限公司（虚构）",
        "北京运测精密电子有限公司〔虚构〕",
    ):
        assert names.same(name, other)
    assert not names.same(name, "北京运测精密电子有限公司")
    assert not names.same("", "")


def test_marks_that_turn_text_are_not_taken_off() -> None:
    assert visible("a\u202eb") == "a\u202eb"
