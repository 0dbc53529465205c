"""Cases under way on older versions of a definition, with the states that a migration is tried on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.cases import Case, Scope, within
from storage.definitions import DefinitionVersion
from storage.instances import Instance
from storage.people import Enterprise


@dataclass(frozen=True)
class Candidate:
    """One case as a dry run needs it; `state` is the engine's."""

    case_id: int
    reference: str
    title: str
    enterprise: str
    stage: str | None
    suspended: bool
    definition_id: int
    version: int
    state: bytes


def list_candidates(session: Session, scope: Scope, key: str, below: int) -> list[Candidate]:
    """The running cases of a subsidy type on versions below this one, by reference; one statement."""
    query = select(
        Case.id,
        Case.reference,
        Case.title,
        Enterprise.name,
        Case.stage,
        Case.suspended_at.is_not(None),
        Case.definition_id,
        DefinitionVersion.version,
        Instance.state,
    )
    query = query.join(Enterprise, Enterprise.id == Case.enterprise_id).join(Instance, Instance.case_id == Case.id)
    query = query.join(DefinitionVersion, DefinitionVersion.id == Case.definition_id)
    return [
        Candidate(*row) for row in session.execute(query.where(*_older(scope, key, below)).order_by(Case.reference))
    ]


def ids_of(session: Session, scope: Scope, key: str, below: int, references: Collection[str]) -> Sequence[int]:
    """Ids of those of the named cases that run on a version below this one."""
    query = select(Case.id).join(DefinitionVersion, DefinitionVersion.id == Case.definition_id)
    query = query.where(*_older(scope, key, below), Case.reference.in_(list(references)))
    return session.scalars(query.order_by(Case.reference)).all()


def states_of(session: Session, case_ids: Collection[int]) -> dict[int, bytes]:
    """The engine's states as they are now."""
    query = select(Instance.case_id, Instance.state).where(Instance.case_id.in_(list(case_ids)))
    return {row[0]: row[1] for row in session.execute(query)}


def _older(scope: Scope, key: str, below: int) -> tuple[Any, ...]:
    return Case.scheme == key, Case.ended_at.is_(None), DefinitionVersion.version < below, within(scope)
