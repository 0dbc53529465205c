"""第十条 and the rules over several cases: from each case's own amount to the proposed list (domain.md 2.1, steps 4–8).

The result depends on the set of cases, on what is already held and on the parameters; never on an order or a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.rules import ceiling
from workflows.rules.listing import best_only, item_sharing, other_funds, same_tonnes
from workflows.rules.listing.best_only import Taken
from workflows.rules.listing.rows import (
    ADJUSTED,
    BEST_ONLY,
    CHOSEN,
    OTHER_POLICY,
    RECOGNITION,
    Choice,
    ListedCase,
    ListStep,
    ListStepText,
    Row,
    before_ceilings,
    cut_by_ceilings,
    was_chosen,
)
from workflows.rules.money import ZERO
from workflows.rules.parameters import get_decimal

__all__ = [
    "ADJUSTED",
    "BEST_ONLY",
    "CHOSEN",
    "OTHER_POLICY",
    "RECOGNITION",
    "AccountYear",
    "Choice",
    "Held",
    "ListStep",
    "ListStepText",
    "ListedCase",
    "Row",
    "Taken",
    "before_ceilings",
    "binds",
    "cut_by_ceilings",
    "propose",
    "was_chosen",
]

RENEWABLE, CLUSTER = "renewable_energy", "industry_cluster"

_CHOICES = {
    "first": "按申报单位的选择，优先分配年度限额",
    "after": "按申报单位的选择，在其优先保留的事项之后分配年度限额",
}

AccountYear = tuple[str, int]
"""Whose ceiling, and of which year: yearly ceilings are shared within one such pair."""


@dataclass(frozen=True, slots=True)
class Held:
    """Yuan that cases outside this list hold of a year: by account for article 10, by USCC for article 6."""

    annual: Mapping[AccountYear, Decimal]
    renewable: Mapping[AccountYear, Decimal]


def counts_in_annual_cap(scheme: str, is_enterprise: bool, parameters: Mapping[str, object]) -> bool:
    """Whether an award of this scheme to this kind of beneficiary falls under 单个企业每年最高支持200万元."""
    if scheme == CLUSTER and parameters.get("a8.exempt_from_annual_cap") is True:
        return False
    return binds(is_enterprise, parameters)


def binds(is_enterprise: bool, parameters: Mapping[str, object]) -> bool:
    """Whether the annual ceiling holds for this kind of beneficiary (`a10.annual_cap_applies_to`, M10)."""
    return is_enterprise or parameters["a10.annual_cap_applies_to"] == "all_beneficiaries"


def propose(
    listed: Iterable[ListedCase], held: Held, taken: Sequence[Taken], parameters: Mapping[str, object], on: date
) -> dict[str, Row]:
    """The rows of a list by case: steps 4–8 for all cases together.

    A winner of best-only to whom a ceiling leaves nothing gives its place to the next (corrections, procedure 3).
    Raises ParameterMissing for a reading that nobody chose.
    """
    cases = sorted(listed, key=lambda each: each.case)
    retired: set[str] = set()
    while True:
        rows = _once(cases, held, taken, parameters, on, retired)
        outlived = _left_without(rows, retired)
        if not outlived:
            return {row.listed.case: row for row in rows}
        retired |= outlived


def _once(
    cases: Sequence[ListedCase],
    held: Held,
    taken: Sequence[Taken],
    parameters: Mapping[str, object],
    on: date,
    retired: set[str],
) -> list[Row]:
    rows = [Row(each) for each in cases]
    tonnes = str(parameters.get("a5.same_tonnes_rule", "independent"))
    same_tonnes.leave_out_sold_tonnes(rows, tonnes, parameters, on)
    groups = same_tonnes.matter_groups(rows, tonnes)
    best_only.choose(rows, groups, taken, retired, str(parameters["policy.transition_rule"]))
    item_sharing.share(rows, parameters)
    for row in rows:
        other_funds.settle_other_district_policies(row, str(parameters["a10.other_policy_treatment"]))
        other_funds.warn_above_investment(row, parameters)
        if row.listed.at_most is not None and row.amount > row.listed.at_most:
            row.cut_to(row.listed.at_most, "集体审议", "以集体审议调减后的金额为限", ADJUSTED)
        if row.listed.choice and row.amount:
            row.note("第十条", _CHOICES[row.listed.choice], CHOSEN)
    _entity_year(rows, held, parameters)
    _annual(rows, held, parameters)
    return rows


def _left_without(rows: Sequence[Row], retired: set[str]) -> set[str]:
    """Winners whom a later step left nothing, while another case of the matter lost to them."""
    lost = {row.listed.matter for row in rows if row.reason_code == BEST_ONLY}
    return {
        row.listed.case
        for row in rows
        if row.listed.matter in lost
        and row.listed.precap_amount
        and not row.amount
        and row.reason_code != BEST_ONLY
        and row.listed.case not in retired
    }


def _entity_year(rows: Sequence[Row], held: Held, parameters: Mapping[str, object]) -> None:
    """Step 7, 第六条: 单个主体年度最高支持200万元, over the beneficiary's own USCC; the larger amount first."""
    asking = [row for row in rows if row.listed.scheme == RENEWABLE and row.amount]
    if asking:
        cap = get_decimal(parameters, "a6.entity_year_cap")
        _share(asking, _entity_account, held.renewable, cap, "largest_first", ceiling.ENTITY_YEAR)


def _annual(rows: Sequence[Row], held: Held, parameters: Mapping[str, object]) -> None:
    """Step 8, 第十条: 单个企业每年最高支持200万元, over the account of the enterprise or its group."""
    asking = []
    for row in rows:
        if row.listed.recognition:
            row.note("第八条", "认定三年支持总额，各年度资金分年审定并计入当年限额", RECOGNITION)
        elif not counts_in_annual_cap(row.listed.scheme, row.listed.is_enterprise, parameters):
            row.note("第十条", "按已确认的口径，本件不计入年度支持限额")
        else:
            asking.append(row)
    cap = get_decimal(parameters, "a10.annual_cap")
    order = str(parameters["a10.allocation_order"])
    _share(asking, _account, held.annual, cap, order, ceiling.ANNUAL)


def _account(row: Row) -> AccountYear:
    return row.listed.account, row.listed.year


def _entity_account(row: Row) -> AccountYear:
    return row.listed.uscc, row.listed.entity_year


def _share(
    rows: Sequence[Row],
    account_of: Callable[[Row], AccountYear],
    used: Mapping[AccountYear, Decimal],
    cap: Decimal,
    order: str,
    rule: ceiling.Ceiling,
) -> None:
    by_account: dict[AccountYear, list[Row]] = {}
    for row in rows:
        by_account.setdefault(account_of(row), []).append(row)
    for account, group in by_account.items():
        asking = {row.listed.case: row for row in group}
        # What was paid is held already: it is no room for others, and its own case asks for the difference alone.
        has = {case: min(row.amount, row.listed.paid) for case, row in asking.items()}
        claims = [
            ceiling.Claim(case, row.amount - has[case], row.listed.accepted_at, row.listed.choice == "first")
            for case, row in asking.items()
        ]
        held = used.get(account, ZERO) + sum((row.listed.paid for row in group), ZERO)
        for each in ceiling.allocate(claims, held, cap, order, rule):
            if each.cut:
                amount = has[each.case] + each.amount
                code = rule.cut_code if amount else each.reason_code or ""
                asking[each.case].cut_to(amount, each.article, each.reason, code)
            else:
                asking[each.case].note(each.article, f"未超过{rule.name}")
