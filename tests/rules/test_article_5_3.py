"""第五条第三款 碳交易阶梯奖励: tiers as lump sums, and slice by slice."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.applied import REPEATABLE, amounts, apply, judged, refusals, step_texts, tonnes, units
from workflows.rules import FactInvalid, parameters
from workflows.rules.schemes import carbon_trading

PRICES = "500:5; 2000:8; 5000:10"


def traded(volume, **chosen):
    return apply("carbon_trading", {"total_volume_t": volume}, **chosen)


def slice_by_slice(volume, tiers=PRICES, **chosen):
    return traded(volume, a5_3__tier_mode="marginal_rate", a5_3__tiers=tiers, **chosen)


def test_it_reads_like_the_article():
    result = traded("5000.50")
    assert [condition.text for condition in judged(result)] == ["当期碳交易量5,000.50吨，达到奖励起点500吨"]
    assert step_texts(result) == [
        "当期碳交易量5,000.50吨，达到5,000吨及以上一档，奖励100,000元",
        "未超过最高支持150,000元，为100,000元",
        "按当期交易量支持，无此前支持金额扣减，限额调减前金额为100,000元",
    ]


@pytest.mark.parametrize("volume", ["0", "499.9999"])
@pytest.mark.parametrize("mode", [traded, slice_by_slice])
def test_below_the_first_tier_nothing_is_due(mode, volume):
    result = mode(volume)
    assert (result.reason, amounts(result)) == ("BELOW_THRESHOLD", (0, 0, 0))
    assert refusals(result) == [("VOLUME_REACHES_A_TIER", "BELOW_THRESHOLD")]


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        ("500", 0),
        ("500.1999", 0),
        ("500.2", 1),
        ("2000", 7_500),
        ("3000", 15_500),
        ("5000", 31_500),
        ("6000.05", 41_500),
        ("16850", 150_000),
        ("16850.1", 150_000),
        ("99999999999999.9999", 150_000),
    ],
)
def test_slice_by_slice(volume, expected):
    assert slice_by_slice(volume).precap_amount == expected


def test_slice_by_slice_the_step_shows_the_slices_and_the_ceiling():
    result = slice_by_slice("20000")
    assert amounts(result) == (181_500, 150_000, 150_000)
    assert step_texts(result)[:2] == [
        "各档分段累计1,500吨×5元＋3,000吨×8元＋15,000吨×10元＝181,500元",
        "测算金额181,500元超过最高支持150,000元，按150,000元计",
    ]


def test_the_tiers_are_the_owners():
    assert traded("700", a5_3__tiers="700:123456.78").precap_amount == 123_456
    assert traded("699", a5_3__tiers="700:123456.78").eligible is False


@pytest.mark.parametrize("bad", ["1.00001", "1e3", "5000kg", "100000000000000", "007"])
def test_tonnes_are_read_strictly(bad):
    with pytest.raises(FactInvalid, match=r"“当期碳交易量（吨）”填写有误：吨数应以文本填写"):
        traded(bad)


@pytest.mark.parametrize("pasted", ["1,000", "１０００", "1000吨", " 1,000.00 吨"])
def test_tonnes_are_read_as_they_are_pasted(pasted):
    assert amounts(traded(pasted)) == amounts(traded("1000"))


@pytest.mark.parametrize("unclear", ["1万吨", "1,00", "1 00"])
def test_tonnes_are_not_guessed(unclear):
    with pytest.raises(FactInvalid, match="“当期碳交易量（吨）”填写有误"):
        traded(unclear)


@REPEATABLE
@given(st.sampled_from([traded, slice_by_slice]), tonnes, tonnes, units)
def test_never_above_the_ceiling_and_never_less_for_more(mode, one, other, unit):
    less, more = (amounts(mode(volume, money__rounding_unit=unit)) for volume in sorted((one, other)))
    assert all(a <= b for a, b in zip(less, more, strict=True))
    assert 0 <= more[2] <= more[1] <= min(more[0], 150_000)
    assert more[0] % int(unit) == 0


@REPEATABLE
@given(st.integers(5_000_000, 60_000_000).map(lambda parts: Decimal(parts) / 10**4))
def test_slices_lose_less_than_a_yuan(volume):
    exact = max(Decimal(0), min(volume, Decimal(2000)) - 500) * 5
    exact += max(Decimal(0), min(volume, Decimal(5000)) - 2000) * 8 + max(Decimal(0), volume - 5000) * 10
    assert 0 <= exact - slice_by_slice(volume).computed_amount < 1


def test_the_ceiling_is_the_articles_own_figure_and_the_limit_of_the_tiers():
    assert Decimal(parameters.catalog()["a5_3.tiers"].limit) == carbon_trading.CEILING == 150_000
    assert "最高给予支持15万元" in carbon_trading.TEXT
