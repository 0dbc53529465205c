"""第五条第二款 碳足迹认证: first time, main business, and three ways to find the amount."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.applied import REPEATABLE, amounts, apply, judged, refusals, step_texts, units, yuan_and_fen
from workflows.rules import FactInvalid

FIRST = {"cert_cost_net": "180000", "coverage": "0.72", "first_time": True}


def footprint(*, chosen=None, **facts):
    return apply("carbon_footprint", FIRST | facts, **(chosen or {}))


def by(mode, **facts):
    return footprint(chosen={"a5_2__amount_mode": mode}, **facts)


def test_it_reads_like_the_article():
    result = footprint(cert_cost_net="620000.50", chosen={"a5_2__cost_ratio": "0.90"})
    assert [condition.text for condition in judged(result)] == [
        "首次开展碳足迹认证",
        "认证产品收入占主营业务收入的72%，达到覆盖主要业务领域的最低比例50%",
        "核定认证费用为620,000.50元",
    ]
    assert step_texts(result) == [
        "核定认证费用620,000.50元×90%＝558,000.45元，向下取整为558,000元",
        "测算金额558,000元超过最高支持500,000元，按500,000元计",
        "首次认证，无此前支持金额扣减，限额调减前金额为500,000元",
    ]


@pytest.mark.parametrize(
    ("wrong", "refusal", "said"),
    [
        ({"first_time": False}, ("FIRST_CERTIFICATION", "NOT_FIRST"), "此前已开展过碳足迹认证，不属于首次认证"),
        (
            {"coverage": "0.499999999999"},
            ("COVERS_MAIN_BUSINESS", "BELOW_THRESHOLD"),
            "认证产品收入占主营业务收入的49.9999999999%，未达到覆盖主要业务领域的最低比例50%",
        ),
        ({"cert_cost_net": "0"}, ("COST_VERIFIED", "NOT_VERIFIED"), "核定认证费用为0元，没有可予支持的费用"),
    ],
)
def test_what_is_not_supported(wrong, refusal, said):
    result = footprint(**wrong)
    assert (result.reason, amounts(result)) == (refusal[1], (0, 0, 0))
    assert refusals(result) == [refusal]
    assert step_texts(result) == [f"不符合支持条件，金额为0元：{said}"]


@pytest.mark.parametrize("coverage", ["0.5", "0.50", "1", "1.0000"])
def test_the_least_share_itself_is_enough(coverage):
    assert footprint(coverage=coverage).precap_amount == 180_000


def test_the_owner_may_choose_another_share():
    assert footprint(coverage="0.72", chosen={"a5_2__coverage_min": "0.80"}).reason == "BELOW_THRESHOLD"


def test_flat_is_the_ceiling_whatever_it_cost():
    result = by("flat", cert_cost_net="0")
    assert (result.eligible, amounts(result)) == (True, (500_000, 500_000, 500_000))
    assert step_texts(result)[0] == "按最高支持金额500,000元定额支持"


@pytest.mark.parametrize(
    ("products", "each", "expected"),
    [("3", "50000", (150_000,) * 3), ("3", "33333.33", (99_999,) * 3), ("11", "50000", (550_000, 500_000, 500_000))],
)
def test_by_product(products, each, expected):
    assert amounts(by("per_product", certified_products=products, amount_per_product=each)) == expected


def test_by_product_the_step_shows_the_figures():
    result = by("per_product", certified_products="3", amount_per_product="33333.33")
    assert step_texts(result)[0] == "认证产品3个×每个33,333.33元＝99,999.99元，向下取整为99,999元"


@pytest.mark.parametrize("missing", ["certified_products", "amount_per_product"])
def test_by_product_the_figures_are_asked_for(missing):
    facts = {"certified_products": "3", "amount_per_product": "50000"}
    with pytest.raises(FactInvalid) as refused:
        by("per_product", **{name: fact for name, fact in facts.items() if name != missing})
    assert refused.value.field == missing


@pytest.mark.parametrize("bad", ["1.0000000000001", "1.5", ".5", "0.", "2"])
def test_a_share_is_from_0_to_1(bad):
    with pytest.raises(FactInvalid, match=r"例如72%填写“0\.72”"):
        footprint(coverage=bad)


def test_a_percentage_is_not_reckoned():
    with pytest.raises(FactInvalid, match="含有百分号"):
        footprint(coverage="72%")


@pytest.mark.parametrize("bad", ["0", "1.5", "10000", "03", 3])
def test_a_number_of_products_is_a_count(bad):
    with pytest.raises(FactInvalid, match="应以文本填写，为1至9999的整数"):
        by("per_product", certified_products=bad, amount_per_product="50000")


@REPEATABLE
@given(yuan_and_fen, yuan_and_fen, st.integers(1, 10_000), units)
def test_never_above_the_ceiling_or_the_cost_and_never_less_for_more(one, other, points, unit):
    chosen = {"a5_2__cost_ratio": f"{points // 10_000}.{points % 10_000:04}", "money__rounding_unit": unit}
    if points < 100:
        chosen["a5_2__cost_ratio"] = "0.01"
    low, high = sorted((one, other))
    less, more = (amounts(footprint(cert_cost_net=cost, chosen=chosen)) for cost in (low, high))
    assert all(a <= b for a, b in zip(less, more, strict=True))
    assert 0 <= more[2] <= more[1] <= min(more[0], 500_000)
    assert more[0] <= high
