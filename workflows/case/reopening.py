"""An unpaid case goes back to 查重核对 and 核定确认 when its figures no longer stand, wherever it waits meanwhile."""

from collections.abc import Mapping, Sequence

from workflows.audit import EventRef
from workflows.case import awards
from workflows.case.running import Running

# What each wait before the district's decision is told; all of these ways lead to the check before the meeting, which
# sends a case that must be counted anew back.
_WAYS: Sequence[tuple[str, Mapping[str, str]]] = (
    ("listed", {}),
    ("relisted", {}),
    ("resolved", {"resolved": "defer"}),
    ("reallocated", {"reallocated": "amount"}),
)
_GATEWAY = "clearance_outcome"


def reopen(running: Running, why: str, cause: EventRef | None = None) -> bool:
    """Release what the case holds and send it back; False where it is decided, ended or suspended, has not been
    calculated yet, or runs on diagrams that have no way back."""
    step, case = running.step, running.case
    waits = next((each for each in _WAYS if running.waits_for(each[0])), None)
    if waits is None or case.ended_at is not None or case.suspended_at is not None or case.is_decided:
        return False
    if _GATEWAY not in running.bundle.diagrams.elements(case.scheme):
        return False
    with step.following(cause or step.origin):
        step.record("case_reopened", case.reference, [{"field": "reason", "old": None, "new": why}])
        awards.release(step, "退回重新核定", reallocate=True)
    case.final_amount, case.recount = None, True
    while waits is not None:
        message, payload = waits
        running.deliver(message, payload, cause)
        waits = next((each for each in _WAYS if running.waits_for(each[0])), None)
    running.save()
    return True
