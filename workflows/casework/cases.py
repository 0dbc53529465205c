"""Cases: create, list, get, and who may read which of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from storage import batches, cluster_awards, definitions, instances, people, publicity, reviews
from storage import tasks as task_store
from storage.batches import Batch
from storage.cases import Case
from storage.database import Session
from storage.instances import Wait
from storage.list_entries import ListEntry
from storage.people import Enterprise
from storage.questions import case_lists
from storage.tasks import Task
from workflows import paging, rules, searching, views
from workflows.case.running import find_case
from workflows.casework import beginnings
from workflows.casework.shapes import CaseDetail, CaseRow, DefinitionNamed, case_row
from workflows.errors import Conflict, Forbidden, Invalid
from workflows.errors import FieldError as Problem
from workflows.permissions import INVITED, OFFICE, READERS, Actor, require, scope_of


def create(session: Session, actor: Actor, *, scheme: str, batch_id: int, title: str, now: datetime) -> CaseDetail:
    """Open a draft: the instance and its bundle are pinned here, and the fill task is open."""
    actor = require(actor, "applicant")
    if actor.enterprise_id is None:
        raise Forbidden("你的账号尚未关联申报单位，不能申报。")
    batch = batches.get(session, batch_id)
    if batch is None or batch.status == "draft":
        raise Invalid("申报批次有误。", errors=[Problem("batch", "没有这一申报批次，请从申报通知进入。")])
    if scheme not in rules.SCHEMES or scheme not in batch.schemes:
        raise Invalid("申报事项有误。", errors=[Problem("scheme", "本批次不受理这一支持事项。")])
    text = title.strip()
    if not 1 <= len(text) <= 100:
        raise Invalid("申报名称有误。", errors=[Problem("title", "请填写申报名称，不超过100字。")])
    if not batch.window_from <= now <= batch.window_to:
        raise Conflict("现在不在本批次的申报期内。")
    enterprise = people.get_enterprise(session, actor.enterprise_id)
    if scheme == "industry_cluster":
        case = _cluster_case(session, actor, batch, enterprise, text, now)
    else:
        case = beginnings.open_draft(session, actor, scheme, batch, enterprise, text, now)
    session.flush()
    return get_case(session, actor, case.reference)


def _cluster_case(
    session: Session, actor: Actor, batch: Batch, enterprise: Enterprise, title: str, now: datetime
) -> Case:
    """The report of a recognised cluster's year, where one is due; it is opened once. Else an application to enter."""
    due = cluster_awards.lock_due(session, enterprise.id, batch.cap_year)
    if due is None:
        return beginnings.open_draft(session, actor, "industry_cluster", batch, enterprise, title, now)
    instalment, _award = due
    if instalment.case_id is None:
        return beginnings.open_report(session, actor, batch, enterprise, title, instalment, now)
    case = session.get_one(Case, instalment.case_id)
    if case.submitted_at is not None:
        raise Conflict(f"第{instalment.year_index}年度绩效申报已提交（{case.reference}），不能重复申报。")
    return case


def create_candidate(
    session: Session,
    actor: Actor,
    *,
    scheme: str,
    batch_id: int,
    title: str,
    enterprise_id: int,
    facts: Mapping[str, Any],
    list_entry_id: int,
    now: datetime,
) -> str:
    """Open the case of one line of an official list (免申即享); answers its reference. The caller holds the line."""
    batch = batches.get(session, batch_id)
    if batch is None or batch.status == "draft" or scheme not in batch.schemes:
        raise Conflict("该批次尚未发布，或不受理这一支持事项。")
    enterprise = people.get_enterprise(session, enterprise_id)
    case = beginnings.open_candidate(session, actor, scheme, batch, enterprise, title, facts, now)
    session.get_one(ListEntry, list_entry_id).case_id = case.id
    return case.reference


def list_cases(
    session: Session,
    actor: Actor,
    *,
    status: str | None = None,
    scheme: str | None = None,
    batch: int | None = None,
    enterprise: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> paging.Page[CaseRow]:
    """The cases that the actor may know of, newest first. Raises Invalid for a search of one sign."""
    filters = case_lists.Filters(status, scheme, batch, enterprise, searching.term_of(q))
    before = paging.read_id_cursor(cursor)
    found = case_lists.list_visible(session, scope_of(actor), filters, before=before, limit=limit + 1)
    readable = _readable(session, actor, found[:limit])
    shown = [case for case in found[:limit] if case.id in readable]
    versions = _versions(session, {case.definition_id for case in shown})
    open_amounts = with_amounts(session, actor, shown)
    tasks: dict[int, list[Task]] = {case.id: [] for case in shown}
    for task in task_store.list_open_of_cases(session, tasks):
        tasks[task.case_id].append(task)
    waits: dict[int, list[Wait]] = {case.id: [] for case in shown}
    for wait in instances.list_waits(session, waits):
        waits[wait.case_id].append(wait)
    items = [
        case_row(
            case,
            versions[case.definition_id],
            tasks[case.id],
            waits[case.id],
            actor,
            amounts=case.id in open_amounts,
        )
        for case in shown
    ]
    return paging.Page(items, paging.id_cursor(found[limit - 1].id) if len(found) > limit else None)


def with_amounts(session: Session, actor: Actor, found: Sequence[Case]) -> set[int]:
    """Ids of the cases whose amounts the actor may read.

    Before they are announced, or the case has ended by a decision, amounts are the office's drafts.
    """
    if actor.reads_office:
        return {case.id for case in found}
    decided = {case.id for case in found if case.ended_at is not None and case.status != "WITHDRAWN"}
    return decided | publicity.announced(session, [case.id for case in found])


def refuse_outsiders(actor: Actor) -> None:
    if actor.has(*INVITED) and not actor.reads_office:
        raise Forbidden("办理过程供承办单位和监督审计人员查看。")


def _versions(session: Session, ids: set[int]) -> dict[int, DefinitionNamed]:
    found = definitions.by_ids(session, ids).values()
    return {each.id: {"key": each.key, "version": each.version, "sha256": each.sha256} for each in found}


def _readable(session: Session, actor: Actor, found: Sequence[Case]) -> set[int]:
    """Ids of the cases whose file the actor may read; for an expert those where he has declared no conflict."""
    ids = {case.id for case in found}
    if not actor.has("expert") or actor.has(*OFFICE, *READERS):
        return ids
    return reviews.seated(session, ids, actor.username)


def find_readable(session: Session, reference: str, actor: Actor) -> Case:
    """The case whose file the actor may read."""
    case = find_case(session, reference, actor)
    if not _readable(session, actor, [case]):
        raise Forbidden("请先在任务中作出回避声明；评审组到齐后即可查看申报材料。")
    return case


def get_case(session: Session, actor: Actor, reference: str) -> CaseDetail:
    """One case with its open tasks and waits."""
    case = find_readable(session, reference, actor)
    row = case_row(
        case,
        _versions(session, {case.definition_id})[case.definition_id],
        task_store.list_open_of_cases(session, [case.id]),
        instances.list_waits(session, [case.id]),
        actor,
        amounts=bool(with_amounts(session, actor, [case])),
    )
    incidents = instances.list_incidents(session, [case.id]) if actor.has(*OFFICE, *READERS) else []
    return {
        **row,
        "incidents": [
            {"at": views.instant(incident.at), "element_id": incident.element_id, "what": incident.what}
            for incident in incidents
        ],
    }
