"""第九条: the net expenditure, the rate by score, the ceiling of the event and its payers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.applied import REPEATABLE, amounts, apply, judged, refusals, scores, step_texts, units, yuan_and_fen
from workflows.rules.event_split import split_event

EVENT = {"audited_cost": "1800000", "gov_funds": "400000", "other_income": "100000", "score": "86"}


def event(*, chosen=None, **facts):
    return apply("green_event", EVENT | facts, **(chosen or {}))


def test_it_reads_like_the_article():
    result = event()
    assert [condition.text for condition in judged(result)] == [
        "核定本单位活动支出1,800,000元－政府资金400,000元－其他收入100,000元，实际出资1,300,000元",
        "活动效果得分86分，支持比例50%",
    ]
    assert step_texts(result) == [
        "核定本单位活动支出1,800,000元－政府资金400,000元－其他收入100,000元，实际出资1,300,000元×50%＝650,000元",
        "未超过单个活动最高支持1,000,000元，为650,000元",
        "同一活动此前未获支持，限额调减前金额为650,000元",
    ]


@pytest.mark.parametrize(
    ("gov", "other", "expected"),
    [("true", "true", 650_000), ("false", "true", 850_000), ("true", "false", 700_000), ("false", "false", 900_000)],
)
def test_what_others_paid_is_deducted_unless_somebody_decides_otherwise(gov, other, expected):
    chosen = {"a9__deduct_gov_funds": gov, "a9__deduct_other_income": other}
    assert event(chosen=chosen).precap_amount == expected


def test_a_base_without_deductions_says_so():
    chosen = {"a9__deduct_gov_funds": "false", "a9__deduct_other_income": "false"}
    assert judged(event(chosen=chosen))[0].text == "核定本单位活动支出1,800,000元，实际出资1,800,000元"


ORGANISER = {"audited_cost": "3000000", "gov_funds": "0", "other_income": "0", "score": "86"}


def test_nobody_gets_more_than_his_share_of_what_he_declared_as_his_own():
    """A4: 500,000 of an event of 3,000,000 was declared, 3,000,000 were verified: 1,000,000 was paid."""
    result = event(**ORGANISER, own_paid="500000")
    assert amounts(result) == (250_000, 250_000, 250_000)
    assert judged(result)[0].text == (
        "核定本单位活动支出3,000,000元，超过申报的本单位出资500,000元与所获资金之和的部分不计，计500,000元"
        "－政府资金0元－其他收入0元，实际出资500,000元"
    )
    assert amounts(event(**ORGANISER)) == (1_500_000, 1_000_000, 1_000_000), "nothing was declared: a trial"


@pytest.mark.parametrize(
    ("deduct", "expected"), [("true", 250_000), ("false", 1_000_000)], ids=["its own money", "all that it paid"]
)
def test_sponsorship_is_deducted_once(deduct, expected):
    """2,500,000 of the 3,000,000 came from sponsors; the 500,000 that are declared exclude them already."""
    chosen = {"a9__deduct_other_income": deduct}
    sponsored = {**ORGANISER, "other_income": "2500000", "own_paid": "500000"}
    assert event(**sponsored, chosen=chosen).precap_amount == expected
    assert event(**{**sponsored, "other_income": "600000"}, chosen=chosen).precap_amount == min(expected, 550_000)


@pytest.mark.parametrize(
    ("score", "expected"), [("100", 650_000), ("80", 650_000), ("79.99", 390_000), ("60", 390_000)]
)
def test_the_start_of_a_grade_belongs_to_it(score, expected):
    assert event(score=score).precap_amount == expected


def test_the_rates_are_the_owners():
    assert event(score="59.99", chosen={"a9__rate_by_score": "50:0.10; 90:0.50"}).precap_amount == 130_000


@pytest.mark.parametrize(
    ("wrong", "refusal", "said"),
    [
        ({"score": "59.99"}, ("EFFECTIVE", "BELOW_THRESHOLD"), "活动效果得分59.99分，未达到60分"),
        (
            {"other_income": "1400000"},
            ("OWN_EXPENDITURE_VERIFIED", "NOT_VERIFIED"),
            "核定本单位活动支出1,800,000元－政府资金400,000元－其他收入1,400,000元，实际出资0元，没有可予支持的支出",
        ),
        (
            {"other_income": "1400000.01"},
            ("OWN_EXPENDITURE_VERIFIED", "NOT_VERIFIED"),
            "核定本单位活动支出1,800,000元－政府资金400,000元－其他收入1,400,000.01元，实际出资0元，没有可予支持的支出",
        ),
    ],
)
def test_what_is_not_supported(wrong, refusal, said):
    result = event(**wrong)
    assert (result.reason, amounts(result)) == (refusal[1], (0, 0, 0))
    assert refusals(result) == [refusal]
    assert step_texts(result) == [f"不符合支持条件，金额为0元：{said}"]


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        ("1999999.99", (999_999, 999_999, 999_999)),
        ("2000000", (1_000_000, 1_000_000, 1_000_000)),
        ("2000002", (1_000_001, 1_000_000, 1_000_000)),
    ],
)
def test_the_ceiling_of_the_event(cost, expected):
    assert amounts(event(audited_cost=cost, gov_funds="0", other_income="0")) == expected


@REPEATABLE
@given(yuan_and_fen, yuan_and_fen, yuan_and_fen, scores, scores, units)
def test_never_above_half_of_the_own_expenditure(cost, gov, other, one, better, unit):
    facts = {"audited_cost": cost, "gov_funds": gov, "other_income": other}
    less, more = (
        amounts(event(**facts, score=score, chosen={"money__rounding_unit": unit})) for score in sorted((one, better))
    )
    assert all(a <= b for a, b in zip(less, more, strict=True))
    assert 0 <= more[2] <= more[1] <= min(more[0], 1_000_000)
    assert more[0] * 2 <= max(0, cost - gov - other)


@REPEATABLE
@given(*[yuan_and_fen] * 4, scores, units, st.booleans(), st.booleans())
def test_never_above_half_of_what_was_declared_and_of_what_was_received(
    cost, gov, other, own, score, unit, without_gov, without_other
):
    chosen = {
        "a9__deduct_gov_funds": str(without_gov).lower(),
        "a9__deduct_other_income": str(without_other).lower(),
        "money__rounding_unit": unit,
    }
    facts = {"audited_cost": cost, "gov_funds": gov, "other_income": other, "score": score}
    bound = event(**facts, own_paid=own, chosen=chosen)
    assert bound.computed_amount * 2 <= own + (0 if without_gov else gov) + (0 if without_other else other)
    assert bound.computed_amount <= event(**facts, chosen=chosen).computed_amount


payers = st.dictionaries(st.text("ABCD", min_size=1, max_size=3), yuan_and_fen, min_size=1, max_size=6).filter(
    lambda contributions: any(contributions.values())
)


@REPEATABLE
@given(st.integers(0, 1_000_000).map(Decimal), payers)
def test_payers_share_all_of_it_by_what_they_paid(amount, contributions):
    shares = split_event(amount, contributions)
    assert sum(shares.values()) == amount
    assert shares.keys() == contributions.keys()
    for payer, paid in contributions.items():
        exact = int(amount) * int(paid * 100) // sum(int(each * 100) for each in contributions.values())
        assert exact <= shares[payer] < exact + len(contributions)
        assert paid or not shares[payer]


@REPEATABLE
@given(st.integers(0, 1_000_000).map(Decimal), payers)
def test_the_order_of_the_payers_has_no_influence(amount, contributions):
    backwards = dict(reversed(contributions.items()))
    assert split_event(amount, contributions) == split_event(amount, backwards)


@pytest.mark.parametrize(
    ("amount", "contributions", "complaint"),
    [
        ("-1", {"A": "1"}, "whole yuan, not -1"),
        ("0.5", {"A": "1"}, r"whole yuan, not 0\.5"),
        ("1", {}, "by those who paid"),
        ("1", {"A": "0"}, "by those who paid"),
        ("1", {"A": "2", "B": "-1"}, "by those who paid"),
    ],
)
def test_what_cannot_be_shared_is_refused(amount, contributions, complaint):
    with pytest.raises(ValueError, match=complaint):
        split_event(Decimal(amount), {payer: Decimal(paid) for payer, paid in contributions.items()})
