"""第十条“从优不重复”: of the clauses that one project or matter meets, only the best one is paid (domain.md 2.3).

What several cases of one scheme may share is not a duplicate: the phases of a project, the instalments of a city
project, the payers of an event, the years of a cluster. They stand together as one candidate; that none of them asks
for the same part is seen when they are accepted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflows.rules.listing.rows import BEST_ONLY, Row
from workflows.rules.money import ZERO, format_yuan

ARTICLE = "第十条"
# Schemes whose cases on one matter belong together in one list …
TOGETHER = frozenset({"retrofit", "renewable_energy", "future_energy", "industry_cluster", "green_event"})
# … and those whose earlier awards on the same matter are reckoned with in step 3, not refused here.
CONTINUED = TOGETHER | {"green_honour"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What somebody outside this list already has on a matter: a case of another batch, or a historic award.

    `what` says it in Chinese, to follow 同一事项; `case` is its reference where it is a case here. `pending_old_rule`
    is a case that is still decided under the repealed rules (M17), with the yuan that it would get there.
    """

    matter: int
    scheme: str
    what: str
    amount: Decimal = ZERO
    pending_old_rule: bool = False
    case: str = ""


def choose(
    rows: Sequence[Row],
    groups: Mapping[int, int],
    taken: Iterable[Taken],
    retired: Collection[str],
    transition_rule: str,
) -> None:
    """Leave the winner of each matter its amount and cut the others to 0.

    Highest amount first; then the earlier acceptance, the lower article, the lower reference (M15). `groups` maps each
    matter to the one that it counts as. `retired` names winners whom a ceiling left nothing: they hold no place.
    """
    by_matter: dict[int, list[Row]] = {}
    for row in rows:
        by_matter.setdefault(groups[row.listed.matter], []).append(row)
    held: dict[int, list[Taken]] = {}
    for each in taken:
        held.setdefault(groups.get(each.matter, each.matter), []).append(each)
    for matter, contenders in by_matter.items():
        _refuse_what_is_taken(contenders, held.get(matter, ()), transition_rule)
        _keep_the_best([row for row in contenders if row.amount and row.listed.case not in retired])


def _refuse_what_is_taken(contenders: Sequence[Row], held: Iterable[Taken], transition_rule: str) -> None:
    for each in held:
        for row in contenders:
            if row.amount and _stands_against(each, row, transition_rule):
                text = f"同一事项{each.what}，按“从优不重复”原则，本件不再支持"
                row.cut_to(ZERO, ARTICLE, text, BEST_ONLY, by=each.case)


def _stands_against(held: Taken, row: Row, transition_rule: str) -> bool:
    if held.pending_old_rule:
        if transition_rule == "new_rule_only":
            return False
        return transition_rule == "old_rule_if_accepted_before" or row.amount <= held.amount
    if held.scheme == row.listed.scheme == "renewable_energy":
        return not held.case  # of an award before this program nobody knows which phase it was
    return held.scheme != row.listed.scheme or held.scheme not in CONTINUED


def _keep_the_best(contenders: Sequence[Row]) -> None:
    candidates: dict[str, list[Row]] = {}
    for row in contenders:
        together = row.listed.scheme in TOGETHER
        candidates.setdefault(row.listed.scheme if together else row.listed.case, []).append(row)
    if len(candidates) < 2:
        return
    ranked = sorted(candidates.values(), key=_rank)
    winner = min(row.listed.case for row in ranked[0])
    best = sum((row.amount for row in ranked[0]), ZERO)
    for loser in ranked[1:]:
        for row in loser:
            text = f"与申报件{winner}属于同一事项，该件{format_yuan(best)}元更优，按“从优不重复”原则，本件暂列不支持"
            row.cut_to(ZERO, ARTICLE, text, BEST_ONLY, by=winner)


def _rank(candidate: Sequence[Row]) -> tuple[object, ...]:
    return (
        -sum((row.amount for row in candidate), ZERO),
        min(row.listed.accepted_at for row in candidate),
        candidate[0].listed.article,
        min(row.listed.case for row in candidate),
    )
