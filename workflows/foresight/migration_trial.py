"""迁移预演: what moving running cases to another version would do, case by case; nothing is changed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from storage import definitions
from storage.database import Session
from storage.definitions import DefinitionVersion
from storage.questions import migration_candidates
from storage.questions.migration_candidates import Candidate
from workflows import engine, views
from workflows.case.bundles import bundle_of
from workflows.errors import Conflict, NotFound
from workflows.permissions import Actor, require, scope_of

PAGE = 100


@dataclass(frozen=True)
class DryRun:
    """What a migration would do, case by case; nothing was changed."""

    key: str
    to_version: int
    counts: Mapping[str, int]
    # Why cases cannot be migrated, and how many of each reason.
    reasons: Mapping[str, int]
    rows: tuple[dict[str, Any], ...]

    def page(self, verdict: str | None, page: int) -> list[dict[str, Any]]:
        """The rows of one verdict, or all, a hundred a page; pages count from 1."""
        rows = [row for row in self.rows if verdict is None or row["verdict"] == verdict]
        return rows[PAGE * (page - 1) : PAGE * page]


def list_targets(session: Session, actor: Actor, key: str) -> list[dict[str, Any]]:
    """The published versions of a subsidy type that cases can be moved to, newest first."""
    require(actor, "process_owner")
    found = [each for each in definitions.list_all(session) if each.key == key and each.state == "published"]
    return [
        {"version": each.version, "published_at": views.instant(each.published_at), "reason": each.reason}
        for each in found
    ]


def dry_run(session: Session, actor: Actor, key: str, to_version: int) -> DryRun:
    """Try every case that is under way on an older version (迁移预演). Raises NotFound, Conflict for a retired target.

    One statement brings the states; cases that stand alike are judged once.
    """
    require(actor, "process_owner")
    target = get_target(session, key, to_version)
    found = migration_candidates.list_candidates(session, scope_of(actor), key, to_version)
    rows = tuple(_verdict(session, each, target) for each in found)
    return DryRun(
        key=key,
        to_version=to_version,
        counts=Counter(row["verdict"] for row in rows),
        reasons=dict(Counter(reason for row in rows for reason in row["reasons"]).most_common()),
        rows=rows,
    )


def _verdict(session: Session, candidate: Candidate, target: DefinitionVersion) -> dict[str, Any]:
    try:
        found = between(session, candidate.definition_id, target.id).examine(candidate.state)
        reasons, notes = [each.zh for each in found.obstacles], [each.zh for each in found.notes]
    except engine.StateUnreadable:
        reasons, notes = ["本件的流程状态无法读取，请联系系统管理员"], []
    return {
        "reference": candidate.reference,
        "title": candidate.title,
        "enterprise": candidate.enterprise,
        "stage": candidate.stage,
        "suspended": candidate.suspended,
        "from_version": candidate.version,
        "verdict": "blocked" if reasons else "migratable",
        "reasons": reasons,
        "notes": notes,
    }


def get_target(session: Session, key: str, version: int) -> DefinitionVersion:
    target = definitions.find(session, key, version)
    if target is None:
        raise NotFound("没有这一流程版本。")
    if target.state != "published":
        raise Conflict("该版本已停用，不能迁入。")
    return target


def between(session: Session, old: int, new: int) -> engine.Migration:
    return _migration(bundle_of(session, old).diagrams, bundle_of(session, new).diagrams)


@lru_cache(maxsize=16)
def _migration(old: engine.Diagrams, new: engine.Diagrams) -> engine.Migration:
    return engine.Migration(old, new)
