"""第十条: the ceiling of an account, given to the cases of one enterprise and year."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.rules.ceiling import Claim, allocate

CAP = Decimal(2_000_000)
ORDERS = ["largest_first", "acceptance_order", "pro_rata"]
REPEATABLE = settings(derandomize=True, deadline=None)

asked = st.one_of(st.integers(0, 3_000_000), st.sampled_from([0, 1, 500_000, 1_000_000, 2_000_000])).map(Decimal)
accepted = st.dates(date(2026, 3, 2), date(2026, 3, 6))
claim_sets = st.dictionaries(st.text("ABCD0123456789", min_size=1, max_size=4), st.tuples(asked, accepted), max_size=8)
used = st.integers(0, 2_500_000).map(Decimal)


def claims(**amounts):
    return [Claim(case, Decimal(amount), date(2026, 3, 2)) for case, amount in amounts.items()]


def got(allocations):
    return {each.case: int(each.amount) for each in allocations}


def test_m01_the_larger_amount_goes_first():
    allocations = allocate(claims(honour=1_000_000, project=1_500_000), Decimal(0), CAP)
    assert got(allocations) == {"project": 1_500_000, "honour": 500_000}
    whole, cut = allocations
    assert (whole.cut, whole.reason_code, whole.reason) == (0, None, "")
    assert (cut.precap_amount, cut.cut, cut.reason_code) == (1_000_000, 500_000, "ANNUAL_CAP_CUT")
    assert cut.reason == (
        "年度限额调减500,000元（第十条）：单个企业每年最高支持2,000,000元，本年度此前已占用0元，"
        "同批次其他申报件已分配1,500,000元，尚余500,000元，本件拟支持500,000元"
    )


def test_m02_what_another_batch_used_is_gone():
    assert got(allocate(claims(project=1_800_000), Decimal(1_000_000), CAP)) == {"project": 1_000_000}


def test_m08_equal_amounts_go_by_acceptance():
    three = [
        Claim("hon_supply_nat", Decimal(1_000_000), date(2026, 3, 2)),
        Claim("hon_design_nat", Decimal(1_000_000), date(2026, 3, 3)),
        Claim("hon_factory_mun", Decimal(500_000), date(2026, 3, 1)),
    ]
    allocations = allocate(three, Decimal(0), CAP)
    assert [(each.case, each.amount) for each in allocations] == [
        ("hon_supply_nat", 1_000_000),
        ("hon_design_nat", 1_000_000),
        ("hon_factory_mun", 0),
    ]
    assert allocations[-1].reason_code == "ZERO_AFTER_CAP"


@pytest.mark.parametrize("order", ["largest_first", "acceptance_order"])
def test_the_earlier_of_two_equal_claims_is_whole_where_the_ceiling_lies_between_them(order):
    later, earlier = (Claim(case, Decimal(1_500_000), date(2026, 3, day)) for case, day in (("A", 3), ("B", 2)))
    assert got(allocate([later, earlier], Decimal(0), CAP, order)) == {"B": 1_500_000, "A": 500_000}


def test_of_two_claims_accepted_at_once_the_larger_is_whole():
    assert got(allocate(claims(A=1_200_000, B=1_500_000), Decimal(0), CAP, "acceptance_order")) == {
        "B": 1_500_000,
        "A": 500_000,
    }


def test_pro_rata_gives_the_last_yuan_of_equal_remainders_to_the_earlier_acceptance():
    three = [Claim(case, Decimal(1_000_000), date(2026, 3, day)) for case, day in (("A", 4), ("B", 3), ("C", 2))]
    assert got(allocate(three, Decimal(0), CAP, "pro_rata")) == {"C": 666_667, "B": 666_667, "A": 666_666}


def test_m09_and_m14_leave_nothing_and_take_nothing_too_much():
    assert got(allocate(claims(art8=1_666_666, art9=1_000_000), Decimal(0), CAP)) == {
        "art8": 1_666_666,
        "art9": 333_334,
    }
    assert got(allocate(claims(P=500_000), Decimal(1_400_000), CAP)) == {"P": 500_000}
    assert got(allocate(claims(Q=400_000), Decimal(1_900_000), CAP)) == {"Q": 100_000}


def test_equal_amounts_and_instants_go_by_reference():
    at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    pair = [Claim("B", Decimal(1_500_000), at), Claim("A", Decimal(1_500_000), at)]
    assert got(allocate(pair, Decimal(0), CAP)) == {"A": 1_500_000, "B": 500_000}


def test_acceptance_order():
    pair = [Claim("A", Decimal(1_500_000), date(2026, 3, 3)), Claim("B", Decimal(1_000_000), date(2026, 3, 2))]
    assert got(allocate(pair, Decimal(0), CAP, "acceptance_order")) == {"B": 1_000_000, "A": 1_000_000}


def test_pro_rata_gives_the_last_yuan_to_the_largest_remainder():
    allocations = allocate(claims(A=1_000_000, B=1_000_000, C=1_000_000), Decimal(0), CAP, "pro_rata")
    assert got(allocations) == {"A": 666_667, "B": 666_667, "C": 666_666}
    assert allocations[0].reason == (
        "年度限额调减333,333元（第十条）：单个企业每年最高支持2,000,000元，本年度此前已占用0元，尚余2,000,000元，"
        "同批次申报件合计3,000,000元，按比例分配，本件拟支持666,667元"
    )


@pytest.mark.parametrize("order", ORDERS)
def test_nothing_asked_nothing_given(order):
    assert allocate([], Decimal(0), CAP, order) == []
    (zero,) = allocate(claims(A=0), Decimal(0), CAP, order)
    assert (zero.amount, zero.cut, zero.reason_code, zero.reason) == (0, 0, None, "")


@pytest.mark.parametrize("order", ORDERS)
def test_an_overdrawn_account_gives_nothing(order):
    assert got(allocate(claims(A=1), CAP + 1, CAP, order)) == {"A": 0}


@pytest.mark.parametrize(
    ("asking", "already", "order", "complaint"),
    [
        (claims(A=1), 0, "manual", "unknown order of allocation: manual"),
        (claims(A=1) + claims(A=2), 0, "largest_first", "a case asks an account once"),
        (claims(A=-1), 0, "largest_first", "whole yuan, not -1"),
        (claims(A="0.50"), 0, "largest_first", r"whole yuan, not 0\.50"),
        (claims(A=1), -1, "largest_first", "whole yuan, not -1"),
    ],
)
def test_what_is_no_claim_is_refused(asking, already, order, complaint):
    with pytest.raises(ValueError, match=complaint):
        allocate(asking, Decimal(already), CAP, order)


@REPEATABLE
@given(claim_sets, used, st.sampled_from(ORDERS))
def test_never_above_the_cap_and_nothing_unspent_that_was_asked_for(stated, already, order):
    asking = [Claim(case, amount, day) for case, (amount, day) in stated.items()]
    allocations = allocate(asking, already, CAP, order)
    room = max(Decimal(0), CAP - already)
    assert sum(each.amount for each in allocations) == min(room, sum(claim.precap_amount for claim in asking))
    assert {each.case: each.precap_amount for each in allocations} == {c.case: c.precap_amount for c in asking}
    for each in allocations:
        assert 0 <= each.amount <= each.precap_amount
        assert each.amount + each.cut == each.precap_amount
        assert each.amount == int(each.amount)
        assert bool(each.reason) is bool(each.reason_code) is bool(each.cut)


@REPEATABLE
@given(claim_sets, used, st.sampled_from(ORDERS), st.randoms(use_true_random=False))
def test_the_order_of_the_cases_has_no_influence(stated, already, order, chance: random.Random):
    asking = [Claim(case, amount, day) for case, (amount, day) in stated.items()]
    shuffled = chance.sample(asking, len(asking))
    assert allocate(asking, already, CAP, order) == allocate(shuffled, already, CAP, order)


@REPEATABLE
@given(claim_sets, used, st.integers(0, 500_000).map(Decimal))
def test_less_room_never_gives_anybody_more(stated, already, more):
    asking = [Claim(case, amount, day) for case, (amount, day) in stated.items()]
    before, after = got(allocate(asking, already, CAP)), got(allocate(asking, already + more, CAP))
    assert all(after[case] <= before[case] for case in before)
