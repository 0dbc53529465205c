"""Choice before a cut (第十条): what a firm may choose where a yearly ceiling does not suffice for all of its matters.

The list reserves by the named order at once. Another choice says which matters are served first; they are kept whole,
never in part, and what is left goes to the others by the named order. It changes nothing for another firm, nor for a
case that the meeting has resolved.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from storage import batches, cases, ledger
from storage.batches import ListRow
from storage.matter_choices import MatterChoice
from storage.questions import listings
from workflows.case import cap_years
from workflows.case.contest import UNDECIDED, UNRESOLVED, Contest, Gathering, set_by_meeting, together
from workflows.case.reading import look_at
from workflows.case.step import Look, Step
from workflows.errors import Conflict
from workflows.rules import listing
from workflows.rules.money import ZERO, format_yuan

# Of more matters than this a firm chooses at most two: every further one doubles the outcomes that nobody could read.
_MOST_MATTERS = 8


@dataclass(frozen=True)
class Outcome:
    """One admissible outcome: the cases that are kept whole, all cases it is about, and both in one sentence."""

    kept: tuple[str, ...]
    over: tuple[str, ...]
    text: str


PROCESS = LETTER = "cut_choice"
"""The called process that tells a firm of a cut, and the kind of the letter that does."""


def is_offered(look: Look) -> bool:
    """Whether the case was cut by a yearly ceiling, on a list that its firm has not chosen itself."""
    case = look.case
    if not look.parameter("a10.choice_before_cut") or case.final_amount in (None, case.precap_amount):
        return False
    row = newest_row(look)
    return row is not None and listing.cut_by_ceilings(row.steps) > 0 and not listing.was_chosen(row.steps)


def newest_row(look: Look) -> ListRow | None:
    """The case's newest row of a list; the one that the list is just making is at hand."""
    row = look.ahead.get("row")
    return row if isinstance(row, ListRow) else batches.find_latest_row(look.session, look.case.id)


def outcomes(look: Look) -> list[Outcome]:
    """Every outcome that the firm of the case may choose instead of the list's, the most for this case first."""
    found = {each.case_id: each for each in listings.contenders(look.session, look.batch.id, UNDECIDED)}
    if look.case.id not in found:
        return []
    left_alone = set_by_meeting(look.session, look.batch.id)
    asking = together(found.values(), look.parameters, {look.case.id}) - left_alone
    looks = [look_at(look.session, case, look.now) for case in cases.by_ids(look.session, asking)]
    mine = tuple(
        each.case.reference
        for each in looks
        if each.enterprise.id == look.enterprise.id
        and each.case.precap_amount
        and found[each.case.id].messages.intersection(UNRESOLVED)
    )
    gathering = Gathering(look.session, [(each, cap_years.expected(each), None) for each in looks])
    contest = gathering.contest(ledger.find_accounts(look.session, gathering.accounts))
    titles = {each.case.reference: each.case.title for each in looks}
    return _admissible(contest, mine, look.case.reference, titles)


def _admissible(contest: Contest, mine: Sequence[str], own: str, titles: dict[str, str]) -> list[Outcome]:
    """Outcomes that differ from what stands, keep what was chosen whole and leave everybody else alone."""
    stands = _amounts(contest.rows())
    seen = {tuple(stands.values())}
    outcomes: list[tuple[Decimal, Outcome]] = []
    for size in range(1, (len(mine) if len(mine) <= _MOST_MATTERS else 2) + 1):
        for kept in combinations(mine, size):
            rows = contest.chosen({each: "first" if each in kept else "after" for each in mine}).rows()
            amounts = _amounts(rows)
            whole = all(amounts[each] and not listing.cut_by_ceilings(_steps(rows[each])) for each in kept)
            others_alone = all(amounts[each] == stands[each] for each in stands if each not in mine)
            if whole and others_alone and tuple(amounts.values()) not in seen:
                seen.add(tuple(amounts.values()))
                text = _told(kept, {each: amounts[each] for each in mine}, titles)
                outcomes.append((amounts[own], Outcome(kept, tuple(mine), text)))
    return [outcome for _, outcome in sorted(outcomes, key=lambda each: (-each[0], each[1].kept))]


def _amounts(rows: dict[str, listing.Row]) -> dict[str, Decimal]:
    return {reference: rows[reference].amount for reference in sorted(rows)}


def _steps(row: listing.Row) -> list[listing.ListStepText]:
    return [step.as_dict() for step in row.steps]


def _told(kept: Sequence[str], amounts: dict[str, Decimal], titles: dict[str, str]) -> str:
    def named(references: Iterable[str]) -> str:
        return "、".join(f"{titles[each]}（{each}）{format_yuan(amounts[each])}元" for each in references)

    rest = named(each for each in amounts if each not in kept)
    total = format_yuan(sum(amounts.values(), ZERO))
    return f"优先保留{named(kept)}" + (f"；其余{rest}" if rest else "") + f"；合计{total}元"


def choose(step: Step) -> None:
    """Keep what the firm chose in the task that was just submitted, and have its cases allocated anew."""
    if step.submitted["decision"] != "choose":
        return
    said = step.submitted["kept_matters"]
    outcome = next((each for each in outcomes(step) if each.text == said), None)
    if outcome is None:
        raise Conflict("分配方案所依据的申报情况刚有变化，没有提交；请刷新后重新选择。")
    step.session.add(
        MatterChoice(
            batch_id=step.batch.id,
            enterprise_id=step.enterprise.id,
            case_id=step.case.id,
            kept=[*outcome.kept],
            over=[*outcome.over],
            by=step.actor.username,
            at=step.now,
        )
    )
    step.record("matters_chosen", step.case.reference, [{"field": "kept_matters", "old": None, "new": outcome.text}])
    ledger.ask_reallocation(step.session, step.enterprise.uscc, step.batch.id, step.origin)
