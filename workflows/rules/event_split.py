"""第九条: one event's amount, shared by those who actually paid for it (实际出资方) in proportion to what they paid."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from workflows.rules.money import YUAN, floor_yuan


def split_event(amount: Decimal, contributions: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The share of each payer in whole yuan, by the verified contributions in yuan; together exactly `amount`.

    Each share is rounded down and the rest goes to the largest contribution, among equal ones to the payer whose name
    comes first: the order of the mapping has no influence. Raises ValueError for an amount that is negative or not
    whole yuan, a negative contribution, or when nobody paid.
    """
    if amount < 0 or amount != floor_yuan(amount):
        raise ValueError(f"an event's amount is whole yuan, not {amount}")
    if any(paid < 0 for paid in contributions.values()) or not any(contributions.values()):
        raise ValueError("an event is shared by those who paid for it")
    # Integers of fen: the product of two amounts has more digits than Python's decimal context keeps.
    fen = {payer: int(paid.scaleb(2)) for payer, paid in contributions.items()}
    total = sum(fen.values())
    shares = {payer: int(amount) * paid // total for payer, paid in fen.items()}
    largest = min(fen, key=lambda payer: (-fen[payer], payer))
    shares[largest] += int(amount) - sum(shares.values())
    return {payer: Decimal(share).quantize(YUAN) for payer, share in shares.items()}
