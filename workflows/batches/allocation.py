"""From the rules over several cases to the ledger: fix a list, and work it out again after a release (2.1, 2.4).

Locked are the batch, the cases by reference, then the accounts by USCC. All that hangs together, through an account or
a matter, is worked out together; so the result depends on the set of cases only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from storage import batches as store
from storage import cases, ledger
from storage.batches import Batch, ListRow
from storage.database import Session
from storage.ledger import Holding, LedgerAccount
from storage.questions import listings
from storage.questions.listings import Contender
from workflows import views
from workflows.audit import EventRef
from workflows.case import awards, cap_years, choices, proceeding
from workflows.case.cap_years import CapYears
from workflows.case.contest import UNDECIDED, UNRESOLVED, Gathering, decided_since, set_by_meeting, together
from workflows.case.listed_cases import account_key
from workflows.case.proceeding_known import Known
from workflows.case.running import Running, open_cases
from workflows.case.step import pinned_values
from workflows.permissions import Actor
from workflows.rules import listing
from workflows.rules.money import ZERO

FRESH = "listed"
RELISTED = "relisted"
"""A case whose firm is choosing waits for this message: its amount changed meanwhile."""
RECOUNTED = "recounted"
"""A case that was decided in another year than its reservation counts in waits for this message."""


@dataclass(frozen=True)
class Place:
    """Where a case's reservation counts: the locked account of article 10, and the year of article 6 if it is one."""

    account: LedgerAccount
    entity_year: int | None

    def is_of(self, held: Holding) -> bool:
        """Whether what is held stands there already."""
        return cap_years.stands(held, CapYears(self.account.year, self.entity_year)) and (
            held.account.id == self.account.id
        )


@dataclass(frozen=True)
class Proposal:
    """What the rules make of a set of locked cases; nothing of it is written yet."""

    running: Sequence[Running]
    rows: Mapping[str, ListRow]
    """By reference, for the cases that get a new row: new on the list, another amount, or now behind another."""
    fresh: frozenset[int]
    """Ids of the cases that are new on the list."""
    places: Mapping[str, Place]
    """By reference, where each case counts that counts at all."""
    held: Mapping[str, Holding]
    """By reference, what the case holds so far."""
    paid: Mapping[str, Decimal]
    """By reference, yuan that a case which began anew has been paid: it reserves the difference only."""
    recut: frozenset[int]
    """Ids of the cases that wait for the meeting and are now cut further: their firms are told anew."""
    waits: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """The messages that each case waits for."""
    returned: Sequence[Running] = ()
    """Cases that wait for the list, but whose figures no longer stand: they go back to be verified anew."""
    known: Known | None = None
    """What was read of the cases that wait."""
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
    found = listings.contenders(session, batch.id, (FRESH, *UNRESOLVED))
    opened = open_cases(session, together(found, pinned_values(batch), _fresh(found)), actor, now)
    # Asked again under the lock: a withdrawal or a suspension may have been faster.
    still = {each.case_id: each for each in listings.contenders(session, batch.id, (FRESH, *UNRESOLVED))}
    waiting = _fresh(still.values())
    known = Known.of(session, [each.case.id for each in opened if each.case.id in waiting])
    kept_off = {
        each.case.reference: why
        for each in opened
        if each.case.id in waiting and (why := proceeding.obstacles(each.step, proceeding.LIST, known))
    }
    running = [each for each in opened if each.case.id in still and each.case.reference not in kept_off]
    fresh = frozenset(waiting & {each.case.id for each in running})
    returned = [each for each in opened if each.case.id in waiting and proceeding.must_be_recounted(each.step, known)]
    proposal = (
        _work_out(session, batch, running, round_, fresh, {id_: each.messages for id_, each in still.items()})
        if fresh
        else Proposal(running, {}, fresh, {}, {}, {}, frozenset())
    )
    return replace(proposal, kept_off=kept_off, returned=returned, known=known)


def _fresh(found: Iterable[Contender]) -> set[int]:
    return {each.case_id for each in found if FRESH in each.messages}


def _work_out(
    session: Session,
    batch: Batch,
    running: Sequence[Running],
    round_: int,
    fresh: frozenset[int],
    waits: Mapping[int, frozenset[str]],
) -> Proposal:
    """Steps 4–8 for these cases, each in the year in which it counts: gather what others hold, and ask the rules.

    `waits` are the messages that each waits for: no process has to be read for that.
    """
    recounted = frozenset(each.case.id for each in running if RECOUNTED in waits[each.case.id])
    years = {each.case.reference: _years(session, each, each.case.id in recounted) for each in running}
    at_most = {id_: yuan for id_, yuan in _at_most(session, batch, running, recounted).items() if id_ not in fresh}
    gathering = Gathering(
        session, [(each.step, years[each.case.reference], at_most.get(each.case.id)) for each in running]
    )
    held = ledger.holdings(session, [each.case.id for each in running])
    paid = ledger.paid_holdings(session, held)
    accounts = ledger.lock_accounts(
        session, gathering.accounts | {(each.account.uscc, each.account.year) for each in held.values()}
    )
    rows = gathering.contest(accounts).rows()
    behind = {row.case_id: better_case(row) for row in store.latest_rows(session, batch.id)}
    made = {each.case.reference: _list_row(each, round_, rows[each.case.reference]) for each in running}
    return Proposal(
        running=running,
        rows={
            each.case.reference: made[each.case.reference]
            for each in running
            if each.case.id in fresh or _differs(each, made[each.case.reference], behind)
        },
        fresh=fresh,
        places={
            each.case: Place(accounts[each.account, each.year], years[each.case].entity)
            for each in gathering.listed
            if not each.recognition
        },
        held={
            each.case.reference: held[each.case.id]
            for each in running
            if each.case.id in held and held[each.case.id].state != "PAID"
        },
        paid={each.case.reference: paid[each.case.id].amount for each in running if each.case.id in paid},
        waits=waits,
        recut=frozenset(
            each.case.id
            for each in running
            if "resolved" in waits[each.case.id] and _is_cut_further(each, made[each.case.reference])
        ),
    )


def _is_cut_further(running: Running, row: ListRow) -> bool:
    """Whether a ceiling now leaves less to a case whose firm has not chosen so, and whose diagram can ask it."""
    return (
        row.final_amount < (running.case.final_amount or ZERO)
        and listing.cut_by_ceilings(row.steps) > 0
        and not listing.was_chosen(row.steps)
        and running.bundle.calls(choices.PROCESS)
    )


def _at_most(
    session: Session, batch: Batch, running: Sequence[Running], moving: frozenset[int]
) -> Mapping[int, Decimal]:
    """What a meeting set itself, for cases that are only moved into the year of their decision, now or before."""
    recounted = {each.case.id: each.case.final_amount or ZERO for each in running if each.case.id in moving}
    adjusted = set_by_meeting(session, batch.id) if recounted else ()
    kept = {
        row.case_id: Decimal(str(step["amount"]))
        for row in store.latest_rows(session, batch.id)
        for step in row.steps
        if step.get("code") == listing.ADJUSTED
    }
    return kept | {case_id: amount for case_id, amount in recounted.items() if case_id in adjusted}


def _years(session: Session, running: Running, recounted: bool) -> CapYears:
    """The years in which a case counts: those of its decision where that is registered, else those to be expected.

    One that was paid and began anew counts where the decision does whose place the further one takes.
    """
    before = ledger.find_paid(session, running.case.id)
    if before is not None:
        return cap_years.of_holding(running.step, before)
    held = ledger.find_holding(session, running.case.id) if recounted else None
    if held is not None:
        return cap_years.decided(running.step, held, awards.decided_on(running.step))
    return cap_years.expected(running.step)


def _differs(running: Running, row: ListRow, behind: Mapping[int, str]) -> bool:
    """Whether a row says something new of a case that was listed before."""
    case = running.case
    return row.final_amount != case.final_amount or better_case(row) != behind.get(case.id)


def enter(session: Session, proposal: Proposal, cause: EventRef) -> list[Running]:
    """Write a proposal: rows, reservations and amounts, all of which follow from `cause`. Answers who has a new row."""
    for each in proposal.running:
        reference = each.case.reference
        place, held, row = proposal.places.get(reference), proposal.held.get(reference), proposal.rows.get(reference)
        amount = row.final_amount if row is not None else each.case.final_amount or ZERO
        with each.step.following(cause):
            _reserve(each, place, held, amount, proposal.paid.get(reference, ZERO))
        if row is not None:
            session.add(row)
    return [each for each in proposal.running if each.case.reference in proposal.rows]


def tell(proposal: Proposal, changed: Sequence[Running], cause: EventRef) -> None:
    """Let the cases that were listed before go on with what the list now says of them."""
    for each in proposal.running:
        waits = proposal.waits.get(each.case.id, frozenset())
        if each.case.id in proposal.fresh or (each not in changed and RECOUNTED not in waits):
            continue
        if RECOUNTED in waits:
            each.deliver(RECOUNTED, {RECOUNTED: "amount" if each in changed else "same"}, cause)
        elif RELISTED in waits:
            each.deliver(RELISTED, {}, cause)
        elif "reallocated" in waits:
            each.deliver("reallocated", {"reallocated": "amount"}, cause)
        elif each.case.id in proposal.recut:
            each.deliver("resolved", {"resolved": "cut"}, cause)
        each.save()


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


def _reserve(running: Running, place: Place | None, held: Holding | None, amount: Decimal, paid: Decimal) -> None:
    """Replace the case's reservation by the new amount, without what is paid of it, and place; nothing is written when
    both stay the same."""
    step, case = running.step, running.case
    old = case.final_amount
    wanted = max(ZERO, amount - paid) if place is not None else ZERO
    if (held.amount if held else ZERO) != wanted or (held is not None and place is not None and not place.is_of(held)):
        if held is not None:
            awards.give_back(step, held, "重新汇总测算")
        if place is not None and wanted:
            awards.enter(step, place.account, "RESERVED", wanted, None, "锁定汇总表", place.entity_year)
    case.final_amount = amount
    if old != amount:
        step.record(
            "amount_listed",
            place.account.uscc if place else "",
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
    parameters = pinned_values(batch)
    found = listings.contenders(session, batch_id, UNDECIDED)
    seeds = [each.case_id for each in found if uscc in (each.uscc, account_key(each.uscc, each.group_uscc, parameters))]
    opened = open_cases(session, together(found, parameters, seeds), actor, now)
    asked_by = ledger.take_reallocation(session, uscc, batch_id)
    if asked_by is None:
        return
    cause = EventRef(*asked_by)
    still = {each.case_id: each.messages for each in listings.contenders(session, batch_id, UNDECIDED)}
    adjusted = set_by_meeting(session, batch_id)
    free = [
        each
        for each in opened
        if each.case.id in still
        and (each.case.id not in adjusted or RECOUNTED in still[each.case.id])
        and _may_change(session, each)
    ]
    changed: list[Running] = []
    if free:
        round_ = store.last_round(session, batch_id) + 1
        proposal = _work_out(session, batch, free, round_, frozenset(), still)
        changed = enter(session, proposal, cause)
        tell(proposal, changed, cause)
    waiting = [each for each in free if each not in changed and each.waits_for("resolved")]
    _end_what_was_kept(session, batch, waiting, cause)


def _may_change(session: Session, running: Running) -> bool:
    """Whether the case holds nothing yet, or only a reservation, besides what it was paid before it began anew."""
    held = ledger.find_holding(session, running.case.id)
    return held is None or held.state in ("RESERVED", "PAID")


def better_case(row: ListRow) -> str:
    """Reference of the case for whose sake this one got nothing (best-only), or empty."""
    losing = [step for step in row.steps if step.get("code") == listing.BEST_ONLY]
    return str(losing[-1].get("by", "")) if losing and not row.final_amount else ""


def is_undecided(session: Session, reference: str) -> bool:
    """Whether a case is under way with no more than a reservation: it may yet be refused, withdrawn or cut to 0."""
    case = cases.find(session, reference)
    if case is None or case.ended_at is not None:
        return False
    held = ledger.find_holding(session, case.id)
    return held is None or held.state in ("RESERVED", "PAID")


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
