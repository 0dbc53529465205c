"""Money that comes back (资金退回与追回, domain.md 2.4, M12): recorded by one finance post, confirmed by another.

What was paid by a plain mistake comes back as it is. Whatever else is claimed back was decided in a heard procedure
(`bpmn/shared/recovery.bpmn`): what comes in on that decision are its receipts, whole or by instalments.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from storage import clues
from storage import recoveries as store
from storage.cases import Case
from storage.clues import KEEPS_CONSUMPTION, Clue
from storage.database import Session
from storage.recoveries import Recovery
from workflows import views
from workflows.case import awards, collection
from workflows.case.avoiding import refuse_avoiding
from workflows.case.running import Running, find_case, open_case
from workflows.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.permissions import Actor, require
from workflows.rules.money import MoneyInvalid, format_yuan, parse_money

CAUSES = {"clerical_error": "差错多拨退回", "decided": "按追回决定退回"}
_OF_BEFORE = {"fraud": "弄虚作假追回"}
RECEIVED = "recovery_received"


def record(
    session: Session, actor: Actor, reference: str, *, amount: str, cause: str, basis: str, now: datetime
) -> dict[str, Any]:
    """Note that paid money came back, with its decision or voucher; nothing moves before a second person confirms."""
    actor = require(actor, "finance_officer")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    refuse_avoiding(session, actor.username, running.case.id)
    paid = running.case.paid_amount
    if paid is None:
        raise Conflict("本件尚未拨付，没有可退回的资金。")
    clue = clues.find_under_way(session, running.case.id)
    if cause != "decided":
        _refuse_anew(running.case)
    if cause == "decided" and (clue is None or clue.state != clues.DECIDED):
        raise Conflict("本件没有正在收缴的追回决定；须先登记线索，经告知、陈述申辩、法制审核和集体审议作出决定。")
    if cause == "clerical_error" and clue is not None:
        raise Conflict("本件正在办理追回，退回的款项须按追回决定登记；决定作出前，不按差错多拨登记退回。")
    errors = []
    room = paid - store.total(session, running.case.id)
    if cause == "decided" and clue is not None:
        room = min(room, (clue.decided_amount or Decimal(0)) - store.recorded_of_clue(session, clue.id))
    try:
        returned = parse_money(amount)
        if not 0 < returned <= room or returned != returned.to_integral_value():
            errors.append(FieldError("amount", f"退回金额应为大于0、不超过{format_yuan(room)}元的整数元。"))
    except MoneyInvalid as invalid:
        returned = Decimal(0)
        errors.append(FieldError("amount", f"{invalid}。"))
    if cause not in CAUSES:
        errors.append(FieldError("cause", "请选择退回原因。"))
    if not 2 <= len(basis.strip()) <= 500:
        errors.append(FieldError("basis", "请写明依据的决定书或凭证，不超过500字。"))
    if errors:
        raise Invalid("退回登记有误，请按提示修改。", errors=errors)
    recovery = Recovery(
        case_id=running.case.id,
        amount=returned,
        cause=cause,
        clue_id=clue.id if cause == "decided" and clue is not None else None,
        basis=basis.strip(),
        recorded_by=actor.username,
        recorded_at=now,
    )
    session.add(recovery)
    session.flush()
    changes = [{"field": "amount", "old": None, "new": str(returned)}, {"field": "cause", "old": None, "new": cause}]
    running.step.record("recovery_recorded", str(recovery.id), changes)
    session.flush()
    return _shown(recovery, reference)


def confirm(session: Session, actor: Actor, reference: str, recovery_id: int, now: datetime) -> dict[str, Any]:
    """Confirm a return: it gives room back to the ceiling of its year, unless the award was had and forfeited.

    It bars nobody: a bar is decided in a meeting, on a document. A receipt on a decision lets the case go on.
    """
    actor = require(actor, "finance_reviewer")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    refuse_avoiding(session, actor.username, running.case.id)
    step = running.step
    recovery = store.find(session, recovery_id)
    if recovery is None or recovery.case_id != running.case.id:
        raise NotFound("没有这一退回登记。")
    if recovery.confirmed_by is not None:
        raise Conflict("该退回登记已经确认。")
    if recovery.recorded_by == actor.username:
        raise Forbidden("退回由你登记，须由另一人确认。")
    if recovery.clue_id is None:
        _refuse_anew(running.case)
    recovery.confirmed_by, recovery.confirmed_at = actor.username, now
    session.flush()
    restored = _gives_room(session, recovery) and step.parameter("a10.recovered_restores_cap") != "never"
    confirmed = step.record(
        "recovery_confirmed", str(recovery.id), [{"field": "cap_restored", "old": None, "new": str(restored).lower()}]
    )
    with step.following(confirmed):
        if restored:
            why = "差错多拨退回，恢复额度" if recovery.clue_id is None else "追回资金退回，恢复额度"
            awards.restore(step, recovery.amount, why)
    session.flush()
    if recovery.clue_id is not None and running.waits_for(RECEIVED):
        running.deliver(RECEIVED, {}, confirmed)
        running.save()
        session.flush()
    return _shown(recovery, reference)


def _refuse_anew(case: Case) -> None:
    """A further decision books the difference to what the firm has: that stays as it is until it is carried out."""
    if case.ended_at is None and case.status != "RECOVERING":
        raise Conflict("本件正在重新办理，应拨付的差额按已拨付、未退回的金额计算；请在办结后登记、确认差错退回。")


def go_on(running: Running) -> None:
    """Let a case that stood still end its collection, where all that was decided came back meanwhile."""
    clue = clues.find_under_way(running.step.session, running.case.id)
    if clue is None or clue.state != clues.DECIDED or collection.still_due(running.step, clue):
        return
    if running.waits_for(RECEIVED):
        running.deliver(RECEIVED, {})


def _gives_room(session: Session, recovery: Recovery) -> bool:
    if recovery.clue_id is None:
        return recovery.cause == "clerical_error"
    return session.get_one(Clue, recovery.clue_id).cause not in KEEPS_CONSUMPTION


def list_recoveries(session: Session, actor: Actor, reference: str) -> list[dict[str, Any]]:
    """What came back for a case, in order."""
    case = find_case(session, reference, actor)
    return [_shown(each, reference) for each in store.of_case(session, case.id)] if actor.reads_office else []


def _shown(recovery: Recovery, reference: str) -> dict[str, Any]:
    return {
        "id": recovery.id,
        "case": reference,
        "amount": views.amount(recovery.amount),
        "cause": recovery.cause,
        "cause_name": {**CAUSES, **_OF_BEFORE}[recovery.cause],
        "basis": recovery.basis,
        "recorded_by": recovery.recorded_by,
        "recorded_at": views.instant(recovery.recorded_at),
        "confirmed_by": recovery.confirmed_by,
        "confirmed_at": views.instant(recovery.confirmed_at),
    }
