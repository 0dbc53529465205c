"""What a scheme's article says about one case: conditions, steps and amounts, each with the article it comes from.

A determination is a record: it carries the facts and the parameter values it was made from, so that it can be repeated
and explained years later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypedDict

from workflows.rules.money import ZERO


@dataclass(frozen=True, slots=True)
class Condition:
    """One requirement of an article, and whether the facts meet it.

    `code` names the requirement; `reason` is the reason code of the refusal when it is not met. `met` is None where
    nobody has verified the fact yet (未核实): that refuses nobody, and changes no amount.
    """

    article: str
    code: str
    text: str
    met: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the calculation: what was done, by which article, and the amount in whole yuan after it."""

    article: str
    text: str
    amount: Decimal


class ConditionText(TypedDict):
    """A condition as it is kept and shown."""

    article: str
    code: str
    text: str
    met: bool | None


class StepText(TypedDict):
    """A step as it is kept and shown; the amount is a text in yuan."""

    article: str
    text: str
    amount: str


class DeterminationText(TypedDict):
    """A determination as it is kept and shown: amounts as texts in yuan, the day as ISO 8601."""

    scheme: str
    on: str
    eligible: bool
    reason: str | None
    computed_amount: str
    item_amount: str
    precap_amount: str
    conditions: list[ConditionText]
    steps: list[StepText]
    facts: dict[str, str]
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class Determination:
    """The result for one case before the rules over several cases (article 10) apply. Amounts are whole yuan.

    computed_amount 测算金额: the article's formula, rounded down once. item_amount 单项限额内金额: after the ceiling of
    the item. precap_amount 限额调减前金额: after what the same item was granted before. All are 0 when a condition
    fails.
    """

    scheme: str
    on: date
    eligible: bool
    computed_amount: Decimal
    item_amount: Decimal
    precap_amount: Decimal
    conditions: tuple[Condition, ...]
    steps: tuple[Step, ...]
    facts: Mapping[str, str]
    parameters: Mapping[str, str]

    @property
    def reason(self) -> str | None:
        """The reason code of the first condition that is not met, or None when there is none."""
        return next((condition.reason for condition in self.conditions if condition.met is False), None)

    def as_dict(self) -> DeterminationText:
        """The record for JSON: amounts as strings in yuan, dates as ISO 8601."""
        return {
            "scheme": self.scheme,
            "on": self.on.isoformat(),
            "eligible": self.eligible,
            "reason": self.reason,
            "computed_amount": str(self.computed_amount),
            "item_amount": str(self.item_amount),
            "precap_amount": str(self.precap_amount),
            "conditions": [
                {"article": each.article, "code": each.code, "text": each.text, "met": each.met}
                for each in self.conditions
            ],
            "steps": [{"article": each.article, "text": each.text, "amount": str(each.amount)} for each in self.steps],
            "facts": dict(self.facts),
            "parameters": dict(self.parameters),
        }


def determined(
    scheme: str,
    on: date,
    conditions: tuple[Condition, ...],
    steps: tuple[Step, Step, Step],
    facts: Mapping[str, str],
    parameters: Mapping[str, str],
) -> Determination:
    """The determination that these conditions and the three steps amount to.

    When a condition is not met the formula's figures are dropped: one step says why nothing is due.
    """
    failed = [condition for condition in conditions if condition.met is False]
    shown: tuple[Step, ...] = steps
    computed, item, precap = (step.amount for step in steps)
    if failed:
        computed = item = precap = ZERO
        shown = (Step(failed[0].article, f"不符合支持条件，金额为0元：{failed[0].text}", ZERO),)
    return Determination(
        scheme, on, not failed, computed, item, precap, conditions, shown, dict(facts), dict(parameters)
    )
