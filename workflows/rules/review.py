"""专家评审: how many experts, which ones, and what their scores and votes amount to.

The policy has no procedure; this is practice in public bodies, and every figure is a parameter (proc.expert_*).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from math import ceil

from workflows.rules.money import CENT
from workflows.rules.parameters import ParameterMissing, get_decimal

DESK_REVIEW = 3
"""Experts of a small case, which is reviewed on paper (书面评审)."""

TRIM_FROM = 5
"""The highest and the lowest score are dropped from this many experts on."""

SUPPORT, OPPOSE = "support", "oppose"


@dataclass(frozen=True, slots=True)
class Expert:
    """An expert in the pool (专家库): the username, and whether a finance expert; everybody else is a technical one."""

    username: str
    finance: bool


class PoolExhausted(LookupError):
    """The pool has too few experts left to draw from; the figures say of what."""

    def __init__(self, needed: int, available: int, finance: tuple[int, int], technical: tuple[int, int]) -> None:
        super().__init__(
            f"专家库可抽取人数不足：需抽取{needed}名，可抽取{available}名；"
            f"其中财务专家至少需{finance[0]}名，可抽取{finance[1]}名，技术专家至少需{technical[0]}名，可抽取{technical[1]}名"
        )
        self.needed, self.available = needed, available
        self.finance_needed, self.finance_available = finance
        self.technical_needed, self.technical_available = technical


def panel_size(previewed_amount: Decimal, requested_amount: Decimal, parameters: Mapping[str, object]) -> int:
    """How many experts review a case, by two amounts in yuan.

    Three when what the verified figure gives (限额调减前金额, previewed before the review) is below the small case's
    threshold; else the large case's number when at least its threshold is asked for; else the usual number.
    Raises ParameterMissing.
    """
    if previewed_amount < get_decimal(parameters, "proc.expert_small_case_threshold"):
        return DESK_REVIEW
    if requested_amount >= get_decimal(parameters, "proc.expert_large_case_threshold"):
        return _get_count(parameters, "proc.expert_large_case_count")
    return _get_count(parameters, "proc.expert_count")


def draw(
    pool: Iterable[Expert],
    needed: int,
    finance_min: int,
    seed: str,
    excluded: Iterable[str] = (),
    *,
    technical_min: int = 0,
) -> list[str]:
    """The usernames that a seed draws from the pool, in the order drawn.

    At least `finance_min` are finance experts and at least `technical_min` technical ones (of a whole panel, half).
    Anybody can repeat a draw from its record, in any language: each expert's lot is the SHA-256, in lower case hex, of
    the UTF-8 text seed + "\\n" + username. Lots are taken from the lowest up: first the finance experts that are due,
    then the technical ones that are due, then whoever comes next. The order of the pool has no influence. For a redraw,
    exclude everybody drawn before and ask for what is missing. Raises PoolExhausted with the figures.
    """
    if finance_min < 0 or technical_min < 0 or finance_min + technical_min > needed:
        raise ValueError(f"a draw of {needed} cannot hold {finance_min} finance and {technical_min} technical experts")
    barred = set(excluded)
    candidates = {expert.username: expert for expert in pool if expert.username not in barred}
    ranked = sorted(candidates.values(), key=lambda expert: lot(seed, expert.username))
    finance = [expert for expert in ranked if expert.finance]
    technical = [expert for expert in ranked if not expert.finance]
    if len(ranked) < needed or len(finance) < finance_min or len(technical) < technical_min:
        raise PoolExhausted(needed, len(ranked), (finance_min, len(finance)), (technical_min, len(technical)))
    due = finance[:finance_min] + technical[:technical_min]
    others = [expert for expert in ranked if expert not in due]
    return [expert.username for expert in due + others[: needed - len(due)]]


def lot(seed: str, username: str) -> str:
    """The lot of an expert in the draw of this seed: lower wins."""
    return hashlib.sha256(f"{seed}\n{username}".encode()).hexdigest()


def commitment(seed: str) -> str:
    """What is put on record before a draw, so that nobody can choose the seed by its result: its SHA-256 in hex."""
    return hashlib.sha256(seed.encode()).hexdigest()


def trimmed_mean(scores: Sequence[Decimal | int | str], trim: bool = True) -> Decimal:
    """The mean of the experts' scores, two decimals, half up.

    With five or more experts one highest and one lowest score are dropped, unless `trim` is False.
    Raises ValueError when there is no score, or one that is no number from 0 to 100 with at most two decimals.
    """
    read = sorted(_score(score) for score in scores)
    if not read:
        raise ValueError("there is no score")
    counted = read[1:-1] if trim and len(read) >= TRIM_FROM else read
    return (sum(counted, Decimal(0)) / len(counted)).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a panel: the printed score, the votes for support and how many were needed."""

    score: Decimal
    supporting: int
    supporting_needed: int
    passed: bool
    text: str


def verdict(
    scores: Sequence[Decimal | int | str],
    votes: Sequence[str],
    pass_score: Decimal,
    majority: Fraction,
    trim: bool = True,
) -> Verdict:
    """Whether a panel supports a case: the rounded score, which the minutes show, reaches the pass line, and at least
    `majority` of the experts, rounded up to whole persons, vote for support.

    Raises ValueError when scores and votes are not of the same experts or a vote is neither support nor oppose.
    """
    if len(scores) != len(votes) or not {SUPPORT, OPPOSE} >= set(votes):
        raise ValueError("each expert gives one score and one vote, support or oppose")
    score = trimmed_mean(scores, trim)
    supporting = sum(vote == SUPPORT for vote in votes)
    needed = ceil(majority * len(votes))
    passed = score >= pass_score and supporting >= needed
    text = (
        f"平均得分{score}分（合格分{pass_score}分），{len(votes)}名专家中{supporting}名建议支持（至少{needed}名），"
        f"专家评审{'通过' if passed else '未通过'}"
    )
    return Verdict(score, supporting, needed, passed, text)


def needs_opinion(total: Decimal) -> bool:
    """Whether an expert has to give reasons for a total score: below 60 or above 95."""
    return total < 60 or total > 95


def _score(given: Decimal | int | str) -> Decimal:
    if isinstance(given, float):
        raise TypeError("a score is never a float")
    try:
        score = Decimal(given)
    except InvalidOperation:
        raise ValueError(f"a score is a number, not {given!r}") from None
    if not score.is_finite() or not 0 <= score <= 100 or score != score.quantize(CENT):
        raise ValueError(f"a score is from 0 to 100 with at most two decimals, not {score}")
    return score


def _get_count(parameters: Mapping[str, object], id: str) -> int:
    if id not in parameters:
        raise ParameterMissing(id)
    return int(str(parameters[id]))
