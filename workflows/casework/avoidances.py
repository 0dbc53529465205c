"""工作人员回避: declared by oneself, ordered or taken back by a chief; what was in his hands goes back to the pool."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from storage import avoidances as store
from storage import people
from storage import tasks as task_store
from storage.avoidances import Avoidance
from storage.database import Session
from storage.people import User
from workflows import views
from workflows.case.running import Running, find_case, open_case, refuse_ended
from workflows.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.permissions import INVITED, OFFICE, Actor, require

GROUNDS: Mapping[str, str] = {
    "kinship": "与申报单位负责人、经办人有近亲属关系",
    "holdings": "本人或者近亲属持有申报单位股份、有经济往来",
    "employment": "近三年内曾在申报单位任职",
    "other": "其他可能影响公正办理的关系",
}
MAY_DECLARE = (*sorted(OFFICE), "verifier", "co_department")
"""Experts declare in a task of their own (回避声明)."""
DECIDE = ("section_chief", "deputy_leader")
"""Who orders and takes back; of a chief himself another of these does."""


class AvoidanceShown(TypedDict):
    """Who keeps away, or kept, from a case."""

    id: int
    username: str
    name: str
    ground: str
    reason: str
    begun_by: str
    begun_at: str
    seen: bool
    lifted_by: str | None
    lifted_at: str | None
    lifted_because: str | None


def list_avoidances(session: Session, actor: Actor, reference: str) -> list[AvoidanceShown]:
    """All of a case, in order, for those who see the names of staff."""
    case = find_case(session, reference, actor)
    return _shown(session, store.list_of_case(session, case.id)) if actor.sees_names else []


def _shown(session: Session, found: Sequence[Avoidance]) -> list[AvoidanceShown]:
    usernames = {name for each in found for name in (each.username, each.begun_by, each.lifted_by) if name}
    names = people.names_of(session, usernames)
    return [
        {
            "id": each.id,
            "username": each.username,
            "name": names.get(each.username, each.username),
            "ground": each.ground,
            "reason": each.reason,
            "begun_by": names.get(each.begun_by, each.begun_by),
            "begun_at": views.instant(each.begun_at),
            "seen": each.seen_at is not None,
            "lifted_by": names.get(each.lifted_by or "", each.lifted_by),
            "lifted_at": views.instant(each.lifted_at),
            "lifted_because": each.lifted_because,
        }
        for each in found
    ]


def list_staff(session: Session) -> Sequence[User]:
    """Who may be ordered to keep away, by name."""
    found = {user.username: user for role in MAY_DECLARE for user in people.users_with_role(session, role)}
    return sorted(found.values(), key=lambda user: (user.display_name, user.username))


def keep_away(
    session: Session, actor: Actor, reference: str, *, username: str | None, ground: str, reason: str, now: datetime
) -> AvoidanceShown:
    """Declare avoidance for oneself, or order it for another as a chief; his open tasks of the case go to the pool.

    Raises NotFound, Forbidden (for another without being chief), Invalid, Conflict (holds already, the case has ended).
    """
    who = username or actor.username
    actor = require(actor, *DECIDE) if who != actor.username else require(actor, *MAY_DECLARE)
    text = _given(session, who, ground, reason)
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    refuse_ended(running.case)
    if store.find_holding(session, running.case.id, who) is not None:
        raise Conflict("该人员已对本件回避。")
    avoidance = Avoidance(
        case_id=running.case.id,
        username=who,
        ground=ground,
        reason=text,
        begun_by=actor.username,
        begun_at=now,
        # What a chief orders he knows.
        seen_at=now if actor.role in DECIDE and who != actor.username else None,
    )
    session.add(avoidance)
    action = "avoidance_declared" if who == actor.username else "avoidance_ordered"
    running.step.record(
        action, who, [{"field": "ground", "old": None, "new": ground}, {"field": "reason", "old": None, "new": text}]
    )
    _give_back(running, who)
    session.flush()
    return _shown(session, [avoidance])[0]


def _given(session: Session, username: str, ground: str, reason: str) -> str:
    text, errors = reason.strip(), []
    user = people.find_user(session, username)
    if user is None or not set(user.roles) & {*OFFICE, *INVITED} or "expert" in user.roles:
        errors.append(FieldError("username", "请选择须回避的工作人员；评审专家在回避声明中回避。"))
    if ground not in GROUNDS:
        errors.append(FieldError("ground", "请选择回避事由。"))
    if not 2 <= len(text) <= 500:
        errors.append(FieldError("reason", "请写明具体情况，2至500字。"))
    if errors:
        raise Invalid("回避没有登记。", errors=errors)
    return text


def _give_back(running: Running, username: str) -> None:
    """What he holds of the case is offered to his post again, without what he had begun to write."""
    for task in task_store.list_open_of_cases(running.step.session, [running.case.id]):
        if task.assignee == username and not task.personal:
            task.assignee, task.version = None, task.version + 1
            task.draft = task.draft_by = task.draft_at = None
            running.step.record("task_released", task.element_id, [{"field": "assignee", "old": username, "new": None}])


def lift(
    session: Session, actor: Actor, reference: str, avoidance_id: int, reason: str, now: datetime
) -> AvoidanceShown:
    """Take an avoidance back with a reason; never one's own. What went to the pool stays there."""
    actor = require(actor, *DECIDE)
    text = reason.strip()
    if not 2 <= len(text) <= 500:
        raise Invalid("没有撤回。", errors=[FieldError("reason", "请写明撤回的理由，2至500字。")])
    running, avoidance = _open(session, actor, reference, avoidance_id, now)
    if avoidance.username == actor.username:
        raise Forbidden("不得自行撤回本人的回避，须由另一位负责人决定。")
    avoidance.lifted_by, avoidance.lifted_at, avoidance.lifted_because = actor.username, now, text
    running.step.record("avoidance_lifted", avoidance.username, [{"field": "reason", "old": None, "new": text}])
    return _shown(session, [avoidance])[0]


def take_note(session: Session, actor: Actor, reference: str, avoidance_id: int, now: datetime) -> AvoidanceShown:
    """A chief knows of it and has seen to who does the work instead."""
    actor = require(actor, *DECIDE)
    _, avoidance = _open(session, actor, reference, avoidance_id, now)
    if avoidance.username == actor.username:
        raise Forbidden("本人的回避须由另一位负责人安排。")
    avoidance.seen_at = avoidance.seen_at or now
    return _shown(session, [avoidance])[0]


def _open(
    session: Session, actor: Actor, reference: str, avoidance_id: int, now: datetime
) -> tuple[Running, Avoidance]:
    running = open_case(session, find_case(session, reference, actor).id, actor, now)
    found = store.find(session, running.case.id, avoidance_id)
    if found is None:
        raise NotFound("没有这一回避登记。")
    if found.lifted_at is not None:
        raise Conflict("该回避已撤回。")
    return running, found
