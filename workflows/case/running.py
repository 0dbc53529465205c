"""The one place where the engine meets storage: lock, load, step, save, project, record.

Everything that happens to a case happens through a `Running`, in the transaction of whoever opened it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from storage import audit as audit_store
from storage import cases, instances, objections
from storage import tasks as task_store
from storage.cases import Case, CaseFacts
from storage.database import Session, is_passing
from storage.instances import Ground, Incident, Instance, TaskGround
from storage.tasks import Task
from workflows import engine
from workflows.attempts import Away, Broken, pause_for
from workflows.audit import Chain, EventRef
from workflows.case import calendars
from workflows.case.bundles import Bundle, bundle_of
from workflows.case.operations import perform
from workflows.case.step import Step, local_date
from workflows.errors import Conflict, GreenCaseError, NotFound, StepFailed
from workflows.permissions import SYSTEM, Actor, scope_of

OBJECTION_ACCEPTED = "objection_accepted"
DRAFT = "DRAFT"
FAILED = "流程未能继续，本次操作没有生效，已登记为流程异常件，请联系流程与口径负责人。"


def chain_of(case: Case) -> str:
    return str(audit_store.chain_of_case(case.reference))


class Running:
    """One locked case with its live process. `save` writes everything that changed; nothing here commits."""

    def __init__(self, step: Step, bundle: Bundle, state: bytes, retry_at: datetime | None) -> None:
        self.step, self.bundle = step, bundle
        self._state, self._retry_at, self._facts = state, retry_at, step.facts
        self._tasks: dict[str, engine.OpenTask] = {}
        self._waits: dict[str, engine.Wait] = {}
        self._completed: str | None = None
        self._followed: EventRef | None = None

    @cached_property
    def process(self) -> engine.ProcessInstance:
        """The live process, read when first needed: a list looks at many cases and moves few."""
        try:
            process = engine.ProcessInstance.load(self.bundle.diagrams, self._state, self._call, self.step.now)
        except engine.EngineError as error:
            raise StepFailed(FAILED, case_id=self.step.case.id, element_id=None) from error
        self._tasks = {task.id: task for task in process.open_tasks()}
        self._waits = {wait.id: wait for wait in process.waits()}
        return process

    @property
    def case(self) -> Case:
        return self.step.case

    def next_due(self) -> datetime | None:
        """The earliest instant at which a timer of the case may fire."""
        return self.process.next_due(self._withheld())

    def _withheld(self) -> frozenset[str]:
        """The waits that no timer ends now: the end of publicity waits until every objection is triaged and decided."""
        periods = ends_of_publicity(self.process.waits())
        return periods if periods and objections.with_open(self.step.session, [self.case.id]) else frozenset()

    def waits_for(self, *messages: str) -> bool:
        """Whether one of these messages would move the case now; a suspended one stands still."""
        return self.case.suspended_at is None and any(wait.message in messages for wait in self.process.waits())

    def _call(self, call: engine.ServiceCall) -> Any:
        return perform(self.step, call.operation, call.parameters)

    def complete(self, task: Task, decision: str | None, cause: EventRef) -> None:
        """Complete an open task and let the process run on; `cause` is the event that tells of the completion."""
        self._completed = task.id
        self._stepping(lambda: self.process.complete(task.id, decision), cause)

    def deliver(self, message: str, payload: Mapping[str, str], cause: EventRef | None = None) -> None:
        """Give the process a message that it waits for; `cause` is the event of another chain that it comes from."""
        self._stepping(lambda: self.process.deliver(message, payload), cause)

    def cancel_instance(self, task: Task) -> None:
        """Take back one task of a multi-instance; the last one to close lets the case go on."""
        self._stepping(lambda: self.process.cancel_instance(task.id))

    def advance(self) -> None:
        """Fire the timers that are due; each stands on record, and what follows from them follows from the first."""
        withheld = self._withheld()
        due = sorted(
            (wait.due_at, wait.element_id)
            for wait in self.process.waits()
            if wait.due_at is not None and wait.due_at <= self.step.now and wait.id not in withheld
        )
        fired = [
            self.step.record("timer_fired", element_id, [{"field": "due_at", "old": None, "new": due_at.isoformat()}])
            for due_at, element_id in due
        ]
        if fired:
            self._stepping(lambda: self.process.advance(withheld), fired[0])

    def cancel(self) -> None:
        self._stepping(self.process.cancel)

    def _stepping(self, act: Callable[[], None], cause: EventRef | None = None) -> None:
        """Let the process run on; all that it does follows from `cause`, or from what was recorded before."""
        cause = self._followed = cause or self.step.origin
        # A stage is known before the step, so that an operation can say in which stage a refusal fell.
        self.step.session.change(self.case, stage=self.process.stage() or self.case.stage)
        try:
            with self.step.following(cause):
                act()
        except engine.NotReady:
            raise Conflict("该任务已办结或已失效，请刷新后查看最新状态。") from None
        except engine.NothingCatches:
            raise Conflict("本件当前环节不接受此项操作，请刷新后查看最新状态。") from None
        except engine.EngineError as error:
            if isinstance(error.__cause__, GreenCaseError):
                raise error.__cause__ from None
            if error.__cause__ is not None and is_passing(error.__cause__):
                raise error.__cause__ from None  # nothing is wrong with this case
            element = getattr(error, "element_id", None)
            raise StepFailed(FAILED, case_id=self.case.id, element_id=element) from error

    def save(self) -> None:
        """Write the state, project tasks and waits, set status and stage."""
        with self.step.following(self._followed) if self._followed else nullcontext():
            self._save()

    def _save(self) -> None:
        step, case, process = self.step, self.step.case, self.process
        instances.save_state(step.session, case.id, process.dump(), self.next_due())
        if self._retry_at is not None:
            self._retry_at = None
            instances.clear_failures(step.session, case.id)
            instances.resolve_incidents(step.session, case.id, step.now)
            step.record("incident_resolved", case.stage or "")
        if step.facts is not self._facts:
            self._facts = step.facts
            cases.save_facts(step.session, case.id, step.facts)
        self._project_tasks()
        self._project_waits()
        status = process.status() or case.status
        shown = case.status if case.suspended_at else status
        step.session.change(case, status=shown, stage=process.stage() or case.stage)
        if process.ended is not None and case.ended_at is None:
            case.ended_at = step.now
            case.reason = case.reason or process.ended.reason
            step.record("case_ended", process.ended.element_id, [{"field": "status", "old": None, "new": status}])

    def _project_tasks(self) -> None:
        session, step = self.step.session, self.step
        now_open = {task.id: task for task in self.process.open_tasks()}
        gone = [task_id for task_id in self._tasks if task_id not in now_open and task_id != self._completed]
        for task in now_open.values():
            if task.id not in self._tasks:
                row = new_task(step, task)
                row["due_on"] = self.last_day(task, row["due_on"])
                task_store.append(session, {**row, **self._draft_of(task, gone)})
        if gone:
            task_store.cancel(session, gone, step.now)
        self._tasks = now_open

    def last_day(self, task: engine.OpenTask, due: date | None) -> date | None:
        """The day by which a task is due: at the latest that on which a timer takes it away, where that is known."""
        ends = [
            local_date(wait.due_at - timedelta(microseconds=1))
            for wait in self.process.waits()
            if wait.due_at is not None and (wait.process, wait.interrupts) == (task.process, task.element_id)
        ]
        return min([*ends, due]) if due is not None else None

    def _draft_of(self, task: engine.OpenTask, gone: Sequence[str]) -> dict[str, Any]:
        """What somebody had written in the task that this one takes the place of: its term began anew meanwhile."""
        if task.assignee is not None:
            return {}  # a seat is one person's, and another's sheet is no draft of his
        for task_id in gone:
            before = self._tasks[task_id]
            row = task_store.get(self.step.session, task_id) if before.element_id == task.element_id else None
            if row is not None and row.draft is not None:
                return {"draft": row.draft, "draft_by": row.draft_by, "draft_at": row.draft_at}
        return {}

    def _project_waits(self) -> None:
        session, now = self.step.session, self.step.now
        waits = {wait.id: wait for wait in self.process.waits()}
        gone = [key for key in self._waits if key not in waits]
        if gone:
            instances.end_waits(session, gone, now)
        for key, wait in waits.items():
            if key not in self._waits:
                instances.append_wait(session, new_wait(self.step, wait))
            elif wait != self._waits[key]:
                instances.move_wait(session, key, wait.due_at, self.step.calendars.number)
        self._waits = waits


def ends_of_publicity(waits: Iterable[engine.Wait]) -> frozenset[str]:
    """The waits whose timer ends a period in which people may object, by their ids.

    Known by the message that the same wait listens for, and so on every bundle, whatever it draws.
    """
    plain = [wait for wait in waits if not wait.boundary]
    listening = {wait.process for wait in plain if wait.message == OBJECTION_ACCEPTED}
    return frozenset(wait.id for wait in plain if wait.process in listening and wait.kind == "timer")


def new_task(step: Step, task: engine.OpenTask) -> dict[str, Any]:
    """A new open task by its columns."""
    days = step.working_days(task.due)
    due_on = step.last_day(days, step.today, role=task.role)
    if days is None and task.status == DRAFT:  # an application can be sent as long as its batch takes them
        due_on = local_date(step.batch.window_to)
    return {
        "id": task.id,
        "case_id": step.case.id,
        "element_id": task.element_id,
        "process": task.process,
        "name": task.name,
        "role": task.role,
        "form": task.form,
        "stage": task.stage,
        "personal": task.assignee is not None,
        "separate_from": list(task.separate_from),
        "assignee": task.assignee,
        "due_on": due_on,
        "working_days": days,
        "counted_by": step.calendars.number,
        "opened_at": step.now,
        "status": "open",
        "version": 1,
    }


def new_wait(step: Step, wait: engine.Wait) -> dict[str, Any]:
    """A new wait by its columns."""
    return {
        "id": wait.id,
        "case_id": step.case.id,
        "process": wait.process,
        "element_id": wait.element_id,
        "name": wait.name,
        "kind": wait.kind,
        "message": wait.message,
        "due_at": wait.due_at,
        "boundary": wait.boundary,
        "opened_at": step.now,
        "counted_by": step.calendars.number,
    }


def start(step: Step, bundle: Bundle) -> None:
    """Start the process of a new case: its state, its facts, its first task."""
    process = _begin(step, bundle)
    step.session.add(Instance(case_id=step.case.id, state=process.dump(), next_due_at=process.next_due()))
    step.session.add(CaseFacts(case_id=step.case.id, facts=step.facts))
    _project_first(step, process)


def restart(step: Step, bundle: Bundle) -> None:
    """Put a fresh process in the place of one that has ended; the facts stay as they are known."""
    process = _begin(step, bundle)
    instances.save_state(step.session, step.case.id, process.dump(), process.next_due())
    instances.clear_failures(step.session, step.case.id)
    _project_first(step, process)


def _begin(step: Step, bundle: Bundle) -> engine.ProcessInstance:
    with step.following(step.origin):
        return engine.ProcessInstance.start(
            bundle.diagrams, lambda call: perform(step, call.operation, call.parameters), step.now
        )


def _project_first(step: Step, process: engine.ProcessInstance) -> None:
    session, case = step.session, step.case
    for task in process.open_tasks():
        task_store.append(session, new_task(step, task))
    for wait in process.waits():
        instances.append_wait(session, new_wait(step, wait))
    case.status, case.stage = process.status() or case.status, process.stage()


def open_case(session: Session, case_id: int, actor: Actor, now: datetime) -> Running:
    """Lock a case and load its process."""
    case = cases.lock(session, case_id)
    return _open(session, [case], actor, now)[0]


def open_task(session: Session, task_id: str, actor: Actor, now: datetime) -> tuple[Running, TaskGround] | None:
    """Lock the case of a task, load its process and read the task under the lock."""
    if not cases.lock_of_task(session, task_id):
        return None
    case, ground, task = instances.load_with_task(session, task_id, by=actor.username)
    return _running(session, case, ground, actor, now), task


def open_cases(session: Session, case_ids: Iterable[int], actor: Actor, now: datetime) -> list[Running]:
    """Lock several cases in the order of their references and load their processes; two statements and the chains."""
    return _open(session, cases.lock_all(session, case_ids), actor, now)


def open_waiting(
    session: Session, batch_id: int, messages: Sequence[str], actor: Actor, now: datetime
) -> list[Running]:
    """Lock the cases of a batch that wait for one of these messages and load their processes.

    They are asked again under the lock: a withdrawal or a suspension may have been faster.
    """
    waiting = instances.waiting_by_message(session, batch_id, messages)
    found = {case_id for of_message in waiting.values() for case_id in of_message}
    return [each for each in open_cases(session, found, actor, now) if each.waits_for(*messages)]


def _open(session: Session, locked: Sequence[Case], actor: Actor, now: datetime) -> list[Running]:
    grounds = instances.load(session, [case.id for case in locked])
    return [_running(session, case, grounds[case.id], actor, now) for case in locked]


def _running(session: Session, case: Case, ground: Ground, actor: Actor, now: datetime) -> Running:
    step = Step(
        session=session,
        case=case,
        batch=ground.batch,
        enterprise=ground.enterprise,
        facts=ground.facts,
        now=now,
        actor=actor,
        chain=Chain(session, chain_of(case), ground.seq, ground.hash),
        loaded=calendars.read(ground.calendars),
    )
    return Running(step, bundle_of(session, case.definition_id), ground.state, ground.retry_at)


def refuse_suspended(case: Case) -> None:
    if case.suspended_at is not None:
        raise Conflict("本件已中止办理，恢复办理后方可操作。")


def refuse_ended(case: Case) -> None:
    if case.ended_at is not None:
        raise Conflict("本件已办结，不能再办理此项操作。")


def record_incident(session: Session, case_id: int, element_id: str | None, what: str, now: datetime) -> None:
    """Note that a step failed, in a transaction of its own after the failed one was rolled back."""
    case = cases.lock(session, case_id)
    # No column holds NUL, and what failed may have been just that.
    session.add(Incident(case_id=case_id, at=now, element_id=element_id, what=what[:2000].replace("\0", "�")))
    Chain.open(session, chain_of(case)).append(now, SYSTEM, "incident_recorded", element_id or "")
    postpone(session, case_id, Broken(what), now)


def postpone(session: Session, case_id: int, why: Away | Broken, now: datetime) -> None:
    """Try the timers of a case again only after a pause, which grows until a step succeeds."""
    instance = instances.lock(session, case_id)
    if instance is not None:
        instance.failures += 1
        instance.retry_at = now + pause_for(why, instance.failures)


def find_case(session: Session, reference: str, actor: Actor) -> Case:
    """The case if the actor may know of it, else NotFound: nobody learns of what is not theirs."""
    case = cases.find_visible(session, reference, scope_of(actor))
    if case is None:
        raise NotFound("没有这一申报件，或你无权查看。")
    return case
