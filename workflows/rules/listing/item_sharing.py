"""What an item brings at most when several cases of one list share it: phases, payers of an event, instalments.

Each case kept the item's limit by itself in steps 2 and 3; together they keep it here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from workflows.rules.event_split import split_event
from workflows.rules.listing.rows import Row
from workflows.rules.money import ZERO, format_yuan
from workflows.rules.parameters import get_decimal
from workflows.rules.schemes.future_energy import matched_in_all

SHARED_CEILING = "SHARED_CEILING"
PROJECT, EVENT, CITY_AWARD = "retrofit", "green_event", "future_energy"


def share(rows: Sequence[Row], parameters: Mapping[str, object]) -> None:
    """Cut what the cases of one project, event or city project would get together to what the item brings at most."""
    items: dict[tuple[str, object], list[Row]] = {}
    for row in rows:
        if row.listed.scheme in (PROJECT, EVENT, CITY_AWARD) and row.amount:
            items.setdefault((row.listed.scheme, row.listed.city_project or row.listed.matter), []).append(row)
    for (scheme, _), group in items.items():
        if scheme == PROJECT:
            _phases(group, get_decimal(parameters, "a3.project_cap"))
        elif scheme == EVENT:
            _payers(group, get_decimal(parameters, "a9.event_cap"))
        else:
            _instalments(group, parameters)


def _phases(group: Sequence[Row], cap: Decimal) -> None:
    """第三条: the earlier accepted phase first; what earlier awards left of the project's ceiling is all there is."""
    room = max(ZERO, cap - max(row.listed.granted_same_item for row in group))
    for row in sorted(group, key=lambda row: (row.listed.accepted_at, row.listed.case)):
        if row.amount > room:
            text = f"同一项目各期合计最高支持{format_yuan(cap)}元，本期尚余{format_yuan(room)}元"
            row.cut_to(room, "第三条", text, SHARED_CEILING)
        room -= row.amount


def _payers(group: Sequence[Row], cap: Decimal) -> None:
    """第九条: the event's ceiling by verified contribution, rounded down; the rest goes to the largest payer (V9-8)."""
    _within_the_cost(group)
    room = max(ZERO, cap - max(row.listed.granted_same_item for row in group))
    if sum((row.amount for row in group), ZERO) <= room:
        return
    shares = split_event(room, {row.listed.case: row.listed.contribution for row in group})
    for row in group:
        text = f"同一活动各出资方合计最高支持{format_yuan(cap)}元，按核定出资额分摊"
        row.cut_to(min(shares[row.listed.case], row.amount), "第九条", text, SHARED_CEILING)


def _instalments(group: Sequence[Row], parameters: Mapping[str, object]) -> None:
    """第七条: the ratio of all that the city paid, or approved, for the project; the earlier accepted first."""
    in_all = max(matched_in_all(row.listed.facts, parameters, row.amount) for row in group)
    room = max(ZERO, in_all - max(row.listed.matched_before for row in group))
    for row in sorted(group, key=lambda row: (row.listed.accepted_at, row.listed.case)):
        if row.amount > room:
            text = f"同一市级项目各期配套合计最高{format_yuan(in_all)}元，本期尚余{format_yuan(room)}元"
            row.cut_to(room, "第七条", text, SHARED_CEILING)
        room -= row.amount


def _within_the_cost(group: Sequence[Row]) -> None:
    """第九条, 实际出资: all payers together paid no more than the event cost. Figures that say otherwise were confirmed
    before two events were found to be one; each then counts in proportion."""
    cost = min((row.listed.event_cost for row in group if row.listed.event_cost is not None), default=None)
    paid = sum((row.listed.contribution for row in group), ZERO)
    if cost is None or paid <= cost:
        return
    text = f"各出资方核定出资合计{format_yuan(paid)}元，超过核定活动总费用{format_yuan(cost)}元，按比例计"
    for row in group:
        # Integers of fen, as in the split: nothing is lost in a division.
        amount = int(row.amount) * int(cost.scaleb(2)) // int(paid.scaleb(2))
        row.cut_to(Decimal(amount), "第九条", text, SHARED_CEILING)
