"""The proposed list (拟支持汇总表) as its page shows it: what each rule cut, what to look at, and the budget."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, TypedDict

from workflows.batches.rounds import ListRowShown, RefusalShown
from workflows.codes.reasons import REASONS
from workflows.rules.listing import BEST_ONLY, RECOGNITION, ListStepText

ZERO = Decimal(0)
_LONGEST_REASON = 500
HELD = "暂列不支持，待优者审定后办结"
# Cases that take nothing of the budget any more.
_OUT = frozenset({"NOT_SUPPORTED", "WITHDRAWN", "TERMINATED"})
Amount = Literal["precap_amount", "proposed_amount", "final_amount"]


class RowOnPage(ListRowShown):
    """A row with what cut it, the warnings, whether it is a recognition, the better case that it lost to, whether it
    is held for that one, and why a refusal would be."""

    cuts: list[ListStepText]
    warnings: list[ListStepText]
    recognition: bool
    better: str | None
    held: bool
    why: str


class Totals(TypedDict):
    """Sums in yuan of what is paid in the batch, and of recognitions; `asked` takes of the budget, `room` is left."""

    precap_amount: Decimal
    proposed_amount: Decimal
    final_amount: Decimal
    recognised: Decimal
    recognitions: int
    count: int
    asked: Decimal
    room: Decimal | None


def listed(rows: Sequence[ListRowShown]) -> list[RowOnPage]:
    """The rows with what their page says besides."""
    return [_row(row) for row in rows]


def _row(row: ListRowShown) -> RowOnPage:
    steps = row["steps"]
    cuts = [step for step in steps if step["cut"] != "0"]
    last = cuts[-1] if cuts else None
    best_only = last is not None and last["code"] == BEST_ONLY and row["proposed_amount"] == "0"
    decided = row["resolution"]
    return {
        **row,
        "cuts": cuts,
        "warnings": [step for step in steps if step not in cuts and step["code"] not in ("", RECOGNITION)],
        "recognition": any(step["code"] == RECOGNITION for step in steps),
        "better": last.get("by") or None if last and best_only else None,
        "held": bool(decided and decided["held"] and row["status"] == "MEETING"),
        "why": _why(row, last, best_only),
    }


def _why(row: ListRowShown, last: ListStepText | None, best_only: bool) -> str:
    """The reason that a refusal starts with: what left nothing of the amount."""
    if row["proposed_amount"] != "0":
        return ""
    if best_only:
        return f"从优不重复支持：{HELD}"
    if last:
        return REASONS.get(last["code"], last["text"])
    return "经测算支持金额为0元"


def to_resolve(rows: Sequence[RowOnPage], refusals: Sequence[RefusalShown] = ()) -> list[RowOnPage]:
    """The rows of the list that the meeting still has to decide; what it is proposed to refuse is none of them."""
    apart = {each["case"] for each in refusals}
    return [row for row in rows if row["status"] == "MEETING" and not row["held"] and row["case"] not in apart]


def why_refused(refusal: RefusalShown) -> str:
    """The reason that a refusal starts with: its code in words and what was found."""
    name = REASONS.get(refusal["reason"], "")
    return "：".join(filter(None, (name, "；".join(refusal["found"]))))[:_LONGEST_REASON]


def totals(rows: Sequence[RowOnPage], budget: str | None) -> Totals:
    """Sums in yuan of what is paid in the batch; a recognition is paid in later years and summed apart."""
    paid = [row for row in rows if not row["recognition"]]
    asked = _sum([row for row in paid if row["status"] not in _OUT], "proposed_amount")
    return {
        "precap_amount": _sum(paid, "precap_amount"),
        "proposed_amount": _sum(paid, "proposed_amount"),
        "final_amount": _sum(paid, "final_amount"),
        "recognised": _sum([row for row in rows if row["recognition"]], "proposed_amount"),
        "recognitions": len(rows) - len(paid),
        "count": len(paid),
        "asked": asked,
        "room": Decimal(budget) - asked if budget else None,
    }


def _sum(rows: Sequence[RowOnPage], name: Amount) -> Decimal:
    return sum((Decimal(row[name] or 0) for row in rows), ZERO)
