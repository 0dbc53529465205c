"""Publication (双人复核发布): the gate over everything that a draft changes, a second owner's agreement, new versions.

Publishing a draft gives a new version to every scheme whose bundle it changes: so a called process changes in all of
them at once, and versions in force always agree on what they share.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from storage import audit as audit_store
from storage import definition_drafts as store
from storage import definitions
from storage.database import Session
from storage.definition_drafts import DefinitionDraft
from storage.definitions import DefinitionVersion
from workflows import engine, views
from workflows.audit import EventRef
from workflows.errors import Changed, Conflict, Forbidden, Invalid, NotFound
from workflows.errors import FieldError as Problem
from workflows.permissions import SYSTEM, Actor, require
from workflows.workshop import drafts, inspection, scenarios
from workflows.workshop.bundling import FindingShown, GateRefused, shown_finding
from workflows.workshop.deployments import Release, one_at_a_time, store_version
from workflows.workshop.drafts import DraftShown
from workflows.workshop.proposal import Proposal, read_proposal


class VersionMade(TypedDict):
    """A version that a publication made; the digest is its bundle's."""

    key: str
    version: int
    sha256: str


class Published(DraftShown):
    """A draft that was agreed to, with the versions that it made; none before its day."""

    versions: list[VersionMade]


def check(session: Session, actor: Actor, draft_id: int, now: datetime) -> list[FindingShown]:
    """What stands against publishing a draft: the gate's findings and the scenario tests that fail. Empty: nothing."""
    return check_content(session, actor, draft_id)[1]


def check_content(session: Session, actor: Actor, draft_id: int) -> tuple[str, list[FindingShown]]:
    """The digest of what was checked, and what stands against publishing it."""
    proposal = drafts.get_proposal(session, actor, draft_id)
    return proposal.digest, [shown_finding(each) for each in findings_of(session, proposal)]


def findings_of(session: Session, proposal: Proposal) -> list[engine.Finding]:
    """The gate over every bundle that the draft changes, in a child process; then the scenario tests of the schemes."""
    found = {
        (each.file, each.line, each.element, each.rule, each.message_zh): each
        for findings in inspection.inspect(proposal.bundles).values()
        for each in findings
    }
    findings = [*found.values(), *_unused(proposal)]
    if findings:
        return findings
    return [
        finding
        for scheme, bundle in proposal.bundles.items()
        for finding in scenarios.failures(session, scheme, bundle, proposal.draft.id)
    ]


def _ask_ahead(session: Session, draft: DefinitionDraft) -> None:
    """Ask the gate before anybody has to wait for us: asked again under the lock, it knows the same bytes."""
    inspection.inspect(read_proposal(session, draft).bundles)


def _unused(proposal: Proposal) -> list[engine.Finding]:
    """Files of the draft that no changed scheme holds: publishing would lose them without a word."""
    held = {path for bundle in proposal.bundles.values() for path in bundle}
    return [
        engine.Finding(
            file=path,
            line=1,
            element=None,
            rule="file-unused",
            message_zh=f"“{path}”没有任何流程使用，发布后不会生效。",
            message_en=f"“{path}” is used by no process and would not take effect.",
            mend_zh="请在流程图中选用，或在草稿中恢复原样。",
            mend_en="Use it in a diagram, or drop the change from the draft.",
        )
        for path in proposal.files
        if path not in held
    ]


def publish(
    session: Session,
    actor: Actor,
    draft_id: int,
    *,
    seen: str,
    reason: str,
    at: datetime | None = None,
    now: datetime,
) -> Published:
    """Let a draft go live, at once or at a later instant. Only by an owner who has not worked on it.

    `seen` is the `content_sha256` of the draft that he looked at. Raises Changed when it was changed since, Forbidden
    for its authors, Conflict when it is stale or changes nothing, GateRefused, Invalid.
    """
    actor = require(actor, "process_owner")
    _ask_ahead(session, drafts.find(session, draft_id))
    one_at_a_time(session)
    draft = drafts.lock_open(session, draft_id)
    proposal = read_proposal(session, draft)
    if actor.username in draft.authors:
        raise Forbidden("编制草稿的人不能发布，请由另一名流程与口径负责人复核发布。")
    if seen != proposal.digest:
        raise Changed("草稿在你查看之后又有修改，没有发布；请重新查看差异后再发布。")
    text = reason.strip()
    if not 1 <= len(text) <= 500:
        raise Invalid("发布说明有误。", errors=[Problem("reason", "请写明为何修改、依据什么，不超过500字。")])
    _refuse_stale(proposal)
    if not proposal.bundles:
        raise Conflict("草稿没有改变任何流程，无需发布。")
    _refuse_findings(session, proposal)
    draft.reason, draft.approved_by, draft.approved_at = text, actor.username, now
    if at is not None and at > now:
        draft.state, draft.publish_at = "scheduled", at
        _record(session, draft, actor, "publication_scheduled", now, at)
    else:
        _hold_chains(session, proposal)
        _make_versions(session, proposal, actor, now)
        proposal = proposal.published()
    session.flush()
    return {**drafts.shown(proposal), "versions": versions_of(session, draft_id)}


def versions_of(session: Session, draft_id: int) -> list[VersionMade]:
    """The versions that the publication of a draft made."""
    return [
        {"key": each.key, "version": each.version, "sha256": each.sha256}
        for each in definitions.list_of_draft(session, draft_id)
    ]


def _refuse_stale(proposal: Proposal) -> None:
    if proposal.stale:
        raise Conflict(
            f"草稿起草后，{'、'.join(proposal.stale)}已发布了新版本；"
            "请在草稿中恢复该文件后重新修改，以免覆盖他人的修改。"
        )


def _refuse_findings(session: Session, proposal: Proposal) -> None:
    findings = findings_of(session, proposal)
    if findings:
        raise GateRefused(findings)


def _hold_chains(session: Session, proposal: Proposal) -> None:
    """The records of all definitions of which a version will be made, and of the draft's own."""
    drafts.hold_chains(session, {*proposal.bundles, proposal.draft.key})


def _make_versions(
    session: Session, proposal: Proposal, by: Actor, now: datetime, cause: EventRef | None = None
) -> None:
    """The versions, by whoever agreed; those of a later day are made by the program after the event that set it."""
    draft = proposal.draft
    release = Release(by, draft.authors, draft.reason or "", draft.id, now, cause)
    made = [store_version(session, scheme, proposal.bundles[scheme], release) for scheme in sorted(proposal.bundles)]
    for version in made:
        scenarios.settle(session, version.key, draft.id, by.username, now)
    draft.state, draft.closed_at = "published", now
    _record(session, draft, SYSTEM if cause else by, "draft_published", now, cause=cause)


def _record(
    session: Session,
    draft: DefinitionDraft,
    by: Actor,
    action: str,
    now: datetime,
    at: datetime | None = None,
    *,
    cause: EventRef | None = None,
) -> None:
    changes = [{"field": "publish_at", "old": None, "new": views.instant(at)}] if at else []
    drafts.chain_of(session, draft.key).append(now, by, action, _subject(draft), changes, cause=cause)


def _subject(draft: DefinitionDraft) -> str:
    return f"{draft.key}#{draft.id}"


def _scheduling(session: Session, draft: DefinitionDraft) -> EventRef:
    """The event with which the publication of this draft was put on its day."""
    chain = drafts.chain_of(session, draft.key).name
    seq = audit_store.newest_of(session, chain, "publication_scheduled", _subject(draft))
    assert seq is not None
    return EventRef(chain, seq)


def recall(session: Session, actor: Actor, draft_id: int, *, now: datetime) -> None:
    """Take back a publication that is scheduled but not yet due: the draft can be changed again."""
    actor = require(actor, "process_owner")
    draft = store.lock(session, draft_id)
    if draft is None:
        raise NotFound("没有这一草稿。")
    if draft.state != "scheduled":
        raise Conflict("该草稿没有排定的发布。")
    _reopen(draft)
    _record(session, draft, actor, "publication_recalled", now)


def _reopen(draft: DefinitionDraft) -> None:
    draft.state, draft.publish_at, draft.approved_by, draft.approved_at = "open", None, None, None


def publish_scheduled(session: Session, draft_id: int, now: datetime) -> None:
    """Publish a draft whose time has come, judged again. What no longer passes becomes an open draft that says why."""
    _ask_ahead(session, drafts.find(session, draft_id))
    one_at_a_time(session)
    draft = store.lock(session, draft_id)
    if draft is None or not _is_due(draft, now):
        return  # another worker was faster, or the owner recalled it
    proposal = read_proposal(session, draft)
    try:
        _refuse_stale(proposal)
        _refuse_findings(session, proposal)
    except (Conflict, GateRefused) as refused:
        _give_up(session, draft, refused.detail, now)
    else:
        _hold_chains(session, proposal)
        approver = replace(SYSTEM, username=draft.approved_by or SYSTEM.username)
        _make_versions(session, proposal, approver, now, _scheduling(session, draft))


def _is_due(draft: DefinitionDraft, now: datetime) -> bool:
    return draft.state == "scheduled" and draft.publish_at is not None and draft.publish_at <= now


def give_up(session: Session, draft_id: int, now: datetime) -> None:
    """Publish no more what failed for a reason that nobody thought of: it becomes an open draft that says so."""
    draft = store.lock(session, draft_id)
    if draft is not None and draft.state == "scheduled":
        _give_up(session, draft, "到期发布时程序出错，没有发布；请重新校验后再发布。", now)


def _give_up(session: Session, draft: DefinitionDraft, why: str, now: datetime) -> None:
    _reopen(draft)
    draft.failure = why
    _record(session, draft, SYSTEM, "publication_failed", now, cause=_scheduling(session, draft))


def retire_version(
    session: Session, actor: Actor, key: str, number: int, *, reason: str, now: datetime
) -> Sequence[DefinitionVersion]:
    """Withdraw a version that is in force: new cases start on the one before, running ones stay.

    The versions that one draft or one program made are withdrawn together, since they share files. Raises Conflict
    when one of them is not the newest of its scheme, or has none before it.
    """
    actor = require(actor, "process_owner")
    text = reason.strip()
    if not 1 <= len(text) <= 500:
        raise Invalid("停用理由有误。", errors=[Problem("reason", "请写明停用理由，不超过500字。")])
    one_at_a_time(session)
    found = definitions.find(session, key, number)
    if found is None:
        raise NotFound("没有这一流程版本。")
    together = definitions.list_released_with(session, found)
    for version in sorted(together, key=lambda each: each.key):
        chain = drafts.chain_of(session, version.key)
        session.refresh(version)
        newest = definitions.latest(session, version.key)
        if newest is None or newest.id != version.id:
            raise Conflict(f"只能停用现行版本；{version.key}第{version.version}版不是现行版本。")
        if definitions.before(session, version) is None:
            raise Conflict(f"{version.key}没有可以恢复的上一版本，不能停用。")
        version.state, version.retired_at, version.retired_by = "retired", now, actor.username
        version.retired_reason = text
        chain.append(
            now,
            actor,
            "definition_retired",
            f"{version.key}@{version.version}",
            [{"field": "reason", "old": None, "new": text}],
        )
        session.flush()
    return together
