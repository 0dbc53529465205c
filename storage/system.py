"""Two small things that web and worker share: the offset of the demo clock, and the answers to repeated requests."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Interval, LargeBinary, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Instant
from storage.locks import to_change


class Clock(Base):
    """The one row of the demo clock: what is added to the machine's time. Absent outside demo mode."""

    __tablename__ = "clock"
    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    offset: Mapped[timedelta] = mapped_column(Interval)


class KeptAnswer(Base):
    """The first answer to a POST with an Idempotency-Key, by caller."""

    __tablename__ = "kept_answer"
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    status: Mapped[int | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[Instant]


def clock_offset(session: Session) -> timedelta | None:
    return session.scalar(select(Clock.offset).where(Clock.id == 1))


def set_clock_offset(session: Session, offset: timedelta) -> None:
    statement = insert(Clock).values(id=1, offset=offset)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"offset": offset}))


def lock_clock(session: Session) -> timedelta | None:
    return session.scalar(to_change(select(Clock.offset).where(Clock.id == 1)))


def take_key(session: Session, user_id: int, key: str, request_hash: str, now: datetime) -> KeptAnswer | None:
    """Reserve a key in this transaction; the kept answer when it was used before (waiting for one under way)."""
    statement = insert(KeptAnswer).values(user_id=user_id, key=key, request_hash=request_hash, at=now)
    taken = session.execute(
        statement.on_conflict_do_nothing(index_elements=["user_id", "key"]).returning(KeptAnswer.key)
    )
    if taken.first() is not None:
        return None
    return session.scalars(select(KeptAnswer).where(KeptAnswer.user_id == user_id, KeptAnswer.key == key)).one()


def keep_answer(session: Session, user_id: int, key: str, status: int, body: bytes) -> None:
    query = update(KeptAnswer).where(KeptAnswer.user_id == user_id, KeptAnswer.key == key)
    session.execute(query.values(status=status, body=body))


def sweep_answers(session: Session, before: datetime) -> None:
    session.execute(delete(KeptAnswer).where(KeptAnswer.at < before))
