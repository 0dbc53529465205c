"""Joining two matters and parting them again: an officer proposes, the chief confirms the proposal that he saw.

Each case keeps the matter of its own key beside the one that it belongs to, so that what was joined can be parted,
also what was submitted or imported meanwhile.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from storage import cluster_awards, ledger, matter_changes, people
from storage import matters as store
from storage.cluster_awards import ClusterAward
from storage.database import Session
from storage.historic_awards import HistoricAward
from storage.matter_changes import MERGE, SPLIT, MatterChange
from storage.matters import Matter
from storage.questions import overlaps as found
from workflows import views
from workflows.case import proceeding
from workflows.case.avoiding import refuse_avoiding
from workflows.case.reopening import reopen
from workflows.case.running import Running, open_cases
from workflows.casework.matters import MatterShown, matter_shown
from workflows.errors import Changed, Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.permissions import Actor, require

FELL_AWAY = frozenset({"WITHDRAWN", "TERMINATED"})
"""How a case ends that asked for nothing in the end: its amount depends on nothing."""


class ChangeShown(TypedDict):
    """What was proposed of two matters, and what became of it."""

    id: int
    kind: str
    state: str
    keeps: MatterShown
    goes: MatterShown
    reason: str
    proposed_by: str
    proposed_at: str
    decided_by: str | None
    decided_at: str | None
    decided_because: str | None


def propose_merge(
    session: Session, actor: Actor, matter_id: int, with_id: int, reason: str, now: datetime
) -> ChangeShown:
    """Propose that two matters are one; the older number stays. Nothing changes until the chief confirms.

    Raises NotFound, Invalid (the same matter, no reason), Conflict (merged already, both are recognised clusters).
    """
    actor = require(actor, "case_officer")
    wrong = [FieldError("with", "请选择另一事项。")] if with_id == matter_id else []
    text = _reason(reason, "请写明认定为同一事项的理由，2至500字。", wrong)
    keeps_id, goes_id = sorted((matter_id, with_id))
    return _propose(session, actor, MERGE, keeps_id, goes_id, text, now)


def propose_split(session: Session, actor: Actor, matter_id: int, reason: str, now: datetime) -> ChangeShown:
    """Propose that a matter, which was joined to another, is one of its own again.

    Raises NotFound, Invalid (no reason), Conflict (not joined, or an amount depends on it).
    """
    actor = require(actor, "case_officer")
    text = _reason(reason, "请写明撤销合并的理由，2至500字。", [])
    matter = store.find(session, matter_id)
    if matter is None:
        raise NotFound("没有这一事项，或你无权查看。")
    if matter.merged_into_id is None:
        raise Conflict("该事项没有与其他事项合并，无须撤销。")
    return _propose(session, actor, SPLIT, matter.merged_into_id, matter_id, text, now)


def confirm(session: Session, actor: Actor, matter_id: int, change_id: int, now: datetime) -> ChangeShown:
    """Do what an officer proposed. What is listed already is worked out again.

    Raises NotFound, Forbidden (whoever proposed), Conflict (decided already, or it can be done no longer), Changed
    (another proposal stands now).
    """
    actor = require(actor, "section_chief")
    running, matters, change = _decide(session, actor, matter_id, change_id, now)
    _refuse_impossible(session, change.kind, matters[change.keeps_id], matters[change.goes_id], running)
    change.state, change.decided_by, change.decided_at = matter_changes.CONFIRMED, actor.username, now
    keeps, goes = matters[change.keeps_id], matters[change.goes_id]
    old, new = (goes, keeps) if change.kind == MERGE else (keeps, goes)
    goes.merged_into_id = keeps.id if change.kind == MERGE else None
    session.flush()
    told = _told(old, new, change.reason)
    for each in running:
        each.step.record("matter_merged" if change.kind == MERGE else "matter_split", str(keeps.id), told)
    _move(session, running, (keeps.id, goes.id))
    for each in running:
        if change.kind == SPLIT and proceeding.must_be_recounted(each.step):
            reopen(each, "事项合并已撤销，本件按自己的事项重新核定")
        elif each.case.ended_at is None and each.case.final_amount is not None:
            ledger.ask_reallocation(session, each.step.enterprise.uscc, each.case.batch_id, each.step.origin)
    session.flush()
    return _shown(session, [change])[0]


def refuse(session: Session, actor: Actor, matter_id: int, change_id: int, reason: str, now: datetime) -> ChangeShown:
    """Send a proposal back with a word: everything stays as it is. Raises as `confirm` does, and Invalid."""
    actor = require(actor, "section_chief")
    text = _reason(reason, "请写明退回的理由，2至500字。", [])
    running, _, change = _decide(session, actor, matter_id, change_id, now)
    change.state, change.decided_by, change.decided_at = matter_changes.REFUSED, actor.username, now
    change.decided_because = text
    for each in running:
        each.step.record("matter_change_refused", str(change.id), [{"field": "reason", "old": None, "new": text}])
    session.flush()
    return _shown(session, [change])[0]


def get_change(session: Session, actor: Actor, change_id: int) -> ChangeShown:
    change = matter_changes.find(session, change_id)
    if change is None or not actor.reads_office:
        raise NotFound("没有这一提议，或你无权查看。")
    return _shown(session, [change])[0]


def list_changes(session: Session, actor: Actor, matter_id: int) -> list[ChangeShown]:
    """What was proposed of a matter and what became of it, in its order."""
    if not actor.reads_office:
        raise NotFound("没有这一事项，或你无权查看。")
    return _shown(session, matter_changes.of_matter(session, matter_id))


def list_waiting(session: Session, actor: Actor, limit: int = 20) -> list[ChangeShown]:
    """What waits for the chief, the oldest first."""
    return _shown(session, matter_changes.list_open(session, limit)) if actor.has("section_chief") else []


def why_not(
    session: Session, kind: str, keeps: Matter, goes: Matter, amounts_of: Sequence[tuple[str, str, bool]]
) -> str | None:
    """Why two matters cannot be joined or parted now, in a sentence; `amounts_of` names each case with its status and
    whether it was listed."""
    if kind == MERGE:
        if keeps.merged_into_id is not None or goes.merged_into_id is not None:
            return "该事项已被合并，请刷新后以合并后的事项办理。"
        if cluster_awards.find_award(session, keeps.id) and cluster_awards.find_award(session, goes.id):
            return "两个事项均已认定为产业集群，不能合并。"
        return None
    if goes.merged_into_id != keeps.id:
        return "该事项现在没有并入这一事项，请刷新后查看。"
    if keeps.merged_into_id is not None:
        return "所并入的事项又已并入其他事项，请先撤销后一次合并。"
    depends = [case for case, status, listed in amounts_of if listed and status not in FELL_AWAY]
    if depends:
        return f"申报件{'、'.join(depends[:3])}已按合并后的事项列入汇总表或作出决定，金额已以此为据，不能再撤销合并。"
    return None


def _reason(reason: str, wanted: str, wrong: list[FieldError]) -> str:
    text = reason.strip()
    if not 2 <= len(text) <= 500:
        wrong = [*wrong, FieldError("reason", wanted)]
    if wrong:
        raise Invalid("事项认定的提议有误，请按提示修改。", errors=wrong)
    return text


def _propose(
    session: Session, actor: Actor, kind: str, keeps_id: int, goes_id: int, reason: str, now: datetime
) -> ChangeShown:
    running, matters = _open(session, actor, keeps_id, goes_id, now)
    _refuse_impossible(session, kind, matters[keeps_id], matters[goes_id], running)
    for other in matter_changes.lock_open(session, keeps_id, goes_id):
        other.state = matter_changes.SUPERSEDED
    change = MatterChange(
        kind=kind,
        keeps_id=keeps_id,
        goes_id=goes_id,
        reason=reason,
        state=matter_changes.PROPOSED,
        proposed_by=actor.username,
        proposed_at=now,
    )
    session.add(change)
    session.flush()
    old, new = (goes_id, keeps_id) if kind == MERGE else (keeps_id, goes_id)
    told = _told(matters[old], matters[new], reason)
    for each in running:
        each.step.record("matter_merge_proposed" if kind == MERGE else "matter_split_proposed", str(change.id), told)
    session.flush()
    return _shown(session, [change])[0]


def _told(old: Matter, new: Matter, reason: str) -> list[dict[str, str | None]]:
    return [{"field": "matter", "old": old.key, "new": new.key}, {"field": "reason", "old": None, "new": reason}]


def _open(
    session: Session, actor: Actor, keeps_id: int, goes_id: int, now: datetime
) -> tuple[list[Running], Mapping[int, Matter]]:
    """The cases of both matters and these themselves, locked. Raises NotFound, Conflict."""
    both = (keeps_id, goes_id)
    running = open_cases(session, found.case_ids_of_matters(session, both), actor, now)
    refuse_avoiding(session, actor.username, *(each.case.id for each in running))
    locked = {matter.id: matter for matter in store.lock(session, both)}
    if len(locked) < 2:
        raise NotFound("没有这一事项，或你无权查看。")
    # Whoever submits keeps his matter as it is until he has done so: what is there now is all there is.
    if not set(found.case_ids_of_matters(session, both)) <= {each.case.id for each in running}:
        raise Conflict("刚有申报件提交到这两个事项之一，没有办理；请刷新查看后再认定。")
    return running, locked


def _decide(
    session: Session, actor: Actor, matter_id: int, change_id: int, now: datetime
) -> tuple[list[Running], Mapping[int, Matter], MatterChange]:
    """The proposal that was seen, with all that it concerns, locked: it stands, and somebody else proposed it."""
    change = matter_changes.find(session, change_id)
    if change is None or matter_id not in (change.keeps_id, change.goes_id):
        raise NotFound("没有这一提议，或你无权查看。")
    running, matters = _open(session, actor, change.keeps_id, change.goes_id, now)
    change = matter_changes.lock(session, change_id)
    if change.state == matter_changes.SUPERSEDED:
        raise Changed("在你查看之后提议已重新作出，没有办理；请刷新后按现在的提议核对。")
    if change.state != matter_changes.PROPOSED:
        raise Conflict("这一提议已经办理，请刷新后查看。")
    if change.proposed_by == actor.username:
        raise Forbidden("提议由你作出，须由另一人确认。")
    return running, matters, change


def _refuse_impossible(session: Session, kind: str, keeps: Matter, goes: Matter, running: Sequence[Running]) -> None:
    listed = [(each.case.reference, each.case.status, each.case.final_amount is not None) for each in running]
    why = why_not(session, kind, keeps, goes, listed)
    if why:
        raise Conflict(why)


def _move(session: Session, running: Sequence[Running], both: tuple[int, int]) -> None:
    """Let everything of the two matters belong to where its own matter is now."""
    cases = [each.case for each in running]
    awards = [*found.members(session, HistoricAward, both), *found.members(session, ClusterAward, both)]
    own = {each.own_matter_id or each.matter_id for each in (*cases, *awards)}
    now_at = store.where_to(session, {matter_id for matter_id in own if matter_id is not None})
    for each in (*cases, *awards):
        belongs = each.own_matter_id or each.matter_id
        if belongs is not None:
            each.matter_id = now_at[belongs]


def _shown(session: Session, changes: Sequence[MatterChange]) -> list[ChangeShown]:
    names = people.names_of(session, {name for each in changes for name in (each.proposed_by, each.decided_by) if name})
    return [
        {
            "id": each.id,
            "kind": each.kind,
            "state": each.state,
            "keeps": matter_shown(session.get_one(Matter, each.keeps_id)),
            "goes": matter_shown(session.get_one(Matter, each.goes_id)),
            "reason": each.reason,
            "proposed_by": names.get(each.proposed_by, each.proposed_by),
            "proposed_at": views.instant(each.proposed_at),
            "decided_by": names.get(each.decided_by or "", each.decided_by),
            "decided_at": views.instant(each.decided_at),
            "decided_because": each.decided_because,
        }
        for each in changes
    ]
