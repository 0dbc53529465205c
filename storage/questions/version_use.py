"""Where definition versions are used: how many cases stand on each, and which versions hold a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.cases import Case
from storage.definitions import DefinitionFile, DefinitionVersion


@dataclass(frozen=True)
class CasesOnVersion:
    """How many cases stand on a version: under way, not yet handed in, and over."""

    running: int = 0
    drafts: int = 0
    ended: int = 0


def count_cases(session: Session, definition_ids: Iterable[int]) -> dict[int, CasesOnVersion]:
    """The cases on each of these versions; a version without any is left out."""
    over, handed_in = Case.ended_at.is_not(None), Case.submitted_at.is_not(None)
    query = (
        select(
            Case.definition_id,
            func.count().filter(~over & handed_in),
            func.count().filter(~over & ~handed_in),
            func.count().filter(over),
        )
        .where(Case.definition_id.in_(list(definition_ids)))
        .group_by(Case.definition_id)
    )
    return {row[0]: CasesOnVersion(row[1], row[2], row[3]) for row in session.execute(query)}


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
