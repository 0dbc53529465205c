"""第十条: 单个企业每年最高支持200万元 (and 第六条: 单个主体年度). How an account's room is given to those who ask.

An account is one enterprise (统一社会信用代码) and one year. The result depends on the set of claims alone: neither on
their order nor on who asked first. Whoever calls holds the account's lock and passes what is used already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from workflows.rules.money import YUAN, ZERO, floor_yuan, format_yuan


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Which yearly ceiling is shared: its article and words, and what a cut by it is called on lists (wording.md)."""

    article: str
    name: str
    words: str
    cut_name: str
    cut_code: str


NOTHING_LEFT = "ZERO_AFTER_CAP"
ANNUAL = Ceiling("第十条", "年度支持限额", "单个企业每年最高支持", "年度限额调减", "ANNUAL_CAP_CUT")
ENTITY_YEAR = Ceiling("第六条", "主体年度限额", "单个主体年度最高支持", "主体年度限额调减", "ENTITY_CAP_CUT")


@dataclass(frozen=True, slots=True)
class Claim:
    """A case that asks for its precap_amount (whole yuan); `accepted_at` decides between equal amounts. `first` is what
    the enterprise chose to have served before its others, whatever the order."""

    case: str
    precap_amount: Decimal
    accepted_at: datetime | date
    first: bool = False


@dataclass(frozen=True, slots=True)
class Allocation:
    """What one case gets of the account: amount + cut = precap_amount, in whole yuan.

    `reason_code` is None, the ceiling's cut code, or ZERO_AFTER_CAP when nothing is left; `reason` is the Chinese
    sentence for the list and the letter, empty when nothing was cut.
    """

    case: str
    article: str
    precap_amount: Decimal
    amount: Decimal
    cut: Decimal
    reason_code: str | None
    reason: str


def allocate(
    claims: Iterable[Claim],
    account_used: Decimal,
    cap: Decimal,
    order: str = "largest_first",
    ceiling: Ceiling = ANNUAL,
) -> list[Allocation]:
    """The room of one account, cap less what is used, given to the claims; in the order in which they were served.

    What its enterprise chose comes `first`. Then, in the order:
    largest_first: the larger amount first, then the earlier acceptance, then the lower case reference.
    acceptance_order: the earlier acceptance first, then the larger amount, then the lower reference.
    pro_rata: in proportion, rounded down; the yuan left over go one each to the largest remainders, then as
    largest_first. Never more than the cap in all, and nothing is left over that was asked for.
    Raises ValueError for an unknown order, a case that asks twice, or an amount that is negative or not whole yuan.
    """
    asking = list(claims)
    if order not in _ORDERS:
        raise ValueError(f"unknown order of allocation: {order}")
    if len({claim.case for claim in asking}) < len(asking):
        raise ValueError("a case asks an account once")
    for amount in (account_used, cap, *(claim.precap_amount for claim in asking)):
        if amount < 0 or amount != floor_yuan(amount):
            raise ValueError(f"an account holds whole yuan, not {amount}")
    room = max(ZERO, cap - account_used)
    served, share = _ORDERS[order]
    queue = sorted(asking, key=served)
    return [
        _allocation(claim, amount, f"{ceiling.words}{format_yuan(cap)}元，{said}", ceiling)
        for claim, (amount, said) in zip(queue, share(queue, room, account_used), strict=True)
    ]


def _by_amount(claim: Claim) -> tuple[bool, Decimal, datetime | date, str]:
    return (not claim.first, -claim.precap_amount, claim.accepted_at, claim.case)


def _by_acceptance(claim: Claim) -> tuple[bool, datetime | date, Decimal, str]:
    return (not claim.first, claim.accepted_at, -claim.precap_amount, claim.case)


_Share = tuple[Decimal, str]


def _one_after_another(queue: Sequence[Claim], room: Decimal, used: Decimal) -> list[_Share]:
    shares: list[_Share] = []
    taken = ZERO
    for claim in queue:
        left = room - taken
        said = (
            f"本年度此前已占用{format_yuan(used)}元，同批次其他申报件已分配{format_yuan(taken)}元，"
            f"尚余{format_yuan(left)}元"
        )
        shares.append((min(claim.precap_amount, left), said))
        taken += shares[-1][0]
    return shares


def _in_proportion(queue: Sequence[Claim], room: Decimal, used: Decimal) -> list[_Share]:
    """What was chosen to come first is whole; the others share what is left."""
    first = _one_after_another([claim for claim in queue if claim.first], room, used)
    taken = sum((amount for amount, _ in first), ZERO)
    return first + _shared([claim for claim in queue if not claim.first], room - taken, used + taken)


def _shared(queue: Sequence[Claim], room: Decimal, used: Decimal) -> list[_Share]:
    asked = sum((claim.precap_amount for claim in queue), ZERO)
    spent = min(room, asked)
    said = (
        f"本年度此前已占用{format_yuan(used)}元，尚余{format_yuan(room)}元，"
        f"同批次申报件合计{format_yuan(asked)}元，按比例分配"
    )
    if not asked:
        return [(ZERO, said) for _ in queue]
    parts = [divmod(claim.precap_amount * spent, asked) for claim in queue]
    amounts = [whole for whole, _ in parts]
    over = int(spent - sum(amounts, ZERO))
    # `sorted` is stable: equal remainders keep the order of the queue.
    for place in sorted(range(len(queue)), key=lambda place: -parts[place][1])[:over]:
        amounts[place] += YUAN
    return [(amount, said) for amount in amounts]


_ORDERS: Mapping[
    str,
    tuple[Callable[[Claim], tuple[object, ...]], Callable[[Sequence[Claim], Decimal, Decimal], list[_Share]]],
] = {
    "largest_first": (_by_amount, _one_after_another),
    "acceptance_order": (_by_acceptance, _one_after_another),
    "pro_rata": (_by_amount, _in_proportion),
}


def _allocation(claim: Claim, amount: Decimal, said: str, ceiling: Ceiling) -> Allocation:
    amount = amount.quantize(YUAN)
    cut = (claim.precap_amount - amount).quantize(YUAN)
    code, reason = None, ""
    if cut:
        code = ceiling.cut_code if amount else NOTHING_LEFT
        reason = (
            f"{ceiling.cut_name}{format_yuan(cut)}元（{ceiling.article}）：{said}，本件拟支持{format_yuan(amount)}元"
        )
    return Allocation(claim.case, ceiling.article, claim.precap_amount.quantize(YUAN), amount, cut, code, reason)
