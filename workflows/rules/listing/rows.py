"""A proposed list while it is worked out: what each case brings, and what each step of domain.md 2.1 makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NotRequired, TypedDict

from workflows.rules.ceiling import ANNUAL, ENTITY_YEAR, NOTHING_LEFT
from workflows.rules.money import YUAN, ZERO
from workflows.rules.schemes import SCHEMES

BEST_ONLY = "BEST_ONLY"
OTHER_POLICY = "OTHER_POLICY"
# The enterprise chose which of its matters are served first.
CHOSEN = "CHOSEN"
# A meeting gave less than the rules do.
ADJUSTED = "ADJUSTED"
# Marks the step that says that a recognition under article 8 reserves nothing.
RECOGNITION = "RECOGNITION"
_CEILINGS = frozenset({ANNUAL.cut_code, ENTITY_YEAR.cut_code, NOTHING_LEFT})


Choice = Literal["", "first", "after"]


@dataclass(frozen=True, slots=True)
class ListedCase:
    """One case on its way to the list. Amounts in yuan; `precap_amount` (steps 1–3) is whole.

    `account` is the ceiling's: the beneficiary's USCC, or its group's; the case counts there in `year`, and for article
    6 in `entity_year`. `matter` names the same project or matter (2.2). `other_district_paid` is what other policies of
    the district gave for it, `city_paid` what the city gave. `contribution` is a payer's own money in an event, which
    cost `event_cost`, both verified. `city_project` names the project of article 7, of which cases outside the list had
    `matched_before` in yuan, ahead of the yearly ceilings. `at_most` is what a meeting set below the rules.
    `choice` is what its enterprise chose, if it did: this case first, or after those. `paid` is what a case that is
    decided anew has been paid and not returned: its account holds that, however low it is decided.
    `recognition` marks the entry of article 8, whose total is decided here but reserves nothing: each of its years is
    listed by itself.
    """

    case: str
    scheme: str
    uscc: str
    account: str
    is_enterprise: bool
    matter: int
    precap_amount: Decimal
    accepted_at: datetime | date
    year: int
    entity_year: int
    at_most: Decimal | None = None
    paid: Decimal = ZERO
    choice: Choice = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    other_district_paid: Decimal = ZERO
    other_district_returned: bool = False
    city_paid: Decimal = ZERO
    verified_investment: Decimal | None = None
    granted_same_item: Decimal = ZERO
    contribution: Decimal = ZERO
    city_project: str = ""
    matched_before: Decimal = ZERO
    event_cost: Decimal | None = None
    tonnes_year: int | None = None
    recognition: bool = False

    @property
    def article(self) -> int:
        """Rank of the case's article, for ties (M15)."""
        return list(SCHEMES).index(self.scheme)


class ListStepText(TypedDict):
    """A step as it is kept with its row: amounts as texts in whole yuan. The first lists ever fixed have no `by`."""

    article: str
    text: str
    cut: str
    amount: str
    code: str
    by: NotRequired[str]


@dataclass(frozen=True, slots=True)
class ListStep:
    """One step: what was done and by which article, what it cut and what was left, in whole yuan.

    `code` is a reason code where something was cut, a warning's name, or empty; `by` is the case that was better.
    """

    article: str
    text: str
    cut: Decimal
    amount: Decimal
    code: str = ""
    by: str = ""

    def as_dict(self) -> ListStepText:
        return {
            "article": self.article,
            "text": self.text,
            "cut": f"{self.cut:.0f}",
            "amount": f"{self.amount:.0f}",
            "code": self.code,
            "by": self.by,
        }


def cut_by_ceilings(steps: Iterable[Mapping[str, object]]) -> Decimal:
    """Yuan that the yearly ceilings took from a case on its list."""
    return sum((Decimal(str(step["cut"])) for step in steps if step["code"] in _CEILINGS), ZERO)


def was_chosen(steps: Iterable[Mapping[str, object]]) -> bool:
    """Whether the list follows what the case's enterprise chose."""
    return any(step["code"] == CHOSEN for step in steps)


def before_ceilings(precap: Decimal, steps: Iterable[Mapping[str, object]]) -> Decimal:
    """Yuan that a case had on its list before the yearly ceilings, by its amount there and the steps that were kept."""
    amount = precap
    for step in steps:
        if step["code"] in _CEILINGS:
            break
        amount = Decimal(str(step["amount"]))
    return amount


class Row:
    """A case's line of the list; each rule that touches it leaves a step."""

    def __init__(self, listed: ListedCase) -> None:
        self.listed = listed
        self.amount = listed.precap_amount
        self.steps: list[ListStep] = []

    def cut_to(self, amount: Decimal, article: str, text: str, code: str, *, by: str = "") -> None:
        """Lower the amount by a rule."""
        amount = amount.quantize(YUAN)
        self.steps.append(ListStep(article, text, self.amount - amount, amount, code, by))
        self.amount = amount

    def note(self, article: str, text: str, code: str = "") -> None:
        """A step that looked and cut nothing."""
        self.steps.append(ListStep(article, text, ZERO, self.amount, code))

    @property
    def reason_code(self) -> str | None:
        """Why nothing is left, if a rule of the list is the reason; None when the case's own figures are."""
        if self.amount or not self.listed.precap_amount:
            return None
        return next((step.code for step in reversed(self.steps) if step.cut), None)
