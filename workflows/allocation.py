"""Article 10 over the cases of a batch: allocate a list, and allocate again after a release (domain.md 2.1, 2.4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from storage import batches as store
from storage import cases, ledger
from storage.batches import Batch, ListRow, Resolution
from storage.database import Session
from storage.ledger import LedgerAccount
from workflows import awards, views
from workflows.permissions import Actor
from workflows.rules import ceiling
from workflows.running import Running, open_cases
from workflows.step import pinned_values


def allocate(session: Session, batch: Batch, running: Sequence[Running], round_: int) -> None:
    """Article 10 for each enterprise of these cases; writes rows, reservations and final amounts."""
    by_uscc: dict[str, list[Running]] = {}
    for each in running:
        by_uscc.setdefault(each.step.enterprise.uscc, []).append(each)
    accounts = ledger.lock_accounts(session, by_uscc, batch.cap_year)
    held = ledger.held_by_case(session, [account.id for account in accounts.values()])
    for uscc, group in by_uscc.items():
        account = accounts[uscc]
        for each, share in _shares(held[account.id], group, batch):
            _move(each, account, held[account.id], share, round_)


def _shares(
    held: Mapping[int, Decimal], group: Sequence[Running], batch: Batch
) -> list[tuple[Running, ceiling.Allocation]]:
    """Article 10 over the cases of one enterprise: what others hold is used, the group shares the rest."""
    by_reference = {each.case.reference: each for each in group}
    mine = {each.case.id for each in group}
    used = sum((amount for case_id, amount in held.items() if case_id not in mine), awards.ZERO)
    claims = [
        ceiling.Claim(case.reference, case.precap_amount or awards.ZERO, case.accepted_at or case.created_at)
        for case in (each.case for each in group)
    ]
    parameters = pinned_values(batch)
    shares = ceiling.allocate(claims, used, parameters["a10.annual_cap"], parameters["a10.allocation_order"])
    return [(by_reference[share.case], share) for share in shares]


def _move(
    running: Running, account: LedgerAccount, held: Mapping[int, Decimal], share: ceiling.Allocation, round_: int
) -> None:
    """Reserve the share in place of what the case held, and note it on the list."""
    _reserve(running, account, held.get(running.case.id, awards.ZERO), share.amount)
    running.step.session.add(_row(running, round_, share))


def _row(running: Running, round_: int, allocation: ceiling.Allocation) -> ListRow:
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


def _row_steps(allocation: ceiling.Allocation) -> list[dict[str, str]]:
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
    account = ledger.lock_account(session, account.uscc, account.year)
    if not ledger.take_reallocation(session, account.id, batch_id) or account.year != batch.cap_year:
        return
    held = ledger.held_by_case(session, [account.id])[account.id]
    adjusted = _adjusted(session, batch_id)
    open_ones = [each for each in running if each.case.id not in adjusted and _takes_part(session, each, account)]
    round_ = store.last_round(session, batch_id) + 1
    for each, share in _shares(held, open_ones, batch):
        if share.amount == each.case.final_amount:
            continue
        _move(each, account, held, share, round_)
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
    return held is None or (held[1] == "RESERVED" and held[0].id == account.id)


def _adjusted(session: Session, batch_id: int) -> set[int]:
    """Ids of the cases whose amount the meeting set itself since they were last listed."""
    rows = {row.case_id: row for row in store.latest_rows(session, batch_id)}
    return {
        case_id
        for case_id, (decision, resolution) in store.latest_decisions(session, batch_id).items()
        if decision.result == "adjust" and (case_id not in rows or decided_since(rows[case_id], resolution))
    }


def decided_since(row: ListRow, resolution: Resolution) -> bool:
    """Whether this meeting saw this row of the list, and not an earlier one."""
    return resolution.recorded_at >= row.fixed_at
