"""How a case comes to be: by a firm's own application, from an official list, or as a cluster's yearly report."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from storage import cases as store
from storage import cluster_awards, definitions, people
from storage.batches import Batch
from storage.cases import Case
from storage.cluster_awards import Instalment
from storage.database import Session
from storage.people import Enterprise
from workflows.audit import Chain, EventRef
from workflows.case import clusters, letters
from workflows.case.bundles import bundle_of
from workflows.case.running import chain_of, start
from workflows.case.step import Step, local_date
from workflows.errors import Conflict
from workflows.permissions import SYSTEM, Actor

CLUSTER = "industry_cluster"


def open_draft(
    session: Session,
    actor: Actor,
    scheme: str,
    batch: Batch,
    enterprise: Enterprise,
    title: str,
    now: datetime,
) -> Case:
    """A new case in its first task: instance and bundle are pinned here. Conflict when nothing is published to run."""
    return _open(session, actor, scheme, batch, enterprise, title, now, {}).case


def _open(
    session: Session,
    actor: Actor,
    scheme: str,
    batch: Batch,
    enterprise: Enterprise,
    title: str,
    now: datetime,
    facts: Mapping[str, Any],
    cause: EventRef | None = None,
) -> Step:
    definition = definitions.latest(session, scheme)
    if definition is None:
        raise Conflict("该支持事项的流程尚未发布。")
    case = Case(
        reference=f"TZL{local_date(now).year}{store.next_number(session):06d}",
        scheme=scheme,
        title=title,
        batch_id=batch.id,
        enterprise_id=enterprise.id,
        definition_id=definition.id,
        status="DRAFT",
        created_by=actor.username,
        created_at=now,
    )
    session.add(case)
    session.flush()
    known = {"title": title, **facts}
    step = Step(
        session=session,
        case=case,
        batch=batch,
        enterprise=enterprise,
        facts=known,
        now=now,
        actor=actor,
        chain=Chain(session, chain_of(case), 0, ""),
        cause=cause,
    )
    step.record(
        "case_created",
        case.reference,
        [
            {"field": "scheme", "old": None, "new": scheme},
            {"field": "definition", "old": None, "new": f"{definition.key}@{definition.version} {definition.sha256}"},
        ],
        binds={f"definition:{definition.key}@{definition.version}": definition.sha256},
    )
    start(step, bundle_of(session, definition.id))
    return step


def open_candidate(
    session: Session,
    actor: Actor,
    scheme: str,
    batch: Batch,
    enterprise: Enterprise,
    title: str,
    facts: Mapping[str, Any],
    now: datetime,
) -> Case:
    """A case from an official list (免申即享): prefilled, for the firm to confirm on one page; it gets a letter."""
    step = _open(session, actor, scheme, batch, enterprise, title, now, {**facts, "origin": "candidate"})
    step.case.from_list = True
    letters.send_by_itself(
        step,
        "candidate",
        f"你单位已列入“{title}”免申即享名单，无需填报申报书，请于15个工作日内在线确认并作出承诺。",
    )
    return step.case


def open_report(
    session: Session,
    actor: Actor,
    batch: Batch,
    enterprise: Enterprise,
    title: str,
    instalment: Instalment,
    now: datetime,
    cause: EventRef | None = None,
) -> Case:
    """The draft in which a recognised cluster reports one year; the caller holds the instalment's lock."""
    facts = clusters.yearly_facts(session, instalment)
    case = _open(session, actor, CLUSTER, batch, enterprise, title, now, facts, cause).case
    instalment.case_id = case.id
    return case


def open_due_reports(session: Session, batch: Batch, now: datetime, cause: EventRef) -> list[str]:
    """Open the drafts of all yearly reports that fall into this batch, whose opening is `cause`; their references."""
    opened = []
    for enterprise_id in cluster_awards.unopened(session, batch.cap_year):
        due = cluster_awards.lock_due(session, enterprise_id, batch.cap_year)
        if due is None or due[0].case_id is not None:
            continue
        enterprise = people.get_enterprise(session, enterprise_id)
        title = f"绿色低碳产业集群培育（第{due[0].year_index}年度）"
        opened.append(open_report(session, SYSTEM, batch, enterprise, title, due[0], now, cause).reference)
    return opened
