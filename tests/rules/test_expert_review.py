"""专家评审: the size of the panel, the draw that can be repeated, the score and the vote."""

import hashlib
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.rules import parameters
from workflows.rules.review import (
    Expert,
    PoolExhausted,
    commitment,
    draw,
    needs_opinion,
    panel_size,
    trimmed_mean,
    verdict,
)

REPEATABLE = settings(derandomize=True, deadline=None)
POOL = [Expert(f"expert{n:02}", finance=n % 5 == 0) for n in range(1, 31)]
PASS, MAJORITY = Decimal("70.00"), Fraction(2, 3)

scores = st.lists(st.integers(0, 10_000).map(lambda hundredths: Decimal(hundredths) / 100), min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("previewed", "requested", "experts"),
    [
        ("299999", "299999", 3),
        ("299999", "2000000", 3),
        ("300000", "999999.99", 5),
        ("300000", "1000000", 7),
        ("2000000", "1000000", 7),
    ],
)
def test_panel_size(previewed, requested, experts):
    assert panel_size(Decimal(previewed), Decimal(requested), parameters.values({})) == experts


def test_panel_size_follows_the_parameters():
    chosen = parameters.values({"proc.expert_count": "9", "proc.expert_large_case_count": "11"})
    assert panel_size(Decimal(300_000), Decimal(300_000), chosen) == 9
    assert panel_size(Decimal(300_000), Decimal(1_000_000), chosen) == 11
    without = {id: value for id, value in chosen.items() if id != "proc.expert_count"}
    with pytest.raises(parameters.ParameterMissing, match="评审专家人数"):
        panel_size(Decimal(300_000), Decimal(300_000), without)


def test_a_draw_can_be_repeated_from_its_record():
    drawn = draw(POOL, 5, 1, "2026-R-0001/1")
    assert drawn == ["expert15", "expert11", "expert07", "expert27", "expert30"]
    assert draw(reversed(POOL), 5, 1, "2026-R-0001/1") == drawn
    assert draw(POOL, 5, 1, "2026-R-0001/2") != drawn


def test_lots_are_plain_sha_256():
    by_hand = sorted(POOL, key=lambda each: hashlib.sha256(f"seed\n{each.username}".encode()).hexdigest())
    assert draw(POOL, 5, 0, "seed") == [each.username for each in by_hand[:5]]
    assert commitment("seed") == "19b25856e1c150ca834cffc8b59b23adbd0ec0389e58eb22b3b64768098d002b"


def test_the_excluded_are_never_drawn():
    first = draw(POOL, 5, 1, "seed")
    replacement = draw(POOL, 2, 1, "seed/redraw 1", excluded=first)
    assert len(replacement) == 2
    assert not set(first) & set(replacement)


def test_an_exhausted_pool_gives_its_figures():
    with pytest.raises(PoolExhausted) as empty:
        draw(POOL, 5, 2, "seed", excluded=[each.username for each in POOL[:27]], technical_min=3)
    shortage = empty.value
    assert (shortage.needed, shortage.available) == (5, 3)
    assert (shortage.finance_needed, shortage.finance_available) == (2, 1)
    assert (shortage.technical_needed, shortage.technical_available) == (3, 2)
    assert str(shortage) == (
        "专家库可抽取人数不足：需抽取5名，可抽取3名；其中财务专家至少需2名，可抽取1名，技术专家至少需3名，可抽取2名"
    )


@pytest.mark.parametrize(("finance", "minimums"), [(False, (1, 0)), (True, (0, 1))])
def test_a_pool_without_the_kind_that_is_due_is_exhausted(finance, minimums):
    pool = [each for each in POOL if each.finance is finance]
    with pytest.raises(PoolExhausted):
        draw(pool, 3, minimums[0], "seed", technical_min=minimums[1])


@pytest.mark.parametrize(("needed", "finance_min", "technical_min"), [(3, 4, 0), (3, 2, 2), (3, -1, 0), (3, 0, -1)])
def test_a_draw_that_cannot_be_is_refused(needed, finance_min, technical_min):
    with pytest.raises(ValueError, match=f"a draw of {needed} cannot hold"):
        draw(POOL, needed, finance_min, "seed", technical_min=technical_min)


@REPEATABLE
@given(st.text(), st.integers(0, 9), st.integers(0, 3), st.integers(0, 5), st.sets(st.sampled_from(POOL), max_size=12))
def test_every_draw_keeps_its_promises(seed, more, finance_min, technical_min, barred):
    seed = seed.encode("utf-8", "ignore").decode()
    excluded = {each.username for each in barred}
    needed = finance_min + technical_min + more
    try:
        drawn = draw(POOL, needed, finance_min, seed, excluded, technical_min=technical_min)
    except PoolExhausted as shortage:
        assert (
            shortage.available < needed
            or shortage.finance_available < finance_min
            or shortage.technical_available < technical_min
        )
        return
    finance = {each.username for each in POOL if each.finance}
    assert len(drawn) == len(set(drawn)) == needed
    assert not excluded & set(drawn)
    assert len(finance & set(drawn)) >= finance_min
    assert len(set(drawn) - finance) >= technical_min


@pytest.mark.parametrize(
    ("given_scores", "trim", "mean"),
    [
        ([80, 90, 100, 70], True, "85.00"),
        ([100, 90, 80, 70, 0], True, "80.00"),
        ([100, 90, 80, 70, 0], False, "68.00"),
        ([70, 70, 70, 70, 70], True, "70.00"),
        (["70.01", "70.00"], True, "70.01"),
        (["70.00", "70.00", "70.01"], True, "70.00"),
    ],
)
def test_trimmed_mean(given_scores, trim, mean):
    assert str(trimmed_mean(given_scores, trim)) == mean


@pytest.mark.parametrize("bad", [[], [101], ["-0.01"], ["70.005"], ["1e309"], ["good"], [Decimal("NaN")]])
def test_what_is_no_score_is_refused(bad):
    with pytest.raises(ValueError, match="score"):
        trimmed_mean(bad)


def test_a_score_is_never_a_float():
    with pytest.raises(TypeError, match="never a float"):
        trimmed_mean([69.99])


@REPEATABLE
@given(scores)
def test_the_mean_lies_between_the_scores(given_scores):
    assert min(given_scores) <= trimmed_mean(given_scores) <= max(given_scores)


@pytest.mark.parametrize(
    ("given_scores", "supporting", "passed"),
    [
        ([70] * 3, 2, True),
        ([70] * 3, 1, False),
        ([70] * 5, 4, True),
        ([70] * 5, 3, False),
        ([70] * 7, 5, True),
        ([70] * 7, 4, False),
        (["69.99"] * 5, 5, False),
        # 69.995 is printed as 70.00, and what is printed counts.
        (["69.99", "70.00"], 2, True),
    ],
)
def test_verdict(given_scores, supporting, passed):
    votes = ["support"] * supporting + ["oppose"] * (len(given_scores) - supporting)
    assert verdict(given_scores, votes, PASS, MAJORITY).passed is passed


def test_a_verdict_says_how_it_came_about():
    result = verdict([82, 76, 91, 68, 79], ["support"] * 4 + ["oppose"], PASS, MAJORITY)
    assert (str(result.score), result.supporting, result.supporting_needed) == ("79.00", 4, 4)
    assert result.text == "平均得分79.00分（合格分70.00分），5名专家中4名建议支持（至少4名），专家评审通过"
    untrimmed = verdict([0, 70, 70, 70, 70], ["support"] * 5, PASS, MAJORITY, trim=False)
    assert untrimmed.text.endswith("专家评审未通过")


@pytest.mark.parametrize("votes", [["support"], ["support", "abstain"]])
def test_one_score_one_vote(votes):
    with pytest.raises(ValueError, match="one score and one vote"):
        verdict([70, 70], votes, PASS, MAJORITY)


@pytest.mark.parametrize(
    ("total", "needed"), [("59.99", True), ("60", False), ("95", False), ("95.01", True), ("100", True)]
)
def test_extreme_scores_need_reasons(total, needed):
    assert needs_opinion(Decimal(total)) is needed
