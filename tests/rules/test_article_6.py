"""第六条: each project by itself, without a ceiling of its own."""

import pytest
from hypothesis import given

from tests.rules.applied import REPEATABLE, amounts, apply, judged, refusals, step_texts, units, yuan_and_fen


def project(approved, **chosen):
    return apply("renewable_energy", {"approved_investment": approved}, **chosen)


def test_it_reads_like_the_article():
    result = project("6666666.66")
    assert [condition.text for condition in judged(result)] == ["核定总投资为6,666,666.66元"]
    assert step_texts(result) == [
        "核定总投资6,666,666.66元×30%＝1,999,999.998元，向下取整为1,999,999元",
        "本条不设单个项目限额，单项限额内金额为1,999,999元",
        "单个主体年度最高支持2,000,000元，汇总时按主体和年度合并计算，限额调减前金额为1,999,999元",
    ]


@pytest.mark.parametrize(
    ("approved", "expected"),
    [("3.33", 0), ("3.34", 1), ("7500000", 2_250_000), ("99999999999999.99", 29_999_999_999_999)],
)
def test_the_ceiling_of_the_year_is_not_one_of_the_project(approved, expected):
    assert amounts(project(approved)) == (expected, expected, expected)


def test_nothing_verified_is_not_supported():
    nothing = project("0")
    assert (nothing.reason, amounts(nothing)) == ("NOT_VERIFIED", (0, 0, 0))
    assert refusals(nothing) == [("INVESTMENT_VERIFIED", "NOT_VERIFIED")]
    assert step_texts(nothing) == ["不符合支持条件，金额为0元：核定总投资为0元，没有可予支持的投资"]


def test_a_lower_rate_may_be_chosen():
    assert project("1000000", a6__rate="0.125").precap_amount == 125_000


@REPEATABLE
@given(yuan_and_fen, yuan_and_fen, units)
def test_never_above_30_percent_and_never_less_for_more(one, other, unit):
    low, high = sorted((one, other))
    less, more = (amounts(project(approved, money__rounding_unit=unit)) for approved in (low, high))
    assert less[2] <= more[2] == more[1] == more[0]
    assert 0 <= high * 3 / 10 - more[0] < int(unit)
