"""SpiffWorkflow's script engine replaced: expressions go to our evaluator, scripts and service calls go nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine

from workflows.engine.errors import ExpressionRefused
from workflows.engine.expressions import compile_expression


class ClosedEnvironment(BasePythonScriptEngineEnvironment):
    """The environment that SpiffWorkflow calls directly in places; as closed as the engine around it."""

    def evaluate(
        self, expression: str, context: Mapping[str, object], external_context: Mapping[str, object] | None = None
    ) -> object:
        """The value of one allow-listed expression over `context`."""
        return compile_expression(expression).evaluate(context)

    def execute(self, script: str, context: Any, external_context: Any = None) -> NoReturn:
        """Diagrams hold no scripts."""
        raise ExpressionRefused("scripts are not executed")

    def call_service(self, context: Any, **kwargs: Any) -> NoReturn:
        """Service tasks are called by our own task spec, never through the script engine."""
        raise ExpressionRefused("services are not called from scripts")


class ClosedScriptEngine(PythonScriptEngine):
    """The default script engine is remote code execution; this one evaluates the small language only."""

    def __init__(self) -> None:
        super().__init__(environment=ClosedEnvironment())

    def validate(self, expression: str) -> None:
        """Raises ExpressionRefused unless the expression compiles."""
        compile_expression(expression)

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> object:
        """The value of one allow-listed expression over the task's variables."""
        return self.environment.evaluate(expression, task.data)

    def execute(self, task: Any, script: str, external_context: Any = None) -> NoReturn:
        """Diagrams hold no scripts."""
        raise ExpressionRefused("scripts are not executed")

    def call_service(self, task: Any, **kwargs: Any) -> NoReturn:
        """Service tasks are called by our own task spec, never through the script engine."""
        raise ExpressionRefused("services are not called from scripts")


SCRIPT_ENGINE = ClosedScriptEngine()
