"""What counts against a yearly ceiling besides the entries of its own account and year."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from storage.batches import Batch
from storage.cases import Case
from storage.ledger import HOLDING, AccountYear, LedgerAccount, LedgerEntry, movements
from storage.people import Enterprise

RENEWABLE = "renewable_energy"


@dataclass(frozen=True)
class Share:
    """Yuan that a case holds in a state of a ceiling and year; `basis` is the year's reading that its batch pinned, and
    `since` the ledger's entry with which it came into that year."""

    case_id: int
    state: str
    key: AccountYear
    basis: str
    since: int
    amount: Decimal


def left_behind(session: Session, usccs: Collection[str], before: int) -> Sequence[Share]:
    """What cases hold in the accounts of these USCCs for years before this one, as article 10 counts it."""
    mine = (LedgerAccount.uscc.in_(list(usccs)), LedgerAccount.year < before)
    return _shares(session, (LedgerAccount.uscc, LedgerAccount.year), "a10.cap_year_basis", *mine)


def of_article_6(session: Session, usccs: Collection[str], until: int) -> Sequence[Share]:
    """What cases of article 6 of these beneficiaries hold for years up to this one, as that article counts it."""
    year = func.coalesce(LedgerEntry.entity_year, LedgerAccount.year)
    mine = (Case.scheme == RENEWABLE, Enterprise.uscc.in_(list(usccs)), year <= until)
    return _shares(session, (Enterprise.uscc, year), "a6.cap_year_basis", *mine)


def _shares(session: Session, key: tuple[Any, Any], basis: str, *where: ColumnElement[bool]) -> Sequence[Share]:
    reading = Batch.parameters[basis]["value"].astext
    columns = (LedgerEntry.case_id, LedgerEntry.state, LedgerEntry.from_state, *key, reading)
    query = (
        select(*columns, func.min(LedgerEntry.id), func.sum(LedgerEntry.amount))
        .select_from(LedgerEntry)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .join(Case, Case.id == LedgerEntry.case_id)
        .join(Enterprise, Enterprise.id == Case.enterprise_id)
        .join(Batch, Batch.id == Case.batch_id)
        .where(*where)
        .group_by(*columns)
    )
    balance: dict[tuple[int, str, AccountYear, str], Decimal] = {}
    since: dict[tuple[int, AccountYear], int] = {}
    for case_id, entered, left, uscc, year, read, first, total in session.execute(query):
        key = (uscc, year)
        since[case_id, key] = min(first, since.get((case_id, key), first))
        for state, amount in movements(entered, left, total):
            name = (case_id, state, key, read or "approval_year")
            balance[name] = balance.get(name, Decimal(0)) + amount
    return [
        Share(case_id, state, key, read, since[case_id, key], amount)
        for (case_id, state, key, read), amount in sorted(balance.items())
        if amount and state in HOLDING
    ]


def first_entry(session: Session, case_ids: Collection[int]) -> int | None:
    """The ledger's first entry of any of these cases."""
    return session.scalar(select(func.min(LedgerEntry.id)).where(LedgerEntry.case_id.in_(list(case_ids))))
