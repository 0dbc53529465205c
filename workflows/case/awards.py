"""From the law to the ledger: a case's own amount, and what it holds of its enterprise's annual ceiling.

The caller holds the case. What is done here locks the case's accounts, all of them before anything is entered.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from storage import batches, calculations, case_checks, ledger
from storage.batches import Batch
from storage.calculations import Calculation
from storage.database import Session
from storage.ledger import Holding, LedgerAccount, LedgerEntry
from storage.questions import ceilings, listings
from workflows import program, rules
from workflows.audit import digest_of
from workflows.case import cap_years
from workflows.case.cap_years import CapYears
from workflows.case.contest import UNDECIDED
from workflows.case.known_facts import known_facts
from workflows.case.listed_cases import account_key
from workflows.case.step import Look, Step
from workflows.errors import Conflict
from workflows.rules import listing
from workflows.rules.money import format_yuan

ZERO = Decimal(0)
_CAME_LATER = "批次发布时尚无此项口径，按当时的办法"


def preview(look: Look) -> rules.Determination:
    """What the rule gives on the verified figures now, without keeping it (for the size of the panel)."""
    names = [fact.name for fact in rules.SCHEMES[look.case.scheme].FACTS]
    known = {**known_facts(look), **look.facts}
    facts = {name: known[name] for name in names if name in known}
    return rules.determine(look.case.scheme, facts, look.parameters, look.today)


def calculate(step: Step) -> rules.Determination:
    """Run steps 1–3 of domain.md 2.1 and keep the calculation with the values it used and who confirmed them."""
    result = preview(step)
    number = calculations.last_number(step.session, step.case.id) + 1
    kept = result.as_dict()
    calculation = Calculation(
        case_id=step.case.id,
        number=number,
        at=step.now,
        by=step.doer.username,
        program=program.version(),
        eligible=result.eligible,
        computed_amount=result.computed_amount,
        item_amount=result.item_amount,
        precap_amount=result.precap_amount,
        facts=kept["facts"],
        parameters=[_used(step.batch, key, value) for key, value in sorted(result.parameters.items())],
        conditions=kept["conditions"],
        steps=kept["steps"],
    )
    step.session.add(calculation)
    case = step.case
    old = {
        "computed_amount": case.computed_amount,
        "item_amount": case.item_amount,
        "precap_amount": case.precap_amount,
    }
    case.computed_amount, case.item_amount = result.computed_amount, result.item_amount
    case.precap_amount, case.final_amount, case.recount = result.precap_amount, None, False
    step.record(
        "amount_calculated",
        "calculate_amount",
        [
            {"field": field, "old": None if value is None else str(value), "new": str(getattr(case, field))}
            for field, value in old.items()
        ],
        binds={f"calculation:{number}": _digest(calculation)},
    )
    return result


def _digest(calculation: Calculation) -> str:
    """Over all that a calculation holds but who made it and when, which its event says."""
    return digest_of(
        {
            "program": calculation.program,
            "eligible": calculation.eligible,
            "computed_amount": str(calculation.computed_amount),
            "item_amount": str(calculation.item_amount),
            "precap_amount": str(calculation.precap_amount),
            "facts": calculation.facts,
            "parameters": calculation.parameters,
            "conditions": calculation.conditions,
            "steps": calculation.steps,
        }
    )


def _used(batch: Batch, key: str, value: str) -> dict[str, Any]:
    """A value as a calculation keeps it: with its type and unit, who confirmed it, when and on which basis."""
    pinned = (batch.parameters or {}).get(key)
    if pinned is None:
        return {"id": key, "value": value, "confirmed_by": None, "confirmed_at": None, "basis": _CAME_LATER}
    return {"id": key, **pinned, "value": value}


def release(step: Step, why: str, *, reallocate: bool) -> None:
    """Give back what the case holds, if anything; `reallocate` lets its siblings of the batch be computed again.

    What was paid is no more than claimed back: it stays until it has come back.
    """
    held = ledger.find_holding(step.session, step.case.id)
    if held is None or held.state == "PAID":
        return
    ledger.lock_accounts(step.session, {(held.account.uscc, held.account.year)})
    give_back(step, held, why)
    step.record("quota_released", held.account.uscc, [{"field": held.state, "old": str(held.amount), "new": "0"}])
    if reallocate:
        ledger.ask_reallocation(step.session, held.account.uscc, step.case.batch_id, step.origin)


def wake_rivals(step: Step) -> None:
    """Have the other open cases of the matter looked at again: this one was decided, or has fallen away."""
    for batch_id, uscc in listings.rivals(step.session, step.case):
        ledger.ask_reallocation(step.session, uscc, batch_id, step.origin)


def fall_away(step: Step) -> None:
    """What follows elsewhere from a case that ends without an award: its rivals live again, and what a conclusion took
    for its sake is others' again."""
    wake_rivals(step)
    case_checks.mark_outlived(step.session, step.case.id)


def ask_again(step: Step) -> None:
    """Have the case's account allocated again: the case was left alone while it stood still."""
    held = ledger.find_holding(step.session, step.case.id)
    if held is not None and held.state == "RESERVED":
        ledger.ask_reallocation(step.session, held.account.uscc, step.case.batch_id, step.origin)


def _held_in(step: Look, state: str, refusal: str) -> Holding:
    """What the case holds in this state; Conflict with `refusal` otherwise. The caller locks its account."""
    held = ledger.find_holding(step.session, step.case.id)
    if held is None or held.state != state:
        raise Conflict(refusal)
    return held


NOT_COMMITTED = "本件没有审定占用的额度，不能登记拨付。"
NOT_RESERVED = "本件没有额度预占，不能审定；请先重新锁定汇总表。"


def commit(step: Step) -> bool:
    """RESERVED → COMMITTED in the year of the decision. False, and nothing is entered, when the reservation counts in
    another year and the set of this firm's undecided cases has to be worked out there first (`ask_other_year`).

    Where a case that was paid is decided anew only the difference is held, in the year of the decision that it takes
    the place of; where it is decided no higher, nothing is.
    """
    if _stays_within(step):
        amount = str(step.case.final_amount)
        step.record("award_confirmed", step.case.reference, [{"field": "final_amount", "old": None, "new": amount}])
        return True
    # The district decides; this task registers its paper, perhaps days later and in another year (M03).
    held = _held_in(step, "RESERVED", NOT_RESERVED)
    before = ledger.find_paid(step.session, step.case.id)
    years = cap_years.of_holding(step, held) if before else cap_years.decided(step, held, decided_on(step))
    if not cap_years.stands(held, years):
        # A paper of an earlier year is entered there as it was decided: nobody else asks for that year any more.
        earlier = years.annual < held.account.year
        if not (earlier or _asks_alone(step, held)) or not _has_room(step, held, years):
            return False
        held = _move(step, held, years)
        if earlier:  # the room that it had in its later year is others' now
            ledger.ask_reallocation(step.session, held.account.uscc, step.case.batch_id, step.origin)
    ledger.lock_accounts(step.session, {(held.account.uscc, held.account.year)})
    enter(step, held.account, "COMMITTED", held.amount, "RESERVED", "区政府审定", held.entity_year)
    wake_rivals(step)
    step.record("award_committed", held.account.uscc, [{"field": "final_amount", "old": None, "new": str(held.amount)}])
    return True


def paid_so_far(look: Look) -> Decimal:
    """Yuan of the case that are paid and count for it: what a further decision has to go beyond to be paid more."""
    before = ledger.find_paid(look.session, look.case.id)
    return before.amount if before is not None else ZERO


def to_pay(look: Look) -> Decimal:
    """Yuan of the case's amount that are not paid yet: of a further decision the difference."""
    return max(ZERO, (look.case.final_amount or ZERO) - paid_so_far(look))


def _stays_within(step: Look) -> bool:
    """Whether the case is decided anew, and no higher than what it has been paid."""
    before, amount = ledger.find_paid(step.session, step.case.id), step.case.final_amount
    return before is not None and amount is not None and amount <= before.amount


def ask_other_year(step: Step) -> None:
    """Have the firm's undecided cases of the batch worked out in the year in which this one was decided."""
    held = _held_in(step, "RESERVED", NOT_RESERVED)
    ledger.ask_reallocation(step.session, held.account.uscc, step.case.batch_id, step.origin)


def decided_on(step: Look) -> date:
    """The day on which the district approved the case, as it was registered last."""
    return date.fromisoformat(step.facts["district_approved_on"])


def _asks_alone(step: Step, held: Holding) -> bool:
    """Whether moving the case changes nobody's amount, nor its own: it was not cut, and no other asks with it."""
    row = batches.find_latest_row(step.session, step.case.id)
    if row is None or listing.cut_by_ceilings(row.steps):
        return False
    found = listings.contenders(step.session, step.batch.id, UNDECIDED)
    uscc = held.account.uscc
    others = [each for each in found if each.case_id != step.case.id]
    if any(uscc in (each.uscc, account_key(each.uscc, each.group_uscc, step.parameters)) for each in others):
        return False
    behind = ceilings.left_behind(step.session, {uscc}, held.account.year + 1)
    return all(each.case_id == step.case.id or each.state != "RESERVED" for each in behind)


def _has_room(step: Look, held: Holding, years: CapYears) -> bool:
    """Whether the ceilings of these years have room for all that the case holds; locks their accounts."""
    uscc, own = held.account.uscc, step.enterprise.uscc
    wanted = {(uscc, held.account.year), (uscc, years.annual)} | ({(own, years.entity)} if years.entity else set())
    accounts = ledger.lock_accounts(step.session, wanted)
    if years.annual != held.account.year and _counts(step):
        used = annual_use(step.session, accounts[uscc, years.annual], step.parameters)
        if used + held.amount > step.parameter("a10.annual_cap"):
            return False
    if years.entity is None or years.entity == (held.entity_year or held.account.year):
        return True
    shares = ceilings.of_article_6(step.session, {own}, years.entity)
    used = sum((each.amount for each in shares if each.key == (own, years.entity)), ZERO)
    return bool(used + held.amount <= step.parameter("a6.entity_year_cap"))


def _move(step: Step, held: Holding, years: CapYears) -> Holding:
    """Give back in the old years and take the same amount in the new ones, which have room for it."""
    account = ledger.lock_accounts(step.session, {(held.account.uscc, years.annual)})[held.account.uscc, years.annual]
    give_back(step, held, f"转入{years.annual}年度")
    enter(step, account, held.state, held.amount, None, f"由{held.account.year}年度转入", years.entity)
    return Holding(account, held.state, held.amount, years.entity)


def _counts(look: Look) -> bool:
    is_enterprise = look.enterprise.entity_type == "enterprise"
    return listing.counts_in_annual_cap(look.case.scheme, is_enterprise, look.parameters)


def annual_use(session: Session, account: LedgerAccount, parameters: Mapping[str, object]) -> Decimal:
    """Yuan of an account that count against the ceiling of article 10, as the parameters read it. Whoever enters
    something after it has locked the account."""
    held = ledger.held_by_case(session, [account.id])[account.id]
    known = listings.beneficiaries(session, held)
    counted = (
        amount
        for case_id, amount in held.items()
        if listing.counts_in_annual_cap(known[case_id].scheme, known[case_id].entity_type == "enterprise", parameters)
    )
    return sum(counted, ZERO)


def lock_committed(step: Step) -> Holding:
    """What the case holds committed, its account locked: this is what is paid."""
    held = _held_in(step, "COMMITTED", NOT_COMMITTED)
    ledger.lock_accounts(step.session, {(held.account.uscc, held.account.year)})
    if held.amount + paid_so_far(step) != step.case.final_amount:
        raise Conflict("审定占用的额度与审定支持金额不一致，不能登记拨付，请联系流程与口径负责人。")
    return held


def refusal_of_year(look: Look, on: date) -> str | None:
    """Why a decided award cannot be paid on this day: where the payment's year counts, it has no room for it."""
    held = _held_in(look, "COMMITTED", NOT_COMMITTED)
    years = cap_years.paid(look, held, on)
    if paid_so_far(look) or cap_years.stands(held, years) or _has_room(look, held, years):
        return None
    return f"{years.annual}年度剩余限额不足{format_yuan(held.amount)}元，本年度不能拨付。"


def pay(step: Step, held: Holding) -> None:
    """COMMITTED → PAID, in the year of the decision, or of the payment where the basis says so (M03)."""
    on = _paid_on(step)
    if why := refusal_of_year(step, on):
        raise Conflict(why)
    years = cap_years.paid(step, held, on)
    # A difference counts where the award does that it belongs to.
    held = held if paid_so_far(step) or cap_years.stands(held, years) else _move(step, held, years)
    enter(step, held.account, "PAID", held.amount, "COMMITTED", "已拨付", held.entity_year)
    step.case.paid_amount = (step.case.paid_amount or ZERO) + held.amount


def _paid_on(step: Step) -> date:
    paid_on = step.submitted.get("paid_on")
    return date.fromisoformat(str(paid_on)) if paid_on else step.today


def restore(step: Step, amount: Decimal, why: str = "差错多拨退回，恢复额度") -> None:
    """PAID → RESTORED: money that was paid by mistake and came back is room again in the year of its award (2.4)."""
    held = ledger.find_paid(step.session, step.case.id)
    if held is None:
        raise Conflict("本件没有已拨付的额度，不能恢复。")
    ledger.lock_accounts(step.session, {(held.account.uscc, held.account.year)})
    enter(step, held.account, "RESTORED", amount, "PAID", why, held.entity_year)


def lower(step: Step, account: LedgerAccount, amount: Decimal) -> None:
    """Release what the case has reserved beyond this amount, which a meeting set; the caller has locked its account."""
    held = ledger.find_holding(step.session, step.case.id)
    if held is None or held.state != "RESERVED":
        return
    freed = held.amount - max(ZERO, amount - paid_so_far(step))
    if freed > 0:
        enter(step, account, "RELEASED", freed, "RESERVED", "集体审议调减", held.entity_year)
        ledger.ask_reallocation(step.session, account.uscc, step.case.batch_id, step.origin)


def give_back(step: Step, held: Holding, why: str) -> None:
    """Release all that the case holds; the caller has locked its account."""
    enter(step, held.account, "RELEASED", held.amount, held.state, why, held.entity_year)


def enter(
    step: Step,
    account: LedgerAccount,
    state: str,
    amount: Decimal,
    from_state: str | None,
    why: str,
    entity_year: int | None = None,
) -> None:
    """Add one entry of this case; the caller holds the account's lock."""
    step.session.add(
        LedgerEntry(
            account_id=account.id,
            case_id=step.case.id,
            state=state,
            from_state=from_state,
            amount=amount,
            entity_year=entity_year,
            by=step.doer.username,
            at=step.now,
            why=why,
        )
    )
