"""The list that goes to the meeting, and what the meeting resolves (domain.md 2.1 steps 4-9)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from storage import batches as store
from storage import ledger
from storage.batches import Decision, ListRow, Resolution
from storage.database import Session
from storage.ledger import LedgerAccount
from workflows import views
from workflows.audit import Chain, EventRef, digest_of
from workflows.batches import allocation
from workflows.batches.rounds import ListRowShown, chain_name, list_rows, lock_batch
from workflows.case import awards, choices, letters, proceeding, refusing
from workflows.case.listed_cases import is_recognition
from workflows.case.proceeding_known import Known
from workflows.case.reopening import reopen
from workflows.case.running import Running, open_waiting
from workflows.errors import Conflict, FieldError, Forbidden, Invalid
from workflows.permissions import Actor, require
from workflows.rules.money import MoneyInvalid, format_yuan, parse_money

RESULTS = ("support", "adjust", "defer", "refuse")
_RESOLVED = "resolved"
# What a proposed refusal may come to: the meeting refuses, or gives it back to be looked at again.
_ON_REFUSAL = ("refuse", "defer")


class ListFixed(TypedDict):
    """What fixing a list answers: its number, and every row of the batch."""

    round: int
    items: list[ListRowShown]


class ResolutionRecorded(TypedDict):
    """What recording a resolution answers: its minutes, and every row of the batch."""

    minutes_no: str
    items: list[ListRowShown]


def fix_list(session: Session, actor: Actor, batch_id: int, now: datetime) -> ListFixed:
    """Fix the proposed list (锁定汇总表) for the cases that wait at `listed`: ceilings of article 10 and reservations.

    Locks the cases by reference, then the accounts by USCC. The result depends on the set of cases only; siblings of
    this batch that were listed before and not yet resolved are computed again with the new ones.
    """
    actor = require(actor, "section_chief")
    batch = lock_batch(session, batch_id)
    if batch.drafted_by == actor.username:
        raise Forbidden("批次由你起草，须由另一人锁定汇总表。")
    round_ = store.last_round(session, batch.id) + 1
    proposal = allocation.propose(session, batch, actor, now, round_)
    if not proposal.fresh and not proposal.returned:
        kept = "".join(f"{reference}：{'；'.join(why)}" for reference, why in proposal.kept_off.items())
        raise Conflict(f"没有可以汇总的申报件。{kept}" if kept else "没有等待汇总的申报件。")
    fixed = Chain.open(session, chain_name(batch)).append(
        now,
        actor,
        "list_fixed",
        str(round_),
        [
            *(
                {"field": each.case.reference, "old": None, "new": str(proposal.amount_of(each))}
                for each in proposal.running
            ),
            *({"field": kept, "old": None, "new": "；".join(why)} for kept, why in proposal.kept_off.items()),
        ],
    )
    changed = allocation.enter(session, proposal, fixed)
    allocation.tell(proposal, changed, fixed)
    for each in proposal.returned:
        reopen(each, "测算之后，可计入的金额有变化", fixed)
    move_listed(proposal, fixed)
    session.flush()
    return {"round": round_, "items": list_rows(session, batch)}


def move_listed(proposal: allocation.Proposal, fixed: EventRef) -> None:
    """On with the cases that are new on the list; what each of them would ask is read and numbered for all at once."""
    fresh = [each for each in proposal.running if each.case.id in proposal.fresh]
    for each in fresh:
        each.step.ahead |= {"known": proposal.known, "row": proposal.rows[each.case.reference]}
    cut = [each.step for each in fresh if choices.is_offered(each.step) and each.bundle.calls(choices.PROCESS)]
    letters.prepare(cut, choices.LETTER)
    for each in fresh:
        each.deliver("listed", {}, fixed)
        each.save()


def resolve(
    session: Session,
    actor: Actor,
    batch_id: int,
    *,
    minutes_no: str,
    decisions: Sequence[Mapping[str, Any]],
    now: datetime,
) -> ResolutionRecorded:
    """Record the resolution of a meeting for cases that wait for one, listed or proposed to be refused; each row its
    own, all or nothing.

    A row may name the `listed_amount` that the meeting had before it: Conflict where another stands by now, since a
    list that is fixed again, or money that falls free, gives other amounts to cases that were not resolved yet.
    """
    actor = require(actor, "meeting_secretary")
    batch = lock_batch(session, batch_id)
    waiting = open_waiting(session, batch.id, (_RESOLVED, refusing.RESOLVED), actor, now)
    if not waiting:
        raise Conflict("没有等待集体审议的申报件。")
    running = {each.case.reference: each for each in waiting}
    _refuse_unseen(decisions, running)
    _refuse_wrong(session, minutes_no, decisions, running)
    # All accounts at once and in order, before any of them is needed.
    accounts = ledger.lock_of_cases(session, [each.case.id for each in waiting])
    rows = {row.case_id: row for row in store.latest_rows(session, batch.id)}
    resolution = Resolution(
        batch_id=batch.id, minutes_no=minutes_no.strip(), recorded_by=actor.username, recorded_at=now
    )
    session.add(resolution)
    session.flush()
    # What stands behind a better case comes first: it is kept even where this meeting refuses the better one too.
    for decision in sorted(decisions, key=lambda each: (bool(running[each["case"]].case.final_amount), each["case"])):
        each = running[decision["case"]]
        _decide(session, accounts, resolution, each, decision, rows.get(each.case.id))
    Chain.open(session, chain_name(batch)).append(
        now,
        actor,
        "resolution_recorded",
        resolution.minutes_no,
        [{"field": each["case"], "old": None, "new": each["result"]} for each in decisions],
    )
    session.flush()
    return {"minutes_no": resolution.minutes_no, "items": list_rows(session, batch)}


def _refuse_wrong(
    session: Session, minutes_no: str, decisions: Sequence[Mapping[str, Any]], running: Mapping[str, Running]
) -> None:
    """Invalid with everything that is wrong, row by row."""
    errors = [] if 1 <= len(minutes_no.strip()) <= 100 else [FieldError("minutes_no", "请填写会议纪要文号。")]
    if not decisions:
        errors.append(FieldError("decisions", "请逐件登记审议结果。"))
    seen: set[str] = set()
    known = Known.of(session, [each.case.id for each in running.values()])
    for number, decision in enumerate(decisions):
        errors.extend(_check_decision(number, decision, running, seen, known))
    if errors:
        raise Invalid("审议结果有误，请按提示修改。", errors=errors)


def _refuse_unseen(decisions: Sequence[Mapping[str, Any]], running: Mapping[str, Running]) -> None:
    """Conflict that names every case whose amount is another than the one that was decided on."""
    changed = []
    for decision in decisions:
        before = _listed_amount(decision)
        if before is not None and decision["case"] in running:
            now = running[decision["case"]].case.final_amount or awards.ZERO
            if before != now:
                changed.append(f"{decision['case']}（原{format_yuan(before)}元，现{format_yuan(now)}元）")
    if changed:
        said = "、".join(changed)
        raise Conflict(f"下列申报件的拟支持金额在你查看之后已重新核算，审议结果没有登记，请按现金额核对：{said}。")


def _listed_amount(decision: Mapping[str, Any]) -> Decimal | None:
    """The amount that a row of the resolution was decided on, in yuan; None where it names none. Raises Invalid."""
    if "listed_amount" not in decision:
        return None
    try:
        return parse_money(str(decision["listed_amount"] or "0"))
    except MoneyInvalid as invalid:
        raise Invalid("审议结果有误。", errors=[FieldError("decisions", f"{decision['case']}：{invalid}。")]) from None


def _check_decision(
    number: int, decision: Mapping[str, Any], running: Mapping[str, Running], seen: set[str], known: Known
) -> list[FieldError]:
    def wrong(field: str, message: str) -> list[FieldError]:
        return [FieldError(f"decisions.{number}.{field}", message)]

    reference, result = decision["case"], decision["result"]
    if reference not in running:
        return wrong("case", "该申报件不在本批次待审议之列。")
    if reference in seen:
        return wrong("case", "同一申报件只能登记一次。")
    seen.add(reference)
    case, reason = running[reference].case, str(decision.get("reason") or "").strip()
    listed = case.final_amount or awards.ZERO
    if refusing.is_proposed(running[reference].step) and result not in _ON_REFUSAL:
        return wrong("result", "本件拟不予支持，会议可以决定不予支持，或者缓议，退回重新审查。")
    if result == "support" and not listed:
        return wrong("result", "拟支持金额为0元，不能同意支持。")
    against = proceeding.obstacles(running[reference].step, proceeding.RESOLUTION, known)
    if result in ("support", "adjust") and against:
        return wrong("result", against[0])
    if result == "adjust":
        try:
            amount = parse_money(str(decision.get("amount") or ""))
        except MoneyInvalid as invalid:
            return wrong("amount", f"{invalid}。")
        if not 0 < amount < listed or amount != amount.to_integral_value():
            return wrong("amount", f"调整后的金额应为大于0、小于{format_yuan(listed)}元的整数元，只能调减。")
    if result != "support" and not reason:
        return wrong("reason", "调整、缓议、不予支持须写明理由。")
    if len(reason) > 500:
        return wrong("reason", "理由不超过500字。")
    return []


def _decide(
    session: Session,
    accounts: Mapping[int, LedgerAccount],
    resolution: Resolution,
    running: Running,
    decision: Mapping[str, Any],
    row: ListRow | None,
) -> None:
    step, case, result = running.step, running.case, decision["result"]
    listed = case.final_amount or awards.ZERO
    amount = parse_money(str(decision["amount"])) if result == "adjust" else (listed if result == "support" else None)
    # Best-only does not close the loser while the better case may still fall away (corrections, procedure 3).
    listed_refusal = row is not None and result == "refuse" and not refusing.is_proposed(step)
    better = allocation.better_case(row) if row is not None and listed_refusal else ""
    kept = bool(better) and allocation.is_undecided(session, better)
    session.add(
        Decision(
            resolution_id=resolution.id,
            case_id=case.id,
            result=result,
            amount=amount,
            reason=decision.get("reason") or None,
            held=kept,
        )
    )
    decided = step.record(
        "case_resolved",
        resolution.minutes_no,
        [
            {"field": "result", "old": None, "new": result},
            {"field": "final_amount", "old": views.amount(listed), "new": views.amount(amount)},
            {"field": "reason", "old": None, "new": decision.get("reason") or None},
        ],
        binds={
            f"decision:{resolution.id}/{case.reference}": digest_of(
                {
                    "result": result,
                    "amount": views.amount(amount),
                    "reason": decision.get("reason") or None,
                    "held": kept,
                }
            )
        },
    )
    if not kept:
        with step.following(decided):
            _carry_out(running, accounts, result, amount)


def _carry_out(running: Running, accounts: Mapping[int, LedgerAccount], result: str, amount: Decimal | None) -> None:
    """What the decision does to the ledger, and on with the process."""
    step, case = running.step, running.case
    if refusing.is_proposed(step):
        running.deliver(refusing.RESOLVED, {refusing.RESOLVED: result})
        running.save()
        return
    if result == "adjust" and amount is not None:
        case.final_amount = amount
        if not is_recognition(step):
            awards.lower(step, accounts[case.id], amount)
    if result == "defer":
        awards.release(step, "缓议", reallocate=True)
        case.final_amount = None
    running.deliver(_RESOLVED, {_RESOLVED: {"adjust": "support"}.get(result, result)})
    running.save()
