"""Batches: drafted and opened by two people, listed, resolved by the meeting (domain.md 2.1 steps 4–9, P12)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from storage import batches as store
from storage import cases as case_store
from storage import instances, ledger
from storage.batches import Batch, Decision, ListRow, Resolution
from storage.database import Session
from storage.ledger import LedgerAccount
from workflows import paging, rules, views
from workflows.audit import Chain
from workflows.batches import allocation
from workflows.case import awards
from workflows.case.listed_cases import account_key, is_recognition
from workflows.case.running import Running, open_waiting
from workflows.case.step import local_date
from workflows.casework import beginnings
from workflows.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.permissions import OFFICE, READERS, SYSTEM, Actor, require
from workflows.policy import parameters as parameter_values
from workflows.rules.money import MoneyInvalid, format_yuan, parse_money

# Applicants and invited outsiders know an open batch; its list, budget and drafts are the office's.
INSIDE = OFFICE | READERS
RESULTS = ("support", "adjust", "defer", "refuse")


def draft(
    session: Session,
    actor: Actor,
    *,
    title: str,
    schemes: Sequence[str],
    window_from: datetime,
    window_to: datetime,
    cap_year: int,
    budget_total: Decimal | None,
    now: datetime,
) -> dict[str, Any]:
    """Draft a batch; a section chief who did not draft it opens it. Matter dates: from January 1 of the year before."""
    require(actor, "case_officer")
    errors = []
    if not 2 <= len(title.strip()) <= 100:
        errors.append(FieldError("title", "请填写批次名称，2至100字。"))
    unknown = [scheme for scheme in schemes if scheme not in rules.SCHEMES]
    if not schemes or unknown or len(set(schemes)) != len(schemes):
        errors.append(FieldError("schemes", "请选择本批次受理的支持事项，不得重复。"))
    if window_to <= window_from:
        errors.append(FieldError("window_to", "申报截止时间应晚于开始时间。"))
    if not local_date(window_from).year - 1 <= cap_year <= local_date(window_to).year + 1:
        errors.append(FieldError("cap_year", "限额年度应与申报期所在年度相近。"))
    if budget_total is not None and budget_total <= 0:
        errors.append(FieldError("budget_total", "预算总额应大于0。"))
    if errors:
        raise Invalid("批次信息有误，请按提示修改。", errors=errors)
    batch = Batch(
        title=title.strip(),
        schemes=list(schemes),
        window_from=window_from,
        window_to=window_to,
        matter_date_from=date(local_date(window_from).year - 1, 1, 1),
        matter_date_to=local_date(window_to),
        cap_year=cap_year,
        budget_total=budget_total,
        status="draft",
        drafted_by=actor.username,
        drafted_at=now,
    )
    session.add(batch)
    session.flush()
    chain = Chain.open(session, chain_name(batch))
    chain.append(
        now, actor.username, "batch_drafted", batch.title, [{"field": "schemes", "old": None, "new": list(schemes)}]
    )
    return shown(batch, actor)


def chain_name(batch: Batch) -> str:
    return f"batch:{batch.id}"


def open_batch(session: Session, actor: Actor, batch_id: int, now: datetime) -> dict[str, Any]:
    """Open a batch: pins the parameter values. Conflict names every parameter that is not confirmed."""
    require(actor, "section_chief")
    batch = _locked(session, batch_id)
    if batch.status != "draft":
        raise Conflict("该批次已发布。")
    if batch.drafted_by == actor.username:
        raise Forbidden("批次由你起草，须由另一人发布。")
    today = local_date(now)
    missing = parameter_values.unconfirmed(session, batch.schemes, today)
    if missing:
        names = "、".join(f"{each.label}（{each.id}）" for each in missing)
        raise Conflict(
            f"下列{len(missing)}项政策口径尚未确认，不能发布：{names}。", unconfirmed=[each.id for each in missing]
        )
    batch.parameters = parameter_values.pin(session, batch.schemes, today)
    batch.status, batch.opened_by, batch.opened_at = "open", actor.username, now
    if beginnings.CLUSTER in batch.schemes:
        session.flush()
        beginnings.open_due_reports(session, SYSTEM, batch, now)
    Chain.open(session, chain_name(batch)).append(
        now,
        actor.username,
        "batch_opened",
        batch.title,
        [{"field": key, "old": None, "new": value["value"]} for key, value in sorted(batch.parameters.items())],
    )
    return shown(batch, actor)


def _locked(session: Session, batch_id: int) -> Batch:
    batch = store.lock(session, batch_id)
    if batch is None:
        raise NotFound("没有这一批次。")
    return batch


def _get(session: Session, actor: Actor, batch_id: int) -> Batch:
    batch = store.get(session, batch_id)
    if batch is None or (batch.status == "draft" and not actor.has(*INSIDE)):
        raise NotFound("没有这一批次。")
    return batch


def shown(batch: Batch, actor: Actor) -> dict[str, Any]:
    inside = actor.has(*INSIDE)
    return {
        "id": batch.id,
        "title": batch.title,
        "schemes": list(batch.schemes),
        "window_from": views.instant(batch.window_from),
        "window_to": views.instant(batch.window_to),
        "matter_date_from": batch.matter_date_from.isoformat(),
        "matter_date_to": batch.matter_date_to.isoformat(),
        "cap_year": batch.cap_year,
        "budget_total": str(batch.budget_total) if batch.budget_total is not None and inside else None,
        "status": batch.status,
        "drafted_by": batch.drafted_by if inside else None,
        "opened_by": batch.opened_by if inside else None,
        "opened_at": views.instant(batch.opened_at),
    }


def list_batches(session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 50) -> paging.Page:
    """Batches, newest first; drafts are the office's own."""
    found = store.list_batches(
        session, before=paging.read_id_cursor(cursor), opened_only=not actor.has(*INSIDE), limit=limit + 1
    )
    following = paging.id_cursor(found[limit - 1].id) if len(found) > limit else None
    return paging.Page([shown(batch, actor) for batch in found[:limit]], following)


def get_batch(session: Session, actor: Actor, batch_id: int) -> dict[str, Any]:
    """A batch; for the office with its list, totals and how many cases wait for each call."""
    batch = _get(session, actor, batch_id)
    answer = shown(batch, actor)
    if not actor.has(*INSIDE):
        return answer
    answer["parameters"] = batch.parameters
    answer["list"] = list_rows(session, batch)
    answer["waiting"] = {
        message: len(instances.waiting_cases(session, batch.id, message))
        for message in ("listed", "resolved", "published")
    }
    answer["cases"] = case_store.count_in_batch(session, batch.id)
    return answer


def list_rows(session: Session, batch: Batch) -> list[dict[str, Any]]:
    """The newest row of every case on the list with what the meeting made of it; three statements."""
    rows = store.latest_rows(session, batch.id)
    decisions = store.latest_decisions(session, batch.id)
    known = case_store.with_enterprises(session, [row.case_id for row in rows])
    listed = []
    for row in sorted(rows, key=lambda row: known[row.case_id][0].reference):
        case, enterprise = known[row.case_id]
        decided = decisions.get(row.case_id)
        listed.append(
            {
                "case": case.reference,
                "title": case.title,
                "scheme": case.scheme,
                "enterprise": {"uscc": enterprise.uscc, "name": enterprise.name},
                "status": case.status,
                "round": row.round,
                "precap_amount": views.amount(row.precap_amount),
                "proposed_amount": views.amount(row.final_amount),
                "final_amount": views.amount(case.final_amount),
                "proposal": row.proposal,
                "reasons": [step["text"] for step in row.steps if step.get("cut", "0") != "0"],
                "steps": row.steps,
                "resolution": {
                    "minutes_no": decided[1].minutes_no,
                    "result": decided[0].result,
                    "amount": views.amount(decided[0].amount),
                    "reason": decided[0].reason,
                    "held": decided[0].held,
                }
                if decided and allocation.decided_since(row, decided[1])
                else None,
            }
        )
    return listed


def fix_list(session: Session, actor: Actor, batch_id: int, now: datetime) -> dict[str, Any]:
    """Fix the proposed list (锁定汇总表) for the cases that wait at `listed`: ceilings of article 10 and reservations.

    Locks the cases by reference, then the accounts by USCC. The result depends on the set of cases only; siblings of
    this batch that were listed before and not yet resolved are computed again with the new ones.
    """
    require(actor, "section_chief")
    batch = _locked(session, batch_id)
    if batch.drafted_by == actor.username:
        raise Forbidden("批次由你起草，须由另一人锁定汇总表。")
    round_ = store.last_round(session, batch.id) + 1
    running, fresh = allocation.fix(session, batch, actor, now, round_)
    if not fresh:
        raise Conflict("没有等待汇总的申报件。")
    for each in running:
        if each.case.id in fresh:
            each.deliver("listed", {})
            each.save()
    Chain.open(session, chain_name(batch)).append(
        now,
        actor.username,
        "list_fixed",
        str(round_),
        [{"field": each.case.reference, "old": None, "new": str(each.case.final_amount)} for each in running],
    )
    session.flush()
    return {"round": round_, "items": list_rows(session, batch)}


def resolve(
    session: Session,
    actor: Actor,
    batch_id: int,
    *,
    minutes_no: str,
    decisions: Sequence[Mapping[str, Any]],
    now: datetime,
) -> dict[str, Any]:
    """Record the resolution of a meeting for cases that wait at `resolved`; each row its own, all or nothing."""
    require(actor, "meeting_secretary")
    batch = _locked(session, batch_id)
    waiting = open_waiting(session, batch.id, ("resolved",), actor, now)
    if not waiting:
        raise Conflict("没有等待集体审议的申报件。")
    running = {each.case.reference: each for each in waiting}
    errors = [] if 1 <= len(minutes_no.strip()) <= 100 else [FieldError("minutes_no", "请填写会议纪要文号。")]
    if not decisions:
        errors.append(FieldError("decisions", "请逐件登记审议结果。"))
    seen: set[str] = set()
    for number, decision in enumerate(decisions):
        errors.extend(_check_decision(number, decision, running, seen))
    if errors:
        raise Invalid("审议结果有误，请按提示修改。", errors=errors)
    # All accounts at once and in order, before any of them is needed (design.md, lock order).
    accounts = ledger.lock_accounts(session, {_account_key(each) for each in waiting}, batch.cap_year)
    rows = {row.case_id: row for row in store.latest_rows(session, batch.id)}
    resolution = Resolution(
        batch_id=batch.id, minutes_no=minutes_no.strip(), recorded_by=actor.username, recorded_at=now
    )
    session.add(resolution)
    session.flush()
    # What stands behind a better case comes first: it is kept even where this meeting refuses the better one too.
    for decision in sorted(decisions, key=lambda each: (bool(running[each["case"]].case.final_amount), each["case"])):
        each = running[decision["case"]]
        _decide(session, accounts, resolution, each, decision, rows[each.case.id])
    Chain.open(session, chain_name(batch)).append(
        now,
        actor.username,
        "resolution_recorded",
        resolution.minutes_no,
        [{"field": each["case"], "old": None, "new": each["result"]} for each in decisions],
    )
    session.flush()
    return {"minutes_no": resolution.minutes_no, "items": list_rows(session, batch)}


def _account_key(running: Running) -> str:
    enterprise = running.step.enterprise
    return account_key(enterprise.uscc, enterprise.group_uscc, running.step.parameters)


def _check_decision(
    number: int, decision: Mapping[str, Any], running: Mapping[str, Running], seen: set[str]
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
    if result == "support" and not listed:
        return wrong("result", "拟支持金额为0元，不能同意支持。")
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
    accounts: Mapping[str, LedgerAccount],
    resolution: Resolution,
    running: Running,
    decision: Mapping[str, Any],
    row: ListRow,
) -> None:
    step, case, result = running.step, running.case, decision["result"]
    listed = case.final_amount or awards.ZERO
    amount = parse_money(str(decision["amount"])) if result == "adjust" else (listed if result == "support" else None)
    # Best-only does not close the loser while the better case may still fall away (corrections, procedure 3).
    better = allocation.better_case(row) if result == "refuse" else ""
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
    step.record(
        "case_resolved",
        resolution.minutes_no,
        [
            {"field": "result", "old": None, "new": result},
            {"field": "final_amount", "old": views.amount(listed), "new": views.amount(amount)},
        ],
    )
    if kept:
        return
    if result == "adjust" and amount is not None:
        case.final_amount = amount
        if not is_recognition(step):
            account = accounts[_account_key(running)]
            awards.enter(step, account, "RELEASED", listed - amount, "RESERVED", "集体审议调减")
            ledger.ask_reallocation(session, account.id, case.batch_id)
    if result == "defer":
        awards.release(step, "缓议", reallocate=True)
        case.final_amount = None
    running.deliver("resolved", {"resolved": {"adjust": "support"}.get(result, result)})
    running.save()
