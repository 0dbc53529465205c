"""Rehearsal runs (历史件推演): finished and running cases replayed through a draft or through changed values.

A run is rows, judged chunk by chunk by whichever worker is free. It reads cases as they were committed last, takes none
of their locks and writes nothing to them.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypedDict

from storage import case_runs as store
from storage import cases
from storage.case_runs import CaseRun, CaseRunRow, RunState
from storage.database import Session
from storage.people import Enterprise
from storage.questions import rehearsal_cases
from workflows import paging, rehearsal, rules, views
from workflows.attempts import Broken, Workplace, attempt, attempt_part
from workflows.case import calendars
from workflows.engine import DiagramRefused
from workflows.errors import Conflict, Invalid, NotFound
from workflows.errors import FieldError as Problem
from workflows.foresight.chunks import defer_chunks
from workflows.forms import FormRefused
from workflows.permissions import READERS, Actor, require
from workflows.rehearsal.judging import OutcomeText, PlaceText
from workflows.workshop import drafts, library
from workflows.workshop.bundling import GateRefused, digest
from workflows.workshop.case_records import read_records
from workflows.workshop.proposal import read_proposal

KIND = "rehearsal"
JOB = "rehearse"
FAILED = "failed"
SCOPES = {"finished": "已办结", "running": "在办", "all": "全部"}
LISTED = 50
UNREADABLE = "本件的流程状态无法读取，请联系系统管理员"
SYSTEM_ERROR = "推演本件时系统出错，请联系系统管理员查看运行日志"
Bundles = Mapping[str, Mapping[str, bytes]]
log = logging.getLogger("greencase.rehearsals")


class RunShown(TypedDict):
    """A run with how far it is, and how many cases came to each verdict. Instants are texts in UTC."""

    id: int
    key: str
    draft_id: int | None
    parameters: dict[str, str] | None
    scope: str
    note: str | None
    state: RunState
    started_by: str
    started_at: str
    finished_at: str | None
    total: int
    done: int
    counts: dict[str, int]


class RunRow(TypedDict):
    """A case of a run with what came out: where it differs, and what was before and would be now."""

    reference: str
    title: str
    enterprise: str
    status: str
    verdict: str | None
    where: PlaceText | None
    old: OutcomeText | None
    new: OutcomeText | None
    differences: list[str]
    missing: list[str]


def start(
    session: Session,
    actor: Actor,
    *,
    key: str,
    draft_id: int | None,
    parameters: Mapping[str, str] | None,
    scope: str,
    now: datetime,
) -> int:
    """Begin a run and answer its id: through a draft, under changed values, or both.

    Raises Invalid for values that no parameter may have, GateRefused for a draft that cannot run, Conflict when there
    is no case.
    """
    actor = require(actor, "process_owner")
    changed = dict(parameters or {})
    _refuse_values(changed)
    if draft_id is None and not changed:
        raise Invalid("没有可以推演的修改。", errors=[Problem("parameters", "请选择草稿，或至少调整一项政策口径。")])
    if scope not in SCOPES:
        raise Invalid("推演范围有误。", errors=[Problem("scope", "请选择已办结、在办或全部。")])
    bundles = _bundles(session, draft_id)
    schemes = list(bundles) if draft_id is not None else [key]
    if not schemes or not set(schemes) <= set(rules.SCHEMES):
        raise Conflict("草稿没有改变任何流程，无需推演。")
    found = rehearsal_cases.list_ids(session, schemes, scope)
    if not found:
        raise Conflict("范围内没有可以推演的申报件。")
    run = CaseRun(
        kind=KIND,
        key=key,
        draft_id=draft_id,
        parameters=changed or None,
        options={"scope": scope, "sha256": {scheme: digest(files) for scheme, files in bundles.items()}},
        started_by=actor.username,
        started_at=now,
    )
    session.add(run)
    session.flush()
    store.add_rows(session, run.id, found)
    defer_chunks(session, JOB, run.id, found)
    drafts.chain_of(session, key).append(now, actor, "rehearsal_started", f"{key}#{run.id}")
    return run.id


def _refuse_values(changed: Mapping[str, str]) -> None:
    try:
        rules.parameters.values(changed)
    except rules.parameters.ParameterUnknown as unknown:
        raise Invalid("取值有误。", errors=[Problem(str(unknown), "没有这一政策口径。")]) from None
    except (rules.parameters.ValueInvalid, rules.parameters.BeyondLimit) as refused:
        raise Invalid("取值有误。", errors=[Problem("parameters", str(refused))]) from None


def _bundles(session: Session, draft_id: int | None) -> Mapping[str, Mapping[str, bytes]]:
    """The bundles to replay through, by scheme; none where each case's own version is meant. Raises GateRefused."""
    if draft_id is None:
        return {}
    bundles = read_proposal(session, drafts.find(session, draft_id)).bundles
    for scheme, files in bundles.items():
        try:
            rehearsal.kept_model(scheme, tuple(sorted(files.items())))
        except DiagramRefused as refused:
            raise GateRefused(refused.findings) from None
        except FormRefused as refused:
            raise Conflict(f"草稿中的表单无法使用：{refused.message_zh}。") from None
    return bundles


def get_run(session: Session, actor: Actor, run_id: int) -> RunShown:
    """A run with how far it is and how many cases came to each verdict."""
    require(actor, *READERS)
    return _shown(session, _find(session, run_id))


def _find(session: Session, run_id: int) -> CaseRun:
    run = session.get(CaseRun, run_id)
    if run is None or run.kind != KIND:
        raise NotFound("没有这次推演。")
    return run


def _shown(session: Session, run: CaseRun) -> RunShown:
    found = store.count_by_verdict(session, run.id)
    counts = {verdict: count for verdict, count in found.items() if verdict is not None}
    waiting, done = found.get(None, 0), sum(counts.values())
    return {
        "id": run.id,
        "key": run.key,
        "draft_id": run.draft_id,
        "parameters": run.parameters,
        "scope": run.options["scope"],
        "note": run.options.get("note"),
        "state": run.state,
        "started_by": run.started_by,
        "started_at": views.instant(run.started_at),
        "finished_at": views.instant(run.finished_at),
        "total": done + waiting,
        "done": done,
        "counts": counts,
    }


def list_runs(session: Session, actor: Actor, *, key: str | None = None, draft_id: int | None = None) -> list[RunShown]:
    """Newest first."""
    require(actor, *READERS)
    return [_shown(session, run) for run in store.list_runs(session, KIND, key=key, draft_id=draft_id, limit=LISTED)]


def list_rows(
    session: Session, actor: Actor, run_id: int, *, verdict: str | None = None, cursor: str | None = None
) -> paging.Page[RunRow]:
    """The cases of a run with what came out, by case."""
    require(actor, *READERS)
    run = _find(session, run_id)
    after = paging.read_id_cursor(cursor) or 0
    rows = store.list_rows(session, run.id, verdict=verdict, after=after, limit=LISTED + 1)
    shown = rows[:LISTED]
    named = cases.with_enterprises(session, [row.case_id for row in shown])
    items = [_row(row, *named[row.case_id]) for row in shown]
    return paging.Page(items, paging.id_cursor(shown[-1].case_id) if len(rows) > LISTED else None)


def _row(row: CaseRunRow, case: cases.Case, enterprise: Enterprise) -> RunRow:
    detail = row.detail or {}
    return {
        "reference": case.reference,
        "title": case.title,
        "enterprise": enterprise.name,
        "status": case.status,
        "verdict": row.verdict,
        "where": detail.get("where"),
        "old": detail.get("old"),
        "new": detail.get("new"),
        "differences": detail.get("differences") or [],
        "missing": detail.get("missing") or [],
    }


def stop(session: Session, actor: Actor, run_id: int, now: datetime) -> None:
    """Look at no further case; what was found stays."""
    require(actor, "process_owner")
    _find(session, run_id)
    run = store.lock_running(session, run_id)
    if run is not None:
        run.state, run.finished_at = "stopped", now


def judge_chunk(at: Workplace, run_id: int, first: int, last: int) -> None:
    """Judge the run's cases from `first` to `last` that nobody has looked at. Raises Away or Broken.

    Safe on any number of workers and done twice.
    """
    attempt(at.database, partial(_judge_chunk, run_id, first, last, at.now))


def _judge_chunk(run_id: int, first: int, last: int, now: datetime, session: Session) -> None:
    run = store.find_running(session, run_id)
    if run is None:
        return
    try:
        bundles = _bundles(session, run.draft_id)
        known = {scheme: digest(files) for scheme, files in bundles.items()}
    except (GateRefused, Conflict, NotFound):
        known = {}
    if known != run.options["sha256"]:
        _stop_changed(session, run_id, now)
        return
    claimed = store.claim_rows(session, run_id, first, last)
    try:
        attempt_part(session, partial(_judge, session, run, claimed, bundles))
    except Broken:
        for case_id in claimed:  # one of them, or some
            _judge_alone(session, run, case_id, bundles)
    session.flush()
    store.finish(session, run_id, now)


def _stop_changed(session: Session, run_id: int, now: datetime) -> None:
    run = store.lock_running(session, run_id)
    if run is not None:
        run.state, run.finished_at = "stopped", now
        run.options = {**run.options, "note": "草稿在推演中被修改，已停止；请重新推演。"}


def _judge_alone(session: Session, run: CaseRun, case_id: int, bundles: Bundles) -> None:
    try:
        attempt_part(session, partial(_judge, session, run, [case_id], bundles))
    except Broken as broken:
        log.error("case %s cannot be judged in run %s: %s", case_id, run.id, broken, exc_info=broken.__cause__)
        store.set_verdict(session, run.id, case_id, FAILED, {"differences": [SYSTEM_ERROR]})


def give_up(session: Session, _: Broken, now: datetime, run_id: int, first: int, last: int) -> None:
    """Cases of a chunk that could not be done are answered all the same, so that the run ends."""
    store.give_up_rows(session, run_id, first, last, FAILED, {"differences": [SYSTEM_ERROR]})
    store.finish(session, run_id, now)


def _judge(session: Session, run: CaseRun, case_ids: Sequence[int], bundles: Bundles) -> None:
    """Each case through the draft's bundle of its scheme, or through the version that it runs on."""
    readable = read_records(session, case_ids)
    unreadable = set(case_ids) - {each.case_id for each in readable}
    found = {case_id: (rehearsal.STUCK, {"differences": [UNREADABLE]}) for case_id in unreadable}
    changed = tuple(sorted((run.parameters or {}).items()))
    models: dict[tuple[str, int], rehearsal.Model] = {}
    calendar = calendars.load(session).calendar
    for each in readable:
        scheme, version = each.record.scheme, 0 if bundles else each.definition_id
        if (scheme, version) not in models:
            files = bundles[scheme] if bundles else library.files_of_version(session, version)
            model = rehearsal.kept_model(scheme, tuple(sorted(files.items())), changed)
            models[scheme, version] = replace(model, calendar=calendar)
        answer = rehearsal.judge_record(models[scheme, version], each.record, each.actual)
        found[each.case_id] = (answer.pop("verdict"), answer)
    store.set_verdicts(session, run.id, found)
