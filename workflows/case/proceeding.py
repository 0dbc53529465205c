"""What stands against an act by which public money is given: asked in the act's own transaction, not only at P05.

A guard says why, in a sentence for the official who acts; what it names is settled elsewhere (the case is suspended,
the firm heard), never by trying again.
"""

from collections.abc import Callable, Mapping

from workflows.case.step import Look
from workflows.codes.credit_flags import VETO_FLAGS

LIST, RESOLUTION, APPROVAL, PAYMENT = "list", "resolution", "district_approval", "payment"
"""锁定汇总表, 集体审议 in favour, 区政府审定, 资金拨付."""


def obstacles(look: Look, act: str) -> list[str]:
    """Why the case may not proceed to this act now; empty where nothing stands against it."""
    return [why for guard in _GUARDS[act] if (why := guard(look)) is not None]


def _good_standing(look: Look) -> str | None:
    """信用: what P05 checked may have changed since; a listed firm is neither approved nor paid."""
    standing = [VETO_FLAGS[flag] for flag in look.enterprise.credit_flags if flag in VETO_FLAGS]
    if not standing:
        return None
    return f"申报单位现{'、'.join(standing)}，不得继续办理；请由科室负责人中止办理，核实后再行处理。"


_GUARDS: Mapping[str, tuple[Callable[[Look], str | None], ...]] = {
    LIST: (_good_standing,),
    RESOLUTION: (_good_standing,),
    APPROVAL: (_good_standing,),
    PAYMENT: (_good_standing,),
}
