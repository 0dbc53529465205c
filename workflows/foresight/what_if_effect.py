"""What changed values mean for the budget: two sets of outcomes held against each other and against the record.

Pure. The result is plain data for JSON: money as text in whole yuan. A recognition under article 8 is paid in later
years, each in a case of its own: it stands in the list of cases and is summed apart.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.foresight.what_if_budget import Outcome, Told
from workflows.rules import SCHEMES
from workflows.rules.money import ZERO, format_yuan

EFFECTS = {"up": "金额增加", "down": "金额减少", "in": "新增支持", "out": "不再支持", "same": "不变"}
"""What the changed values do to one case."""

_NOT_LISTED = "尚未列入汇总表，为测算金额"
_AT_ONCE = "同一企业或同一事项的申报件分次汇总或其间有调整，实际按当时余额核定；此处合并测算"


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the record says of one case. `actual` is the amount now, None where no list has fixed one.

    `calculated` is the amount of its newest calculation, `listed` the one with which it came to its newest list.
    `resolved` is what the meeting made of it since, and `adjusted_from` the amount that the meeting lowered.
    """

    reference: str
    title: str
    scheme: str
    batch: int
    uscc: str
    enterprise: str
    status: str
    recognition: bool
    calculated: Decimal
    listed: Decimal | None = None
    actual: Decimal | None = None
    resolved: str = ""
    adjusted_from: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """A batch and what it may spend, in yuan; None where no total was set."""

    batch: int
    title: str
    total: Decimal | None


def compare(
    records: Sequence[OnRecord],
    budgets: Sequence[Budget],
    before: Mapping[str, Outcome],
    after: Mapping[str, Outcome],
) -> dict[str, Any]:
    """Totals, by batch, by scheme, by enterprise and by case: the amounts before and after, and why they differ."""
    cases = [_case(each, before[each.reference], after[each.reference]) for each in records]
    paid = [case for case in cases if not case["recognition"]]
    return {
        "totals": {**_sums(paid), **_recognised(cases)},
        "batches": [_batch(budget, paid) for budget in budgets],
        "schemes": _groups(paid, "scheme", ("scheme",), list(SCHEMES).index),
        "enterprises": _groups(paid, "uscc", ("uscc", "enterprise"), lambda uscc: uscc),
        "cases": cases,
    }


def _case(record: OnRecord, before: Outcome, after: Outcome) -> dict[str, Any]:
    return {
        "reference": record.reference,
        "title": record.title,
        "scheme": record.scheme,
        "batch": record.batch,
        "uscc": record.uscc,
        "enterprise": record.enterprise,
        "status": record.status,
        "recognition": record.recognition,
        "old": _text(before.amount),
        "new": _text(after.amount),
        "difference": _text(after.amount - before.amount),
        "effect": _effect(before.amount, after.amount),
        "before": _only(before.steps, after.steps),
        "after": _only(after.steps, before.steps),
        "missing": after.missing,
        "actual": None if record.actual is None else _text(record.actual),
        "differs": why_not_as_recorded(record, before),
    }


def _effect(old: Decimal, new: Decimal) -> str:
    if old == new:
        return "same"
    if not old:
        return "in"
    if not new:
        return "out"
    return "up" if new > old else "down"


def _only(steps: Iterable[Told], others: Iterable[Told]) -> list[dict[str, str]]:
    """The steps of which the other run says something else, each with what it left."""
    said = {(step.article, step.text) for step in others}
    return [
        {"article": step.article, "text": step.text, "amount": _text(step.amount)}
        for step in steps
        if (step.article, step.text) not in said
    ]


def why_not_as_recorded(record: OnRecord, unchanged: Outcome) -> str:
    """Why the model's amount under unchanged values is not the one on record, in Chinese; empty where it is."""
    if record.actual == unchanged.amount:
        return ""
    if unchanged.precap_amount != record.calculated:
        said = f"测算表为{format_yuan(record.calculated)}元，按所存数据重算为{format_yuan(unchanged.precap_amount)}元"
    elif record.resolved == "defer" and record.actual is None:
        said = "集体审议缓议，待重新汇总"
    elif record.actual is None:
        said = _NOT_LISTED
    elif record.resolved == "adjust" and record.adjusted_from is not None:
        cut = record.adjusted_from - record.actual
        said = f"集体审议调减{format_yuan(cut)}元"
    elif record.listed is not None and record.listed != record.calculated:
        said = "列入汇总表后重新核定，尚未重新汇总"
    else:
        said = _AT_ONCE
    return said


def _sums(cases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    old, new = _sum(cases, "old"), _sum(cases, "new")
    counts = {effect: sum(case["effect"] == effect for case in cases) for effect in EFFECTS}
    return {"old": _text(old), "new": _text(new), "difference": _text(new - old), "cases": len(cases), **counts}


def _recognised(cases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The totals of recognitions, which no budget of these batches pays."""
    found = [case for case in cases if case["recognition"]]
    return {
        "recognitions": len(found),
        "recognised_old": _text(_sum(found, "old")),
        "recognised_new": _text(_sum(found, "new")),
    }


def _batch(budget: Budget, cases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    mine = _sums([case for case in cases if case["batch"] == budget.batch])
    over = max(ZERO, Decimal(mine["new"]) - budget.total) if budget.total is not None else ZERO
    return {
        "batch": budget.batch,
        "title": budget.title,
        "budget": None if budget.total is None else str(budget.total),
        "exceeded": bool(over),
        "over": str(over),
        **mine,
    }


def _groups(
    cases: Sequence[Mapping[str, Any]], key: str, names: Sequence[str], order: Callable[[str], Any]
) -> list[dict[str, Any]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for case in cases:
        groups.setdefault(case[key], []).append(case)
    return [
        {**{name: groups[each][0][name] for name in names}, **_sums(groups[each])} for each in sorted(groups, key=order)
    ]


def _sum(cases: Iterable[Mapping[str, Any]], name: str) -> Decimal:
    return sum((Decimal(case[name]) for case in cases), ZERO)


def _text(amount: Decimal) -> str:
    return f"{amount:.0f}"
