"""Money that comes back (资金退回与追回, domain.md 2.4, M12): recorded by one finance post, confirmed by another."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from storage import recoveries as store
from storage.database import Session
from storage.recoveries import Recovery
from workflows import views
from workflows.case import awards
from workflows.case.running import find_case, open_case
from workflows.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.permissions import Actor, require
from workflows.rules.money import MoneyInvalid, format_yuan, parse_money

CAUSES = {"clerical_error": "差错多拨退回", "fraud": "弄虚作假追回"}


def record(
    session: Session, actor: Actor, reference: str, *, amount: str, cause: str, basis: str, now: datetime
) -> dict[str, Any]:
    """Note that paid money came back, with its decision or voucher; nothing moves before a second person confirms."""
    actor = require(actor, "finance_officer")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    paid = running.case.paid_amount
    if paid is None:
        raise Conflict("本件尚未拨付，没有可退回的资金。")
    errors = []
    room = paid - store.total(session, running.case.id)
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
    """Confirm a return: a clerical error gives room back to the ceiling of its year; fraud bars the firm instead."""
    actor = require(actor, "finance_reviewer")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    step = running.step
    recovery = store.find(session, recovery_id)
    if recovery is None or recovery.case_id != running.case.id:
        raise NotFound("没有这一退回登记。")
    if recovery.confirmed_by is not None:
        raise Conflict("该退回登记已经确认。")
    if recovery.recorded_by == actor.username:
        raise Forbidden("退回由你登记，须由另一人确认。")
    recovery.confirmed_by, recovery.confirmed_at = actor.username, now
    restored = recovery.cause == "clerical_error" and step.parameter("a10.recovered_restores_cap") != "never"
    confirmed = step.record(
        "recovery_confirmed", str(recovery.id), [{"field": "cap_restored", "old": None, "new": str(restored).lower()}]
    )
    with step.following(confirmed):
        if restored:
            awards.restore(step, recovery.amount)
        if recovery.cause == "fraud" and "barred" not in step.enterprise.credit_flags:
            step.enterprise.credit_flags = [*step.enterprise.credit_flags, "barred"]
            step.record("enterprise_barred", step.enterprise.uscc)
    session.flush()
    return _shown(recovery, reference)


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
        "cause_name": CAUSES[recovery.cause],
        "basis": recovery.basis,
        "recorded_by": recovery.recorded_by,
        "recorded_at": views.instant(recovery.recorded_at),
        "confirmed_by": recovery.confirmed_by,
        "confirmed_at": views.instant(recovery.confirmed_at),
    }
