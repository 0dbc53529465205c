"""查重结论: an officer who did not accept the case concludes, the chief confirms; then both cases go on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from storage import case_checks, historic_awards, people
from storage import cases as case_store
from storage import tasks as task_store
from storage.case_checks import CaseCheck, CheckConclusion
from storage.cases import Case
from storage.database import Session
from storage.people import Enterprise
from workflows import rules, views
from workflows.case import duplicates
from workflows.case.running import Running, find_case, open_cases
from workflows.errors import Changed, Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.paging import Page, id_cursor, read_id_cursor
from workflows.permissions import Actor, require
from workflows.rules import matters as law
from workflows.rules.money import MoneyInvalid, format_yuan, parse_money

RESULTS: Mapping[str, str] = {
    "unrelated": "非同一支出",
    "shared": "按金额分摊",
    "excluded": "本件剔除",
    "referred": "移送线索",
}
STATES: Mapping[str, str] = {"open": "待核对", "concluded": "待确认", "settled": "已确认", "referred": "已移送"}
SETTLED, HOLD_SETTLED = "checks_settled", "hold_settled"
"""The messages that a case waits for while a check stands: before 核定确认, and before the meeting or the payment."""
KINDS: Mapping[str, str] = {
    case_checks.DUPLICATE: "重复申报线索",
    case_checks.CREDIT: "信用复核发现问题",
    case_checks.PAYMENT: "支付暂缓",
}
HELD_RESULTS: Mapping[str, str] = {"unrelated": "情形已消除，可以继续", "referred": "移送线索"}
"""What may be concluded on what holds a case: it is over, or others look into it. Nothing here takes an award away."""


class OtherShown(TypedDict):
    """Who is on the other side: a case (with its number), or what was granted before."""

    case: str | None
    historic_award: int | None
    title: str
    scheme: str
    enterprise: str
    status: str | None
    paid: bool


class ConclusionShown(TypedDict):
    """What was concluded, for which case its amount is, and who confirmed it."""

    id: int
    case: str
    result: str
    reason: str
    amount: str | None
    other_amount: str | None
    concluded_by: str
    concluded_at: str
    confirmed_by: str | None
    confirmed_at: str | None


CheckShown = TypedDict(
    "CheckShown",
    {
        "id": int,
        "kind": str,
        "state": str,
        "case": str,
        "with": OtherShown | None,
        "marks": list[dict[str, str]],
        "why": str,
        "opened_at": str | None,
        "due_on": str | None,
        "conclusions": list[ConclusionShown],
    },
)


def list_checks(session: Session, actor: Actor, reference: str) -> list[CheckShown]:
    """The checks of a case, its own and those that others' searches opened, in their order."""
    case = find_case(session, reference, actor)
    if not actor.reads_office:
        raise Forbidden("查重核对供承办单位和监督审计人员查看。")
    return _shown(session, case_checks.of_case(session, case.id), of=case.id)


def list_standing(session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[CheckShown]:
    """Everything that waits to be concluded or confirmed, the oldest first."""
    if not actor.reads_office:
        raise Forbidden("查重核对供承办单位和监督审计人员查看。")
    rows = case_checks.list_standing(session, after=read_id_cursor(cursor) or 0, limit=limit + 1)
    more = id_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page(_shown(session, rows[:limit]), more)


def conclude(
    session: Session,
    actor: Actor,
    reference: str,
    check_id: int,
    *,
    result: str,
    reason: str,
    amount: str | None,
    now: datetime,
) -> CheckShown:
    """Conclude on a hit, for this case: `amount` (yuan) is what it counts of shared invoices; the other has the rest.

    Raises NotFound, Forbidden (whoever accepted the case), Conflict (settled already), Invalid.
    """
    actor = require(actor, "case_officer")
    case, check = _find(session, actor, reference, check_id)
    both = _open_both(session, check, actor, now)
    check = case_checks.lock(session, check_id)
    if check.state == case_checks.SETTLED:
        raise Conflict("这条查重结论已经确认，不能再作结论。")
    if task_store.has_completed(session, case.id, ["formality_check"], actor.username):
        raise Forbidden("本件由你受理，查重结论应由其他经办人作出。")
    share, rest = _amounts(both, case, check, result, amount, reason)
    conclusion = CheckConclusion(
        check_id=check.id,
        case_id=case.id,
        result=result,
        reason=reason.strip(),
        amount=share,
        other_amount=rest,
        concluded_by=actor.username,
        concluded_at=now,
    )
    session.add(conclusion)
    check.state = case_checks.CONCLUDED
    session.flush()
    told = [("check_result", result), ("check_reason", conclusion.reason), ("check_amount", views.amount(share))]
    changes = [{"field": field, "old": None, "new": value} for field, value in told if value is not None]
    for each in both:
        each.step.record("check_concluded", str(check.id), changes)
    session.flush()
    return _one(session, check, case)


def confirm(
    session: Session, actor: Actor, reference: str, check_id: int, conclusion_id: int, now: datetime
) -> CheckShown:
    """Confirm the conclusion that was seen; a case that waits for nothing else goes on.

    Raises NotFound, Forbidden (whoever concluded), Conflict (nothing to confirm), Changed (another one is there now).
    """
    actor = require(actor, "section_chief")
    case, check = _find(session, actor, reference, check_id)
    both = _open_both(session, check, actor, now)
    check = case_checks.lock(session, check_id)
    newest = _newest(session, check)
    if newest is None or check.state != case_checks.CONCLUDED:
        raise Conflict("这条查重线索没有待确认的结论，请刷新后查看。")
    if newest.id != conclusion_id:
        raise Changed("查重结论在你查看之后已重新作出，没有确认；请刷新后按现结论核对。")
    if newest.concluded_by == actor.username:
        raise Forbidden("结论由你作出，须由另一人确认。")
    newest.confirmed_by, newest.confirmed_at = actor.username, now
    check.state = case_checks.REFERRED if newest.result == "referred" else case_checks.SETTLED
    session.flush()
    for each in both:
        each.step.record(
            "check_confirmed", str(check.id), [{"field": "check_result", "old": None, "new": newest.result}]
        )
        go_on(each)
    session.flush()
    return _one(session, check, case)


def results_of(kind: str) -> Mapping[str, str]:
    """What may be concluded on a check of this kind, in words."""
    return RESULTS if kind == case_checks.DUPLICATE else HELD_RESULTS


def go_on(running: Running) -> None:
    """Let a case go on that waited for its checks, where none stands any more; a suspended one goes on when resumed."""
    if running.case.ended_at is not None or case_checks.standing(running.step.session, [running.case.id]):
        return
    for message in (SETTLED, HOLD_SETTLED):
        if running.waits_for(message):
            running.deliver(message, {})
            running.save()
            return


def _find(session: Session, actor: Actor, reference: str, check_id: int) -> tuple[Case, CaseCheck]:
    case = find_case(session, reference, actor)
    check = case_checks.find(session, check_id)
    if check is None or case.id not in (check.case_id, check.other_case_id):
        raise NotFound("没有这条查重线索，或你无权查看。")
    return case, check


def _open_both(session: Session, check: CaseCheck, actor: Actor, now: datetime) -> list[Running]:
    sides = [each for each in (check.case_id, check.other_case_id) if each is not None]
    return open_cases(session, sides, actor, now)


def _newest(session: Session, check: CaseCheck) -> CheckConclusion | None:
    found = case_checks.conclusions(session, [check.id]).get(check.id)
    return found[-1] if found else None


def _amounts(
    both: Sequence[Running], case: Case, check: CaseCheck, result: str, amount: str | None, reason: str
) -> tuple[Decimal | None, Decimal | None]:
    """What this case and the other one count of the invoices; together never more than the invoices. Raises Invalid."""
    errors = []
    if result not in results_of(check.kind):
        errors.append(FieldError("result", "请选择查重结论。"))
    if not 2 <= len(reason.strip()) <= 500:
        errors.append(FieldError("reason", "请写明理由和依据的证据，2至500字。"))
    share, rest = None, None
    if result == "shared":
        if (most := _invoiced(both, check)) is None:
            errors.append(FieldError("result", "只有与另一申报件共用的发票可以按金额分摊。"))
        else:
            try:
                share = _share(amount, most)
                rest = most - share
            except MoneyInvalid as wrong:
                errors.append(FieldError("amount", f"{wrong}。"))
    elif (amount or "").strip():
        errors.append(FieldError("amount", "只有按金额分摊的才填写金额。"))
    if errors:
        raise Invalid("查重结论有误，请按提示修改。", errors=errors)
    return share, rest


def _share(amount: str | None, most: Decimal) -> Decimal:
    """Whole yuan, some and at most the invoice. Raises MoneyInvalid."""
    share = parse_money(amount) if amount else Decimal(0)
    if not 0 < share <= most or share != share.to_integral_value():
        raise MoneyInvalid(f"本件计入的金额应为大于0、不超过发票金额{format_yuan(most)}元的整数元")
    return share


def _invoiced(both: Sequence[Running], check: CaseCheck) -> Decimal | None:
    """Whole yuan of the invoices in common; where the two state them differently the smaller figure. None without."""
    shared = duplicates.invoices(check)
    if not shared or len(both) < 2:
        return None
    stated = [duplicates.invoice_amounts(each.step.facts) for each in both]
    least = sum((min(each.get(value, Decimal(0)) for each in stated) for value in shared), Decimal(0))
    return rules.money.floor_yuan(least)


def _one(session: Session, check: CaseCheck, case: Case) -> CheckShown:
    return _shown(session, [check], of=case.id)[0]


def _shown(session: Session, checks: Sequence[CaseCheck], *, of: int | None = None) -> list[CheckShown]:
    """The checks as one case sees them: `with` is whoever is on the other side of it."""
    ids = {each for check in checks for each in (check.case_id, check.other_case_id) if each is not None}
    known = case_store.with_enterprises(session, ids)
    awards = historic_awards.by_ids(session, [check.award_id for check in checks if check.award_id is not None])
    made = case_checks.conclusions(session, [check.id for check in checks])
    people_of = {each for all_of in made.values() for one in all_of for each in (one.concluded_by, one.confirmed_by)}
    names = people.names_of(session, {each for each in people_of if each is not None})
    shown = []
    for check in checks:
        told = [_conclusion(each, known, names) for each in made.get(check.id, [])]
        shown.append(_check_shown(check, of or check.case_id, known, awards, told))
    return shown


def _check_shown(
    check: CaseCheck,
    of: int,
    known: Mapping[int, tuple[Case, Enterprise]],
    awards: Mapping[int, historic_awards.HistoricAward],
    made: list[ConclusionShown],
) -> CheckShown:
    other = check.other_case_id if of == check.case_id else check.case_id
    return {
        "id": check.id,
        "kind": check.kind,
        "state": check.state,
        "case": known[of][0].reference,
        "with": _with(other, check.award_id, known, awards),
        "marks": [
            {"kind": kind, "name": law.KINDS[kind], "value": "" if kind == law.PAYEE else value}
            for kind, value in sorted(check.pairs)
        ],
        "why": check.why,
        "opened_at": views.instant(check.opened_at),
        "due_on": check.due_on.isoformat() if check.due_on else None,
        "conclusions": made,
    }


def _with(
    case_id: int | None,
    award_id: int | None,
    known: Mapping[int, tuple[Case, Enterprise]],
    awards: Mapping[int, historic_awards.HistoricAward],
) -> OtherShown | None:
    """Whoever is on the other side; nobody where the case itself is looked into."""
    if award_id is not None:
        return _award(awards[award_id])
    return _case(*known[case_id]) if case_id is not None else None


def _case(case: Case, enterprise: Enterprise) -> OtherShown:
    return {
        "case": case.reference,
        "historic_award": None,
        "title": case.title,
        "scheme": case.scheme,
        "enterprise": enterprise.name,
        "status": case.status,
        "paid": case.paid_amount is not None,
    }


def _award(award: historic_awards.HistoricAward) -> OtherShown:
    return {
        "case": None,
        "historic_award": award.id,
        "title": f"历史支持记录（{award.document_no or award.decided_on or '无文号'}）",
        "scheme": award.scheme,
        "enterprise": award.stated_name or award.uscc,
        "status": None,
        "paid": award.paid_amount > 0,
    }


def _conclusion(
    made: CheckConclusion, known: Mapping[int, tuple[Case, Enterprise]], names: Mapping[str, str]
) -> ConclusionShown:
    return {
        "id": made.id,
        "case": known[made.case_id][0].reference,
        "result": made.result,
        "reason": made.reason,
        "amount": views.amount(made.amount),
        "other_amount": views.amount(made.other_amount),
        "concluded_by": names.get(made.concluded_by, made.concluded_by),
        "concluded_at": str(views.instant(made.concluded_at)),
        "confirmed_by": names.get(made.confirmed_by or "", made.confirmed_by),
        "confirmed_at": views.instant(made.confirmed_at),
    }
