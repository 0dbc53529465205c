"""The ceiling ledger (限额台账, domain.md 2.4): one account per beneficiary and year, entries only added."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, Yuan, one_of, whole_yuan


class LedgerAccount(Base):
    """The annual ceiling of article 10 for one USCC; locked before its entries are read."""

    __tablename__ = "ledger_account"
    id: Mapped[Id]
    uscc: Mapped[str]
    year: Mapped[int]
    __table_args__ = (UniqueConstraint("uscc", "year"),)


class Reallocation(Base):
    """A release in this account may raise a sibling of this batch: the worker allocates again and removes the row.

    `cause_chain` and `cause_seq` name the event on record after which this was asked for. One that
    failed says why, and is tried again after `not_before`.
    """

    __tablename__ = "reallocation"
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ledger_account.id"), primary_key=True)
    batch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("batch.id"), primary_key=True)
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


def lock_accounts(session: Session, usccs: Iterable[str], year: int) -> dict[str, LedgerAccount]:
    """Create what is missing, then lock the accounts in USCC order (design.md, lock order)."""
    wanted = sorted(set(usccs))
    if not wanted:
        return {}
    session.execute(
        insert(LedgerAccount)
        .values([{"uscc": uscc, "year": year} for uscc in wanted])
        .on_conflict_do_nothing(index_elements=["uscc", "year"])
    )
    query = select(LedgerAccount).where(LedgerAccount.uscc.in_(wanted), LedgerAccount.year == year)
    locked = session.scalars(
        query.order_by(LedgerAccount.uscc).with_for_update().execution_options(populate_existing=True)
    )
    return {account.uscc: account for account in locked}


def lock_account(session: Session, uscc: str, year: int) -> LedgerAccount:
    return lock_accounts(session, [uscc], year)[uscc]


def get_account(session: Session, account_id: int) -> LedgerAccount:
    return session.get_one(LedgerAccount, account_id)


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


def live_entry(session: Session, case_id: int) -> tuple[LedgerAccount, str, Decimal] | None:
    """The account, state and amount of the one live entry of a case, if it has one."""
    query = (
        select(LedgerAccount, LedgerEntry)
        .join(LedgerEntry, LedgerEntry.account_id == LedgerAccount.id)
        .where(LedgerEntry.case_id == case_id)
        .order_by(LedgerEntry.id)
    )
    balance: dict[tuple[LedgerAccount, str], Decimal] = {}
    for account, entry in session.execute(query):
        for state, amount in movements(entry.state, entry.from_state, entry.amount):
            balance[account, state] = balance.get((account, state), Decimal(0)) + amount
    return next(((account, state, amount) for (account, state), amount in balance.items() if amount), None)


def list_entries(session: Session, uscc: str, year: int) -> Sequence[LedgerEntry]:
    query = select(LedgerEntry).join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
    return session.scalars(
        query.where(LedgerAccount.uscc == uscc, LedgerAccount.year == year).order_by(LedgerEntry.id)
    ).all()


def entries_of_case(session: Session, case_id: int) -> Sequence[LedgerEntry]:
    return session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case_id).order_by(LedgerEntry.id)).all()


def ask_reallocation(session: Session, account_id: int, batch_id: int, cause: tuple[str, int]) -> None:
    """Have an account allocated again in a batch; `cause` names the event after which: the first, where several ask."""
    chain, seq = cause
    statement = insert(Reallocation).values(account_id=account_id, batch_id=batch_id, cause_chain=chain, cause_seq=seq)
    session.execute(statement.on_conflict_do_nothing(index_elements=["account_id", "batch_id"]))


def next_reallocation(session: Session, now: datetime) -> tuple[int, int] | None:
    """Ids of an account and of the batch whose cases must be allocated again; read without a lock."""
    query = (
        select(Reallocation.account_id, Reallocation.batch_id)
        .where(or_(Reallocation.not_before.is_(None), Reallocation.not_before <= now))
        .order_by(Reallocation.account_id, Reallocation.batch_id)
    )
    row = session.execute(query.limit(1)).first()
    return (row[0], row[1]) if row else None


def list_failed_reallocations(session: Session, batch_id: int) -> Sequence[tuple[LedgerAccount, Reallocation]]:
    """The marks of a batch that could not be worked off, with their accounts."""
    query = select(LedgerAccount, Reallocation).join(Reallocation, Reallocation.account_id == LedgerAccount.id)
    query = query.where(Reallocation.batch_id == batch_id, Reallocation.failure.is_not(None))
    return [(row[0], row[1]) for row in session.execute(query.order_by(LedgerAccount.uscc, LedgerAccount.year))]


def take_reallocation(session: Session, account_id: int, batch_id: int) -> tuple[str, int] | None:
    """Remove the mark and answer the event that asked for it; None when somebody was faster."""
    statement = delete(Reallocation).where(Reallocation.account_id == account_id, Reallocation.batch_id == batch_id)
    row = session.execute(statement.returning(Reallocation.cause_chain, Reallocation.cause_seq)).first()
    return (row[0], row[1]) if row else None


def lock_reallocation(session: Session, account_id: int, batch_id: int) -> Reallocation | None:
    """The mark itself, locked; None when somebody has worked it off."""
    query = select(Reallocation).where(Reallocation.account_id == account_id, Reallocation.batch_id == batch_id)
    return session.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))
