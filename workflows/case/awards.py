"""From the law to the ledger: a case's own amount, and what it holds of its enterprise's annual ceiling.

The caller holds the case. What is done here locks the case's accounts, all of them before anything is entered.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from storage import calculations, ledger
from storage.batches import Batch
from storage.calculations import Calculation
from storage.database import Session
from storage.ledger import LedgerAccount, LedgerEntry
from storage.questions import listings
from workflows import program, rules
from workflows.audit import digest_of
from workflows.case.known_facts import known_facts
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
    case.precap_amount, case.final_amount = result.precap_amount, None
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
    """Give back what the case holds, if anything; `reallocate` lets its siblings of the batch be computed again."""
    held = ledger.live_entry(step.session, step.case.id)
    if held is None:
        return
    account, state, amount = held
    ledger.lock_years(step.session, account.uscc, {account.year})
    enter(step, account, "RELEASED", amount, state, why)
    step.record("quota_released", account.uscc, [{"field": state, "old": str(amount), "new": "0"}])
    if reallocate and account.year == step.batch.cap_year:
        ledger.ask_reallocation(step.session, account.uscc, step.case.batch_id, step.origin)


def wake_rivals(step: Step) -> None:
    """Have the other open cases of the matter looked at again: this one was decided, or has fallen away."""
    for batch_id, uscc in listings.rivals(step.session, step.case):
        ledger.ask_reallocation(step.session, uscc, batch_id, step.origin)


def ask_again(step: Step) -> None:
    """Have the case's account allocated again: the case was left alone while it stood still."""
    held = ledger.live_entry(step.session, step.case.id)
    if held is not None and held[1] == "RESERVED":
        ledger.ask_reallocation(step.session, held[0].uscc, step.case.batch_id, step.origin)


def _locked_hold(step: Step, state: str, refusal: str, year: int | None = None) -> tuple[LedgerAccount, Decimal]:
    """The locked account and the yuan that the case holds there in this state; Conflict with `refusal` otherwise.

    `year` is the year into which it may have to move; that account is locked too.
    """
    held = ledger.live_entry(step.session, step.case.id)
    if held is None or held[1] != state:
        raise Conflict(refusal)
    account, _, amount = held
    locked = ledger.lock_years(step.session, account.uscc, {account.year, year or account.year})
    return locked[account.year], amount


def commit(step: Step) -> None:
    """RESERVED → COMMITTED in the year of the decision; when the year turned, the old year's room is given back."""
    # The district decides; this task registers its paper, perhaps days later and in another year (M03).
    decided = date.fromisoformat(step.facts["district_approved_on"]).year
    year = decided if step.parameter("a10.cap_year_basis") == "approval_year" else None
    account, amount = _locked_hold(step, "RESERVED", "本件没有额度预占，不能审定；请先重新锁定汇总表。", year)
    if year is not None and account.year != year:
        account = _move_to_year(step, account, amount, year, "RESERVED")
    enter(step, account, "COMMITTED", amount, "RESERVED", "区政府审定")
    wake_rivals(step)
    step.record("award_committed", account.uscc, [{"field": "final_amount", "old": None, "new": str(amount)}])


def _move_to_year(step: Step, old: LedgerAccount, amount: Decimal, year: int, state: str) -> LedgerAccount:
    """Give back in the old year and take the same amount in the new one, if there is room for all of it."""
    account = ledger.lock_years(step.session, old.uscc, {year})[year]
    if _counts(step) and annual_use(step.session, account, step.parameters) + amount > step.parameter("a10.annual_cap"):
        raise Conflict(f"{year}年度剩余限额不足{format_yuan(amount)}元，请退回重新测算。")
    enter(step, old, "RELEASED", amount, state, "跨年度，转入新年度")
    enter(step, account, state, amount, None, "跨年度，由上年度转入")
    return account


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


def lock_committed(step: Step) -> tuple[LedgerAccount, Decimal]:
    """The locked account and the yuan that it holds committed for the case: this is what is paid."""
    refusal = "本件没有审定占用的额度，不能登记拨付。"
    account, amount = _locked_hold(step, "COMMITTED", refusal, _year_of_payment(step))
    if amount != step.case.final_amount:
        raise Conflict("审定占用的额度与审定支持金额不一致，不能登记拨付，请联系流程与口径负责人。")
    return account, amount


def pay(step: Step, account: LedgerAccount, amount: Decimal) -> None:
    """COMMITTED → PAID, in the year of the decision, or of the payment where `a10.cap_year_basis` says so (M03)."""
    year = _year_of_payment(step)
    if year is not None and account.year != year:
        account = _move_to_year(step, account, amount, year, "COMMITTED")
    enter(step, account, "PAID", amount, "COMMITTED", "已拨付")
    step.case.paid_amount = amount


def _year_of_payment(step: Step) -> int | None:
    """The year in which a payment counts, where it is not the one of the decision."""
    if step.parameter("a10.cap_year_basis") != "disbursement_year":
        return None
    paid_on = step.submitted.get("paid_on")
    return date.fromisoformat(str(paid_on)).year if paid_on else step.today.year


def restore(step: Step, amount: Decimal) -> None:
    """PAID → RESTORED: money that was paid by mistake and came back is room again in the year of its award (2.4)."""
    account, _ = _locked_hold(step, "PAID", "本件没有已拨付的额度，不能恢复。")
    enter(step, account, "RESTORED", amount, "PAID", "差错多拨退回，恢复额度")


def enter(step: Step, account: LedgerAccount, state: str, amount: Decimal, from_state: str | None, why: str) -> None:
    """Add one entry of this case; the caller holds the account's lock."""
    step.session.add(
        LedgerEntry(
            account_id=account.id,
            case_id=step.case.id,
            state=state,
            from_state=from_state,
            amount=amount,
            by=step.doer.username,
            at=step.now,
            why=why,
        )
    )
