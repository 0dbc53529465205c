"""第七条: the match of what the city paid, or approved."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.applied import REPEATABLE, amounts, apply, judged, refusals, step_texts, units, yuan_and_fen
from workflows.rules import FactInvalid


def match(received, approved=None, basis="received", **chosen):
    facts = {"city_award_received": received, "city_award_approved": approved}
    return apply("future_energy", facts, a7__match_basis=basis, **chosen)


def test_it_reads_like_the_article():
    result = match("1500000.75", a7__ratio="0.80")
    assert [condition.text for condition in judged(result)] == [
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
    assert judged(match("1", "2"))[1].text == "到账金额1元未超过市级奖励核定金额2元"


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


@pytest.mark.parametrize(
    ("received", "cumulative", "approved", "earlier", "basis", "expected"),
    [
        # 900,000 approved, paid by the city in three instalments of 300,000: each is matched once.
        ("300000", "300000", "900000", "0", "received", 300_000),
        ("300000", "600000", "900000", "300000", "received", 300_000),
        ("300000", "900000", "900000", "600000", "received", 300_000),
        # The same payment filed again brings nothing, nor does a list that states the sum as this instalment.
        ("300000", "300000", "900000", "300000", "received", 0),
        ("600000", "600000", "900000", "300000", "received", 300_000),
        # Nobody stated a sum: what came in now is all there is.
        ("300000", None, "900000", "300000", "received", 0),
        ("300000", None, "900000", None, "received", 300_000),
        # By the approved award the first instalment brings all of it, and later ones nothing.
        ("300000", "300000", "900000", "0", "approved", 900_000),
        ("300000", "600000", "900000", "900000", "approved", 0),
        ("300000", "600000", "900000", "700000", "approved", 200_000),
    ],
)
def test_all_instalments_together_bring_what_one_would(received, cumulative, approved, earlier, basis, expected):
    facts = {
        "city_award_received": received,
        "city_award_cumulative": cumulative,
        "city_award_approved": approved,
        "earlier_precap_same_project": earlier,
    }
    result = apply("future_energy", {k: v for k, v in facts.items() if v is not None}, a7__match_basis=basis)
    assert (result.eligible, result.precap_amount) == (True, expected)


def test_what_is_left_is_explained():
    facts = {
        "city_award_received": "300000",
        "city_award_cumulative": "700000",
        "earlier_precap_same_project": "500000",
    }
    result = apply("future_energy", facts, a7__match_basis="received")
    assert step_texts(result)[2] == (
        "同一市级项目各期配套合计最高700,000元，此前各期限额调减前金额合计500,000元，本期限额调减前金额为200,000元"
    )
    assert judged(result)[-1].text == "本期到账金额300,000元未超过累计到账金额700,000元"


def test_what_came_in_is_no_more_than_all_that_came_in():
    facts = {"city_award_received": "300000.01", "city_award_cumulative": "300000"}
    result = apply("future_energy", facts, a7__match_basis="received")
    assert refusals(result) == [("RECEIVED_WITHIN_CUMULATIVE", "NOT_VERIFIED")]


def fen(number: int) -> Decimal:
    return Decimal(number) / 100


@REPEATABLE
@given(
    st.lists(st.integers(0, 10**11).map(fen), min_size=1, max_size=6),
    st.sampled_from(["received", "approved"]),
    st.randoms(),
)
def test_no_order_of_instalments_brings_more_than_the_city_paid(instalments, basis, random):
    """Each is applied for with what had come in by then; whoever decides them in whatever order pays no yuan twice."""
    cumulative, filed = Decimal(0), []
    for received in instalments:
        cumulative += Decimal(received)
        filed.append((received, cumulative))
    filed += random.sample(filed, len(filed) // 2)  # some are filed twice
    random.shuffle(filed)
    matched = Decimal(0)
    for received, by_then in filed:
        facts = {
            "city_award_received": str(received),
            "city_award_cumulative": str(by_then),
            "city_award_approved": str(cumulative),
            "earlier_precap_same_project": str(matched),
        }
        matched += apply("future_energy", facts, a7__match_basis=basis).precap_amount
    assert matched <= cumulative


@REPEATABLE
@given(st.lists(yuan_and_fen, max_size=5))
def test_stages_together_never_exceed_one_to_one(stages):
    assert sum(match(received).precap_amount for received in stages) <= sum(stages)
