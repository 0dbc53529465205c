"""Bars from applying and how one is lifted before its end (信用修复): proposed on a basis by one, done by another."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from storage import bars as store
from storage import cases, people
from storage.bars import Bar
from storage.database import Session
from storage.people import Enterprise
from workflows.audit import Chain
from workflows.case.step import local_date
from workflows.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.permissions import Actor, require

CHAIN = "bars"


class BarShown(TypedDict):
    """One bar: its document and days, and what was proposed and done about lifting it."""

    id: int
    enterprise: str
    case: str | None
    basis: str
    from_on: str
    to_on: str
    in_force: bool
    lift_basis: str | None
    lift_proposed_by: str | None
    lifted_by: str | None
    lifted_on: str | None


def list_bars(session: Session, actor: Actor, uscc: str, now: datetime) -> list[BarShown]:
    """Every bar of an enterprise, also those that are over."""
    if not actor.reads_office:
        raise Forbidden("限制申报的记录供承办单位和监督审计人员查看。")
    enterprise = _enterprise(session, uscc)
    return [_shown(session, each, enterprise, now) for each in store.of_enterprises(session, [enterprise.id])]


def propose_lifting(session: Session, actor: Actor, uscc: str, bar_id: int, basis: str, now: datetime) -> BarShown:
    """Propose that a bar ends today: the firm has put right what it was barred for. Another proposal takes its place.

    Raises NotFound, Invalid (no basis), Conflict (over, or lifted).
    """
    actor = require(actor, "case_officer")
    enterprise, bar = _open(session, uscc, bar_id, now)
    text = basis.strip()
    if not 2 <= len(text) <= 300:
        raise Invalid("解除限制的提议有误。", errors=[FieldError("basis", "请写明解除的依据，如信用修复决定的文号。")])
    bar.lift_basis, bar.lift_proposed_by, bar.lift_proposed_at = text, actor.username, now
    _record(session, actor, bar, "bar_lift_proposed", {"basis": text}, now)
    session.flush()
    return _shown(session, bar, enterprise, now)


def lift(session: Session, actor: Actor, uscc: str, bar_id: int, basis: str, now: datetime) -> BarShown:
    """End a bar today on the basis that was proposed and seen. Raises as the proposal, and Forbidden."""
    actor = require(actor, "section_chief")
    enterprise, bar = _open(session, uscc, bar_id, now)
    if bar.lift_basis is None or bar.lift_basis != basis:
        raise Conflict("没有你所见的解除提议，或者提议已经变更；请刷新后核对。")
    if bar.lift_proposed_by == actor.username:
        raise Forbidden("提议由你作出，须由另一人确认。")
    bar.lifted_by, bar.lifted_on = actor.username, local_date(now)
    _record(session, actor, bar, "bar_lifted", {"lifted_on": bar.lifted_on.isoformat(), "basis": basis}, now)
    session.flush()
    return _shown(session, bar, enterprise, now)


def _open(session: Session, uscc: str, bar_id: int, now: datetime) -> tuple[Enterprise, Bar]:
    enterprise, bar = _enterprise(session, uscc), store.lock(session, bar_id)
    if bar is None or bar.enterprise_id != enterprise.id:
        raise NotFound("没有这一限制申报的记录，或你无权查看。")
    if bar.lifted_on is not None or bar.to_on < local_date(now):
        raise Conflict("该限制已经解除或者期满。")
    return enterprise, bar


def _enterprise(session: Session, uscc: str) -> Enterprise:
    enterprise = people.find_enterprise(session, uscc)
    if enterprise is None:
        raise NotFound("没有这一单位，或你无权查看。")
    return enterprise


def _record(session: Session, actor: Actor, bar: Bar, action: str, told: Mapping[str, str], now: datetime) -> None:
    changes = [{"field": field, "old": None, "new": value} for field, value in told.items()]
    Chain.open_locked(session, CHAIN).append(now, actor, action, str(bar.id), changes)


def _shown(session: Session, bar: Bar, enterprise: Enterprise, now: datetime) -> BarShown:
    names = people.names_of(session, {name for name in (bar.lift_proposed_by, bar.lifted_by) if name})
    case = cases.references(session, [bar.case_id]).get(bar.case_id) if bar.case_id is not None else None
    return {
        "id": bar.id,
        "enterprise": enterprise.name,
        "case": case,
        "basis": bar.basis,
        "from_on": bar.from_on.isoformat(),
        "to_on": bar.to_on.isoformat(),
        "in_force": bar.holds(local_date(now)),
        "lift_basis": bar.lift_basis,
        "lift_proposed_by": names.get(bar.lift_proposed_by or "", bar.lift_proposed_by),
        "lifted_by": names.get(bar.lifted_by or "", bar.lifted_by),
        "lifted_on": bar.lifted_on.isoformat() if bar.lifted_on else None,
    }
