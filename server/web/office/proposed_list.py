"""The proposed list (拟支持汇总表) as its page shows it: what each rule cut, what to look at, and the budget."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from workflows.codes.reasons import REASONS
from workflows.rules.listing import BEST_ONLY, RECOGNITION

ZERO = Decimal(0)
HELD = "暂列不支持，待优者审定后办结"
# Cases that take nothing of the budget any more.
_OUT = frozenset({"NOT_SUPPORTED", "WITHDRAWN", "TERMINATED"})


def listed(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows with what their page says besides: cuts, remarks, the better case, whether it is held for that one."""
    return [_row(row) for row in rows]


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    steps = row["steps"]
    cuts = [step for step in steps if step.get("cut", "0") != "0"]
    last = cuts[-1] if cuts else {}
    best_only = last.get("code") == BEST_ONLY and row["proposed_amount"] == "0"
    decided = row["resolution"]
    return {
        **row,
        "cuts": cuts,
        "warnings": [step for step in steps if step not in cuts and step.get("code") not in ("", None, RECOGNITION)],
        "recognition": any(step.get("code") == RECOGNITION for step in steps),
        "better": last.get("by") or None if best_only else None,
        "held": bool(decided and decided["held"] and row["status"] == "MEETING"),
        "why": _why(row, last, best_only),
    }


def _why(row: Mapping[str, Any], last: Mapping[str, Any], best_only: bool) -> str:
    """The reason that a refusal starts with: what left nothing of the amount."""
    if row["proposed_amount"] != "0":
        return ""
    if best_only:
        return f"从优不重复支持：{HELD}"
    if last:
        return str(REASONS.get(last.get("code", ""), last["text"]))
    return "经测算支持金额为0元"


def to_resolve(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows that the meeting still has to decide."""
    return [row for row in rows if row["status"] == "MEETING" and not row["held"]]


def totals(rows: Sequence[Mapping[str, Any]], budget: str | None) -> dict[str, Any]:
    """Sums in yuan of what is paid in the batch; a recognition is paid in later years and summed apart."""
    paid = [row for row in rows if not row["recognition"]]
    asked = sum((_amount(row, "proposed_amount") for row in paid if row["status"] not in _OUT), ZERO)
    room = Decimal(budget) - asked if budget else None
    return {
        **{name: _sum(paid, name) for name in ("precap_amount", "proposed_amount", "final_amount")},
        "recognised": _sum([row for row in rows if row["recognition"]], "proposed_amount"),
        "recognitions": len(rows) - len(paid),
        "count": len(paid),
        "asked": asked,
        "room": room,
    }


def _amount(row: Mapping[str, Any], name: str) -> Decimal:
    return Decimal(row[name] or 0)


def _sum(rows: Sequence[Mapping[str, Any]], name: str) -> Decimal:
    return sum((_amount(row, name) for row in rows), ZERO)
