"""The workers that are there: one row each, which its worker renews every few seconds.

The database's clock writes and judges them: workers on several machines need not agree on the time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Mapped, Session

from storage.base import Base, Id, Instant

# A worker that has not been seen for so long is taken for dead.
SILENT = timedelta(seconds=30)
KEPT = timedelta(days=1)


class Worker(Base):
    """One worker process and what it is doing now (None: it waits). Machine time."""

    __tablename__ = "worker"
    id: Mapped[Id]
    name: Mapped[str]
    host: Mapped[str]
    pid: Mapped[int]
    started_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    doing: Mapped[str | None]
    doing_since: Mapped[Instant | None]


def register(session: Session, name: str, host: str, pid: int) -> int:
    """A row for a worker that starts; answers its id."""
    now = func.clock_timestamp()
    made = insert(Worker).values(name=name, host=host, pid=pid, started_at=now, seen_at=now).returning(Worker.id)
    return session.scalars(made).one()


def beat(session: Session, worker_id: int, doing: str | None, doing_since: datetime | None) -> bool:
    """The worker lives, and does this; False when its row is gone and it must register again."""
    query = update(Worker).where(Worker.id == worker_id)
    query = query.values(seen_at=func.clock_timestamp(), doing=doing, doing_since=doing_since)
    return session.scalar(query.returning(Worker.id)) is not None


def leave(session: Session, worker_id: int) -> None:
    """The worker has ended in order."""
    session.execute(delete(Worker).where(Worker.id == worker_id))


def list_alive(session: Session) -> Sequence[Worker]:
    """The workers that were seen just now, the oldest first."""
    query = select(Worker).where(Worker.seen_at > func.clock_timestamp() - SILENT)
    return session.scalars(query.order_by(Worker.id)).all()


def list_silent(session: Session) -> Sequence[Worker]:
    """The workers that ended without saying so, or are cut off; forgotten after a day."""
    query = select(Worker).where(Worker.seen_at <= func.clock_timestamp() - SILENT)
    return session.scalars(query.order_by(Worker.id)).all()


def sweep(session: Session) -> None:
    session.execute(delete(Worker).where(Worker.seen_at < func.clock_timestamp() - KEPT))
