"""What a what-if calculation reads of the cases: each of its own with its newest calculation, and what others hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from storage.batches import Batch, Decision, ListRow, Resolution
from storage.calculations import Calculation
from storage.cases import Case, CaseFacts
from storage.ledger import LedgerAccount, LedgerEntry, movements
from storage.people import Enterprise


@dataclass(frozen=True)
class Calculated:
    """A case whose amount was computed, with what it was computed from last; no lock."""

    case: Case
    enterprise: Enterprise
    facts: CaseFacts
    calculation: Calculation


@dataclass(frozen=True)
class Held:
    """Yuan that cases of one kind of one enterprise hold of a year's ceiling."""

    year: int
    scheme: str
    uscc: str
    group_uscc: str | None
    entity_type: str
    amount: Decimal


def get_batches(session: Session, batch_ids: Iterable[int]) -> Sequence[Batch]:
    """These batches, the earlier ones first."""
    return session.scalars(select(Batch).where(Batch.id.in_(list(batch_ids))).order_by(Batch.id)).all()


def calculated(session: Session, batch_ids: Iterable[int]) -> list[Calculated]:
    """The cases of these batches whose amount was ever computed, by reference, each with its newest calculation."""
    query = (
        select(Case, Enterprise, CaseFacts, Calculation)
        .join(Enterprise, Enterprise.id == Case.enterprise_id)
        .join(CaseFacts, CaseFacts.case_id == Case.id)
        .join(Calculation, Calculation.case_id == Case.id)
        .where(Case.batch_id.in_(list(batch_ids)), Case.matter_id.is_not(None))
        .ext(distinct_on(Case.reference))
        .order_by(Case.reference, Calculation.number.desc())
    )
    return [Calculated(*row) for row in session.execute(query)]


def count_uncalculated(session: Session, batch_ids: Iterable[int]) -> int:
    """How many applications of these batches are under way whose amount was never computed."""
    computed = select(Calculation.id).where(Calculation.case_id == Case.id).exists()
    under_way = (Case.submitted_at.is_not(None), Case.ended_at.is_(None))
    query = select(func.count()).select_from(Case).where(Case.batch_id.in_(list(batch_ids)), *under_way, ~computed)
    return session.scalar(query) or 0


def latest_rows(session: Session, batch_ids: Iterable[int]) -> dict[int, ListRow]:
    """The newest row of each case on the lists of these batches, by case id."""
    query = select(ListRow).where(ListRow.batch_id.in_(list(batch_ids))).ext(distinct_on(ListRow.case_id))
    return {row.case_id: row for row in session.scalars(query.order_by(ListRow.case_id, ListRow.id.desc()))}


def latest_decisions(session: Session, batch_ids: Iterable[int]) -> dict[int, tuple[Decision, Resolution]]:
    """What a meeting resolved last on each case of these batches, by case id."""
    query = (
        select(Decision, Resolution)
        .join(Resolution, Resolution.id == Decision.resolution_id)
        .where(Resolution.batch_id.in_(list(batch_ids)))
        .ext(distinct_on(Decision.case_id))
        .order_by(Decision.case_id, Decision.id.desc())
    )
    return {row[0].case_id: (row[0], row[1]) for row in session.execute(query)}


def held_by_others(session: Session, years: Iterable[int], except_batches: Iterable[int]) -> list[Held]:
    """What cases of other batches hold in the ledgers of these years, summed by enterprise and scheme; no lock."""
    kind = (LedgerAccount.year, Case.scheme, Enterprise.uscc, Enterprise.group_uscc, Enterprise.entity_type)
    query = (
        select(LedgerEntry.state, LedgerEntry.from_state, func.sum(LedgerEntry.amount), *kind)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
        .join(Case, Case.id == LedgerEntry.case_id)
        .join(Enterprise, Enterprise.id == Case.enterprise_id)
        .where(LedgerAccount.year.in_(list(years)), Case.batch_id.not_in(list(except_batches)))
        .group_by(LedgerEntry.state, LedgerEntry.from_state, *kind)
        .order_by(*kind)
    )
    sums: dict[tuple[int, str, str, str | None, str], Decimal] = {}
    for state, from_state, total, year, scheme, uscc, group_uscc, entity_type in session.execute(query):
        held = sum((amount for _, amount in movements(state, from_state, total)), Decimal(0))
        key = (year, scheme, uscc, group_uscc, entity_type)
        sums[key] = sums.get(key, Decimal(0)) + held
    return [Held(*key, amount) for key, amount in sums.items() if amount]


def titles(session: Session, batch_ids: Iterable[int]) -> Mapping[int, str]:
    """The titles of batches by id."""
    query = select(Batch.id, Batch.title).where(Batch.id.in_(list(batch_ids)))
    return {row[0]: row[1] for row in session.execute(query)}
