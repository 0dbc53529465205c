"""第十一条: 自发布之日起施行，有效期三年. Whether the policy holds on the day that counts for a case."""

from __future__ import annotations

from datetime import date, timedelta


def last_day(effective_from: date, years: int) -> date:
    """The last day on which the policy holds: the same day so many years later, less one."""
    try:
        anniversary = effective_from.replace(year=effective_from.year + years)
    except ValueError:
        # In force from a 29 February: the years are full at the end of 28 February.
        anniversary = date(effective_from.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def holds(on: date, effective_from: date, years: int) -> bool:
    """Whether the policy is in force on a day, both ends included."""
    return effective_from <= on <= last_day(effective_from, years)


def binds_instalment(decided_on: date, effective_from: date, years: int, after_expiry: str) -> bool:
    """Whether a yearly instalment of article 8 may still be decided (M18).

    The award is bound to the policy of its own decision; what `policy.post_expiry_instalments` says, `allowed` or
    `stop`, matters once that policy has expired.
    """
    return after_expiry == "allowed" or decided_on <= last_day(effective_from, years)
