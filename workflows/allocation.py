"""Article 10 over the cases of a batch: allocate a list, and allocate again after a release (domain.md 2.1, 2.4)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from storage import batches as store
from storage import cases, ledger
from storage.batches import Batch, ListRow
from storage.database import Session
from storage.ledger import LedgerAccount
from workflows import awards, rules, views
from workflows.permissions import Actor
from workflows.running import Running, open_cases
from workflows.step import pinned_values


def allocate(
    session: Session, batch: Batch, running: Sequence[Running], round_: int, actor: Actor, now: datetime
) -> None:
    """Article 10 for each enterprise of these cases; writes rows, reservations and final amounts."""
    parameters = pinned_values(batch)
    by_uscc: dict[str, list[Running]] = {}
    for each in running:
        by_uscc.setdefault(each.step.enterprise.uscc, []).append(each)
    accounts = ledger.lock_accounts(session, by_uscc, batch.cap_year)
    held = ledger.held_by_case(session, [account.id for account in accounts.values()])
    for uscc, group in by_uscc.items():
        account = accounts[uscc]
        mine = {each.case.id for each in group}
        used = sum((amount for case_id, amount in held[account.id].items() if case_id not in mine), awards.ZERO)
        allocations = awards.allocate(used, [each.case for each in group], batch, parameters)
        for each in group:
            allocation = allocations[each.case.id]
            _reserve(each, account, held[account.id].get(each.case.id, awards.ZERO), allocation.amount)
            session.add(_row(each, round_, allocation))


def _row(running: Running, round_: int, allocation: rules.ceiling.Allocation) -> ListRow:
    step = running.step
    return ListRow(
        batch_id=step.batch.id,
        case_id=running.case.id,
        round=round_,
        precap_amount=allocation.precap_amount,
        final_amount=allocation.amount,
        proposal="support" if allocation.amount else "refuse",
        steps=_row_steps(allocation),
        fixed_by=step.actor.username,
        fixed_at=step.now,
    )


def _row_steps(allocation: rules.ceiling.Allocation) -> list[dict[str, str]]:
    """Step 8 of domain.md 2.1. Steps 4–7 (the same matter, other funds, article 6) come with the other types."""
    text = allocation.reason or "未超过年度支持限额"
    return [
        {
            "article": allocation.article,
            "text": text,
            "cut": f"{allocation.cut:.0f}",
            "amount": f"{allocation.amount:.0f}",
            "code": allocation.reason_code or "",
        }
    ]


def _reserve(running: Running, account: LedgerAccount, held: Decimal, amount: Decimal) -> None:
    """Replace the case's reservation by the new amount; nothing is written when it stays the same."""
    step, case = running.step, running.case
    old = case.final_amount
    if held != amount:
        if held:
            awards.enter(step, account, "RELEASED", held, "RESERVED", "重新汇总测算")
        if amount:
            awards.enter(step, account, "RESERVED", amount, None, "锁定汇总表")
    case.final_amount = amount
    if old != amount:
        step.record(
            "amount_listed",
            account.uscc,
            [{"field": "final_amount", "old": views.amount(old), "new": views.amount(amount)}],
        )


def reallocate(session: Session, actor: Actor, now: datetime, account: LedgerAccount, batch_id: int) -> None:
    """Allocate again after a release what one enterprise has in one batch (2.4, M11).

    A sibling that the meeting has not resolved takes its new amount in place. One that was resolved goes back to the
    meeting when its amount changes, and is published again. Left alone, their holdings counted as used: cases that the
    meeting adjusted, that are suspended, or whose objection is being handled; these ask again when they go on.
    """
    batch = store.lock(session, batch_id)
    assert batch is not None
    running = open_cases(session, cases.open_siblings(session, account.uscc, batch_id), actor, now)
    account = ledger.lock_accounts(session, [account.uscc], account.year)[account.uscc]
    if not ledger.take_reallocation(session, account.id, batch_id) or account.year != batch.cap_year:
        return
    held = ledger.held_by_case(session, [account.id])[account.id]
    open_ones = [each for each in running if _takes_part(session, each, account)]
    mine = {each.case.id for each in open_ones}
    used = sum((amount for case_id, amount in held.items() if case_id not in mine), awards.ZERO)
    parameters = pinned_values(batch)
    allocations = awards.allocate(used, [each.case for each in open_ones], batch, parameters)
    round_ = store.last_round(session, batch_id) + 1
    for each in open_ones:
        allocation = allocations[each.case.id]
        if allocation.amount == each.case.final_amount:
            continue
        _reserve(each, account, held.get(each.case.id, awards.ZERO), allocation.amount)
        session.add(_row(each, round_, allocation))
        if each.waits_for("reallocated"):
            each.deliver("reallocated", {"reallocated": "amount"})
        each.save()


def _takes_part(session: Session, running: Running, account: LedgerAccount) -> bool:
    """Whether the case's amount may still change: listed, neither committed nor ended, and free to move."""
    case = running.case
    if case.suspended_at is not None or case.status == "OBJECTION":
        return False
    if not (running.waits_for("resolved") or running.waits_for("reallocated")):
        return False
    held = ledger.live_entry(session, case.id)
    if held is not None and (held[1] != "RESERVED" or held[0].id != account.id):
        return False
    return not _adjusted(session, running)


def _adjusted(session: Session, running: Running) -> bool:
    """Whether the meeting set this case's amount itself since it was last listed."""
    decided = store.decisions_of_case(session, running.case.id)
    rows = store.rows_of_case(session, running.case.id)
    if not decided or decided[-1][0].result != "adjust":
        return False
    return not rows or decided[-1][1].recorded_at >= rows[-1].fixed_at
