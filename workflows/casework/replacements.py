"""An expert who does not declare, or falls out after he has: his seat is taken back, a replacement is drawn."""

from datetime import datetime

from storage import reviews
from storage.database import Session
from storage.reviews import ReviewSeat
from storage.tasks import Task
from workflows.case.operations.expert_review import SHEET, check_panel
from workflows.case.running import Running, refuse_suspended
from workflows.casework.tasks import lock_task
from workflows.errors import Conflict, Invalid
from workflows.errors import FieldError as Problem
from workflows.permissions import Actor, require

DECLARATION = "declare_interest"
# What stands on the record before the organizer's reason, by the task at which the expert fell out.
_FELL_OUT = {DECLARATION: "未作声明", SHEET: "中途退出"}


def excuse_expert(session: Session, actor: Actor, task_id: str, reason: str, now: datetime) -> None:
    """Take the seat of an expert who does not declare, or cannot score; a replacement is drawn as after a recusal.

    By the review organizer, with a reason on record; the redraw needs its sign-off, and what others declared and
    scored stays sealed. Conflict once his scores are in, and on a bundle whose diagram would count without him.
    """
    actor = require(actor, "review_organizer")
    text = reason.strip()
    if not 2 <= len(text) <= 500:
        raise Invalid("补抽理由有误。", errors=[Problem("reason", "请写明补抽理由，2至500字。")])
    running, task = lock_task(session, actor, task_id, now)
    refuse_suspended(running.case)
    seat = _seat_of(session, running, task)
    if task.element_id == SHEET and not _draws_again(running):
        raise Conflict("本件所依据的流程版本不能在评分环节补抽，请流程与口径负责人将本件迁移到现行版本后再补抽。")
    seat.state, seat.recusal_reason = "recused", f"{_FELL_OUT[task.element_id]}：{text}"
    running.step.record(
        "expert_excused", task.element_id, [{"field": seat.username, "old": None, "new": seat.recusal_reason}]
    )
    running.cancel_instance(task)
    running.save()


def _seat_of(session: Session, running: Running, task: Task) -> ReviewSeat:
    """The seat whose declaration or scores the open task asks for. Raises Conflict."""
    state = "drawn" if task.element_id == DECLARATION else "accepted"
    found = reviews.open_seat(session, running.case.id, task.assignee or "", state)
    if task.element_id not in _FELL_OUT or task.status != "open" or found is None:
        raise Conflict("只能补抽尚未作出声明，或者尚未提交评分的专家。")
    return found


def _draws_again(running: Running) -> bool:
    """Whether the case's diagrams look for missing scores before they count."""
    processes = running.bundle.diagrams.processes.values()
    return any(each.operation == check_panel.__name__ for process in processes for each in process.elements.values())
