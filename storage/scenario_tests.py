"""Scenario tests (校验用例) of a definition: what happens to a case, step by step, and what must come of it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Index, select
from sqlalchemy.orm import Mapped, Session

from storage.base import Base, Id, Instant, Json
from storage.definition_drafts import DefinitionDraft


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


def _in_force() -> ColumnElement[bool]:
    """Not retired; and what a draft adopted is gone with the draft, which made it everybody's if it was published."""
    closed = DefinitionDraft.state.in_(("published", "discarded"))
    adopter = DefinitionDraft.id == ScenarioTest.record["draft"].as_integer()
    return ScenarioTest.retired_at.is_(None) & ~select(DefinitionDraft.id).where(adopter, closed).exists()


def list_of(session: Session, key: str) -> Sequence[ScenarioTest]:
    """The tests of a scheme that are in force, for everybody or for a draft under way."""
    return session.scalars(
        select(ScenarioTest).where(ScenarioTest.key == key, _in_force()).order_by(ScenarioTest.id)
    ).all()


def find(session: Session, scenario_id: int) -> ScenarioTest | None:
    """A test that is in force."""
    return session.scalar(select(ScenarioTest).where(ScenarioTest.id == scenario_id, _in_force()))


def adopted_by(session: Session, draft_id: int) -> Sequence[int]:
    """The ids of the tests that a draft adopted; what a test demands never changes under its id."""
    mine = ScenarioTest.record["draft"].as_integer() == draft_id
    return session.scalars(
        select(ScenarioTest.id).where(mine, ScenarioTest.retired_at.is_(None)).order_by(ScenarioTest.id)
    ).all()
