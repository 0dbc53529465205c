"""第四条: the two levels, and the three readings of 晋级享差额支持."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.applied import REPEATABLE, amounts, apply, judged, refusals, step_texts, units, yuan_and_fen
from workflows.rules import FactInvalid, parameters

levels = st.sampled_from(["municipal", "national"])
bases = st.sampled_from(["pre_cap", "paid", "standard"])

# M07: a municipal green factory in 2025, 500,000 before the annual ceiling, 200,000 after it; a national one in 2026.
PROMOTED = {
    "level": "national",
    "earlier_precap_same_honour": "500000",
    "earlier_paid_same_honour": "200000",
    "earlier_level": "municipal",
}


def article_4(facts, basis="pre_cap", **chosen):
    return apply("green_honour", facts, a4__promotion_basis=basis, **chosen)


@pytest.mark.parametrize(
    ("basis", "expected", "said"),
    [
        ("pre_cap", 500_000, "扣减前次限额调减前金额500,000元，差额为500,000元"),
        ("paid", 800_000, "扣减前次实拨金额200,000元，差额为800,000元"),
        ("standard", 500_000, "扣减前次市级认定支持标准500,000元，差额为500,000元"),
    ],
)
def test_m07_a_promotion_after_the_first_award_was_cut(basis, expected, said):
    result = article_4(PROMOTED, basis)
    assert amounts(result) == (1_000_000, 1_000_000, expected)
    assert step_texts(result)[2] == f"同一荣誉此前已获支持，{said}"


def test_it_reads_like_the_article():
    result = article_4({"level": "municipal"})
    assert [condition.text for condition in judged(result)] == ["新获得的认定"]
    assert step_texts(result) == [
        "市级认定支持金额500,000元",
        "未超过单个荣誉最高支持500,000元，为500,000元",
        "同一荣誉此前未获支持，限额调减前金额为500,000元",
    ]


@pytest.mark.parametrize(
    ("listed", "met", "said", "amount"),
    [
        (None, None, "市级认定未核实", 500_000),
        (True, True, "获得市级认定", 500_000),
        (False, False, "未列入或已移出市级认定名单", 0),
    ],
)
def test_the_honour_is_what_the_list_says(listed, met, said, amount):
    result = article_4({"level": "municipal", "on_official_list": listed})
    [honour] = [each for each in result.conditions if each.code == "HONOUR_AWARDED"]
    assert (honour.met, honour.text, amounts(result)[2]) == (met, said, amount)
    assert result.reason == ("NOT_ON_LIST" if met is False else None)


@pytest.mark.parametrize("basis", ["pre_cap", "paid", "standard"])
@pytest.mark.parametrize(
    ("level", "before"), [("municipal", "municipal"), ("municipal", "national"), ("national", "national")]
)
def test_the_same_level_again_or_a_lower_one_leaves_no_difference(basis, level, before):
    granted = {"municipal": "500000", "national": "1000000"}[before]
    facts = {"level": level, "earlier_level": before}
    facts |= {"earlier_precap_same_honour": granted, "earlier_paid_same_honour": granted}
    result = article_4(facts, basis)
    assert (result.eligible, amounts(result)[2]) == (True, 0)
    assert step_texts(result)[2].endswith("无晋级差额，为0元")


def test_the_standard_of_the_lower_level_is_what_it_is_now():
    assert article_4(PROMOTED, "standard", a4__amount__municipal="300000").precap_amount == 700_000


def test_a_lower_amount_may_be_chosen():
    assert amounts(article_4({"level": "municipal"}, a4__amount__municipal="123456.78")) == (123_456, 123_456, 123_456)


def test_fen_of_an_earlier_award_round_down():
    assert article_4({"level": "national", "earlier_precap_same_honour": "300000.50"}).precap_amount == 699_999


def test_a_recheck_is_no_new_honour_unless_somebody_decides_so():
    recheck = {"level": "municipal", "on_recheck": True, "earlier_precap_same_honour": "500000"}
    refused = article_4(recheck)
    assert (refused.reason, amounts(refused)) == ("NOT_FIRST", (0, 0, 0))
    assert refusals(refused) == [("HONOUR_NEWLY_AWARDED", "NOT_FIRST")]
    assert step_texts(refused) == ["不符合支持条件，金额为0元：属于原荣誉复核通过，不属于新获得的认定"]
    paid = article_4(recheck, a4__pay_on_recheck="true")
    assert (paid.reason, amounts(paid)) == (None, (500_000, 500_000, 500_000))
    assert step_texts(paid)[2] == "复核通过视为新认定，不扣减前次支持，限额调减前金额为500,000元"


def test_a_first_award_needs_no_reading_of_the_promotion_and_a_promotion_does():
    assert apply("green_honour", {"level": "national"}).precap_amount == 1_000_000
    assert "a4.promotion_basis" not in apply("green_honour", {"level": "national"}).parameters
    for earlier in (
        {"earlier_precap_same_honour": "0.01"},
        {"earlier_paid_same_honour": "0.01"},
        {"earlier_level": "municipal"},
    ):
        with pytest.raises(parameters.ParameterMissing) as refused:
            apply("green_honour", {"level": "national"} | earlier)
        assert refused.value.id == "a4.promotion_basis"


@pytest.mark.parametrize(
    ("basis", "missing", "label"),
    [
        ("paid", "earlier_paid_same_honour", "同一荣誉此前实拨金额"),
        ("standard", "earlier_level", "同一荣誉此前获支持的级别"),
    ],
)
def test_what_a_reading_needs_is_asked_for(basis, missing, label):
    with pytest.raises(FactInvalid) as refused:
        article_4({name: fact for name, fact in PROMOTED.items() if name != missing}, basis)
    assert refused.value.errors == ((missing, f"缺少“{label}”"),)


@pytest.mark.parametrize(
    ("field", "bad", "said"),
    [
        ("level", "district", "“认定级别”填写有误：请从以下选项中选择：市级（municipal）、国家级（national）"),
        ("on_recheck", "是", "“是否属于复核通过”填写有误：请选择“是”（true）或“否”（false）"),
    ],
)
def test_a_choice_is_one_of_its_options(field, bad, said):
    with pytest.raises(FactInvalid) as refused:
        article_4({"level": "national"} | {field: bad})
    assert refused.value.errors == ((field, said),)


@REPEATABLE
@given(levels, yuan_and_fen, yuan_and_fen, st.none() | levels, bases, units)
def test_never_above_the_level_and_always_whole_yuan(level, precap, paid, before, basis, unit):
    facts = {
        "level": level,
        "earlier_precap_same_honour": precap,
        "earlier_paid_same_honour": paid,
        "earlier_level": before or "municipal",
    }
    computed, item, amount = amounts(article_4(facts, basis, money__rounding_unit=unit))
    assert 0 <= amount <= item <= computed <= {"municipal": 500_000, "national": 1_000_000}[level]


@REPEATABLE
@given(levels, yuan_and_fen, yuan_and_fen)
def test_a_larger_earlier_award_never_gives_more_and_both_together_stay_below_the_level(level, one, other):
    less, more = sorted((one, other))
    after_less, after_more = (
        article_4({"level": level, "earlier_precap_same_honour": earlier}).precap_amount for earlier in (less, more)
    )
    highest = Decimal({"municipal": 500_000, "national": 1_000_000}[level])
    assert after_less >= after_more
    assert after_less + min(less, highest) <= highest
