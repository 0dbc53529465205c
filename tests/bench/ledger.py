"""Many at once against one ceiling: not a yuan above it, and not a yuan left unspent that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier

from server.settings import Settings
from storage import ledger
from storage.batches import Batch
from storage.cases import Case
from storage.database import Database, Session
from storage.people import Enterprise
from workflows.audit import Chain
from workflows.case import awards
from workflows.case.step import Step
from workflows.permissions import SYSTEM
from workflows.rules import ceiling

THREADS, ROUNDS, CAP = 50, 100, Decimal(2_000_000)


def measure(settings: Settings, case_ids: list[int]) -> dict[str, float]:
    """Fifty threads reserve at the same instant, each through lock, balance and the allocation of article 10."""
    database = Database(settings.database_url, pool_size=THREADS)
    over, under = Decimal(0), Decimal(0)
    try:
        with ThreadPoolExecutor(THREADS) as threads:
            for round_ in range(ROUNDS):
                uscc = f"BENCH{round_:013}"
                wanted = [Decimal(30_000 + 1_111 * ((round_ + thread) % 40)) for thread in range(THREADS)]
                barrier = Barrier(THREADS)
                reserve = _reserver(database, uscc, barrier)
                granted = sum(threads.map(reserve, wanted, [case_ids[i % len(case_ids)] for i in range(THREADS)]))
                over += max(Decimal(0), granted - CAP)
                under += max(Decimal(0), min(CAP, sum(wanted)) - granted)
    finally:
        database.dispose()
    return {"ledger_overspend": float(over), "ledger_underspend": float(under)}


def _reserver(database: Database, uscc: str, barrier: Barrier) -> Callable[[Decimal, int], Decimal]:
    def reserve(amount: Decimal, case_id: int) -> Decimal:
        barrier.wait()
        with database.transaction() as session:
            return _reserve(session, uscc, amount, case_id)

    return reserve


def _reserve(session: Session, uscc: str, amount: Decimal, case_id: int) -> Decimal:
    now = datetime.now(UTC)
    account = ledger.lock_accounts(session, {(uscc, now.year)})[uscc, now.year]
    used = sum(ledger.held_by_case(session, [account.id])[account.id].values(), Decimal(0))
    [allocation] = ceiling.allocate([ceiling.Claim("one", amount, now)], used, CAP)
    if allocation.amount:
        case = session.get_one(Case, case_id)
        batch = session.get_one(Batch, case.batch_id)
        enterprise = session.get_one(Enterprise, case.enterprise_id)
        step = Step(
            session=session,
            case=case,
            batch=batch,
            enterprise=enterprise,
            facts={},
            now=now,
            actor=SYSTEM,
            chain=Chain(session, "bench", 0, ""),
        )
        awards.enter(step, account, "RESERVED", allocation.amount, None, "bench")
    return allocation.amount
