"""What cases would get under given values: steps 1–8 of domain.md 2.1 over whole batches, from what was kept of them.

Pure: cases, what others hold, and values in; an outcome a case out. The same function gives what is (unchanged values)
and what would be (changed ones), so their difference is the effect of the values alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from workflows import rules
from workflows.case.listed_cases import account_key, contribution
from workflows.rules import listing
from workflows.rules.listing import ListedCase, Taken
from workflows.rules.money import ZERO
from workflows.rules.parameters import ParameterMissing

Item = tuple[int, str]
"""A matter and a scheme: what may share one ceiling."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One case: the facts of its newest calculation and the day of it, and the case as the list sees it.

    `listed` carries neither the amount nor the account: both depend on the values. Its `granted_same_item` is what the
    file itself states; what other cases hold on the same item is added here.
    """

    listed: ListedCase
    group_uscc: str | None
    facts: Mapping[str, Any]
    calculated_on: date


@dataclass(frozen=True, slots=True)
class Round:
    """One batch: the year of its ceiling, its cases, and the typed values under which they are worked out."""

    year: int
    subjects: Sequence[Subject]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Holding:
    """Yuan of a year's ceiling that somebody outside these rounds holds."""

    year: int
    scheme: str
    uscc: str
    group_uscc: str | None
    is_enterprise: bool
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stays as it is: holdings, what is taken on the matters, and what other cases were granted on each item."""

    holdings: Sequence[Holding] = ()
    taken: Sequence[Taken] = ()
    granted: Mapping[Item, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """One step in words, with the article that it comes from and the yuan that are left after it."""

    article: str
    text: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one case gets: whole yuan before and after the rules over several cases, and the steps that led there.

    `missing` says, in Chinese, why its article could not be applied under these values: then steps 1–3 are those of
    `instead`, and only the list was worked out anew.
    """

    precap_amount: Decimal
    amount: Decimal
    steps: tuple[Told, ...]
    own_steps: tuple[Told, ...]
    missing: str = ""


def work_out(
    rounds: Sequence[Round],
    around: Surroundings,
    on: date,
    instead: Mapping[str, Outcome] | None = None,
) -> dict[str, Outcome]:
    """The outcome of every case, by reference; the rounds one after the other, each as one list.

    What an earlier round gives counts as held and taken for the later ones. `instead` answers for a case whose facts
    do not suffice for a changed reading; without it FactInvalid is raised. Raises ParameterMissing.
    """
    holdings, taken, granted = list(around.holdings), list(around.taken), dict(around.granted)
    found: dict[str, Outcome] = {}
    for each in rounds:
        own = {subject.listed.case: _determined(subject, each.values, instead) for subject in each.subjects}
        listed = [_listed(subject, own[subject.listed.case], each.values, granted) for subject in each.subjects]
        rows = listing.propose(listed, _held(holdings, each), taken, each.values, on)
        for subject in each.subjects:
            row, before = rows[subject.listed.case], own[subject.listed.case]
            steps = tuple(Told(step.article, step.text, step.amount) for step in row.steps)
            found[subject.listed.case] = replace(before, amount=row.amount, steps=(*before.own_steps, *steps))
        for subject in each.subjects:
            _count_in(subject, found[subject.listed.case].amount, each.year, holdings, taken, granted)
    return found


def _determined(subject: Subject, values: Mapping[str, Any], instead: Mapping[str, Outcome] | None) -> Outcome:
    """Steps 1–3 of one case; its amount is not on a list yet."""
    scheme = subject.listed.scheme
    try:
        result = rules.determine(scheme, subject.facts, values, subject.calculated_on)
    except (rules.FactInvalid, ParameterMissing) as missing:
        if instead is None or subject.listed.case not in instead:
            raise
        return replace(instead[subject.listed.case], missing=str(missing))
    steps = tuple(Told(step.article, step.text, step.amount) for step in result.steps)
    return Outcome(result.precap_amount, ZERO, steps, steps)


def _listed(subject: Subject, own: Outcome, values: Mapping[str, Any], granted: Mapping[Item, Decimal]) -> ListedCase:
    case = subject.listed
    return replace(
        case,
        precap_amount=own.precap_amount,
        contribution=contribution(case.scheme, subject.facts, values),
        account=account_key(case.uscc, subject.group_uscc, values),
        granted_same_item=max(case.granted_same_item, granted.get((case.matter, case.scheme), ZERO)),
    )


def _held(holdings: Sequence[Holding], round_: Round) -> listing.Held:
    """What is held of the round's year, by account for article 10 and by USCC for article 6, as its values read it."""
    annual: dict[listing.AccountYear, Decimal] = {}
    renewable: dict[listing.AccountYear, Decimal] = {}
    for each in holdings:
        if each.year != round_.year:
            continue
        if listing.counts_in_annual_cap(each.scheme, each.is_enterprise, round_.values):
            account = account_key(each.uscc, each.group_uscc, round_.values), each.year
            annual[account] = annual.get(account, ZERO) + each.amount
        if each.scheme == listing.RENEWABLE:
            renewable[each.uscc, each.year] = renewable.get((each.uscc, each.year), ZERO) + each.amount
    return listing.Held(annual, renewable)


def _count_in(
    subject: Subject,
    amount: Decimal,
    year: int,
    holdings: list[Holding],
    taken: list[Taken],
    granted: dict[Item, Decimal],
) -> None:
    """Let the later rounds find what this case got."""
    if not amount:
        return
    case = subject.listed
    if not case.recognition:
        holdings.append(Holding(year, case.scheme, case.uscc, subject.group_uscc, case.is_enterprise, amount))
    taken.append(Taken(case.matter, case.scheme, f"已由申报件{case.case}支持", amount, case=case.case))
    item = (case.matter, case.scheme)
    granted[item] = granted.get(item, ZERO) + amount
