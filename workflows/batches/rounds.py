"""Batches: drafted and opened by two people, listed, resolved by the meeting (domain.md 2.1 steps 4–9, P12)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict

from storage import batches as store
from storage import cases as case_store
from storage import instances, ledger, objections
from storage.batches import Batch, BatchStatus, Decision, ListRow, Proposal, Resolution, Result
from storage.cases import Case
from storage.database import Session
from storage.people import Enterprise
from storage.questions import listings
from workflows import paging, rules, views
from workflows.audit import Chain, digest_of
from workflows.batches import allocation
from workflows.case import refusing
from workflows.case.contest import decided_since
from workflows.case.step import local_date
from workflows.casework import beginnings
from workflows.casework.shapes import EnterpriseNamed
from workflows.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.permissions import OFFICE, READERS, Actor, require
from workflows.policy import notice
from workflows.policy import parameters as parameter_values
from workflows.policy.shapes import NoticedCondition, PinnedValue
from workflows.rules import listing
from workflows.rules.listing import ListStepText

# Applicants and invited outsiders know an open batch; its list, budget and drafts are the office's.
INSIDE = OFFICE | READERS


class BatchShown(TypedDict):
    """A batch in a list. Instants are texts in UTC; who drafted and opened it and its budget are the office's.
    `conditions` are those that the policy does not contain, as the notice of application prints them."""

    id: int
    title: str
    schemes: list[str]
    window_from: str
    window_to: str
    matter_date_from: str
    matter_date_to: str
    cap_year: int
    budget_total: str | None
    status: BatchStatus
    drafted_by: str | None
    opened_by: str | None
    opened_at: str | None
    conditions: list[NoticedCondition]


class MeetingResult(TypedDict):
    """What the meeting made of a row, since it was listed; `held` where it waits for a better case."""

    minutes_no: str
    result: Result
    amount: str | None
    reason: str | None
    held: bool


class ListRowShown(TypedDict):
    """A case on the proposed list; amounts are texts in whole yuan.

    `objections` are the states of what was objected to the case when it was published, in order.
    """

    case: str
    title: str
    scheme: str
    enterprise: EnterpriseNamed
    status: str
    round: int
    precap_amount: str
    proposed_amount: str
    final_amount: str | None
    proposal: Proposal
    reasons: list[str]
    steps: list[ListStepText]
    resolution: MeetingResult | None
    objections: list[str]


class RefusalShown(TypedDict):
    """A case that the office proposes to refuse, before the meeting; `found` are what it rests on, a sentence each."""

    case: str
    title: str
    scheme: str
    enterprise: EnterpriseNamed
    status: str
    reason: str
    found: list[str]


class WaitingCases(TypedDict):
    """How many cases wait for each of the three calls; the meeting's are those listed and those to be refused."""

    listed: int
    resolved: int
    published: int


class FailedReallocation(TypedDict):
    """An account of which what fell free could not be allocated again."""

    uscc: str
    year: int
    again_at: str | None


class BatchDetail(BatchShown):
    """A batch as the office reads it: with the values that it keeps, its list, and how its cases stand. `choosing` are
    the USCCs of firms that were told of a cut and may still choose, one for each case."""

    parameters: dict[str, PinnedValue] | None
    waiting: WaitingCases
    choosing: list[str]
    cases: dict[str, int]
    failed_reallocations: list[FailedReallocation]
    refusals: list[RefusalShown]
    list: list[ListRowShown]


def draft(
    session: Session,
    actor: Actor,
    *,
    title: str,
    schemes: Sequence[str],
    window_from: datetime,
    window_to: datetime,
    cap_year: int,
    budget_total: Decimal | None,
    now: datetime,
) -> BatchShown:
    """Draft a batch; a section chief who did not draft it opens it. Matter dates: from January 1 of the year before."""
    actor = require(actor, "case_officer")
    errors = []
    if not 2 <= len(title.strip()) <= 100:
        errors.append(FieldError("title", "请填写批次名称，2至100字。"))
    unknown = [scheme for scheme in schemes if scheme not in rules.SCHEMES]
    if not schemes or unknown or len(set(schemes)) != len(schemes):
        errors.append(FieldError("schemes", "请选择本批次受理的支持事项，不得重复。"))
    if window_to <= window_from:
        errors.append(FieldError("window_to", "申报截止时间应晚于开始时间。"))
    if not local_date(window_from).year - 1 <= cap_year <= local_date(window_to).year + 1:
        errors.append(FieldError("cap_year", "限额年度应与申报期所在年度相近。"))
    if budget_total is not None and budget_total <= 0:
        errors.append(FieldError("budget_total", "预算总额应大于0。"))
    if errors:
        raise Invalid("批次信息有误，请按提示修改。", errors=errors)
    batch = Batch(
        title=title.strip(),
        schemes=list(schemes),
        window_from=window_from,
        window_to=window_to,
        matter_date_from=date(local_date(window_from).year - 1, 1, 1),
        matter_date_to=local_date(window_to),
        cap_year=cap_year,
        budget_total=budget_total,
        status="draft",
        drafted_by=actor.username,
        drafted_at=now,
    )
    session.add(batch)
    session.flush()
    chain = Chain.open(session, chain_name(batch))
    chain.append(now, actor, "batch_drafted", batch.title, [{"field": "schemes", "old": None, "new": list(schemes)}])
    return shown(batch, actor)


def chain_name(batch: Batch) -> str:
    return f"batch:{batch.id}"


def open_batch(session: Session, actor: Actor, batch_id: int, now: datetime) -> BatchShown:
    """Open a batch: pins the parameter values. Conflict names every parameter that is not confirmed."""
    actor = require(actor, "section_chief")
    batch = lock_batch(session, batch_id)
    if batch.status != "draft":
        raise Conflict("该批次已发布。")
    if batch.drafted_by == actor.username:
        raise Forbidden("批次由你起草，须由另一人发布。")
    today = local_date(now)
    missing = parameter_values.unconfirmed(session, batch.schemes, today)
    if missing:
        names = "、".join(f"{each.label}（{each.id}）" for each in missing)
        raise Conflict(
            f"下列{len(missing)}项政策口径尚未确认，不能发布：{names}。", unconfirmed=[each.id for each in missing]
        )
    batch.parameters = parameter_values.pin(session, batch.schemes, today)
    batch.status, batch.opened_by, batch.opened_at = "open", actor.username, now
    opened = Chain.open(session, chain_name(batch)).append(
        now,
        actor,
        "batch_opened",
        batch.title,
        [{"field": key, "old": None, "new": value["value"]} for key, value in sorted(batch.parameters.items())],
        binds={f"parameters:{batch.id}": digest_of(batch.parameters)},
    )
    if beginnings.CLUSTER in batch.schemes:
        session.flush()
        beginnings.open_due_reports(session, batch, now, opened)
    return shown(batch, actor)


def lock_batch(session: Session, batch_id: int) -> Batch:
    batch = store.lock(session, batch_id)
    if batch is None:
        raise NotFound("没有这一批次。")
    return batch


def _get(session: Session, actor: Actor, batch_id: int) -> Batch:
    batch = store.get(session, batch_id)
    if batch is None or (batch.status == "draft" and not actor.has(*INSIDE)):
        raise NotFound("没有这一批次。")
    return batch


def shown(batch: Batch, actor: Actor) -> BatchShown:
    inside = actor.has(*INSIDE)
    return {
        "id": batch.id,
        "title": batch.title,
        "schemes": list(batch.schemes),
        "window_from": views.instant(batch.window_from),
        "window_to": views.instant(batch.window_to),
        "matter_date_from": batch.matter_date_from.isoformat(),
        "matter_date_to": batch.matter_date_to.isoformat(),
        "cap_year": batch.cap_year,
        "budget_total": str(batch.budget_total) if batch.budget_total is not None and inside else None,
        "status": batch.status,
        "drafted_by": batch.drafted_by if inside else None,
        "opened_by": batch.opened_by if inside else None,
        "opened_at": views.instant(batch.opened_at),
        "conditions": notice.conditions_of(batch),
    }


def list_batches(
    session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 50
) -> paging.Page[BatchShown]:
    """Batches, newest first; drafts are the office's own."""
    found = store.list_batches(
        session, before=paging.read_id_cursor(cursor), opened_only=not actor.has(*INSIDE), limit=limit + 1
    )
    following = paging.id_cursor(found[limit - 1].id) if len(found) > limit else None
    return paging.Page([shown(batch, actor) for batch in found[:limit]], following)


def count_to_publish(session: Session, actor: Actor, batch_ids: Sequence[int]) -> dict[int, int]:
    """How many cases of these batches wait to be published, by batch; a batch without any is left out."""
    require(actor, *sorted(INSIDE))
    return instances.count_waiting(session, batch_ids, "published")


def get_batch(session: Session, actor: Actor, batch_id: int) -> BatchShown:
    """A batch; for the office a BatchDetail."""
    batch = _get(session, actor, batch_id)
    return _detail(session, batch, actor) if actor.has(*INSIDE) else shown(batch, actor)


def get_batch_of_office(session: Session, actor: Actor, batch_id: int) -> BatchDetail:
    """A batch with its list and how many cases wait for each call."""
    require(actor, *sorted(INSIDE))
    return _detail(session, _get(session, actor, batch_id), actor)


def _detail(session: Session, batch: Batch, actor: Actor) -> BatchDetail:
    waiting = instances.waiting_by_message(session, batch.id, ("listed", "resolved", "published", refusing.RESOLVED))
    refusals = _refusals(session, waiting[refusing.RESOLVED])
    return {
        **shown(batch, actor),
        "parameters": batch.parameters,
        "list": list_rows(session, batch),
        "waiting": {
            "listed": len(waiting["listed"]),
            "resolved": len(waiting["resolved"]) + len(refusals),
            "published": len(waiting["published"]),
        },
        "choosing": [each.uscc for each in listings.contenders(session, batch.id, (allocation.RELISTED,))],
        "cases": case_store.count_in_batch(session, batch.id),
        "refusals": refusals,
        "failed_reallocations": [
            {"uscc": uscc, "year": batch.cap_year, "again_at": views.instant(mark.not_before)}
            for uscc, mark in ledger.list_failed_reallocations(session, batch.id).items()
        ],
    }


def _refusals(session: Session, waiting: Sequence[int]) -> list[RefusalShown]:
    """The cases that the meeting is proposed to refuse, in their order; two statements, none where there are none."""
    known = case_store.with_enterprises(session, waiting) if waiting else {}
    facts = case_store.facts_of(session, waiting) if waiting else {}
    return [_refusal(*known[case_id], facts[case_id]) for case_id in waiting]


def _refusal(case: Case, enterprise: Enterprise, facts: Mapping[str, object]) -> RefusalShown:
    proposed = refusing.find_proposed(facts)
    return {
        "case": case.reference,
        "title": case.title,
        "scheme": case.scheme,
        "enterprise": {"uscc": enterprise.uscc, "name": enterprise.name},
        "status": case.status,
        "reason": proposed["code"] if proposed else "",
        "found": [f"{each['text']}（{each['source']}）" for each in proposed["found"]] if proposed else [],
    }


def list_rows(session: Session, batch: Batch) -> list[ListRowShown]:
    """The newest row of every case on the list with what the meeting made of it; four statements."""
    rows = store.latest_rows(session, batch.id)
    decisions = store.latest_decisions(session, batch.id)
    known = case_store.with_enterprises(session, [row.case_id for row in rows])
    rows = sorted(rows, key=lambda row: known[row.case_id][0].reference)
    objected = objections.states(session, [row.case_id for row in rows])
    return [
        _listed(row, *known[row.case_id], decisions.get(row.case_id), objected.get(row.case_id, [])) for row in rows
    ]


def _listed(
    row: ListRow,
    case: Case,
    enterprise: Enterprise,
    decided: tuple[Decision, Resolution] | None,
    objected: list[str],
) -> ListRowShown:
    return {
        "case": case.reference,
        "title": case.title,
        "scheme": case.scheme,
        "enterprise": {"uscc": enterprise.uscc, "name": enterprise.name},
        "status": case.status,
        "round": row.round,
        "precap_amount": views.amount(row.precap_amount),
        "proposed_amount": views.amount(row.final_amount),
        "final_amount": views.amount(case.final_amount),
        "proposal": row.proposal,
        "reasons": [step["text"] for step in row.steps if step["cut"] != "0" or step["code"] == listing.CHOSEN],
        "steps": row.steps,
        "resolution": _resolved(*decided) if decided and decided_since(row, decided[1]) else None,
        "objections": objected,
    }


def _resolved(decision: Decision, resolution: Resolution) -> MeetingResult:
    return {
        "minutes_no": resolution.minutes_no,
        "result": decision.result,
        "amount": views.amount(decision.amount),
        "reason": decision.reason,
        "held": decision.held,
    }
