"""Drives a case in tests: every step goes through bytes, so nothing may live in memory only."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from workflows.engine import Diagrams, EndState, OpenTask, ProcessInstance, ServiceCall, Wait, compile_bundle

NOW = datetime.fromisoformat("2026-03-02T09:00:00+08:00")


class Driver:
    """A case that is saved and loaded again between any two steps."""

    def __init__(self, diagrams: Diagrams, answers: Mapping[str, Any] | None = None, now: datetime = NOW) -> None:
        self.diagrams = diagrams
        self.answers = dict(answers or {})
        self.calls: list[ServiceCall] = []
        self.now = now
        instance = ProcessInstance.start(diagrams, self.call, now)
        self.state = instance.dump()

    def call(self, request: ServiceCall) -> Any:
        self.calls.append(request)
        answer = self.answers.get(request.operation)
        return answer(request) if callable(answer) else answer

    @property
    def instance(self) -> ProcessInstance:
        return ProcessInstance.load(self.diagrams, self.state, self.call, self.now)

    def step(self, move: Callable[[ProcessInstance], object]) -> None:
        instance = self.instance
        assert instance.dump() == self.state, "loading and saving must not change anything"
        move(instance)
        self.state = instance.dump()

    def complete(self, element_id: str, decision: str | None = None, assignee: str | None = None) -> None:
        tasks = [t for t in self.open if t.element_id == element_id and assignee in (None, t.assignee)]
        assert tasks, f"{element_id} is not open, but {[t.element_id for t in self.open]}"
        self.step(lambda instance: instance.complete(tasks[0].id, decision))

    def deliver(self, message: str, **payload: str) -> None:
        self.step(lambda instance: instance.deliver(message, payload))

    def advance(self, delta: timedelta = timedelta()) -> None:
        self.now += delta
        self.step(lambda instance: instance.advance())

    @property
    def open(self) -> list[OpenTask]:
        return self.instance.open_tasks()

    @property
    def open_ids(self) -> list[str]:
        return [task.element_id for task in self.open]

    @property
    def waits(self) -> list[Wait]:
        return self.instance.waits()

    @property
    def wait_ids(self) -> list[str]:
        return [wait.element_id for wait in self.waits]

    @property
    def ended(self) -> EndState | None:
        return self.instance.ended


def drive(*files: bytes, answers: Mapping[str, Any] | None = None) -> Driver:
    """Start a case on these files; the first is the root process. File names are taken from the process ids."""
    return Driver(compile_files(*files), answers)


def compile_files(*files: bytes) -> Diagrams:
    named = {f"{process_id(data)}.bpmn": data for data in files}
    return compile_bundle(named, process_id(files[0]))


def process_id(data: bytes) -> str:
    return data.decode().split('<bpmn:process id="')[1].split('"')[0]
