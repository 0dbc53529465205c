"""Cases: create, find, withdraw, suspend, resume; and what there is to see about one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from storage import audit as audit_store
from storage import (
    batches,
    calculations,
    definitions,
    instances,
    ledger,
    messages,
    payments,
    people,
    publicity,
    reviews,
)
from storage import cases as store
from storage import tasks as task_store
from storage.audit import AuditEvent
from storage.cases import Case
from storage.database import Session
from workflows import awards, engine, forms, letters, paging, rules, views
from workflows.audit import Chain
from workflows.bundles import bundle_of
from workflows.errors import Conflict, Forbidden, Invalid
from workflows.errors import FieldError as Problem
from workflows.permissions import INVITED, OFFICE, READERS, Actor, require, scope_of
from workflows.rules import workdays
from workflows.running import chain_of, find_case, open_case, refuse_ended, start
from workflows.step import Step, local_date
from workflows.tasks import SEALED, enterprise_profile, may_read, read_only_step

# What an applicant may read of the history: what he did, and what he was told.
PUBLIC_ACTIONS = frozenset(
    {
        "case_created",
        "application_submitted",
        "case_accepted",
        "case_not_accepted",
        "letter_sent",
        "case_withdrawn",
        "case_suspended",
        "case_resumed",
        "case_terminated",
        "case_vetoed",
        "case_refused",
        "award_committed",
        "payment_made",
        "payment_returned",
        "case_ended",
        "document_uploaded",
    }
)


def create(session: Session, actor: Actor, *, scheme: str, batch_id: int, title: str, now: datetime) -> dict[str, Any]:
    """Open a draft: the instance and its bundle are pinned here, and the fill task is open."""
    require(actor, "applicant")
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
    definition = definitions.latest(session, scheme)
    if definition is None:
        raise Conflict("该支持事项的流程尚未发布。")
    enterprise = people.get_enterprise(session, actor.enterprise_id)
    case = Case(
        reference=f"TZL{local_date(now).year}{store.next_number(session):06d}",
        scheme=scheme,
        title=text,
        batch_id=batch.id,
        enterprise_id=enterprise.id,
        definition_id=definition.id,
        status="DRAFT",
        created_by=actor.username,
        created_at=now,
    )
    session.add(case)
    session.flush()
    facts = {"title": text}
    step = Step(session, case, batch, enterprise, facts, actor, now, Chain(session, chain_of(case), 0, ""))
    step.record(
        "case_created",
        case.reference,
        [
            {"field": "scheme", "old": None, "new": scheme},
            {"field": "definition", "old": None, "new": f"{definition.key}@{definition.version} {definition.sha256}"},
        ],
    )
    start(step, bundle_of(session, definition.id))
    session.flush()
    return get_case(session, actor, case.reference)


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
) -> paging.Page:
    """The cases that the actor may know of, newest first."""
    found = store.list_visible(
        session,
        scope_of(actor),
        status=status,
        scheme=scheme,
        batch_id=batch,
        uscc=enterprise,
        q=q,
        before=paging.read_id_cursor(cursor),
        limit=limit + 1,
    )
    readable = _readable(session, actor, found[:limit])
    shown = [case for case in found[:limit] if case.id in readable]
    versions = _versions(session, {case.definition_id for case in shown})
    with_amounts = _with_amounts(session, actor, shown)
    open_tasks: dict[int, list[dict[str, Any]]] = {case.id: [] for case in shown}
    for task in task_store.list_open_of_cases(session, open_tasks):
        open_tasks[task.case_id].append(views.open_task(task, actor))
    waits: dict[int, list[Any]] = {case.id: [] for case in shown}
    for wait in instances.list_waits(session, waits):
        waits[wait.case_id].append(wait)
    items = [
        {
            **views.case_row(case, versions[case.definition_id], amounts=case.id in with_amounts),
            "open_tasks": open_tasks[case.id],
            "waiting_for": views.waiting(waits[case.id]),
        }
        for case in shown
    ]
    return paging.Page(items, paging.id_cursor(found[limit - 1].id) if len(found) > limit else None)


def _with_amounts(session: Session, actor: Actor, found: Sequence[Case]) -> set[int]:
    """Ids of the cases whose amounts the actor may read.

    Before they are announced, or the case has ended by a decision, amounts are the office's drafts.
    """
    if actor.reads_office:
        return {case.id for case in found}
    decided = {case.id for case in found if case.ended_at is not None and case.status != "WITHDRAWN"}
    return decided | publicity.announced(session, [case.id for case in found])


def _refuse_outsiders(actor: Actor) -> None:
    if actor.has(*INVITED) and not actor.reads_office:
        raise Forbidden("办理过程供承办单位和监督审计人员查看。")


def _versions(session: Session, ids: set[int]) -> dict[int, dict[str, Any]]:
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


def get_case(session: Session, actor: Actor, reference: str) -> dict[str, Any]:
    """One case with its open tasks and waits."""
    case = find_readable(session, reference, actor)
    open_tasks = task_store.list_open_of_cases(session, [case.id])
    waits = instances.list_waits(session, [case.id])
    incidents = instances.list_incidents(session, [case.id]) if actor.has(*OFFICE, *READERS) else []
    return {
        **views.case_row(
            case,
            _versions(session, {case.definition_id})[case.definition_id],
            amounts=bool(_with_amounts(session, actor, [case])),
        ),
        "open_tasks": [views.open_task(task, actor) for task in open_tasks],
        "waiting_for": views.waiting(waits),
        "incidents": [
            {"at": views.instant(incident.at), "element_id": incident.element_id, "what": incident.what}
            for incident in incidents
        ],
    }


def withdraw(session: Session, actor: Actor, reference: str, reason: str, now: datetime) -> dict[str, Any]:
    """Withdraw (before the decision) or renounce (after it): close the case and give its room back (3.5)."""
    require(actor, "applicant")
    text = reason.strip()
    if not 1 <= len(text) <= 500:
        raise Invalid("撤回理由有误。", errors=[Problem("reason", "请写明撤回理由，不超过500字。")])
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    refuse_ended(running.case)
    if running.case.paid_amount is not None:
        raise Conflict("资金已拨付，不能撤回。")
    running.cancel()
    awards.release(running.step, "申报单位撤回", reallocate=True)
    old = running.case.status
    running.save()
    case = running.case
    case.status, case.reason, case.ended_at, case.suspended_at = "WITHDRAWN", "WITHDRAWN", now, None
    running.step.record(
        "case_withdrawn",
        case.reference,
        [{"field": "status", "old": old, "new": "WITHDRAWN"}, {"field": "reason", "old": None, "new": text}],
    )
    session.flush()
    return get_case(session, actor, reference)


def suspend(session: Session, actor: Actor, reference: str, reason: str, now: datetime) -> dict[str, Any]:
    """Stop the clocks of a case (中止): tasks are refused and timers wait until it is resumed."""
    require(actor, "section_chief")
    text = reason.strip()
    if not 1 <= len(text) <= 500:
        raise Invalid("中止理由有误。", errors=[Problem("reason", "请写明中止理由，不超过500字。")])
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    case = running.case
    refuse_ended(case)
    if case.suspended_at is not None:
        raise Conflict("本件已中止办理。")
    if case.status == "DRAFT":
        raise Conflict("尚未提交的申报件不能中止。")
    case.suspended_at = now
    letters.send(running.step, "suspension", f"因{letters.told(text)}，自今日起中止办理，办理期限相应顺延。")
    running.step.record("case_suspended", case.reference, [{"field": "reason", "old": None, "new": text}])
    session.flush()
    return get_case(session, actor, reference)


def terminate(session: Session, actor: Actor, reference: str, reason: str, now: datetime) -> dict[str, Any]:
    """End a suspended case that cannot be resumed (终止, 3.5): the firm is told with its remedies, its room is free."""
    require(actor, "section_chief")
    text = reason.strip()
    if not 1 <= len(text) <= 500:
        raise Invalid("终止理由有误。", errors=[Problem("reason", "请写明终止理由，不超过500字。")])
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    case = running.case
    refuse_ended(case)
    if case.suspended_at is None:
        raise Conflict("只能终止已中止办理的申报件，请先中止。")
    if case.paid_amount is not None:
        raise Conflict("资金已拨付，不能终止。")
    old = case.status
    running.cancel()
    awards.release(running.step, "终止办理", reallocate=True)
    running.save()
    case.status, case.ended_at, case.suspended_at = "TERMINATED", now, None
    letters.send(running.step, "termination", f"因{letters.told(text)}，决定终止办理。")
    running.step.record(
        "case_terminated",
        case.reference,
        [{"field": "status", "old": old, "new": "TERMINATED"}, {"field": "reason", "old": None, "new": text}],
    )
    session.flush()
    return get_case(session, actor, reference)


def resume(session: Session, actor: Actor, reference: str, now: datetime) -> dict[str, Any]:
    """Go on: timers move by the time that passed, due days by the working days that passed."""
    require(actor, "section_chief")
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    case = running.case
    if case.suspended_at is None:
        raise Conflict("本件未处于中止状态。")
    since = case.suspended_at
    delta = _deadline_shift(running.process.next_due(), since, now)
    running.process.shift_timers(delta)
    _shift_publicity(session, case, since, delta)
    _shift_due_days(session, case, since, now)
    case.suspended_at = None
    awards.ask_again(running.step)
    letters.send(running.step, "resumption", "中止情形已消除，自今日起恢复办理。")
    running.step.record(
        "case_resumed", case.reference, [{"field": "suspended_at", "old": views.instant(since), "new": None}]
    )
    running.save()
    session.flush()
    return get_case(session, actor, reference)


def _deadline_shift(due: datetime | None, since: datetime, now: datetime) -> timedelta:
    """How far the armed deadline moves: its remaining working days count again from the day of resuming.

    Deadlines end at 24:00 of a working day, and so they do after the shift. Without one, the time that passed.
    """
    calendar, first, last = workdays.load(), local_date(since), local_date(now)
    if due is None:
        return now - since
    try:
        left = _working_days(calendar, first, local_date(due) - timedelta(days=1))
        return calendar.end_of(calendar.add(last, left)) - due
    except workdays.YearNotLoaded:
        return now - since


def _working_days(calendar: workdays.Calendar, after: date, until: date) -> int:
    """The working days after one day up to and with another; 0 when there is none."""
    days = range(1, (until - after).days + 1)
    return sum(calendar.is_workday(after + timedelta(days=day)) for day in days)


def _shift_publicity(session: Session, case: Case, since: datetime, delta: timedelta) -> None:
    """The public can object until the case's own end of the period."""
    found = publicity.current_item(session, case.id)
    if found is not None and found[0].ends_at > since:
        found[0].ends_at += delta


def _shift_due_days(session: Session, case: Case, since: datetime, now: datetime) -> None:
    calendar, first, last = workdays.load(), local_date(since), local_date(now)
    for task in task_store.list_open_of_cases(session, [case.id]):
        if task.due_on is None:
            continue
        try:
            left = _working_days(calendar, first, task.due_on)
            shifted = calendar.add(last, left) if left else task.due_on
        except workdays.YearNotLoaded:
            shifted = None
        task_store.move_due(session, task.id, shifted)


def get_history(
    session: Session, actor: Actor, reference: str, *, cursor: str | None = None, limit: int = 1000
) -> paging.Page:
    """The events in order; applicants read what they did and were told, without names of staff."""
    case = find_readable(session, reference, actor)
    _refuse_outsiders(actor)
    after = paging.read_id_cursor(cursor) or 0
    events = audit_store.list_chain(session, chain_of(case), after=after, limit=limit + 1)
    following = paging.id_cursor(events[limit - 1].seq) if len(events) > limit else None
    return paging.Page(_events(session, actor, case, events[:limit]), following)


def _events(session: Session, actor: Actor, case: Case, events: Sequence[AuditEvent]) -> list[dict[str, Any]]:
    if not actor.sees_names:
        own = people.users_of_enterprise(session, case.enterprise_id)
        return [
            {
                "seq": event.seq,
                "at": views.instant(event.at),
                "actor": "本单位" if event.actor in own else "承办单位",
                "action": event.action,
                "subject": event.subject,
                "changes": event.changes if event.actor in own else [],
            }
            for event in events
            if event.action in PUBLIC_ACTIONS or event.actor in own
        ]
    names = people.names_of(session, {event.actor for event in events})
    return [
        {
            "seq": event.seq,
            "at": views.instant(event.at),
            "actor": event.actor,
            "actor_name": names.get(event.actor, "系统"),
            "action": event.action,
            "subject": event.subject,
            "changes": [_masked_change(change, actor) for change in event.changes],
            "previous": event.previous,
            "hash": event.hash,
        }
        for event in events
    ]


def _masked_change(change: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    if change.get("field") in views.PERSONAL and not actor.sees_personal_data:
        return {
            **change,
            "old": change["old"] and views.mask(change["old"]),
            "new": change["new"] and views.mask(change["new"]),
        }
    return dict(change)


def get_diagram(session: Session, actor: Actor, reference: str, now: datetime) -> dict[str, Any]:
    """The diagrams of the case's own version with the path that it took, the called ones included."""
    case = find_readable(session, reference, actor)
    if actor.is_applicant:
        raise Forbidden("流程图供办理人员查看；你可在申报件页面查看办理进度。")
    _refuse_outsiders(actor)
    bundle = bundle_of(session, case.definition_id)
    state = instances.get_state(session, case.id)
    process = engine.ProcessInstance.load(bundle.diagrams, state, _no_operations, now)
    failed = {incident.element_id for incident in instances.list_incidents(session, [case.id])}
    return {
        "diagrams": [
            {
                "key": path.key,
                "xml": bundle.diagrams.xml_of(path.key).decode(),
                "done": list(path.done),
                "open": list(path.open),
                "failed": sorted({*path.failed, *(failed & set(bundle.diagrams.elements(path.key)))} - {None}),
                "flows": list(path.flows),
            }
            for path in process.path()
        ]
    }


def _no_operations(call: engine.ServiceCall) -> None:
    raise RuntimeError(f"{call.operation} must not run while looking at a case")


def get_calculation(session: Session, actor: Actor, reference: str) -> list[dict[str, Any]]:
    """Every calculation of the case, in order; applicants see them once the case was published or has ended."""
    case = find_readable(session, reference, actor)
    if not _with_amounts(session, actor, [case]):
        return []
    return [
        {
            "number": calculation.number,
            "at": views.instant(calculation.at),
            "by": calculation.by if actor.sees_names else None,
            "eligible": calculation.eligible,
            "computed_amount": views.amount(calculation.computed_amount),
            "item_amount": views.amount(calculation.item_amount),
            "precap_amount": views.amount(calculation.precap_amount),
            "facts": calculation.facts,
            "parameters": calculation.parameters
            if actor.sees_names
            else [{"id": each["id"], "value": each["value"]} for each in calculation.parameters],
            "conditions": calculation.conditions,
            "steps": calculation.steps,
        }
        for calculation in calculations.list_of_case(session, case.id)
    ]


def get_dossier(session: Session, actor: Actor, reference: str, now: datetime) -> dict[str, Any]:
    """What stands beside a task: the facts, every readable submission with its form, reviews, list rows, payments."""
    case = find_readable(session, reference, actor)
    step = read_only_step(session, case, actor, now)
    bundle = bundle_of(session, case.definition_id)
    tasks = {task.id: task for task in task_store.list_of_case(session, case.id)}
    names = people.names_of(session, {task.completed_by for task in tasks.values() if task.completed_by})
    submissions = [
        {
            "task": tasks[each.task_id].name,
            "element_id": each.element_id,
            "form": each.form,
            "form_object": bundle.form(each.form),
            "data": views.masked(each.data, actor),
            "by": names.get(each.by, each.by) if actor.sees_names else None,
            "at": views.instant(each.at),
        }
        for each in store.list_submissions(session, case.id)
        if may_read(session, actor, each) and _concerns(actor, each.element_id)
    ]
    application = bundle.form(f"{case.scheme}_application")
    known = {**enterprise_profile(step.enterprise), **step.facts}
    shown = forms.prefill(application, known, enterprise_profile(step.enterprise))
    inside = actor.has(*OFFICE, *READERS)
    return {
        "application_form": application,
        "application": views.masked(shown, actor),
        "submissions": submissions,
        "reviews": _reviews(session, case, actor) if inside else [],
        "list_rows": [
            {
                "round": row.round,
                "precap_amount": views.amount(row.precap_amount),
                "final_amount": views.amount(row.final_amount),
                "proposal": row.proposal,
                "steps": row.steps,
                "at": views.instant(row.fixed_at),
            }
            for row in (batches.rows_of_case(session, case.id) if inside else [])
        ],
        "decisions": [
            {
                "minutes_no": resolution.minutes_no,
                "result": decision.result,
                "amount": views.amount(decision.amount),
                "reason": decision.reason,
                "at": views.instant(resolution.recorded_at),
            }
            for decision, resolution in (batches.decisions_of_case(session, case.id) if inside else [])
        ],
        "notices": [
            {
                "id": notice.id,
                "title": notice.title,
                "amount": views.amount(item.amount),
                "published_at": views.instant(notice.published_at),
                "ends_at": views.instant(item.ends_at),
            }
            for item, notice in publicity.announcements(session, case.id)
        ],
        "ledger": [
            {
                "state": entry.state,
                "from_state": entry.from_state,
                "amount": views.amount(entry.amount),
                "at": views.instant(entry.at),
                "why": entry.why,
            }
            for entry in (ledger.entries_of_case(session, case.id) if inside else [])
        ],
        "payments": [
            {
                "number": payment.number,
                "state": payment.state,
                "amount": views.amount(payment.amount),
                "account_name": payment.account_name,
                "account_no": payment.account_no if actor.sees_personal_data else views.mask(payment.account_no),
                "voucher_no": payment.voucher_no,
                "paid_on": payment.paid_on.isoformat() if payment.paid_on else None,
                "return_reason": payment.return_reason,
            }
            for payment in (payments.list_of_case(session, case.id) if inside or actor.is_applicant else [])
        ],
        "messages": [
            {
                "kind": each.kind,
                "number": each.number,
                "title": each.title,
                "body": each.body,
                "sent_at": views.instant(each.sent_at),
                "read_at": views.instant(each.read_at),
            }
            for each in (messages.list_of_case(session, case.id) if inside or actor.is_applicant else [])
        ],
        "correction_items": step.facts.get("correction_items") if case.status == "CORRECTION" else None,
    }


def _concerns(actor: Actor, element_id: str) -> bool:
    """Invited outsiders read the application and the reports, not the office's internal opinions."""
    if actor.has(*OFFICE, *READERS) or actor.is_applicant:
        return True
    outside = ("fill_application", "correction", "explanation", "audit_verification", "audit_supplement", "cut_comment")
    return actor.has(*INVITED) and (element_id in outside or element_id in SEALED)


def _reviews(session: Session, case: Case, actor: Actor) -> list[dict[str, Any]]:
    """Panels with their draws; scores only once they are unsealed."""
    shown = []
    for panel in reviews.list_sessions(session, case.id):
        seats = reviews.seats(session, panel.id)
        names = people.names_of(session, {seat.username for seat in seats})
        unsealed = panel.unsealed_at is not None
        shown.append(
            {
                "number": panel.number,
                "size": panel.size,
                "unsealed_at": views.instant(panel.unsealed_at),
                "mean_score": str(panel.mean_score) if unsealed else None,
                "supporting": panel.supporting if unsealed else None,
                "passed": panel.passed if unsealed else None,
                "draws": [
                    {
                        "number": draw.number,
                        "seed": draw.seed,
                        "drawn": draw.drawn,
                        "excluded": draw.excluded,
                        "pool": len(draw.pool),
                        "reason": draw.reason,
                        "at": views.instant(draw.drawn_at),
                    }
                    for draw in reviews.draws(session, panel.id)
                ],
                "seats": [
                    {
                        "username": seat.username,
                        "name": names.get(seat.username, seat.username),
                        "finance": seat.finance,
                        "state": seat.state,
                        "recusal_reason": seat.recusal_reason,
                        "score": str(seat.score) if unsealed and seat.score is not None else None,
                        "vote": seat.vote if unsealed else None,
                        "opinion": seat.opinion if unsealed else None,
                    }
                    for seat in seats
                ],
            }
        )
    return shown
