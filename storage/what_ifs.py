"""What-if calculations (政策调整测算): changed values, and what they would have made of the cases of some batches."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, Id, Instant, Json


class WhatIf(Base):
    """State: waiting, done or failed; `result` is None until it is done. Money in it is text in yuan."""

    __tablename__ = "what_if"
    id: Mapped[Id]
    title: Mapped[str]
    batch_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    parameters: Mapped[Json]
    state: Mapped[str] = mapped_column(default="waiting")
    result: Mapped[Json | None]
    asked_by: Mapped[str]
    asked_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]
    __table_args__ = (Index(None, "state", "id"),)


def next_waiting(session: Session) -> WhatIf | None:
    """Claim the oldest one that nobody works on; other workers skip it."""
    query = select(WhatIf).where(WhatIf.state == "waiting").order_by(WhatIf.id).limit(1)
    return session.scalar(query.with_for_update(skip_locked=True))


def finish(found: WhatIf, result: dict[str, object], now: datetime) -> None:
    found.result, found.state, found.finished_at = result, "done", now
