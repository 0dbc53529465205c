"""From the rules over several cases to the ledger: fix a list, and work it out again after a release (2.1, 2.4).

Locked are the batch, the cases by reference, then the accounts by USCC. All that hangs together, through an account or
a matter, is worked out together; so the result depends on the set of cases only.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from storage import batches as store
from storage import cases, historic_awards, ledger, recoveries
from storage.batches import Batch, ListRow, Resolution
from storage.database import Session
from storage.ledger import LedgerAccount
from storage.questions import listings
from storage.questions.listings import Contender
from workflows import rules, views
from workflows.audit import EventRef
from workflows.case import awards, proceeding
from workflows.case.instalments import matched_outside
from workflows.case.listed_cases import account_key, listed_case
from workflows.case.proceeding_known import Known
from workflows.case.running import Running, open_cases
from workflows.case.step import local_date, pinned_values
from workflows.permissions import Actor
from workflows.rules import listing
from workflows.rules.listing.connected import connected
from workflows.rules.money import ZERO, format_yuan

FRESH = "listed"


@dataclass(frozen=True)
class Proposal:
    """What the rules make of a set of locked cases; nothing of it is written yet."""

    running: Sequence[Running]
    rows: Mapping[str, ListRow]
    """By reference, for the cases that get a new row: new on the list, another amount, or now behind another."""
    fresh: frozenset[int]
    """Ids of the cases that are new on the list."""
    accounts: Mapping[str, LedgerAccount]
    """By reference, the locked account of each case that has one."""
    held: Mapping[str, Decimal]
    """By reference, the yuan that the case holds there."""
    kept_off: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By reference, why a case that waits is not listed now; it goes on waiting."""

    def amount_of(self, running: Running) -> Decimal | None:
        """Yuan that the case has once the proposal is entered."""
        row = self.rows.get(running.case.reference)
        return row.final_amount if row is not None else running.case.final_amount


def propose(session: Session, batch: Batch, actor: Actor, now: datetime, round_: int) -> Proposal:
    """What the list would be for the cases that wait for it, with all that hang together with them and are not yet
    resolved. Locks them and their accounts; `fresh` is empty when nothing waits. `enter` writes it.
    """
    found = listings.contenders(session, batch.id, (FRESH, "resolved"))
    opened = open_cases(session, _together(found, batch, _fresh(found)), actor, now)
    # Asked again under the lock: a withdrawal or a suspension may have been faster.
    still = {each.case_id: each for each in listings.contenders(session, batch.id, (FRESH, "resolved"))}
    waiting = _fresh(still.values())
    known = Known.of(session, [each.case.id for each in opened if each.case.id in waiting])
    kept_off = {
        each.case.reference: why
        for each in opened
        if each.case.id in waiting and (why := proceeding.obstacles(each.step, proceeding.LIST, known))
    }
    running = [each for each in opened if each.case.id in still and each.case.reference not in kept_off]
    fresh = frozenset(waiting & {each.case.id for each in running})
    if not fresh:
        return Proposal(running, {}, fresh, {}, {}, kept_off)
    return replace(_work_out(session, batch, running, round_, fresh), kept_off=kept_off)


def _fresh(found: Iterable[Contender]) -> set[int]:
    return {each.case_id for each in found if FRESH in each.messages}


def _together(found: Sequence[Contender], batch: Batch, seeds: Collection[int]) -> set[int]:
    """Ids of the cases that hang together with the seeds."""
    parameters = pinned_values(batch)
    links = {
        each.case_id: (
            ("account", account_key(each.uscc, each.group_uscc, parameters)),
            ("uscc", each.uscc),
            ("matter", each.matter_id),
            ("city project", each.city_project or each.case_id),
        )
        for each in found
    }
    return connected(links, seeds)


def _work_out(
    session: Session, batch: Batch, running: Sequence[Running], round_: int, fresh: frozenset[int]
) -> Proposal:
    """Steps 4–8 for these cases: gather what they are and what others hold, and ask the rules."""
    parameters = pinned_values(batch)
    holders = listings.holders(
        session, {each.case.matter_id or 0 for each in running}, [each.case.id for each in running]
    )
    granted = _granted(session, holders, running)
    matched = matched_outside(session, [each.step for each in running])
    listed = [
        listed_case(
            each.step,
            granted[each.case.matter_id or 0, each.case.scheme],
            matched.get(each.case.reference, ZERO),
        )
        for each in running
    ]
    accounts = ledger.lock_accounts(session, {each.account for each in listed if not each.recognition}, batch.cap_year)
    entries = ledger.held_by_case(session, [account.id for account in accounts.values()])
    held = _held_by_others(session, accounts, entries, {each.case.id for each in running}, parameters)
    taken = taken_by_others(session, holders, {each.matter for each in listed})
    rows = listing.propose(listed, held, taken, parameters, local_date(running[0].step.now))
    behind = {row.case_id: better_case(row) for row in store.latest_rows(session, batch.id)}

    made = {each.case.reference: _list_row(each, round_, rows[each.case.reference]) for each in running}
    mine = {case.case: accounts[case.account] for case in listed if case.account in accounts}
    ids = {each.case.reference: each.case.id for each in running}
    return Proposal(
        running=running,
        rows={
            each.case.reference: made[each.case.reference]
            for each in running
            if each.case.id in fresh or _differs(each, made[each.case.reference], behind)
        },
        fresh=fresh,
        accounts=mine,
        held={reference: entries[account.id].get(ids[reference], ZERO) for reference, account in mine.items()},
    )


def _granted(
    session: Session, holders: Iterable[listings.Holder], running: Sequence[Running]
) -> Mapping[tuple[int, str], Decimal]:
    """Yuan that others hold on the same item, by matter and scheme, without what came back."""
    granted: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    for holder in holders:
        granted[holder.matter_id, holder.scheme] += holder.amount
    for item, amount in recoveries.returned(session, {each.case.matter_id or 0 for each in running}).items():
        granted[item] -= amount
    return granted


def _differs(running: Running, row: ListRow, behind: Mapping[int, str]) -> bool:
    """Whether a row says something new of a case that was listed before."""
    case = running.case
    return row.final_amount != case.final_amount or better_case(row) != behind.get(case.id)


def enter(session: Session, proposal: Proposal, cause: EventRef) -> list[Running]:
    """Write a proposal: rows, reservations and amounts, all of which follow from `cause`. Answers who has a new row."""
    changed = [each for each in proposal.running if each.case.reference in proposal.rows]
    for each in changed:
        reference = each.case.reference
        row = proposal.rows[reference]
        with each.step.following(cause):
            _reserve(each, proposal.accounts.get(reference), proposal.held.get(reference, ZERO), row.final_amount)
        session.add(row)
    return changed


def _held_by_others(
    session: Session,
    accounts: Mapping[str, LedgerAccount],
    entries: Mapping[int, Mapping[int, Decimal]],
    mine: Collection[int],
    parameters: Mapping[str, Any],
) -> listing.Held:
    """What cases outside this list hold: by account of article 10, and by USCC for article 6."""
    others = [
        (key, case_id, amount)
        for key, account in accounts.items()
        for case_id, amount in entries[account.id].items()
        if case_id not in mine
    ]
    known = listings.beneficiaries(session, {case_id for _, case_id, _ in others}) if others else {}
    annual: dict[str, Decimal] = defaultdict(lambda: ZERO)
    renewable: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for key, case_id, amount in others:
        whose = known[case_id]
        if listing.counts_in_annual_cap(whose.scheme, whose.entity_type == "enterprise", parameters):
            annual[key] += amount
        if whose.scheme == listing.RENEWABLE:
            renewable[whose.uscc] += amount
    return listing.Held(annual, renewable)


def taken_by_others(
    session: Session, holders: Iterable[listings.Holder], matters: Collection[int]
) -> list[listing.Taken]:
    """What others have on these matters: cases here, historic awards, cases still under the repealed rules (M17)."""
    taken = [
        listing.Taken(each.matter_id, each.scheme, f"已由申报件{each.reference}支持", each.amount, case=each.reference)
        for each in holders
    ]
    for award in historic_awards.of_matters(session, matters):
        pending = award.policy == "old" and award.decided_on is None and award.accepted_on is not None
        title = rules.SCHEMES[award.scheme].TITLE
        if pending:
            what = f"已按原办法受理{title}，尚未审定"
            taken.append(listing.Taken(award.matter_id, award.scheme, what, award.precap_amount, pending_old_rule=True))
        elif award.paid_amount:
            what = f"已于{award.decided_on}获{title}支持{format_yuan(award.paid_amount)}元"
            taken.append(listing.Taken(award.matter_id, award.scheme, what, award.paid_amount))
    return taken


def _list_row(running: Running, round_: int, row: listing.Row) -> ListRow:
    step = running.step
    return ListRow(
        batch_id=step.batch.id,
        case_id=running.case.id,
        round=round_,
        precap_amount=row.listed.precap_amount,
        final_amount=row.amount,
        proposal="support" if row.amount else "refuse",
        steps=[each.as_dict() for each in row.steps],
        fixed_by=step.actor.username,
        fixed_at=step.now,
    )


def _reserve(running: Running, account: LedgerAccount | None, held: Decimal, amount: Decimal) -> None:
    """Replace the case's reservation by the new amount; nothing is written when it stays the same."""
    step, case = running.step, running.case
    old = case.final_amount
    if account is not None and held != amount:
        if held:
            awards.enter(step, account, "RELEASED", held, "RESERVED", "重新汇总测算")
        if amount:
            awards.enter(step, account, "RESERVED", amount, None, "锁定汇总表")
    case.final_amount = amount
    if old != amount:
        step.record(
            "amount_listed",
            account.uscc if account else "",
            [{"field": "final_amount", "old": views.amount(old), "new": views.amount(amount)}],
        )


def reallocate(session: Session, actor: Actor, now: datetime, uscc: str, batch_id: int) -> None:
    """Work out again, after a release or a decision, what hangs together with an account or a firm (2.4, M11).

    A sibling that the meeting has not resolved takes its new amount in place. One that was resolved goes back to the
    meeting when its amount changes, and is published again. Left alone, their holdings counted as used: cases that the
    meeting adjusted, that are suspended, or whose objection is being handled; these ask again when they go on. A case
    that was kept only for the sake of a better one ends when that one is decided.
    """
    batch = store.lock(session, batch_id)
    assert batch is not None
    messages = ("resolved", "reallocated")
    parameters = pinned_values(batch)
    found = listings.contenders(session, batch_id, messages)
    seeds = [each.case_id for each in found if uscc in (each.uscc, account_key(each.uscc, each.group_uscc, parameters))]
    opened = open_cases(session, _together(found, batch, seeds), actor, now)
    asked_by = ledger.take_reallocation(session, uscc, batch_id)
    if asked_by is None:
        return
    cause = EventRef(*asked_by)
    still = {each.case_id for each in listings.contenders(session, batch_id, messages)}
    adjusted = _adjusted(session, batch_id)
    free = [each for each in opened if each.case.id in still - adjusted and _may_change(session, each)]
    changed: list[Running] = []
    if free:
        round_ = store.last_round(session, batch_id) + 1
        changed = enter(session, _work_out(session, batch, free, round_, frozenset()), cause)
    for each in changed:
        if each.waits_for("reallocated"):
            each.deliver("reallocated", {"reallocated": "amount"}, cause)
        each.save()
    _end_what_was_kept(session, batch, [each for each in free if each not in changed], cause)


def _may_change(session: Session, running: Running) -> bool:
    """Whether the case holds nothing yet, or only a reservation."""
    held = ledger.live_entry(session, running.case.id)
    return held is None or held[1] == "RESERVED"


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


def better_case(row: ListRow) -> str:
    """Reference of the case for whose sake this one got nothing (best-only), or empty."""
    losing = [step for step in row.steps if step.get("code") == listing.BEST_ONLY]
    return str(losing[-1].get("by", "")) if losing and not row.final_amount else ""


def is_undecided(session: Session, reference: str) -> bool:
    """Whether a case is under way with no more than a reservation: it may yet be refused, withdrawn or cut to 0."""
    case = cases.find(session, reference)
    if case is None or case.ended_at is not None:
        return False
    held = ledger.live_entry(session, case.id)
    return held is None or held[1] == "RESERVED"


def _end_what_was_kept(session: Session, batch: Batch, waiting: Sequence[Running], cause: EventRef) -> None:
    """Carry out refusals that were kept until the better case was decided (corrections, procedure 3)."""
    if not waiting:
        return
    rows = {row.case_id: row for row in store.latest_rows(session, batch.id)}
    decisions = store.latest_decisions(session, batch.id)
    for each in waiting:
        row, decided = rows.get(each.case.id), decisions.get(each.case.id)
        if row is None or decided is None or not decided[0].held or not decided_since(row, decided[1]):
            continue
        if not is_undecided(session, better_case(row)):
            each.deliver("resolved", {"resolved": "refuse"}, cause)
            each.save()
