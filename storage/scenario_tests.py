"""Scenario tests (校验用例) of a definition: what happens to a case, step by step, and what must come of it."""

from collections.abc import Sequence

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session

from storage.base import Base, Id, Instant, Json


class ScenarioTest(Base):
    """`record` is replayed, `expected` is what must come out; `origin` is the case it was made from, if any."""

    __tablename__ = "scenario_test"
    id: Mapped[Id]
    key: Mapped[str]
    name: Mapped[str]
    record: Mapped[Json]
    expected: Mapped[Json]
    origin: Mapped[str | None]
    created_by: Mapped[str]
    created_at: Mapped[Instant]
    retired_at: Mapped[Instant | None]
    retired_by: Mapped[str | None]
    __table_args__ = (Index(None, "key", "id"),)


def list_of(session: Session, key: str) -> Sequence[ScenarioTest]:
    """The tests of a scheme that are in force."""
    query = select(ScenarioTest).where(ScenarioTest.key == key, ScenarioTest.retired_at.is_(None))
    return session.scalars(query.order_by(ScenarioTest.id)).all()


def find(session: Session, scenario_id: int) -> ScenarioTest | None:
    return session.get(ScenarioTest, scenario_id)
