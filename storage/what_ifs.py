"""What-if calculations (政策调整测算): changed values, and what they would have made of the cases of some batches."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from storage.base import Base, Id, Instant, Json, one_of
from storage.locks import to_change


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
    __table_args__ = (one_of("state", "waiting", "done", "failed"),)


def find(session: Session, what_if_id: int) -> WhatIf | None:
    return session.get(WhatIf, what_if_id)


def list_what_ifs(session: Session, *, before: int | None = None, limit: int = 50) -> Sequence[tuple[WhatIf, Json]]:
    """Newest first, by key, each with the totals of its result (None until it is done); the result stays unread."""
    totals = WhatIf.result["totals"].label("totals")
    query = select(WhatIf, totals).options(defer(WhatIf.result)).order_by(WhatIf.id.desc()).limit(limit)
    if before is not None:
        query = query.where(WhatIf.id < before)
    return [(row[0], row[1]) for row in session.execute(query)]


def lock(session: Session, what_if_id: int) -> WhatIf:
    return session.scalars(to_change(select(WhatIf).where(WhatIf.id == what_if_id))).one()


def finish(found: WhatIf, result: dict[str, object], now: datetime) -> None:
    found.result, found.state, found.finished_at = result, "done", now


def fail(found: WhatIf, why: str, now: datetime) -> None:
    """End one that cannot be worked out, unless another worker ended it; `why` is a Chinese sentence."""
    if found.state != "waiting":
        return
    found.result, found.state, found.finished_at = {"failure": why}, "failed", now
