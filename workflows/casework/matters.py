"""Matters: what overlaps with a case, and the officer's decision that two are the same (同一事项, domain.md 2.2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from storage import cluster_awards, ledger
from storage import matters as store
from storage.database import Session
from storage.matters import Matter
from storage.questions import overlaps as found
from workflows import views
from workflows.case.running import find_case, open_cases
from workflows.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.permissions import Actor, require
from workflows.rules import matters as law


def get_overlaps(session: Session, actor: Actor, reference: str) -> dict[str, Any]:
    """Other cases that share an invoice, filing number, site, certificate or settlement with this one, or are named
    alike; each a proposal to merge until an officer decides (查重比对)."""
    case = find_case(session, reference, actor)
    if not actor.reads_office:
        raise Forbidden("查重比对供承办单位和监督审计人员查看。")
    shared = dict(store.sharing_cases(session, case.id))
    for other_id, title in found.titles_near(session, case):
        if law.similar_names(case.title, title):
            shared.setdefault(other_id, []).append((law.NAME, title))
    others = found.cases_of(session, shared)
    return {
        "case": reference,
        "matter": _matter(case.matter),
        "items": [
            {
                "case": other.reference,
                "title": other.title,
                "scheme": other.scheme,
                "status": other.status,
                "enterprise": {"uscc": other.enterprise.uscc, "name": other.enterprise.name},
                "matter": _matter(other.matter),
                "same_matter": case.matter_id is not None and other.matter_id == case.matter_id,
                "shared": [{"kind": kind, "name": law.KINDS[kind], "value": value} for kind, value in shared[other.id]],
            }
            for other in others
        ],
    }


def _matter(matter: Matter | None) -> dict[str, Any] | None:
    return {"id": matter.id, "key": matter.key, "title": matter.title} if matter else None


def get_matter(session: Session, actor: Actor, matter_id: int) -> dict[str, Any]:
    """A matter with its members: cases, and what was granted before."""
    matter = store.find(session, matter_id)
    if matter is None or not actor.reads_office:
        raise NotFound("没有这一事项，或你无权查看。")
    return {
        **(_matter(matter) or {}),
        "merged_into": matter.merged_into_id,
        "cases": [
            {
                "case": case.reference,
                "title": case.title,
                "scheme": case.scheme,
                "status": case.status,
                "enterprise": {"uscc": case.enterprise.uscc, "name": case.enterprise.name},
                "precap_amount": views.amount(case.precap_amount),
                "final_amount": views.amount(case.final_amount),
            }
            for case in found.cases_of_matter(session, matter_id)
        ],
        "historic_awards": [
            {
                "uscc": award.uscc,
                "scheme": award.scheme,
                "decided_on": award.decided_on.isoformat() if award.decided_on else None,
                "precap_amount": views.amount(award.precap_amount),
                "paid_amount": views.amount(award.paid_amount),
                "document_no": award.document_no,
                "office": award.office,
            }
            for award in found.awards_of_matter(session, matter_id)
        ],
    }


def merge(session: Session, actor: Actor, matter_id: int, with_id: int, reason: str, now: datetime) -> dict[str, Any]:
    """Decide that two matters are one; the older number stays. Cases of both are locked, and what is listed already is
    worked out again.

    Raises NotFound, Invalid (the same matter, no reason), Conflict (merged already, both are recognised clusters,
    a case was submitted meanwhile).
    """
    actor = require(actor, "case_officer")
    text = reason.strip()
    errors = []
    if with_id == matter_id:
        errors.append(FieldError("with", "请选择另一事项。"))
    if not 2 <= len(text) <= 500:
        errors.append(FieldError("reason", "请写明认定为同一事项的理由，2至500字。"))
    if errors:
        raise Invalid("事项合并有误，请按提示修改。", errors=errors)
    keeps_id, goes_id = sorted((matter_id, with_id))
    running = open_cases(session, found.case_ids_of_matters(session, (keeps_id, goes_id)), actor, now)
    locked = _lock_both(session, keeps_id, goes_id)
    # Whoever submits keeps his matter as it is until he has done so: what is there now is all there is.
    if not set(found.case_ids_of_matters(session, (keeps_id, goes_id))) <= {each.case.id for each in running}:
        raise Conflict("刚有申报件提交到这两个事项之一，没有合并；请刷新查看后再认定。")
    locked[goes_id].merged_into_id = keeps_id
    changes: list[dict[str, Any]] = [
        {"field": "matter", "old": locked[goes_id].key, "new": locked[keeps_id].key},
        {"field": "reason", "old": None, "new": text},
    ]
    for each in running:
        each.case.matter_id = keeps_id
        each.step.record("matter_merged", str(keeps_id), changes)
    found.move_awards(session, goes_id, keeps_id)
    session.flush()
    for each in running:
        if each.case.ended_at is None and each.case.final_amount is not None:
            ledger.ask_reallocation(session, each.step.enterprise.uscc, each.case.batch_id, each.step.origin)
    return get_matter(session, actor, keeps_id)


def _lock_both(session: Session, keeps_id: int, goes_id: int) -> Mapping[int, Matter]:
    """The two locked matters by id. Raises NotFound, and Conflict where they cannot be merged."""
    locked = {matter.id: matter for matter in store.lock(session, (keeps_id, goes_id))}
    if len(locked) < 2:
        raise NotFound("没有这一事项，或你无权查看。")
    if any(matter.merged_into_id is not None for matter in locked.values()):
        raise Conflict("该事项已被合并，请刷新后以合并后的事项办理。")
    if cluster_awards.find_award(session, keeps_id) and cluster_awards.find_award(session, goes_id):
        raise Conflict("两个事项均已认定为产业集群，不能合并。")
    return locked
