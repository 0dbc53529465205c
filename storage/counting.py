"""Counting that stops: who is told "99+" need not know how many more there are, and nobody counts them."""

from typing import Any

from sqlalchemy import Select, func, select

MOST = 100
"""The largest number that is told; it means this many or more."""


def at_most(query: Select[Any]) -> Select[int]:
    """The number of rows of a query, at most MOST."""
    return select(func.count()).select_from(query.limit(MOST).subquery())
