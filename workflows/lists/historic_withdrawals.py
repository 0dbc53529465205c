"""What should not have been counted in the history: withdrawn by two process owners, on record, and never erased.

A correction is a withdrawal and another import. What was decided on a withdrawn award stands; what is calculated from
now on does not see it.
"""

from datetime import datetime
from typing import Any

from storage import cluster_awards
from storage import historic_awards as store
from storage.database import Session
from storage.historic_awards import HistoricAward, HistoricWithdrawal
from workflows import views
from workflows.audit import Chain
from workflows.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.lists.historic_imports import CHAIN
from workflows.permissions import OFFICE, READERS, Actor, require


def propose(
    session: Session,
    actor: Actor,
    *,
    reason: str,
    now: datetime,
    award_id: int | None = None,
    import_id: int | None = None,
) -> dict[str, Any]:
    """Ask that an award, or every award of an import, counts no longer. NotFound when nothing of it counts."""
    actor = require(actor, "process_owner")
    text = reason.strip()
    if not 2 <= len(text) <= 500:
        raise Invalid("请写明理由。", errors=[FieldError("reason", "请写明撤回的理由，2至500字。")])
    chain = Chain.open_locked(session, CHAIN)
    _locked(session, award_id, import_id)
    if any((each.award_id, each.import_id) == (award_id, import_id) for each in store.open_withdrawals(session)):
        raise Conflict("已有一项同样的撤回待另一人确认。")
    withdrawal = HistoricWithdrawal(
        award_id=award_id, import_id=import_id, reason=text, proposed_by=actor.username, proposed_at=now
    )
    session.add(withdrawal)
    session.flush()
    told = {"award": award_id, "import": import_id, "reason": text}
    changes = [{"field": field, "old": None, "new": value} for field, value in told.items() if value is not None]
    chain.append(now, actor, "historic_withdrawal_proposed", str(withdrawal.id), changes)
    return _shown(withdrawal)


def confirm(session: Session, actor: Actor, withdrawal_id: int, now: datetime) -> dict[str, Any]:
    """Withdraw what another process owner asked for."""
    actor = require(actor, "process_owner")
    chain = Chain.open_locked(session, CHAIN)
    withdrawal = store.lock_withdrawal(session, withdrawal_id)
    if withdrawal is None:
        raise NotFound("没有这一撤回申请。")
    if withdrawal.confirmed_at is not None:
        raise Conflict("该撤回已经确认。")
    if withdrawal.proposed_by == actor.username:
        raise Forbidden("撤回由你提出，须由另一名流程与口径负责人确认。")
    awards = _locked(session, withdrawal.award_id, withdrawal.import_id)
    for award in awards:
        award.withdrawn_at = now
    withdrawal.confirmed_by, withdrawal.confirmed_at = actor.username, now
    change = {"field": "withdrawn", "old": None, "new": [award.id for award in awards]}
    chain.append(now, actor, "historic_withdrawal_confirmed", str(withdrawal.id), [change])
    session.flush()
    return _shown(withdrawal)


def _locked(session: Session, award_id: int | None, import_id: int | None) -> list[HistoricAward]:
    awards = list(store.lock(session, award_id=award_id, import_id=import_id))
    if not awards:
        raise NotFound("没有这一记录，或已经撤回。")
    if cluster_awards.rests_on(session, [award.id for award in awards]):
        raise Conflict("其中的产业集群已据此分年度支持，须先终止该集群的支持。")
    return awards


def list_open(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Withdrawals that wait for a second person, oldest first."""
    require(actor, *sorted(OFFICE | READERS))
    return [_shown(each) for each in store.open_withdrawals(session)]


def _shown(withdrawal: HistoricWithdrawal) -> dict[str, Any]:
    return {
        "id": withdrawal.id,
        "award": withdrawal.award_id,
        "import": withdrawal.import_id,
        "reason": withdrawal.reason,
        "proposed_by": withdrawal.proposed_by,
        "proposed_at": views.instant(withdrawal.proposed_at),
        "confirmed_by": withdrawal.confirmed_by,
        "confirmed_at": views.instant(withdrawal.confirmed_at),
    }
