"""第七条: the match of what the city paid, or approved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.applied import REPEATABLE, amounts, apply, refusals, step_texts, units, yuan_and_fen
from workflows.rules import FactInvalid


def match(received, approved=None, basis="received", **chosen):
    facts = {"city_award_received": received, "city_award_approved": approved}
    return apply("future_energy", facts, a7__match_basis=basis, **chosen)


def test_it_reads_like_the_article():
    result = match("1500000.75", a7__ratio="0.80")
    assert [condition.text for condition in result.conditions] == [
        "市级奖励到账金额为1,500,000.75元",
        "到账金额未与市级奖励核定金额比对",
    ]
    assert step_texts(result) == [
        "市级奖励到账金额1,500,000.75元×80%＝1,200,000.60元，向下取整为1,200,000元",
        "本条不设单项限额，单项限额内金额为1,200,000元",
        "分期到账的分期配套，不重复计算，限额调减前金额为1,200,000元",
    ]


@pytest.mark.parametrize(
    ("received", "approved", "basis", "expected"),
    [
        ("1500000", None, "received", 1_500_000),
        ("1500000", "3000000", "received", 1_500_000),
        ("3000000", "3000000", "received", 3_000_000),
        ("1500000", "3000000", "approved", 3_000_000),
        ("0", "3000000", "approved", 3_000_000),
    ],
)
def test_what_is_matched(received, approved, basis, expected):
    assert amounts(match(received, approved, basis)) == (expected, expected, expected)


@pytest.mark.parametrize(
    ("received", "approved", "basis", "refusal", "said"),
    [
        ("0", None, "received", "CITY_AWARD_VERIFIED", "市级奖励到账金额为0元，没有可予配套的资金"),
        ("0", "0", "approved", "CITY_AWARD_VERIFIED", "市级奖励核定金额为0元，没有可予配套的资金"),
        (
            "3000000.01",
            "3000000",
            "received",
            "RECEIVED_WITHIN_AWARD",
            "到账金额3,000,000.01元超过市级奖励核定金额3,000,000元，数据不一致",
        ),
    ],
)
def test_what_is_not_matched(received, approved, basis, refusal, said):
    result = match(received, approved, basis)
    assert (result.reason, amounts(result)) == ("NOT_VERIFIED", (0, 0, 0))
    assert refusals(result) == [(refusal, "NOT_VERIFIED")]
    assert step_texts(result) == [f"不符合支持条件，金额为0元：{said}"]


def test_what_was_received_is_compared_with_the_award():
    assert match("1", "2").conditions[1].text == "到账金额1元未超过市级奖励核定金额2元"


def test_the_approved_award_is_asked_for():
    with pytest.raises(FactInvalid) as refused:
        match("1500000", basis="approved")
    assert refused.value.errors == (("city_award_approved", "缺少“市级奖励核定金额”"),)


@REPEATABLE
@given(yuan_and_fen, yuan_and_fen, st.integers(100, 10_000), units)
def test_never_above_one_to_one_and_never_less_for_more(one, other, points, unit):
    low, high = sorted((one, other))
    chosen = {"a7__ratio": f"{points // 10_000}.{points % 10_000:04}", "money__rounding_unit": unit}
    less, more = (amounts(match(received, **chosen)) for received in (low, high))
    assert 0 <= less[2] <= more[2] == more[1] == more[0] <= high


@REPEATABLE
@given(st.lists(yuan_and_fen, max_size=5))
def test_stages_together_never_exceed_one_to_one(stages):
    assert sum(match(received).precap_amount for received in stages) <= sum(stages)
