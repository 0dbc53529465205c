"""A replay compared with what really happened: the same, another way, another amount, lacking data, or stuck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from workflows.codes.statuses import STATUSES
from workflows.rehearsal.record import Computed, Outcome, Stop
from workflows.rehearsal.replay import Replayed
from workflows.rules.money import format_yuan, parse_money

SAME, OTHER_PATH, OTHER_AMOUNT, NEEDS_DATA, STUCK = "same", "other_path", "other_amount", "needs_data", "stuck"
VERDICTS = (SAME, OTHER_PATH, OTHER_AMOUNT, NEEDS_DATA, STUCK)
MOST_WORDS = 12
# What the three amounts of a calculation are called, in its order.
AMOUNTS = ("测算金额", "单项限额内金额", "限额调减前金额")


@dataclass(frozen=True)
class Where:
    """The element at which a replay first went another way, or at which it needs something."""

    element_id: str
    name: str


@dataclass(frozen=True)
class Verdict:
    """The verdict on one case; `differences` and `missing` are Chinese sentences, the first ones that were found."""

    verdict: str
    where: Where | None
    differences: tuple[str, ...]
    missing: tuple[str, ...]


def judge(actual: Outcome, replayed: Replayed) -> Verdict:
    """The gravest of what is to be said of a replay; all of it stands in `differences` and `missing`."""
    missing = tuple(f"{each.name}：{each.what}" for each in replayed.missing)[:MOST_WORDS]
    if replayed.stuck is not None or replayed.outcome is None:
        why = replayed.stuck or "未能开始"
        return Verdict(STUCK, _named(replayed.stuck_at, replayed), (why,), missing)
    new = replayed.outcome
    fork = first_fork(actual.stops, new.stops)
    differences = [*_path_words(actual, new, fork), *_amount_words(actual.computed, new.computed)]
    other_amount = amounts_of(actual.computed) != amounts_of(new.computed)
    if missing:
        where: Where | None = Where(replayed.missing[0].element_id, replayed.missing[0].name)
        return Verdict(NEEDS_DATA, where, tuple(differences), missing)
    where = Where(fork.element_id, fork.name) if fork else None
    other_path = fork is not None or _stands(actual) != _stands(new)
    if other_path and (not other_amount or _is_another_end(actual, new)):
        return Verdict(OTHER_PATH, where, tuple(differences), ())
    if other_amount:
        return Verdict(OTHER_AMOUNT, where, tuple(differences), ())
    return Verdict(SAME, None, (), ())


def _is_another_end(old: Outcome, new: Outcome) -> bool:
    """Whether the way says more than the money: the case ends otherwise, or only one of them was calculated."""
    return old.ended != new.ended or (old.computed is None) != (new.computed is None)


def _stands(outcome: Outcome) -> tuple[object, ...]:
    return outcome.ended, outcome.open, outcome.status


def _named(element_id: str | None, replayed: Replayed) -> Where | None:
    """The element as it is drawn; None for what only the engine knows, such as what holds the events of a task."""
    processes = replayed.instance.diagrams.processes.values() if replayed.instance else ()
    drawn = (process.elements[element_id] for process in processes if element_id in process.elements)
    return next((Where(element.id, element.name) for element in drawn), None)


def amounts_of(computed: Computed | None) -> tuple[str, str, str] | None:
    """The three amounts of a calculation; none where nothing was computed."""
    return computed.amounts if computed is not None else None


def first_fork(old: Sequence[Stop], new: Sequence[Stop]) -> Stop | None:
    """The first stop of the new way that the old one did not have there; the old one's when the new one ends early."""
    for before, after in zip_longest(old, new):
        if before is None or after is None or (before.process, before.element_id) != (after.process, after.element_id):
            return after or before
    return None


def _path_words(actual: Outcome, new: Outcome, fork: Stop | None) -> list[str]:
    words = []
    old_keys = {(stop.process, stop.element_id) for stop in actual.stops}
    new_keys = {(stop.process, stop.element_id) for stop in new.stops}
    added = dict.fromkeys(stop.name for stop in new.stops if (stop.process, stop.element_id) not in old_keys)
    gone = dict.fromkeys(stop.name for stop in actual.stops if (stop.process, stop.element_id) not in new_keys)
    if added:
        words.append(f"新经过：{'、'.join(added)}")
    if gone:
        words.append(f"不再经过：{'、'.join(gone)}")
    if fork is not None and not added and not gone:
        words.append(f"自“{fork.name}”起办理顺序不同")
    if actual.ended != new.ended:
        words.append(f"结果由“{_end(actual)}”变为“{_end(new)}”")
    elif actual.open != new.open:
        words.append("当前停留的环节不同")
    if actual.ended == new.ended and actual.status != new.status:
        words.append(f"状态由“{_status(actual)}”变为“{_status(new)}”")
    return words[:MOST_WORDS]


def _end(outcome: Outcome) -> str:
    return outcome.ended_name or "办理中"


def _status(outcome: Outcome) -> str:
    return STATUSES.get(outcome.status or "", outcome.status or "未标明")


def _amount_words(old: Computed | None, new: Computed | None) -> list[str]:
    if amounts_of(old) == amounts_of(new):
        return []
    pairs = [(name, _yuan(old, place), _yuan(new, place)) for place, name in enumerate(AMOUNTS)]
    changed = [f"{name}由{was}变为{now}" for name, was, now in pairs if was != now]
    # What the case would get comes first; where only one side was calculated, that is all there is to say.
    words = changed[-1:] if old is None or new is None else changed[::-1]
    before, after = (old.steps if old else ()), (new.steps if new else ())
    words += [f"原：{step}" for step in before if step not in after]
    words += [f"新：{step}" for step in after if step not in before]
    return words[:MOST_WORDS]


def _yuan(computed: Computed | None, place: int) -> str:
    return f"{format_yuan(parse_money(computed.amounts[place]))}元" if computed else "未测算"
