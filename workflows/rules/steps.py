"""Steps that several articles share: a figure rounded down once, a share of it, a ceiling, and nothing earlier.

Steps 1 to 3 of a determination are 测算金额, 单项限额内金额 and 限额调减前金额; what only one article says stays with
its scheme.
"""

from __future__ import annotations

from decimal import Decimal

from workflows.rules.determination import Step
from workflows.rules.money import floor_yuan, format_yuan
from workflows.rules.values import show_percent


def rounded_down(article: str, text: str, exact: Decimal, unit: Decimal) -> Step:
    """Step 1: the formula's exact result in yuan, rounded down to the unit. The text says so when that changed it."""
    amount = floor_yuan(exact, unit)
    if amount != exact:
        text += f"，向下取整为{format_yuan(amount)}元"
    return Step(article, text, amount)


def share_of(article: str, what: str, base: Decimal, rate: Decimal, unit: Decimal) -> Step:
    """Step 1 of the articles that support a share: 按照不超过……的一定比例予以支持."""
    share = base * rate
    text = f"{what}{format_yuan(base)}元×{show_percent(rate)}＝{format_yuan(share.normalize())}元"
    return rounded_down(article, text, share, unit)


def within(article: str, computed: Decimal, what: str, cap: Decimal) -> Step:
    """Step 2 of the articles with a ceiling of the item; `what` is what the article calls it: 单个项目最高支持."""
    amount = floor_yuan(min(computed, cap))
    if computed <= cap:
        text = f"未超过{what}{format_yuan(cap)}元，为{format_yuan(amount)}元"
    else:
        text = f"测算金额{format_yuan(computed)}元超过{what}{format_yuan(cap)}元，按{format_yuan(amount)}元计"
    return Step(article, text, amount)


def unchanged(article: str, why: str, what: str, amount: Decimal) -> Step:
    """Step 2 or 3 of the articles that have no such ceiling, or nothing earlier to deduct; `why` says which."""
    return Step(article, f"{why}，{what}为{format_yuan(amount)}元", amount)
