"""第五条: the same tonnes in the intensity award (5.1b) and the trading reward (5.3): `a5.same_tonnes_rule`, M16.

best_only: the two count as one matter. disjoint: tonnes that were sold leave the reduction that 5.1b pays for.
independent: each stands by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from workflows.rules.listing.rows import Row
from workflows.rules.money import ZERO
from workflows.rules.schemes import determine

ARTICLE = "第五条"
INTENSITY, TRADING = "carbon_intensity", "carbon_trading"
OVERLAP = "SAME_TONNES"


def matter_groups(rows: Sequence[Row], rule: str) -> dict[int, int]:
    """Each matter with the one that it counts as: itself, unless its tonnes are those of another under best_only."""
    groups = {row.listed.matter: row.listed.matter for row in rows}
    if rule != "best_only":
        return groups
    for pair in _years(rows).values():
        root = min(groups[row.listed.matter] for row in pair)
        joined = {groups[row.listed.matter] for row in pair}
        groups = {matter: root if group in joined else group for matter, group in groups.items()}
    return groups


def leave_out_sold_tonnes(rows: Sequence[Row], rule: str, parameters: Mapping[str, object], on: date) -> None:
    """Under disjoint, compute the intensity award again without the tonnes that the same firm sold in that year."""
    if rule != "disjoint":
        return
    for pair in _years(rows).values():
        sold = sum((_tonnes(row, "total_volume_t") for row in pair if row.listed.scheme == TRADING), ZERO)
        for row in pair:
            if row.listed.scheme == INTENSITY and sold:
                facts = dict(row.listed.facts) | {"traded_t": str(_tonnes(row, "traded_t") + sold)}
                amount = determine(INTENSITY, facts, parameters, on).precap_amount
                if amount < row.amount:
                    text = f"已按第五条第三款计入碳交易的{sold}吨不重复计算减排量"
                    row.cut_to(amount, ARTICLE, text, OVERLAP)


def _years(rows: Sequence[Row]) -> dict[tuple[str, int], list[Row]]:
    """The awarded rows of both schemes by firm and year, where a year has both."""
    found: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        listed = row.listed
        if listed.scheme in (INTENSITY, TRADING) and listed.tonnes_year is not None and row.amount:
            found.setdefault((listed.uscc, listed.tonnes_year), []).append(row)
    return {key: pair for key, pair in found.items() if len({row.listed.scheme for row in pair}) == 2}


def _tonnes(row: Row, fact: str) -> Decimal:
    return Decimal(str(row.listed.facts.get(fact) or "0"))
