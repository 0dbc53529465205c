"""What stands against an act by which public money is given: asked in the act's own transaction, not only at P05.

A guard says why, in a sentence for the official who acts; what it names is settled elsewhere (the case is suspended,
the firm heard, a check concluded), never by trying again.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from storage import calculations, case_checks, matter_changes
from storage.database import Session
from workflows.case.checks import conclusions
from workflows.case.step import Look
from workflows.codes.credit_flags import VETO_FLAGS

LIST, RESOLUTION, APPROVAL, PAYMENT = "list", "resolution", "district_approval", "payment"
"""锁定汇总表, 集体审议 in favour, 区政府审定, 资金拨付."""


@dataclass(frozen=True)
class Known:
    """What the tables say of cases: read once for all that are asked about together."""

    states: Mapping[int, list[str]]
    """The states of the checks that stop them, by case."""
    uncounted: Set[int]
    """Those from which something was taken, or that were parted from a matter, since their calculation."""
    shared: Set[int] = frozenset()
    """Those that share an invoice by a conclusion: what others conclude may leave them less."""

    @classmethod
    def of(cls, session: Session, case_ids: Iterable[int]) -> "Known":
        ids = set(case_ids)
        limited: dict[int, datetime] = {}
        shared: set[int] = set()
        for check, conclusion in case_checks.confirmed(session, ids):
            sides = (check.case_id, check.other_case_id) if conclusion.result == "shared" else (conclusion.case_id,)
            if conclusion.result == "shared":
                shared |= ids & set(sides)
            for case_id in sides:
                if case_id in ids and conclusion.result in ("shared", "excluded") and conclusion.confirmed_at:
                    limited[case_id] = conclusion.confirmed_at
        parted = matter_changes.parted_since(session, ids)
        last = calculations.last_times(session, {*limited, *parted}) if limited or parted else {}
        late = {case_id for case_id, at in limited.items() if case_id in last and last[case_id] < at}
        late |= {case_id for case_id, (joined, at) in parted.items() if case_id in last and joined < last[case_id] < at}
        return cls(case_checks.standing(session, ids), late, shared)


def obstacles(look: Look, act: str, known: Known | None = None) -> list[str]:
    """Why the case may not proceed to this act now; empty where nothing stands against it.

    `known` is given where several cases are asked about.
    """
    known = known or Known.of(look.session, [look.case.id])
    return [why for guard in _GUARDS[act] if (why := guard(look, known)) is not None]


def _good_standing(look: Look, _: Known) -> str | None:
    """信用: what P05 checked may have changed since; a listed firm is neither approved nor paid."""
    standing = [VETO_FLAGS[flag] for flag in look.enterprise.credit_flags if flag in VETO_FLAGS]
    if not standing:
        return None
    return f"申报单位现{'、'.join(standing)}，不得继续办理；请由科室负责人中止办理，核实后再行处理。"


def _no_check_stands(look: Look, known: Known) -> str | None:
    """查重: a hit that is not settled, from whichever side and whenever it was found."""
    states = known.states.get(look.case.id, [])
    if not states:
        return None
    if case_checks.REFERRED in states:
        return "本件的重复申报线索已移送，处理完毕前不得继续办理；处理完毕后请在“查重比对”中重新作出结论。"
    return "本件有待核对的重复申报线索，请先在“查重比对”中作出结论，并经科室负责人确认。"


def _counted(look: Look, known: Known) -> str | None:
    """What a conclusion took from the figures is taken from the amount, too."""
    if look.case.id in known.uncounted or (look.case.id in known.shared and conclusions.exceeds(look)):
        return "测算之后，查重结论或事项认定改变了本件可计入的金额，请退回核定确认，重新核定、测算。"
    return None


_ALWAYS = (_good_standing, _no_check_stands, _counted)
_GUARDS: Mapping[str, tuple[Callable[[Look, Known], str | None], ...]] = {
    LIST: _ALWAYS,
    RESOLUTION: _ALWAYS,
    APPROVAL: _ALWAYS,
    PAYMENT: _ALWAYS,
}
