"""A record replayed through other diagrams, forms or values: in memory, with the recorded clock, writing nothing.

At each point the earliest recorded act that fits what is open now is done. Where nothing recorded fits, an open task is
answered with its form's first decision, which moves a case forward, and it is noted that the case has no such data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from workflows import forms, rules
from workflows.engine import (
    Diagrams,
    EngineError,
    ExpressionRefused,
    OpenTask,
    OperationFailed,
    ProcessInstance,
    Result,
    ServiceCall,
    Stuck,
    Wait,
)
from workflows.engine.timers import parse_instant
from workflows.forms import Form
from workflows.rehearsal.answers import Answering, NotRecorded
from workflows.rehearsal.reading import read_outcome
from workflows.rehearsal.record import COMPLETE, MESSAGE, OMITTED, TAKE_BACK, TIMER, Act, Outcome, Record
from workflows.rules.workdays import Calendar, load, opened

# What experts send stays sealed and becomes no fact of the case.
SHEET, SEALED = "score_application", frozenset({"declare_interest", "score_application"})
# Asked only where a required paper is missing: whoever was not asked for them then had all papers.
SOMETIMES = frozenset({"waiver", "waiver_days"})
# As many new tasks as a drawing may hold on one way; more is a loop that nothing recorded ends.
MAX_ASSUMED = 40
MAX_ACTS = 3_000
# States know the instants of steps by the millisecond.
PRECISION = timedelta(seconds=1)


@dataclass(frozen=True)
class Missing:
    """What the replay needs and the case has not: at which task, and in words what."""

    element_id: str
    name: str
    what: str


@dataclass(frozen=True)
class Replayed:
    """What came out: the outcome, what was missing, acts that found no place, and why it could not go on, if so.

    `assumed` are the acts that were put in where nothing was recorded; `asks` is the service whose answer is not known.
    """

    outcome: Outcome | None
    missing: tuple[Missing, ...]
    left_out: tuple[Act, ...]
    stuck: str | None
    stuck_at: str | None = None
    assumed: tuple[Act, ...] = ()
    asks: str | None = None
    instance: ProcessInstance | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Model:
    """What a record is replayed through: diagrams, forms by key, the texts of values that are changed, the calendar."""

    diagrams: Diagrams
    forms: Mapping[str, Form]
    changed: Mapping[str, str]
    calendar: Calendar = field(default_factory=load)


def replay(model: Model, record: Record) -> Replayed:
    """Replay one record. Whatever goes wrong in it is part of the answer; nothing is raised for it."""
    return _Replay(model, record).run()


def _ended_after_all(act: Act, wait: Wait) -> datetime:
    """When a timer of the replay is due that the record says to have fired: an end that was open was stated later."""
    assert wait.due_at is not None
    return act.at if wait.element_id == act.element_id and opened(wait.due_at) else wait.due_at


class _Stopped(Exception):
    def __init__(self, why: str, element_id: str | None = None) -> None:
        super().__init__(why)
        self.why, self.element_id = why, element_id


class _Replay:
    def __init__(self, model: Model, record: Record) -> None:
        self._model, self._record = model, record
        drawn = {key for process in model.diagrams.processes.values() for key in process.elements}
        # What is no longer drawn cannot happen; a message may be caught by whichever event names it.
        self._gone = tuple(act for act in record.acts if act.do != MESSAGE and act.element_id not in drawn)
        self._waiting_acts = [act for act in record.acts if act not in self._gone]
        self._missing: list[Missing] = []
        self._assumed: list[Act] = []
        self._asks: str | None = None
        changed = frozenset(model.changed)
        types = {key: type for key, type in record.types.items() if key not in changed}
        values = rules.parameters.pinned({**record.parameters, **model.changed}, types)
        self._answering = Answering(record, values, changed, model.calendar, record.started_at, dict(record.facts))
        self._answering.sent = {name for act in record.acts for name in act.data or ()}
        self._instance: ProcessInstance | None = None

    def run(self) -> Replayed:
        stuck, where = None, None
        try:
            self._go()
        except _Stopped as stopped:
            stuck, where = stopped.why, stopped.element_id
        except OperationFailed as failed:
            stuck, where = self._service_failed(failed)
        except EngineError as failed:
            stuck, where = f"流程无法继续：{_why(failed)}", getattr(failed, "element_id", None) or None
        computed = self._answering.computed[-1] if self._answering.computed else None
        outcome = read_outcome(self._instance, computed) if self._instance is not None else None
        left_out = (*self._gone, *self._waiting_acts)
        return Replayed(
            outcome, tuple(self._missing), left_out, stuck, where, tuple(self._assumed), self._asks, self._instance
        )

    def _service_failed(self, failed: OperationFailed) -> tuple[str | None, str]:
        cause = failed.__cause__
        if not isinstance(cause, NotRecorded):
            return f"服务环节“{self._name(failed.element_id)}”无法完成", failed.element_id
        self._asks = cause.element_id
        self._note(cause.element_id, "服务环节的结果无从得知" + (f"：{cause.why}" if cause.why else ""))
        return None, failed.element_id

    def _go(self) -> None:
        record = self._record
        self._instance = ProcessInstance.start(self._model.diagrams, self._call, record.started_at)
        for _ in range(MAX_ACTS):
            if not self._next():
                break
        else:
            raise _Stopped("办理次数过多，可能是循环无法结束")
        if record.cancelled and self._instance.ended is None:
            self._instance.cancel()

    def _call(self, call: ServiceCall) -> Result:
        """Services without a result only act on the outside world, which a replay leaves alone."""
        element = self._model.diagrams.elements(call.process)[call.element_id]
        return self._answering.answer(call) if element.result else None

    @property
    def _live(self) -> ProcessInstance:
        assert self._instance is not None
        return self._instance

    def _next(self) -> bool:
        """Do one thing; False when the case stands where its record ends."""
        live = self._live
        if live.ended is not None:
            return False
        open_tasks, waits = live.open_tasks(), live.waits()
        act = self._fitting(open_tasks, waits)
        upto = act.at if act is not None else self._record.until
        if self._fire_new_timer(waits, upto):
            return True
        if act is not None:
            self._waiting_acts.remove(act)
            self._do(act, open_tasks)
            return True
        if not self._waiting_acts and (self._record.cancelled or not self._has_ended()):
            return False
        return self._go_on_without_record(open_tasks, waits)

    def _has_ended(self) -> bool:
        """Whether the recorded case came to an end, so that its replay must as well."""
        return bool(self._record.ended)

    def _fitting(self, open_tasks: Sequence[OpenTask], waits: Sequence[Wait]) -> Act | None:
        tasks = {(task.element_id, who) for task in open_tasks for who in (task.assignee, None)}
        messages = {wait.message for wait in waits if wait.kind == "message"}
        timers = {wait.element_id for wait in waits if wait.kind == "timer"}
        for act in self._waiting_acts:
            fits = {
                COMPLETE: (act.element_id, act.item) in tasks,
                TAKE_BACK: (act.element_id, act.item) in tasks,
                MESSAGE: act.name in messages,
                TIMER: act.element_id in timers,
            }[act.do]
            if fits:
                return act
        return None

    def _fire_new_timer(self, waits: Sequence[Wait], upto: datetime) -> bool:
        """Fire a timer that the record cannot speak of: it is new, or its instant is another than the recorded one.

        A timer that stands at its recorded instant fires when the record says so: it may have been stopped meanwhile.
        """
        for wait in sorted((each for each in waits if each.due_at is not None), key=lambda each: each.due_at or upto):
            if wait.due_at is not None and wait.due_at <= upto and not self._is_recorded(wait, wait.due_at):
                self._clock(wait.due_at)
                self._live.fire(wait.element_id)
                return True
        return False

    def _is_recorded(self, wait: Wait, due: datetime) -> bool:
        recorded = (*self._answering.instants, *self._record.results.get(wait.element_id, ()))
        known = (parse_instant(text) for text in recorded)
        return any(each is not None and abs(each - due) < PRECISION for each in known)

    def _clock(self, at: datetime) -> None:
        self._live.move_clock(at)
        self._answering.now = self._live.now

    def _do(self, act: Act, open_tasks: Sequence[OpenTask]) -> None:
        self._clock(act.at)
        if act.do == MESSAGE:
            self._live.deliver(act.name, act.payload)
        elif act.do == TIMER:
            self._live.move_timers(partial(_ended_after_all, act))
            self._live.fire(act.element_id)
        else:
            mine = [task for task in open_tasks if task.element_id == act.element_id]
            task = next((each for each in mine if each.assignee == act.item), mine[0])
            if act.do == TAKE_BACK:
                self._live.cancel_instance(task.id)
            else:
                self._complete(task, act)

    def _complete(self, task: OpenTask, act: Act) -> None:
        form = self._model.forms.get(task.form or "")
        if form is not None and act.data is not None:
            self._check_data(task, form, act)
        # What the form does not ask any more nobody would have sent.
        asked = None if form is None else {field.key for field in form.fields}
        data = {
            name: value
            for name, value in (act.data or {}).items()
            if name != "decision" and (asked is None or name in asked)
        }
        if task.element_id == SHEET and act.item:
            self._answering.sheets[act.item] = data
        elif not task.seals and task.element_id not in SEALED:
            self._answering.facts |= data
        self._live.complete(task.id, act.decision)

    def _check_data(self, task: OpenTask, form: Form, act: Act) -> None:
        """Whether what was sent then would be taken by the form as it is now; fields that went are left out."""
        keys = {field.key for field in form.fields}
        sent = {name: value for name, value in (act.data or {}).items() if name in keys}
        try:
            forms.validate(form, sent, allowed={key: () for key in SOMETIMES & keys if key not in sent})
        except forms.Invalid as invalid:
            labels = {field.key: field.label for field in form.fields}
            for error in invalid.errors[:5]:
                top = error.field.split(".")[0].split("-")[0]
                if sent.get(top) == OMITTED:
                    continue
                self._note(task.element_id, f"“{labels.get(top, error.field)}”：{error.message}", task.name)

    def _go_on_without_record(self, open_tasks: Sequence[OpenTask], waits: Sequence[Wait]) -> bool:
        if open_tasks:
            self._assume(open_tasks[0])
            return True
        timers = [wait for wait in waits if wait.kind == "timer" and wait.due_at is not None]
        if timers:
            first = min(timers, key=lambda wait: wait.due_at or self._record.until)
            self._clock(first.due_at or self._record.until)
            self._live.fire(first.element_id)
            return True
        names = "、".join(f"“{wait.name}”" for wait in waits)
        why = f"停在{names}，原件没有相应的事件" if names else "没有可以继续的环节"
        raise _Stopped(why, waits[0].element_id if waits else None)

    def _assume(self, task: OpenTask) -> None:
        if len(self._assumed) == MAX_ASSUMED:
            raise _Stopped("原件没有数据的环节过多，可能是循环无法结束", task.element_id)
        form = self._model.forms.get(task.form or "")
        decision = form.decisions[0] if form is not None and form.decisions else None
        asked = [field.label for field in form.editable() if field.required] if form is not None else []
        what = f"原件没有经过这一环节，需补填{'、'.join(asked[:6])}" if asked else "原件没有经过这一环节"
        self._note(task.element_id, what, task.name)
        self._assumed.append(Act(COMPLETE, task.element_id, self._live.now, decision=decision, item=task.assignee))
        self._live.complete(task.id, decision)

    def _note(self, element_id: str, what: str, name: str = "") -> None:
        note = Missing(element_id, name or self._name(element_id), what)
        if note not in self._missing:
            self._missing.append(note)

    def _name(self, element_id: str) -> str:
        for process in self._model.diagrams.processes.values():
            if element_id in process.elements:
                return process.elements[element_id].name
        return element_id


def _why(failed: EngineError) -> str:
    """What the engine says, in words of process owners; its own are for programmers."""
    cause = failed.__cause__ or failed
    if isinstance(cause, ExpressionRefused):
        return "条件、期限或多人办理的取值无法识别"
    if isinstance(cause, Stuck):
        return "某一步之后没有可以继续的环节，或者步骤过多"
    return "流程引擎无法执行其中一步"
