"""What belongs to an article, in the order of the policy."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

_NUMERALS = "一二三四五六七八九"
_PLACE = re.compile("第(十?[一二三四五六七八九]?)[条款]")

Thing = TypeVar("Thing")


def by_article(found: Iterable[Thing], article: Callable[[Thing], str]) -> dict[str, list[Thing]]:
    """The things of each article, the first article first; within one they stay as they come."""
    articles: dict[str, list[Thing]] = {}
    for each in sorted(found, key=lambda each: _place(article(each))):
        articles.setdefault(article(each), []).append(each)
    return articles


def _place(article: str) -> list[int]:
    """第五条第二款 is [5, 2]: what the policy puts first comes first."""
    return [10 * ("十" in each) + _NUMERALS.find(each[-1]) + 1 for each in _PLACE.findall(article) if each]
