"""查重结论: an officer who did not accept the case concludes, the chief confirms; then both cases go on."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from storage import case_checks, documents
from storage import tasks as task_store
from storage.case_checks import CaseCheck, CheckConclusion
from storage.cases import Case
from storage.database import Session
from workflows import rules, views
from workflows.audit import EventRef
from workflows.case import duplicates, proceeding
from workflows.case.avoiding import refuse_avoiding
from workflows.case.reopening import reopen
from workflows.case.running import Running, find_case, open_cases
from workflows.casework.checks_shown import CheckShown, shown
from workflows.errors import Changed, Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.paging import Page, id_cursor, read_id_cursor
from workflows.permissions import Actor, require
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
    case_checks.NEXT_YEAR: "待下年度安排",
}
HELD_RESULTS: Mapping[str, str] = {"unrelated": "情形已消除，可以继续", "referred": "移送线索"}
"""What may be concluded on what holds a case: it is over, or others look into it. Nothing here takes an award away."""


def list_checks(session: Session, actor: Actor, reference: str) -> list[CheckShown]:
    """The checks of a case, its own and those that others' searches opened, in their order."""
    case = find_case(session, reference, actor)
    if not actor.reads_office:
        raise Forbidden("查重核对供承办单位和监督审计人员查看。")
    return shown(session, case_checks.of_case(session, case.id), of=case.id)


def list_standing(session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[CheckShown]:
    """Everything that waits to be concluded or confirmed, the oldest first."""
    if not actor.reads_office:
        raise Forbidden("查重核对供承办单位和监督审计人员查看。")
    rows = case_checks.list_standing(session, after=read_id_cursor(cursor) or 0, limit=limit + 1)
    more = id_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page(shown(session, rows[:limit]), more)


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
    evidence: Sequence[int] = (),
) -> CheckShown:
    """Conclude on a hit, for this case: `amount` (yuan) is what it counts of shared invoices; the other has the rest.
    `evidence` are ids of documents of the two cases.

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
    papers = _papers(session, check, evidence)
    conclusion = CheckConclusion(
        check_id=check.id,
        case_id=case.id,
        result=result,
        reason=reason.strip(),
        amount=share,
        other_amount=rest,
        evidence=[each.id for each in papers],
        concluded_by=actor.username,
        concluded_at=now,
    )
    session.add(conclusion)
    check.state = case_checks.CONCLUDED
    session.flush()
    told = [("check_result", result), ("check_reason", conclusion.reason), ("check_amount", views.amount(share))]
    if papers:
        told.append(("check_evidence", "、".join(each.filename for each in papers)))
    changes = [{"field": field, "old": None, "new": value} for field, value in told if value is not None]
    binds = {f"document:{each.id}": each.sha256 for each in papers}
    for each in both:
        each.step.record("check_concluded", str(check.id), changes, binds=binds)
    session.flush()
    return shown(session, [check], of=case.id)[0]


def confirm(
    session: Session, actor: Actor, reference: str, check_id: int, conclusion_id: int, now: datetime
) -> CheckShown:
    """Confirm the conclusion that was seen; a case that waits for nothing else goes on.

    Raises NotFound, Forbidden (whoever concluded), Conflict (nothing to confirm), Changed (another one is there now).
    """
    case, both, check, newest = _seen(session, actor, reference, check_id, conclusion_id, now)
    newest.confirmed_by, newest.confirmed_at = actor.username, now
    check.state = case_checks.REFERRED if newest.result == "referred" else case_checks.SETTLED
    session.flush()
    for each in both:
        each.step.record(
            "check_confirmed", str(check.id), [{"field": "check_result", "old": None, "new": newest.result}]
        )
        go_on(each)
        if proceeding.must_be_recounted(each.step):
            reopen(each, "查重结论减少了本件可计入的金额")
    session.flush()
    return shown(session, [check], of=case.id)[0]


def send_back(
    session: Session, actor: Actor, reference: str, check_id: int, conclusion_id: int, reason: str, now: datetime
) -> CheckShown:
    """Send the conclusion that was seen back to the officers with a word; the pair waits for another one.

    Raises as `confirm` does, and Invalid.
    """
    text = reason.strip()
    if not 2 <= len(text) <= 500:
        raise Invalid("没有退回。", errors=[FieldError("return_reason", "请写明退回的理由，2至500字。")])
    case, both, check, newest = _seen(session, actor, reference, check_id, conclusion_id, now)
    newest.returned_by, newest.returned_at, newest.return_reason = actor.username, now, text
    earlier = case_checks.conclusions(session, [check.id])[check.id]
    # What was referred before stays so: it was confirmed, and stops both until another conclusion is.
    referred = any(each.confirmed_at is not None for each in earlier)
    check.state = case_checks.REFERRED if referred else case_checks.OPEN
    session.flush()
    for each in both:
        each.step.record("check_returned", str(check.id), [{"field": "reason", "old": None, "new": text}])
    session.flush()
    return shown(session, [check], of=case.id)[0]


def _seen(
    session: Session, actor: Actor, reference: str, check_id: int, conclusion_id: int, now: datetime
) -> tuple[Case, list[Running], CaseCheck, CheckConclusion]:
    """The conclusion that the chief saw, with both cases, locked: it waits for an answer, and is another's."""
    actor = require(actor, "section_chief")
    case, check = _find(session, actor, reference, check_id)
    both = _open_both(session, check, actor, now)
    check = case_checks.lock(session, check_id)
    newest = _newest(session, check)
    if newest is None or check.state != case_checks.CONCLUDED:
        raise Conflict("这条查重线索没有待确认的结论，请刷新后查看。")
    if newest.id != conclusion_id:
        raise Changed("查重结论在你查看之后已重新作出，没有办理；请刷新后按现结论核对。")
    if newest.concluded_by == actor.username:
        raise Forbidden("结论由你作出，须由另一人确认或退回。")
    return case, both, check, newest


def _papers(session: Session, check: CaseCheck, evidence: Sequence[int]) -> list[documents.Document]:
    """The documents that a conclusion names. Raises Invalid for what lies in neither file, or was taken out of it."""
    found = {each.id: each for each in documents.by_ids(session, evidence)}
    wanted = list(dict.fromkeys(evidence))
    of_both = (check.case_id, check.other_case_id)
    if any(each not in found or found[each].case_id not in of_both or found[each].withdrawn_at for each in wanted):
        raise Invalid(
            "查重结论有误。", errors=[FieldError("evidence", "所选证据材料不在这两件的材料中，请刷新后重选。")]
        )
    return [found[each] for each in wanted]


def results_of(kind: str) -> Mapping[str, str]:
    """What may be concluded on a check of this kind, in words."""
    return RESULTS if kind == case_checks.DUPLICATE else HELD_RESULTS


def go_on(running: Running, cause: EventRef | None = None) -> None:
    """Let a case go on that waited for its checks, where none stands any more; a suspended one goes on when resumed."""
    if running.case.ended_at is not None:
        return
    found = case_checks.standing(running.step.session, [running.case.id])
    standing = {kind for kind, _ in found.get(running.case.id, ())}
    before_meeting = not running.case.is_decided
    for message in (SETTLED, HOLD_SETTLED):
        stops = standing & case_checks.HELD_BEFORE_MEETING if message == HOLD_SETTLED and before_meeting else standing
        if running.waits_for(message) and not stops:
            running.deliver(message, {}, cause)
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
    both = open_cases(session, sides, actor, now)
    refuse_avoiding(session, actor.username, *sides)
    return both


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
    mine = next(each for each in both if each.case.id == case.id)
    if result in ("shared", "excluded") and mine.case.is_decided:
        errors.append(FieldError("result", "本件已经审定，不能减少计入金额；请在另一件上作出结论，或移送线索。"))
    elif result == "shared":
        if (whole := _invoiced(both, check)) is None:
            errors.append(FieldError("result", "只有与另一申报件共用的发票可以按金额分摊。"))
        elif not (most := whole - _paid_of(both, case, check, whole)):
            errors.append(FieldError("result", "另一件已经审定并计入全部发票金额，请从本件剔除或移送线索。"))
        else:
            try:
                share = _share(amount, most)
                rest = whole - share
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


def _paid_of(both: Sequence[Running], case: Case, check: CaseCheck, whole: Decimal) -> Decimal:
    """Whole yuan of the invoices in common that the other one, which is decided, counted; 0 where it is not."""
    [other] = [each for each in both if each.case.id != case.id]
    if not other.case.is_decided:
        return Decimal(0)
    return min(whole, duplicates.counted(other.step, duplicates.invoices(check)).to_integral_value(ROUND_CEILING))


def _invoiced(both: Sequence[Running], check: CaseCheck) -> Decimal | None:
    """Whole yuan of the invoices in common; where the two state them differently the smaller figure. None without."""
    shared = duplicates.invoices(check)
    if not shared or len(both) < 2:
        return None
    stated = [duplicates.invoice_amounts(each.step.facts) for each in both]
    least = sum((min(each.get(value, Decimal(0)) for each in stated) for value in shared), Decimal(0))
    return rules.money.floor_yuan(least)
