"""线索登记: what begins a recovery of what was paid, or the revocation of an award that was not."""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from storage import clues as store
from storage import people, recoveries
from storage.clues import Clue
from storage.database import Session
from workflows import views
from workflows.case import further, objections
from workflows.case.avoiding import refuse_avoiding
from workflows.case.operations.entry import RECOVERY
from workflows.case.operations.recovery import CAUSES
from workflows.case.running import Running, find_case, open_case, refuse_suspended
from workflows.case.step import Step
from workflows.errors import Conflict, FieldError, Forbidden, Invalid
from workflows.permissions import Actor, require
from workflows.rules.money import MoneyInvalid, parse_money

STATES = {"open": "核查中", "decided": "收缴中", "dismissed": "已了结，不予追回（撤销）", "settled": "已办结"}
BEGUN = "revocation_begun"


class InstalmentShown(TypedDict):
    """One instalment of what is to come back; yuan."""

    due_on: str
    amount: str


class ClueShown(TypedDict):
    """One clue of a case, what was decided on it, and what has come back so far; yuan."""

    id: int
    case: str
    kind: str
    cause: str
    cause_name: str
    source: str
    facts: str
    amount: str | None
    state: str
    state_name: str
    registered_by: str
    registered_at: str
    decided_amount: str | None
    returned_amount: str
    instalments: list[InstalmentShown]
    referred_to: str | None
    referral_no: str | None


def register(
    session: Session, actor: Actor, reference: str, *, cause: str, source: str, facts: str, amount: str, now: datetime
) -> ClueShown:
    """Register a clue: a paid case begins anew at its recovery, the payment of an award that is not paid stops.

    Raises NotFound, Invalid by field, Conflict (one is under way, nothing is decided yet, it is dealt with anew).
    """
    actor = require(actor, "case_officer")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    refuse_avoiding(session, actor.username, running.case.id)
    kind = _kind(running)
    if store.find_under_way(session, running.case.id) is not None:
        raise Conflict("本件已有正在办理的追回或撤销事项。")
    clue = Clue(
        case_id=running.case.id,
        kind=kind,
        cause=cause,
        source=source.strip(),
        facts=facts.strip(),
        amount=_checked(running.step, cause, source, facts, amount),
        state=store.OPEN,
        registered_by=actor.username,
        registered_at=now,
    )
    session.add(clue)
    session.flush()
    registered = running.step.record(
        "clue_registered",
        str(clue.id),
        [
            {"field": "cause", "old": None, "new": cause},
            {"field": "source", "old": None, "new": clue.source},
            {"field": "amount", "old": None, "new": views.amount(clue.amount)},
            {"field": "reason", "old": None, "new": clue.facts},
        ],
    )
    session.flush()
    if kind == store.RECOVERY:
        further.begin(running, RECOVERY, None, registered)
    else:
        running.deliver(BEGUN, {}, registered)
        running.save()
    session.flush()
    return _shown(session, clue, reference)


def list_clues(session: Session, actor: Actor, reference: str) -> list[ClueShown]:
    """The clues of a case, in order; for the office."""
    case = find_case(session, reference, actor)
    if not actor.reads_office:
        raise Forbidden("追回和撤销的线索供承办单位和监督审计人员查看。")
    return [_shown(session, each, reference) for each in store.of_case(session, case.id)]


def _kind(running: Running) -> str:
    case = running.case
    refuse_suspended(case)
    if case.ended_at is not None:
        if not case.paid_amount:
            raise Conflict("本件没有拨付过资金，没有可追回的款项。")
        return store.RECOVERY
    if running.waits_for(BEGUN) and not case.paid_amount:
        return store.REVOCATION
    if case.paid_amount:
        raise Conflict("本件正在重新办理，办结后再登记追回线索；有关情况请在现环节的核查、审议中处理。")
    raise Conflict("本件正在办理，尚未到拨付环节；有关线索请在现环节的核查、审议中处理，或者在审定后登记。")


def _checked(step: Step, cause: str, source: str, facts: str, amount: str) -> Decimal | None:
    wrong = objections.unmasked(step, {"source": source, "facts": facts}, ("source", "facts"))
    if cause not in CAUSES:
        wrong.append(FieldError("cause", "请选择线索的情形。"))
    if not 2 <= len(source.strip()) <= 200:
        wrong.append(FieldError("source", "请写明线索来源，如审计报告文号、举报登记号，不超过200字。"))
    if not 2 <= len(facts.strip()) <= 1000:
        wrong.append(FieldError("facts", "请写明线索所反映的情况，不超过1000字。"))
    money = None
    if amount.strip():
        try:
            money = parse_money(amount.strip())
        except MoneyInvalid as invalid:
            wrong.append(FieldError("amount", f"{invalid}。"))
        if money is not None and (money <= 0 or money != money.to_integral_value()):
            wrong.append(FieldError("amount", "涉及金额应为大于0的整数元。"))
    if wrong:
        raise Invalid("线索登记有误，请按提示修改。", errors=wrong)
    return money


def _shown(session: Session, each: Clue, reference: str) -> ClueShown:
    names = people.names_of(session, {each.registered_by})
    return {
        "id": each.id,
        "case": reference,
        "kind": each.kind,
        "cause": each.cause,
        "cause_name": CAUSES[each.cause],
        "source": each.source,
        "facts": each.facts,
        "amount": views.amount(each.amount),
        "state": each.state,
        "state_name": STATES[each.state],
        "registered_by": names.get(each.registered_by, each.registered_by),
        "registered_at": views.instant(each.registered_at),
        "decided_amount": views.amount(each.decided_amount),
        "returned_amount": views.amount(recoveries.confirmed_of_clue(session, each.id)) or "0",
        "instalments": [{"due_on": row["due_on"], "amount": row["amount"]} for row in each.instalments or ()],
        "referred_to": each.referred_to,
        "referral_no": each.referral_no,
    }
