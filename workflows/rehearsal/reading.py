"""From a case's history to what is replayed and to what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from workflows.engine import Element, Passage, Process, ProcessInstance, ServiceCall
from workflows.engine.timers import parse_duration
from workflows.rehearsal.record import COMPLETE, MESSAGE, TAKE_BACK, TIMER, Act, Computed, Outcome, Record, Stop

_EVENTS = frozenset({"intermediateCatchEvent", "boundaryEvent", "receiveTask"})


@dataclass(frozen=True)
class Sent:
    """What somebody sent for a task, and when."""

    data: Mapping[str, Any]
    at: datetime


def no_service(call: ServiceCall) -> None:
    """For instances that are only looked at."""
    raise AssertionError(f"{call.operation} was called while a case was only read")


def read_record(
    instance: ProcessInstance,
    *,
    sent: Mapping[str, Sent],
    calculations: Iterable[Computed],
    parameters: Mapping[str, str],
    types: Mapping[str, str],
    facts: Mapping[str, Any],
    started_at: datetime,
) -> Record:
    """The record of a case from its state; `sent` by task id, `facts` those it began with."""
    reader = _Reader(instance, sent, started_at)
    for passage in instance.history():
        reader.take(passage)
    return Record(
        scheme=instance.diagrams.key,
        started_at=started_at,
        until=reader.last,
        acts=tuple(reader.acts),
        results=reader.results,
        calculations=tuple(calculations),
        parameters=parameters,
        types=types,
        facts=facts,
        ended=instance.ended is not None,
        cancelled=instance.cancelled,
    )


class _Reader:
    def __init__(self, instance: ProcessInstance, sent: Mapping[str, Sent], started_at: datetime) -> None:
        self.acts: list[Act] = []
        self.results: dict[str, list[Any]] = {}
        self.last = started_at
        self._instance, self._sent = instance, sent
        self._periods = {key: _fixed_periods(process) for key, process in instance.diagrams.processes.items()}

    def take(self, passage: Passage) -> None:
        element = self._instance.diagrams.elements(passage.process)[passage.element_id]
        if passage.entered_at is not None:
            for timer, period in self._periods[passage.process].get(passage.element_id, ()):
                self.results.setdefault(timer, []).append((passage.entered_at + period).isoformat())
        if passage.state == "open":
            return
        if passage.kind == "userTask":
            self._take_task(passage)
        elif passage.state != "done":
            return
        elif passage.kind == "serviceTask":
            if element.result:
                self.results.setdefault(element.id, []).append(passage.written.get(element.result))
        elif passage.kind in _EVENTS:
            self._take_event(passage, element)

    def _take_task(self, passage: Passage) -> None:
        sent = self._sent.get(passage.task_id)
        at = self._instant(sent.at if sent else passage.left_at)
        if passage.state == "cancelled":
            if passage.item is not None:
                self.acts.append(Act(TAKE_BACK, passage.element_id, at, item=passage.item))
            return
        decision = passage.written.get(passage.element_id)
        # Variables outlive a round: a form that answers nothing leaves what an earlier one said.
        said = str(decision) if decision is not None and (sent is None or "decision" in sent.data) else None
        data = dict(sent.data) if sent else None
        self.acts.append(Act(COMPLETE, passage.element_id, at, decision=said, item=passage.item, data=data))

    def _take_event(self, passage: Passage, element: Element) -> None:
        at = self._instant(passage.left_at)
        if element.message is not None:
            payload = {name: str(value) for name, value in passage.written.items()}
            self.acts.append(Act(MESSAGE, element.id, at, name=element.message, payload=payload))
        elif element.timer is not None:
            self.acts.append(Act(TIMER, element.id, at))

    def _instant(self, at: datetime | None) -> datetime:
        """Instants only go forward; a state from before they were kept has none."""
        self.last = max(self.last, at) if at is not None else self.last
        return self.last


def _fixed_periods(process: Process) -> Mapping[str, Sequence[tuple[str, timedelta]]]:
    """The timers that run for a period which the diagram itself states, by the element that arms them when entered."""
    sources = {flow.target: flow.source for flow in process.flows}
    armed: dict[str, list[tuple[str, timedelta]]] = defaultdict(list)
    for element in process.elements.values():
        period = parse_duration(element.timer or "")
        if period is None:
            continue
        before = process.elements.get(sources.get(element.id, ""))
        behind = before.id if before is not None and before.kind == "eventBasedGateway" else element.id
        armed[element.attached_to or behind].append((element.id, period))
    return armed


def read_outcome(instance: ProcessInstance, computed: Computed | None) -> Outcome:
    """What came of an instance, be it the case's own or that of a replay."""
    stops = tuple(_stops(instance, instance.history()))
    ended = instance.ended
    return Outcome(
        stops=stops,
        open=tuple(sorted({task.element_id for task in instance.open_tasks()} | _plain_waits(instance))),
        ended=ended.element_id if ended else None,
        ended_name=ended.name if ended else None,
        status=instance.status(),
        computed=computed,
    )


def _plain_waits(instance: ProcessInstance) -> set[str]:
    return {wait.element_id for wait in instance.waits() if not wait.boundary}


def _stops(instance: ProcessInstance, history: Sequence[Passage]) -> Iterable[Stop]:
    for passage in history:
        if passage.state != "done":
            continue
        element = instance.diagrams.elements(passage.process)[passage.element_id]
        is_end = passage.kind == "endEvent" and passage.process == instance.diagrams.key
        if is_end or passage.kind == "userTask" or passage.kind in _EVENTS:
            yield Stop(passage.process, passage.element_id, element.name)
