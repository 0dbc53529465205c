"""第八条: recognition with its plan, and the yearly instalments by score."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.applied import REPEATABLE, amounts, apply, judged, refusals, scores, step_texts, units, yuan_and_fen
from workflows.rules import FactInvalid, parameters
from workflows.rules.schemes.industry_cluster import coefficient, instalments

FIXED = "2000000; 2000000; 1000000"


def year(ceiling="1666666", score="92", **chosen):
    return apply("industry_cluster", {"instalment_ceiling": ceiling, "score": score}, **chosen)


def recognised(total, **chosen):
    return apply("industry_cluster", {"approved_total": total}, **chosen)


def planned(total, plan="equal_thirds"):
    return [int(amount) for amount in instalments(Decimal(total), parameters.values({"a8.plan": plan}))]


def test_a_year_reads_like_the_article():
    result = year(score="85")
    assert [condition.text for condition in judged(result)] == [
        "本年度支持上限为1,666,666元",
        "年度绩效得分85分，兑付系数80%",
    ]
    assert step_texts(result) == [
        "年度绩效得分85分，本年度支持上限1,666,666元×80%＝1,333,332.80元，向下取整为1,333,332元",
        "未超过三年最高支持5,000,000元，为1,333,332元",
        "各年度上限已在认定支持总额内分年确定，限额调减前金额为1,333,332元",
    ]
    assert "a8.plan" not in result.parameters


def test_a_year_below_the_lowest_grade_earns_nothing():
    result = year(score="59.99")
    assert (result.reason, amounts(result)) == ("BELOW_THRESHOLD", (0, 0, 0))
    assert refusals(result) == [("EFFECTIVE", "BELOW_THRESHOLD")]
    assert step_texts(result) == ["不符合支持条件，金额为0元：年度绩效得分59.99分，未达到60分"]


def test_a_year_without_a_ceiling_earns_nothing():
    result = year(ceiling="0")
    assert refusals(result) == [("CEILING_APPROVED", "NOT_VERIFIED")]
    assert step_texts(result) == ["不符合支持条件，金额为0元：本年度支持上限为0元，没有可予支持的金额"]


def test_no_year_exceeds_the_ceiling_of_three():
    assert amounts(year(ceiling="5000001")) == (5_000_001, 5_000_000, 5_000_000)


def test_a_year_of_a_recognised_cluster_may_state_its_total():
    facts = {"approved_total": "5000000", "instalment_ceiling": "1666666", "score": "92"}
    assert apply("industry_cluster", facts).as_dict() == year().as_dict()
    assert (
        recognised("5000000").as_dict()
        == apply("industry_cluster", {"approved_total": "5000000", "instalment_ceiling": None}).as_dict()
    )


def test_recognition_shows_the_plan():
    result = recognised("5000000")
    assert amounts(result) == (5_000_000, 5_000_000, 5_000_000)
    assert [condition.text for condition in judged(result)] == ["认定支持总额为5,000,000元"]
    assert step_texts(result) == [
        "认定支持总额5,000,000元",
        "未超过三年最高支持5,000,000元，为5,000,000元",
        "分年支持上限：第一年1,666,666元、第二年1,666,666元、第三年1,666,668元，各年度根据绩效得分兑付",
    ]
    assert set(result.parameters) == {"a8.total_cap", "a8.plan", "money.rounding_unit"}


def test_recognition_never_exceeds_the_ceiling_or_the_plan():
    assert amounts(recognised("6000000")) == (6_000_000, 5_000_000, 5_000_000)
    assert amounts(recognised("5000000", a8__plan="1000000; 1000000; 1000000"))[2] == 3_000_000


def test_nothing_recognised_is_nothing():
    result = recognised("0")
    assert refusals(result) == [("TOTAL_APPROVED", "NOT_VERIFIED")]
    assert step_texts(result) == ["不符合支持条件，金额为0元：认定支持总额为0元，没有可予支持的金额"]


@pytest.mark.parametrize(
    ("total", "plan", "expected"),
    [
        ("5000000", "equal_thirds", [1_666_666, 1_666_666, 1_666_668]),
        ("3200000", "equal_thirds", [1_066_666, 1_066_666, 1_066_668]),
        ("3000000.99", "equal_thirds", [1_000_000, 1_000_000, 1_000_000]),
        ("2", "equal_thirds", [0, 0, 2]),
        ("5000000", FIXED, [2_000_000, 2_000_000, 1_000_000]),
        ("3200000", FIXED, [2_000_000, 1_200_000, 0]),
        ("5000000", "1000000; 0; 500000", [1_000_000, 0, 500_000]),
    ],
)
def test_the_plan_spreads_the_total_over_three_years(total, plan, expected):
    assert planned(total, plan) == expected


def test_without_a_plan_nothing_is_spread():
    with pytest.raises(parameters.ParameterMissing, match="产业集群分年支持计划"):
        instalments(Decimal(5_000_000), {})
    with pytest.raises(parameters.ParameterMissing, match="产业集群年度绩效兑付系数"):
        coefficient(Decimal(90), {})


def test_the_grades_are_the_owners():
    chosen = parameters.values({"a8.grade_coefficients": "95:0.5; 70:0.25"})
    shares = [coefficient(Decimal(score), chosen) for score in ("100", "95", "94.99", "70", "69.99")]
    assert shares == [Decimal("0.5"), Decimal("0.5"), Decimal("0.25"), Decimal("0.25"), 0]


@pytest.mark.parametrize("bad", ["100.01", "1000", "89.999", "-1", 92, Decimal("1e40")])
def test_a_score_is_from_0_to_100_with_two_decimals(bad):
    with pytest.raises(FactInvalid, match="“年度绩效得分”填写有误：得分应以文本填写，为0至100、最多两位小数"):
        year(score=bad)


def test_a_score_of_100_counts():
    assert year(score="100.00").precap_amount == 1_666_666


@REPEATABLE
@given(yuan_and_fen, st.sampled_from(["equal_thirds", FIXED]))
def test_the_plan_never_exceeds_the_total(total, plan):
    years = planned(total, plan)
    assert len(years) == 3 and min(years) >= 0
    assert sum(years) == (int(total) if plan == "equal_thirds" else min(int(total), 5_000_000))


@REPEATABLE
@given(yuan_and_fen, scores, scores, units)
def test_never_above_the_ceiling_and_never_less_for_a_better_year(ceiling, one, other, unit):
    less, more = (amounts(year(ceiling, score, money__rounding_unit=unit)) for score in sorted((one, other)))
    assert all(a <= b for a, b in zip(less, more, strict=True))
    assert 0 <= more[2] <= more[1] <= 5_000_000
    assert more[0] <= ceiling
