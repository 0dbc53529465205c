"""The ceiling ledger (限额台账, domain.md 2.4): one account per beneficiary and year, entries only added."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, delete, func, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, Yuan, one_of, whole_yuan
from storage.locks import to_change


class LedgerAccount(Base):
    """The annual ceiling of article 10 for one USCC; locked before its entries are read."""

    __tablename__ = "ledger_account"
    id: Mapped[Id]
    uscc: Mapped[str]
    year: Mapped[int]
    __table_args__ = (UniqueConstraint("uscc", "year"),)


class Reallocation(Base):
    """A mark: in this batch, what hangs together with this USCC must be worked out again; the worker removes it.

    The USCC is that of an account in which room was given back, or of a firm whose rival was decided. Marks are only
    added, as many as there are reasons: one that had to be unique would make whoever gives room back wait for others.
    `cause_chain` and `cause_seq` name the event on record after which this was asked for. One that failed says why,
    and is tried again after `not_before`.
    """

    __tablename__ = "reallocation"
    id: Mapped[Id]
    uscc: Mapped[str]
    batch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("batch.id"), index=True)
    not_before: Mapped[Instant | None]
    cause_chain: Mapped[str]
    cause_seq: Mapped[int]
    failures: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    failure: Mapped[str | None]


class LedgerEntry(Base):
    """One movement. `amount` is signed per state: it adds to `state` and, when `from_state` is set, leaves that state.

    States: RESERVED, COMMITTED, PAID; RELEASED and RESTORED give room back. A balance is a sum.
    """

    __tablename__ = "ledger_entry"
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ledger_account.id"))
    case_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    state: Mapped[str]
    from_state: Mapped[str | None]
    amount: Mapped[Yuan]
    # The year in which a case of article 6 counts for that article's own ceiling; None of the others, and of entries
    # from before it had a year of its own: then it is the account's.
    entity_year: Mapped[int | None]
    by: Mapped[str]
    at: Mapped[Instant]
    why: Mapped[str]
    __table_args__ = (
        one_of("state", "RESERVED", "COMMITTED", "PAID", "RELEASED", "RESTORED"),
        one_of("from_state", "RESERVED", "COMMITTED", "PAID", optional=True),
        whole_yuan("amount", positive=True),
        Index(None, "account_id", "id"),
    )


HOLDING = ("RESERVED", "COMMITTED", "PAID")

AccountYear = tuple[str, int]
"""An account by its USCC and year."""


@dataclass(frozen=True)
class Holding:
    """What a case holds now: in one account and one state, so many yuan, and the year in which article 6 counts it."""

    account: LedgerAccount
    state: str
    amount: Decimal
    entity_year: int | None


def lock_accounts(session: Session, wanted: Collection[AccountYear]) -> dict[AccountYear, LedgerAccount]:
    """Create what is missing, then lock the accounts by USCC and year: all that are needed, at once."""
    if not wanted:
        return {}
    session.execute(
        insert(LedgerAccount)
        .values([{"uscc": uscc, "year": year} for uscc, year in sorted(wanted)])
        .on_conflict_do_nothing(index_elements=["uscc", "year"])
    )
    query = select(LedgerAccount).where(tuple_(LedgerAccount.uscc, LedgerAccount.year).in_(wanted))
    locked = session.scalars(to_change(query.order_by(LedgerAccount.uscc, LedgerAccount.year)))
    return {(account.uscc, account.year): account for account in locked}


def lock_of_cases(session: Session, case_ids: Iterable[int]) -> dict[int, LedgerAccount]:
    """The locked accounts in which these cases hold something, by case; the caller holds the cases."""
    found = {case_id: held.account for case_id, held in holdings(session, case_ids).items()}
    locked = lock_accounts(session, {(account.uscc, account.year) for account in found.values()})
    return {case_id: locked[account.uscc, account.year] for case_id, account in found.items()}


def get_account(session: Session, account_id: int) -> LedgerAccount:
    return session.get_one(LedgerAccount, account_id)


def find_accounts(session: Session, wanted: Collection[AccountYear]) -> dict[AccountYear, LedgerAccount]:
    """Those of these accounts that there are, without a lock."""
    found = session.scalars(select(LedgerAccount).where(tuple_(LedgerAccount.uscc, LedgerAccount.year).in_(wanted)))
    return {(account.uscc, account.year): account for account in found}


def find_account(session: Session, uscc: str, year: int) -> LedgerAccount | None:
    return session.scalar(select(LedgerAccount).where(LedgerAccount.uscc == uscc, LedgerAccount.year == year))


def movements(state: str, from_state: str | None, amount: Decimal) -> Iterator[tuple[str, Decimal]]:
    """What an entry adds to each holding state; states that give room back hold nothing."""
    if state in HOLDING:
        yield state, amount
    if from_state in HOLDING:
        yield str(from_state), -amount


def held_by_case(session: Session, account_ids: Iterable[int]) -> dict[int, dict[int, Decimal]]:
    """What each case holds in each account: what entered a holding state less what left it; zero is left out."""
    held: dict[int, dict[int, Decimal]] = {account_id: {} for account_id in account_ids}
    query = (
        select(LedgerEntry.account_id, LedgerEntry.case_id, LedgerEntry.state, LedgerEntry.from_state)
        .add_columns(func.sum(LedgerEntry.amount))
        .where(LedgerEntry.account_id.in_(list(held)))
        .group_by(LedgerEntry.account_id, LedgerEntry.case_id, LedgerEntry.state, LedgerEntry.from_state)
    )
    for account_id, case_id, state, from_state, total in session.execute(query):
        for _, amount in movements(state, from_state, total):
            held[account_id][case_id] = held[account_id].get(case_id, Decimal(0)) + amount
    return {account: {case: sum_ for case, sum_ in cases.items() if sum_} for account, cases in held.items()}


def holdings(session: Session, case_ids: Iterable[int]) -> dict[int, Holding]:
    """What each of these cases holds, if anything: a case has at most one live entry.

    One that began anew after it was paid may hold a difference besides, which is what it is about: see `paid_holdings`.
    """
    found: dict[int, Holding] = {}
    for case_id, held in sorted(_held(session, case_ids), key=lambda each: HOLDING.index(each[1].state)):
        found.setdefault(case_id, held)
    return found


def paid_holdings(session: Session, case_ids: Iterable[int]) -> dict[int, Holding]:
    """What of each of these cases is paid and was not given back to its ceiling."""
    return {case_id: held for case_id, held in _held(session, case_ids) if held.state == "PAID"}


def _held(session: Session, case_ids: Iterable[int]) -> list[tuple[int, Holding]]:
    """Every balance of these cases in a holding state."""
    query = (
        select(LedgerAccount, LedgerEntry)
        .join(LedgerEntry, LedgerEntry.account_id == LedgerAccount.id)
        .where(LedgerEntry.case_id.in_(list(case_ids)))
        .order_by(LedgerEntry.id)
    )
    balance: dict[tuple[int, LedgerAccount, str], Decimal] = {}
    years: dict[tuple[int, str], int | None] = {}
    for account, entry in session.execute(query):
        if entry.state in HOLDING:
            years[entry.case_id, entry.state] = entry.entity_year
        for state, amount in movements(entry.state, entry.from_state, entry.amount):
            key = (entry.case_id, account, state)
            balance[key] = balance.get(key, Decimal(0)) + amount
    return [
        (case_id, Holding(account, state, amount, years[case_id, state]))
        for (case_id, account, state), amount in balance.items()
        if amount
    ]


def find_holding(session: Session, case_id: int) -> Holding | None:
    """What one case holds now."""
    return holdings(session, [case_id]).get(case_id)


def find_paid(session: Session, case_id: int) -> Holding | None:
    """What of one case is paid and was not given back to its ceiling."""
    return paid_holdings(session, [case_id]).get(case_id)


def list_entries(session: Session, uscc: str, year: int) -> Sequence[LedgerEntry]:
    query = select(LedgerEntry).join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
    return session.scalars(
        query.where(LedgerAccount.uscc == uscc, LedgerAccount.year == year).order_by(LedgerEntry.id)
    ).all()


def entries_of_case(session: Session, case_id: int) -> Sequence[LedgerEntry]:
    return session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case_id).order_by(LedgerEntry.id)).all()


def ask_reallocation(session: Session, uscc: str, batch_id: int, cause: tuple[str, int]) -> None:
    """Have what hangs together with a USCC allocated again in a batch; `cause` names the event after which."""
    chain, seq = cause
    session.add(Reallocation(uscc=uscc, batch_id=batch_id, cause_chain=chain, cause_seq=seq))


def next_reallocation(session: Session, now: datetime) -> tuple[str, int] | None:
    """A USCC and the batch in which its cases must be allocated again; read without a lock."""
    query = (
        select(Reallocation.uscc, Reallocation.batch_id)
        .where(or_(Reallocation.not_before.is_(None), Reallocation.not_before <= now))
        .order_by(Reallocation.id)
    )
    row = session.execute(query.limit(1)).first()
    return (row[0], row[1]) if row else None


def list_failed_reallocations(session: Session, batch_id: int) -> dict[str, Reallocation]:
    """The marks of a batch that could not be worked off: the first of each USCC, in order."""
    query = select(Reallocation).where(Reallocation.batch_id == batch_id, Reallocation.failure.is_not(None))
    found: dict[str, Reallocation] = {}
    for mark in session.scalars(query.order_by(Reallocation.uscc, Reallocation.id)):
        found.setdefault(mark.uscc, mark)
    return found


def take_reallocation(session: Session, uscc: str, batch_id: int) -> tuple[str, int] | None:
    """Remove the marks that there are by now and answer the event after which the first of them was left.

    None when there is no mark. The caller holds the batch. What is read after this shows whatever these marks were left
    for; a mark that is added meanwhile stays.
    """
    statement = delete(Reallocation).where(Reallocation.uscc == uscc, Reallocation.batch_id == batch_id)
    taken = session.execute(statement.returning(Reallocation.id, Reallocation.cause_chain, Reallocation.cause_seq))
    first = min(taken, default=None)
    return (first[1], first[2]) if first is not None else None


def lock_reallocations(session: Session, uscc: str, batch_id: int) -> Sequence[Reallocation]:
    """The marks themselves, locked; none when somebody has worked them off."""
    query = select(Reallocation).where(Reallocation.uscc == uscc, Reallocation.batch_id == batch_id)
    return session.scalars(to_change(query.order_by(Reallocation.id))).all()
