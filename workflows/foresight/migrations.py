"""在办件迁移: cases under way are tried on another version, moved to it where that is safe, and moved back.

A case stays on its version unless an owner moves it. Nothing that people have begun is lost: open tasks keep their
ids, drafts and assignees, running periods their ends.
"""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from storage import case_migrations, case_runs, cases, instances
from storage.case_migrations import CaseMigration
from storage.case_runs import CaseRun
from storage.database import Session
from storage.definitions import DefinitionVersion
from storage.locks import lock_name
from storage.questions import migration_candidates
from workflows import views
from workflows.attempts import Broken, Workplace, attempt, attempt_part, sentence
from workflows.audit import Chain, EventRef
from workflows.case.moving import move
from workflows.case.running import find_case, open_case, refuse_ended
from workflows.errors import Conflict, FieldError, Invalid, NotFound
from workflows.foresight.chunks import defer_chunks
from workflows.foresight.migration_trial import PAGE, between, dry_run, get_target
from workflows.permissions import SYSTEM, Actor, require, scope_of

log = logging.getLogger("greencase.migrations")
JOB = "migrate"

VERDICTS = {
    "migratable": "可迁移",
    "blocked": "不可迁移",
    "migrated": "已迁移",
    "refused": "未迁移",
    "unchanged": "已在新版本",
    "ended": "已办结",
    "reverted": "已撤销",
}
SYSTEM_ERROR = "迁移时系统出错，本件没有改动，请联系系统管理员"
_NOTHING: dict[str, Any] = {"reasons": [], "notes": []}


def start(
    session: Session,
    actor: Actor,
    key: str,
    to_version: int,
    *,
    references: Collection[str] | None,
    reason: str,
    now: datetime,
) -> int:
    """Begin to move these cases (None: all that can be moved now); the worker does it. Answers the run's id.

    Raises Invalid without a reason or without cases, Conflict while another migration of this type is under way.
    """
    actor = require(actor, "process_owner")
    text = _reason(reason)
    # Starts wait for each other, so that none overlooks what another has just begun.
    lock_name(session, f"migration:{key}")
    target = get_target(session, key, to_version)
    if any(
        run.state == "running" for run in case_runs.list_runs(session, "migration", key=key, draft_id=None, limit=5)
    ):
        raise Conflict("该事项有一次迁移正在进行，请待其完成后再迁移。")
    if references is None:
        found = dry_run(session, actor, key, to_version).rows
        references = [row["reference"] for row in found if row["verdict"] == "migratable"]
    case_ids = migration_candidates.ids_of(session, scope_of(actor), key, to_version, references)
    if not case_ids:
        raise Invalid("没有可迁移的申报件。", errors=[FieldError("chosen", "请至少选择一件可迁移的申报件。")])
    run = CaseRun(
        kind="migration",
        key=key,
        definition_id=target.id,
        options={"reason": text, "to_version": to_version},
        started_by=actor.username,
        started_at=now,
    )
    session.add(run)
    session.flush()
    case_runs.add_rows(session, run.id, case_ids)
    begun = Chain.open_locked(session, f"definition:{key}").append(
        now,
        actor,
        "migration_started",
        f"{key}@{to_version}",
        [{"field": "cases", "old": None, "new": len(case_ids)}, {"field": "reason", "old": None, "new": text}],
    )
    # What the worker does to each case follows from this event.
    run.options = {**run.options, "begun": list(begun)}
    defer_chunks(session, JOB, run.id, case_ids)
    return run.id


def _reason(given: str) -> str:
    text = given.strip()
    if not 2 <= len(text) <= 500:
        raise Invalid("理由有误。", errors=[FieldError("reason", "请写明理由，2至500字。")])
    return text


def move_chunk(at: Workplace, run_id: int, first: int, last: int) -> None:
    """Move the run's cases from `first` to `last` that nobody has looked at, each in a transaction of its own.

    Safe on any number of workers and done twice: each claims the row, then locks the case. Raises Away or Broken.
    """
    for case_id in attempt(at.database, lambda session: case_runs.waiting_rows(session, run_id, first, last)):
        attempt(at.database, partial(_work_on, run_id, case_id, at.now))
    attempt(at.database, lambda session: case_runs.finish(session, run_id, at.now))


def _work_on(run_id: int, case_id: int, now: datetime, session: Session) -> None:
    run = case_runs.find_running(session, run_id)
    if run is None or not case_runs.claim_rows(session, run_id, case_id, case_id):
        return

    def work() -> None:
        case_runs.set_verdict(session, run_id, case_id, *_migrate(session, run, case_id, now))

    try:
        # What fails is undone up to here: the row stays claimed, and is answered in the same transaction.
        attempt_part(session, work)
    except Broken as broken:
        said = sentence(broken)
        if said is None:
            log.error("case %s cannot be migrated in run %s: %s", case_id, run_id, broken, exc_info=broken.__cause__)
        words = f"迁移未成功，本件没有改动：{said}" if said else SYSTEM_ERROR
        case_runs.set_verdict(session, run_id, case_id, *_refused(words))


def give_up(session: Session, _: Broken, now: datetime, run_id: int, first: int, last: int) -> None:
    """Cases of a chunk that could not be done are answered all the same, so that the run ends."""
    case_runs.give_up_rows(session, run_id, first, last, *_refused(SYSTEM_ERROR))
    case_runs.finish(session, run_id, now)


def _refused(*reasons: str) -> tuple[str, dict[str, Any]]:
    return "refused", {"reasons": list(reasons), "notes": []}


def _migrate(session: Session, run: CaseRun, case_id: int, now: datetime) -> tuple[str, dict[str, Any]]:
    """Look at the case again under its lock: it may have moved since the dry run, and the target may be withdrawn."""
    assert run.definition_id is not None
    running = open_case(session, case_id, SYSTEM, now)
    # A run that an older program began has no event of its own: it goes back to the first of its definition.
    running.step.cause = EventRef(*run.options.get("begun", (f"definition:{run.key}", 1)))
    case = running.case
    if case.ended_at is not None:
        return "ended", _NOTHING
    if case.definition_id == run.definition_id:
        return "unchanged", _NOTHING
    before, old_id = instances.get_state(session, case_id), case.definition_id
    target = session.get_one(DefinitionVersion, run.definition_id)
    if target.state != "published":
        return _refused(f"第{target.version}版已停用，不能迁入")
    if target.version <= session.get_one(DefinitionVersion, old_id).version:
        return _refused(f"本件已在更新的版本上办理，不再迁入第{target.version}版")
    migration = between(session, old_id, run.definition_id)
    found = migration.examine(before)
    if found.obstacles:
        return _refused(*(each.zh for each in found.obstacles))

    after = migration.migrate(before)
    changes = move(running, run.definition_id, after)
    session.add(
        CaseMigration(
            case_id=case_id,
            run_id=run.id,
            from_definition_id=old_id,
            to_definition_id=run.definition_id,
            at=now,
            by=run.started_by,
            reason=run.options["reason"],
            state_before=before,
            state_after_sha256=sha256(after).hexdigest(),
        )
    )
    why = {"field": "reason", "old": None, "new": run.options["reason"]}
    running.step.record("case_migrated", case.reference, [*changes, why])
    return "migrated", {"reasons": [], "notes": [each.zh for each in found.notes]}


def revert(session: Session, actor: Actor, reference: str, reason: str, now: datetime) -> None:
    """Put a case back on the version and the state before its latest migration (撤销迁移).

    Only while nothing has moved since: raises Conflict otherwise, or when it was not migrated.
    """
    actor = require(actor, "process_owner")
    text = _reason(reason)
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    case = running.case
    refuse_ended(case)
    done = case_migrations.latest_of_case(session, case.id)
    if done is None or case.definition_id != done.to_definition_id:
        raise Conflict("本件没有可以撤销的迁移。")
    if sha256(instances.get_state(session, case.id)).hexdigest() != done.state_after_sha256:
        raise Conflict("本件迁移后已经办理，不能再撤销迁移。")

    changes = move(running, done.from_definition_id, done.state_before)
    done.reverted_at, done.reverted_by = now, actor.username
    why = {"field": "reason", "old": None, "new": text}
    running.step.record("migration_reverted", case.reference, [*changes, why])
    session.flush()


def list_runs(session: Session, actor: Actor, key: str) -> list[dict[str, Any]]:
    """The latest migrations of a subsidy type, newest first."""
    require(actor, "process_owner")
    found = case_runs.list_runs(session, "migration", key=key, draft_id=None, limit=20)
    return [{**_shown(run), "counts": _counts(session, run.id)} for run in found]


def _shown(run: CaseRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "key": run.key,
        "to_version": run.options["to_version"],
        "reason": run.options["reason"],
        "state": run.state,
        "started_by": run.started_by,
        "started_at": views.instant(run.started_at),
        "finished_at": views.instant(run.finished_at),
    }


def _counts(session: Session, run_id: int) -> dict[str, int]:
    counts = case_runs.count_by_verdict(session, run_id)
    return {(verdict or "waiting"): count for verdict, count in counts.items()}


def get_run(session: Session, actor: Actor, run_id: int, *, after: int = 0) -> dict[str, Any]:
    """A migration with its progress and a page of its cases, those that were looked at."""
    require(actor, "process_owner")
    run = session.get(CaseRun, run_id)
    if run is None or run.kind != "migration":
        raise NotFound("没有这一次迁移。")
    counts = _counts(session, run_id)
    rows = case_runs.list_rows(session, run_id, verdict=None, after=after, limit=PAGE + 1)
    shown = rows[:PAGE]
    total = sum(counts.values())
    return {
        **_shown(run),
        "counts": counts,
        "total": total,
        "done": total - counts.get("waiting", 0),
        "items": _rows(session, run_id, shown),
        "next": shown[-1].case_id if len(rows) > PAGE else None,
    }


def _rows(session: Session, run_id: int, shown: Iterable[case_runs.CaseRunRow]) -> list[dict[str, Any]]:
    found = {row.case_id: row for row in shown}
    known = cases.with_enterprises(session, found)
    done = {each.case_id: each for each in case_migrations.list_of_run(session, run_id, found)}
    states = migration_candidates.states_of(
        session, [each.case_id for each in done.values() if each.reverted_at is None]
    )
    items = []
    for case_id, row in found.items():
        case, enterprise = known[case_id]
        migrated = done.get(case_id)
        moved_back = migrated is not None and migrated.reverted_at is not None
        items.append(
            {
                "reference": case.reference,
                "title": case.title,
                "enterprise": enterprise.name,
                "stage": case.stage,
                "verdict": "reverted" if moved_back else row.verdict,
                "reasons": (row.detail or {}).get("reasons", []),
                "notes": (row.detail or {}).get("notes", []),
                "revertible": migrated is not None
                and case.ended_at is None
                and case.definition_id == migrated.to_definition_id
                and sha256(states.get(case_id, b"")).hexdigest() == migrated.state_after_sha256,
            }
        )
    return items
