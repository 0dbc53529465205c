"""The registry of operations: a diagram can call these and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workflows.step import Step

Result = str | bool | int | list[str] | None
Function = Callable[[Step, Mapping[str, str]], Result]


@dataclass(frozen=True)
class Operation:
    """A registered operation: its Chinese name for process owners, and the parameters that a diagram must give."""

    name: str
    title: str
    parameters: frozenset[str]
    function: Function


REGISTRY: dict[str, Operation] = {}


def operation(title: str, *parameters: str) -> Callable[[Function], Function]:
    """Register a function under its own name."""

    def register(function: Function) -> Function:
        name = function.__name__
        if name in REGISTRY:
            raise ValueError(f"operation {name} is registered twice")
        REGISTRY[name] = Operation(name, title, frozenset(parameters), function)
        return function

    return register


def perform(step: Step, name: str, arguments: Mapping[str, str]) -> Result:
    """Call an operation; the gate has checked that name and parameters exist."""
    return REGISTRY[name].function(step, arguments)


def signatures() -> dict[str, frozenset[str]]:
    return {name: operation.parameters for name, operation in REGISTRY.items()}
