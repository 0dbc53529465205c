"""The lines of a report that cuts what was declared (核减明细), as letters and pages say them."""

from collections.abc import Mapping
from typing import Any

from workflows.rules.money import format_yuan, parse_money


def line(cut: Mapping[str, Any]) -> str:
    """One line: what, by how much in whole yuan, and why."""
    amount = format_yuan(parse_money(str(cut.get("amount") or "0")))
    return f"{cut.get('item', '')}：核减{amount}元，{cut.get('reason', '')}"


def lines(facts: Mapping[str, Any]) -> list[str]:
    """All lines of the newest report among the facts of a case."""
    return [line(cut) for cut in facts.get("cut_lines") or ()]
