"""Applying an article in a test: facts in, the determination and its three amounts out."""

from datetime import date
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st

from workflows.rules import Condition, Determination, determine, parameters

ON = date(2026, 3, 2)
# A reading that ships without a default, as the demo chooses it.
READ = {"a7.match_basis": "received"}
REPEATABLE = settings(derandomize=True, deadline=None)

yuan_and_fen = st.integers(0, 10**16 - 1).map(lambda fen: Decimal(fen) / 100) | st.integers(0, 10**9).map(Decimal)
tonnes = st.integers(0, 10**12).map(lambda parts: Decimal(parts) / 10**4) | st.integers(0, 20_000).map(Decimal)
scores = st.integers(0, 10_000).map(lambda hundredths: Decimal(hundredths) / 100)
units = st.sampled_from(["1", "100", "10000"])


def apply(scheme: str, facts: dict[str, object], **chosen: str) -> Determination:
    """The determination under the shipped values; `a3__rate="0.20"` chooses another value of a3.rate."""
    overrides = READ | {id.replace("__", "."): value for id, value in chosen.items()}
    return determine(scheme, facts, parameters.values(overrides), ON)


def amounts(determination: Determination) -> tuple[int, int, int]:
    """computed_amount, item_amount and precap_amount, which are whole yuan."""
    three = (determination.computed_amount, determination.item_amount, determination.precap_amount)
    assert all(amount == amount.to_integral_value() for amount in three)
    return tuple(int(amount) for amount in three)


def judged(determination: Determination) -> list[Condition]:
    """The conditions that somebody verified the fact of: not who applies and where, unless the facts tell it."""
    return [each for each in determination.conditions if each.met is not None]


def refusals(determination: Determination) -> list[tuple[str, str]]:
    """The code and the reason code of each condition that is not met."""
    return [(each.code, each.reason) for each in determination.conditions if each.met is False]


def step_texts(determination: Determination) -> list[str]:
    """What the steps say, in order."""
    return [step.text for step in determination.steps]
