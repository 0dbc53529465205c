"""What can go wrong in the engine, each by its own name."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.engine.findings import Finding


class EngineError(Exception):
    """The root of every error that leaves `workflows.engine`."""


class DiagramRefused(EngineError):
    """The gate found something in the bundle that would be mis-run; `findings` says where, what and how to mend it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{f.file}:{f.line} {f.element or '-'} {f.rule}" for f in self.findings))


class ExpressionRefused(EngineError):
    """An expression is outside the small language that diagrams may use, or cannot be evaluated on this data."""


class NotReady(EngineError):
    """No open user task has this id: completed already, cancelled, or never was."""

    def __init__(self, task_id: str) -> None:
        self.task_id = task_id
        super().__init__(f"no open task {task_id}")


class NothingCatches(EngineError):
    """The case does not wait for this message now."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(f"nothing waits for message {message}")


class StepFailed(EngineError):
    """A step broke off inside the engine; the instance is spoilt, the bytes it was loaded from stay valid."""

    def __init__(self, element_id: str, reason: str) -> None:
        self.element_id = element_id
        super().__init__(f"{element_id}: {reason}")


class OperationFailed(StepFailed):
    """A service task's operation raised, or answered something that may not become a process variable."""

    def __init__(self, element_id: str, operation: str, reason: str = "operation failed") -> None:
        self.operation = operation
        super().__init__(element_id, f"{operation}: {reason}")


class Stuck(EngineError):
    """After a step nothing is open, due, waiting or finished, or a token was lost: the case would never go on."""


class StateUnreadable(EngineError):
    """The bytes are no state of an instance of this bundle."""
