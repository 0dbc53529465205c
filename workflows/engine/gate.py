"""The gate: refuses diagrams that the engine would mis-run. (First slice: nothing is refused yet.)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.engine.findings import Finding


@dataclass(frozen=True)
class Known:
    """What a diagram may refer to; `owners` says in which file a process key of another definition lives."""

    forms: frozenset[str]
    operations: Mapping[str, frozenset[str]]
    roles: frozenset[str]
    statuses: frozenset[str]
    owners: Mapping[str, str] = field(default_factory=dict)


def check_structure(files: Mapping[str, bytes], key: str) -> list[Finding]:
    """Everything that can be judged from the bundle alone."""
    return []


def check_bundle(files: Mapping[str, bytes], key: str, *, known: Known) -> list[Finding]:
    """Everything, with the forms, operations, roles and statuses that exist."""
    return check_structure(files, key)
