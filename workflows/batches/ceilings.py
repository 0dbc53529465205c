"""The ceiling ledger as officers and auditors read it (限额台账)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from storage import batches, cases, ledger, people
from storage.batches import Batch
from storage.database import Session
from storage.ledger import LedgerEntry
from storage.people import Enterprise
from storage.questions.ceilings import left_behind
from workflows import views
from workflows.case import awards
from workflows.case.awards import ZERO
from workflows.case.contest import counted_yuan, undecided
from workflows.case.listed_cases import account_key
from workflows.case.step import local_date, pinned_values
from workflows.errors import NotFound
from workflows.policy.parameters import values_on
from workflows.rules import listing
from workflows.rules import parameters as law
from workflows.rules import uscc as code

UNREGISTERED = "未登记单位（集团）"


def get_ledger(session: Session, uscc: str, year: int | None, now: datetime) -> dict[str, Any]:
    """The account of one beneficiary and year (article 10): ceiling, sums by state, room, and every entry.

    The room is counted as a list counts it: in the group's account where groups share one, without what does not count
    (`not_counted`), and without what earlier years still hold for a decision in this one (`brought_forward`). `cap` and
    `available` are None for a beneficiary whom the ceiling does not bind. What counts is a reading of the policy, that
    of the newest batch of the year (`read_by`), or before there is one what is in force.
    """
    if not code.is_valid(uscc):
        raise NotFound("统一社会信用代码有误，请核对后重新查询。")
    enterprise = people.find_enterprise(session, uscc)
    if enterprise is None and not people.is_parent(session, uscc):
        raise NotFound("没有这一申报单位。")
    wanted = year or local_date(now).year
    batch = batches.find_newest_of_year(session, wanted)
    reading = pinned_values(batch) if batch else values_on(session, local_date(now), {})[0]
    key = account_key(uscc, enterprise.group_uscc if enterprise else None, reading)
    names = people.names_by_uscc(session, {uscc, key})
    entries = ledger.list_entries(session, uscc, wanted)
    sums = _sums(entries)
    counted = _counted(session, key, wanted, reading)
    forward = _brought_forward(session, key, wanted, reading) if wanted == local_date(now).year else ZERO
    cap = law.get_decimal(reading, "a10.annual_cap") if _is_bound(enterprise, reading) else None
    return {
        "uscc": uscc,
        "enterprise": names.get(uscc, UNREGISTERED),
        "year": wanted,
        "account": {"uscc": key, "enterprise": names.get(key, UNREGISTERED)},
        "read_by": _named(batch),
        "cap": views.amount(cap),
        "sums": {state: views.amount(amount) for state, amount in sums.items()},
        "not_counted": views.amount(sum(sums.values(), ZERO) - counted if key == uscc else ZERO),
        "brought_forward": views.amount(forward),
        "available": views.amount(max(ZERO, cap - counted - forward) if cap is not None else None),
        "entries": _entries(session, entries),
    }


def _sums(entries: Sequence[LedgerEntry]) -> dict[str, Decimal]:
    sums = dict.fromkeys(ledger.HOLDING, ZERO)
    for entry in entries:
        for state, amount in ledger.movements(entry.state, entry.from_state, entry.amount):
            sums[state] += amount
    return sums


def _counted(session: Session, key: str, year: int, reading: Mapping[str, Any]) -> Decimal:
    """Yuan that count against the ceiling of an account, perhaps none yet."""
    account = ledger.find_account(session, key, year)
    return awards.annual_use(session, account, reading) if account else ZERO


def _brought_forward(session: Session, key: str, year: int, reading: Mapping[str, Any]) -> Decimal:
    """Yuan that earlier years still hold for what will be decided, or paid, in this one."""
    held = [((key, year), each.case_id, each.amount) for each in undecided(left_behind(session, {key}, year))]
    return sum(counted_yuan(session, held, reading).values(), ZERO)


def _is_bound(enterprise: Enterprise | None, reading: Mapping[str, Any]) -> bool:
    """Whether the ceiling holds for this kind of beneficiary; a parent that is not registered stands for its firms."""
    is_enterprise = enterprise is None or enterprise.entity_type == "enterprise"
    return listing.binds(is_enterprise, reading)


def _named(batch: Batch | None) -> dict[str, Any] | None:
    return {"id": batch.id, "title": batch.title} if batch else None


def _entries(session: Session, entries: Sequence[LedgerEntry]) -> list[dict[str, Any]]:
    references = cases.references(session, {entry.case_id for entry in entries})
    return [
        {
            "case": references[entry.case_id],
            "state": entry.state,
            "from_state": entry.from_state,
            "amount": views.amount(entry.amount),
            "at": views.instant(entry.at),
            "by": entry.by,
            "why": entry.why,
        }
        for entry in entries
    ]
