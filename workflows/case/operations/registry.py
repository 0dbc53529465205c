"""The registry of operations: a diagram can call these and nothing else."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflows.case.step import Step
from workflows.engine import Read, Summary

Result = str | bool | int | list[str] | None
Function = Callable[[Step, Mapping[str, str]], Result]
# What the result variable of a task holds: nothing, one of a few words, an instant for a timer, usernames.
Gives = Literal["nothing", "word", "instant", "people"]

TASKS = "tasks"
TASKS_HELP = "所汇总的环节，逐一选定；未选定的环节，其意见不计入汇总结果。"


@dataclass(frozen=True)
class Operation:
    """A registered operation, with what process owners read about it in Chinese.

    `parameters` are those that a diagram must give, each with its help; `periods` those of them that are working days:
    a number, or the id of a legal value that is counted in them; `sums` says how it sums up the tasks that its
    parameter `tasks` names, `reads` which facts it reads that forms ask for. `results` are the words that it answers
    and that a gateway can ask for, each with its meaning.
    """

    name: str
    title: str
    help: str
    parameters: Mapping[str, str]
    periods: frozenset[str]
    gives: Gives
    results: Mapping[str, str]
    sums: Summary | None
    reads: tuple[Read, ...]
    function: Function = field(repr=False)


REGISTRY: dict[str, Operation] = {}


def operation(
    title: str,
    help: str,
    *,
    parameters: Mapping[str, str] | None = None,
    periods: Iterable[str] = (),
    results: Mapping[str, str] | None = None,
    gives: Gives | None = None,
    sums: Summary | None = None,
    reads: Iterable[Read] = (),
) -> Callable[[Function], Function]:
    """Register a function under its own name; one with `results` gives a word, one that `sums` names its tasks."""
    needed = {**(parameters or {}), **({TASKS: TASKS_HELP} if sums is not None else {})}

    def register(function: Function) -> Function:
        name = function.__name__
        if name in REGISTRY:
            raise ValueError(f"operation {name} is registered twice")
        answer = gives or ("word" if results else "nothing")
        REGISTRY[name] = Operation(
            name, title, help, needed, frozenset(periods), answer, results or {}, sums, tuple(reads), function
        )
        return function

    return register


def perform(step: Step, name: str, arguments: Mapping[str, str]) -> Result:
    """Call an operation; the gate has checked that name and parameters exist."""
    return REGISTRY[name].function(step, arguments)


def signatures() -> dict[str, frozenset[str]]:
    return {name: frozenset(operation.parameters) for name, operation in REGISTRY.items()}
