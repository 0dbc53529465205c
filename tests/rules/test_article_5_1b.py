"""第五条第一款 碳排放强度下降: both thresholds to the last digit, exact however long the figures are."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.applied import REPEATABLE, amounts, apply, judged, refusals, step_texts, tonnes, units, yuan_and_fen
from workflows.rules import parameters
from workflows.rules.schemes.carbon_intensity import compare

AT_BOTH = {"e0_t": "10000", "v0_yuan": "100000000", "e1_t": "9500", "v1_yuan": "100000000", "traded_t": "0"}


def intensity(*, chosen=None, **facts):
    return apply("carbon_intensity", AT_BOTH | facts, **(chosen or {}))


def compared(**facts):
    return compare(
        **{name: Decimal(fact) for name, fact in (AT_BOTH | facts).items()}, parameters=parameters.values({})
    )


def test_it_reads_like_the_article():
    result = intensity()
    assert [condition.text for condition in judged(result)] == [
        "两个年度的碳排放量和产值均已核定",
        "碳排放强度下降5.0000%，达到下降5%及以上的标准（判断时不取整）",
        "非交易行为减少量10,000－9,500－0＝500吨，达到500吨及以上的标准",
    ]
    assert step_texts(result) == [
        "减少量500吨×62.36元/吨＝31,180元",
        "未超过最高支持500,000元，为31,180元",
        "按年度支持，无此前支持金额扣减，限额调减前金额为31,180元",
    ]


@pytest.mark.parametrize(
    ("facts", "code", "said"),
    [
        (
            {"e0_t": "20000", "v0_yuan": "200000000", "e1_t": "19000.0001", "v1_yuan": "200000000"},
            "INTENSITY_FALLS",
            "碳排放强度下降略低于5.0000%，未达到下降5%及以上的标准（判断时不取整）",
        ),
        (
            {"v1_yuan": "99999999.99"},
            "INTENSITY_FALLS",
            "碳排放强度下降略低于5.0000%，未达到下降5%及以上的标准（判断时不取整）",
        ),
        (
            {"v1_yuan": "90000000"},
            "INTENSITY_FALLS",
            "碳排放强度上升5.5556%，未达到下降5%及以上的标准（判断时不取整）",
        ),
        (
            {"e1_t": "9500.0001", "v1_yuan": "110000000"},
            "EMISSIONS_FALL",
            "非交易行为减少量10,000－9,500.0001－0＝499.9999吨，未达到500吨及以上的标准",
        ),
        (
            {"e1_t": "9499", "traded_t": "1.01"},
            "EMISSIONS_FALL",
            "非交易行为减少量10,000－9,499－1.01＝499.99吨，未达到500吨及以上的标准",
        ),
        (
            {"e1_t": "10500", "v1_yuan": "200000000"},
            "EMISSIONS_FALL",
            "非交易行为减少量10,000－10,500－0＝-500吨，未达到500吨及以上的标准",
        ),
    ],
)
def test_below_a_threshold_nothing_is_rounded_up(facts, code, said):
    result = intensity(**facts)
    assert (result.reason, amounts(result)) == ("BELOW_THRESHOLD", (0, 0, 0))
    assert refusals(result) == [(code, "BELOW_THRESHOLD")]
    assert [condition.text for condition in judged(result) if not condition.met] == [said]


@pytest.mark.parametrize("missing", ["e0_t", "v0_yuan", "e1_t", "v1_yuan"])
def test_both_years_are_needed(missing):
    result = intensity(**{missing: "0"})
    assert (result.reason, amounts(result)) == ("NOT_VERIFIED", (0, 0, 0))
    assert refusals(result)[0] == ("TWO_YEARS_VERIFIED", "NOT_VERIFIED")


def test_without_an_earlier_year_there_is_no_drop():
    assert not compared(e0_t="0", e1_t="0").intensity_ok
    nothing = compared(e0_t="0")
    assert (nothing.intensity_ok, nothing.reduction_ok, nothing.drop_pct) == (False, False, None)
    assert judged(intensity(e0_t="0"))[1].text == "没有之前一年度的碳排放强度，无法计算降幅"


def test_bought_tonnes_count_in_the_reduction_only():
    without, bought = compared(e0_t="20000", e1_t="18000"), compared(e0_t="20000", e1_t="18000", traded_t="1500")
    assert (without.drop_pct, without.reduction_t) == (Decimal("10.0000"), 2000)
    assert (bought.drop_pct, bought.reduction_t) == (Decimal("10.0000"), 500)


def test_m16_the_price_and_the_tonnes_that_are_paid():
    own = {"e0_t": "20000", "v0_yuan": "200000000", "e1_t": "18000", "v1_yuan": "200000000"}
    assert intensity(**own).precap_amount == 124_720
    assert intensity(**own, chosen={"a5_1b__unit_price": "70.76"}).precap_amount == 141_520
    above = intensity(**own, chosen={"a5_1b__tonnes_paid": "above_threshold"})
    assert above.precap_amount == 93_540
    assert step_texts(above)[0] == "超出500吨的减少量1,500吨×62.36元/吨＝93,540元"


def test_exactly_at_the_threshold_nothing_is_above_it():
    result = intensity(chosen={"a5_1b__tonnes_paid": "above_threshold"})
    assert (result.eligible, amounts(result)) == (True, (0, 0, 0))


@pytest.mark.parametrize(("price", "tonnes_at_the_cap"), [("62.36", 8018), ("70.76", 7067)])
def test_the_first_tonne_at_which_the_ceiling_binds(price, tonnes_at_the_cap):
    for reduction, capped in ((tonnes_at_the_cap, True), (tonnes_at_the_cap - 1, False)):
        facts = {"e0_t": "60000", "e1_t": str(60000 - reduction)}
        computed, item, precap = amounts(intensity(**facts, chosen={"a5_1b__unit_price": price}))
        assert (computed > 500_000) is capped
        assert item == precap == min(computed, 500_000)


def test_figures_of_any_length_are_compared_exactly():
    # 10^13 tonnes and 10^13 yuan: the products have 36 digits, more than a Decimal context keeps.
    huge = {"e0_t": "20000000000000", "v0_yuan": "99999999999999.99", "v1_yuan": "99999999999999.99"}
    assert compared(**huge, e1_t="19000000000000").intensity_ok
    assert not compared(**huge, e1_t="19000000000000.0001").intensity_ok
    risen = compared(e0_t="0.0001", v1_yuan="0.01", e1_t="99999999999999.9999", v0_yuan="99999999999999.99")
    assert risen.drop_pct is not None and risen.drop_pct < 0 and risen.drop_pct.as_tuple().exponent == -4


@pytest.mark.parametrize(
    ("e1", "shown"),
    [("9499.9950", "5.0001"), ("9499.9951", "5.0000"), ("10000.005", "-0.0001"), ("10000.0049", "0.0000")],
)
def test_the_drop_is_shown_with_four_decimals_half_up(e1, shown):
    assert str(compared(e1_t=e1).drop_pct) == shown


@REPEATABLE
@given(tonnes, yuan_and_fen, tonnes, yuan_and_fen, tonnes, units)
def test_supported_exactly_when_both_tests_are_met(e0, v0, e1, v1, traded, unit):
    facts = {"e0_t": e0, "v0_yuan": v0, "e1_t": e1, "v1_yuan": v1, "traded_t": traded}
    result = intensity(**facts, chosen={"money__rounding_unit": unit})
    falls = all((e0, v0, e1, v1)) and Fraction(e1) / Fraction(v1) <= Fraction(95, 100) * Fraction(e0) / Fraction(v0)
    assert result.eligible is (bool(falls) and e0 - e1 - traded >= 500)
    assert 0 <= result.precap_amount <= result.item_amount <= min(Decimal(500_000), result.computed_amount)
    assert result.computed_amount % int(unit) == 0


@REPEATABLE
@given(st.integers(8_000_000, 9_500_000), st.integers(8_000_000, 9_500_000), st.integers(0, 600))
def test_fewer_emissions_never_give_less_and_more_trading_never_gives_more(one, other, traded):
    less, more = (Decimal(kilograms) / 1000 for kilograms in sorted((one, other)))
    assert intensity(e1_t=less).precap_amount >= intensity(e1_t=more).precap_amount
    assert intensity(e1_t=less).precap_amount >= intensity(e1_t=less, traded_t=str(traded)).precap_amount
