"""Where definition versions are used: how many cases stand on each, and which versions hold a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from storage.cases import Case
from storage.counting import at_most
from storage.definitions import DefinitionFile, DefinitionVersion


@dataclass(frozen=True)
class CasesOnVersion:
    """How many cases stand on a version: under way, not yet handed in, and over; each at most MOST."""

    running: int = 0
    drafts: int = 0
    ended: int = 0


_OVER, _HANDED_IN = Case.ended_at.is_not(None), Case.submitted_at.is_not(None)


def count_cases(session: Session, definition_ids: Iterable[int]) -> dict[int, CasesOnVersion]:
    """The cases on each of these versions; one statement."""
    kinds = ((~_OVER, _HANDED_IN), (~_OVER, ~_HANDED_IN), (_OVER,))
    query = select(DefinitionVersion.id, *(_count(*kind) for kind in kinds))
    rows = session.execute(query.where(DefinitionVersion.id.in_(list(definition_ids))))
    return {row[0]: CasesOnVersion(*row[1:]) for row in rows}


def count_running(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """How many cases of each subsidy type are under way, MOST or more where there are so many; one statement."""
    query = select(DefinitionVersion.key, func.sum(_count(~_OVER, _HANDED_IN)))
    rows = session.execute(query.where(DefinitionVersion.key.in_(list(keys))).group_by(DefinitionVersion.key))
    return {row[0]: int(row[1]) for row in rows}


def _count(*kind: Any) -> Any:
    """Cases on the version at hand, out of an index that holds this kind only: the table itself is not looked at."""
    return at_most(
        select(Case.definition_id).where(Case.definition_id == DefinitionVersion.id, *kind).correlate(DefinitionVersion)
    ).scalar_subquery()


def newest_of_keys(session: Session, keys: Iterable[str]) -> dict[str, DefinitionVersion]:
    """The version in force of each subsidy type that has one; one statement."""
    in_force = (DefinitionVersion.key.in_(list(keys)), DefinitionVersion.state == "published")
    query = select(DefinitionVersion).where(*in_force).ext(distinct_on(DefinitionVersion.key))
    rows = session.scalars(query.order_by(DefinitionVersion.key, DefinitionVersion.version.desc()))
    return {row.key: row for row in rows}


def list_of_key(session: Session, key: str) -> Sequence[DefinitionVersion]:
    """The versions of a subsidy type, newest first."""
    query = select(DefinitionVersion).where(DefinitionVersion.key == key)
    return session.scalars(query.order_by(DefinitionVersion.version.desc())).all()


def list_holding(session: Session, path: str) -> list[tuple[DefinitionVersion, str]]:
    """The versions that hold this file, with its digest in each; by subsidy type, oldest first."""
    query = (
        select(DefinitionVersion, DefinitionFile.sha256)
        .join(DefinitionFile, DefinitionFile.definition_id == DefinitionVersion.id)
        .where(DefinitionFile.path == path)
        .order_by(DefinitionVersion.key, DefinitionVersion.version)
    )
    return [(row[0], row[1]) for row in session.execute(query)]
