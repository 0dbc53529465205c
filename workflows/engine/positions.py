"""Where a stored case stands: its tokens, read from the bytes without making a case of them.

A thousand cases are looked at in one dry run, and most of them stand where others stand: what is read here is a plain
value, so that equal positions need be judged only once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from SpiffWorkflow import TaskState

from workflows.engine.diagrams import Diagrams
from workflows.engine.errors import ExpressionRefused, StateUnreadable
from workflows.engine.expressions import Condition, read_condition
from workflows.engine.gate.bundle import Scope
from workflows.engine.gate.dataflow import written
from workflows.engine.model import Element
from workflows.engine.state import NONE, SAME, decode_state

_ACTIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED

Rows = dict[int, list[Any]]
# A scope and an element in it.
Place = tuple[str, str]


@dataclass(frozen=True)
class Token:
    """A token of a running case: the process or sub-process, the element, and the names of the variables it carries.

    `came_from` is the element before a join at which the token waits for the others; None everywhere else.
    """

    scope: str
    element_id: str
    known: tuple[str, ...]
    came_from: str | None


@dataclass(frozen=True)
class Position:
    """Where a case stands: the tokens of each pass through a process under way; equal for cases that stand alike."""

    ended: bool
    passes: tuple[tuple[Token, ...], ...]

    @property
    def tokens(self) -> Iterator[Token]:
        """The tokens of all passes."""
        return chain.from_iterable(self.passes)


# The variables of each token with their values; tokens of two passes may be alike.
Held = Mapping[Token, list[dict[str, Any]]]


class Drawn:
    """The processes and sub-processes of a bundle as graphs, by key."""

    def __init__(self, diagrams: Diagrams) -> None:
        self.pin = diagrams.pin
        self.scopes: dict[str, Scope] = {}
        self.specs: dict[str, Any] = {}
        specs = {diagrams.key: diagrams.spec, **diagrams.called_specs}
        for process in diagrams.processes.values():
            for key in process.scopes:
                elements = {each.id: each for each in process.elements.values() if each.scope == key}
                self.scopes[key] = Scope(key, process, elements, [flow for flow in process.flows if flow.scope == key])
                self.specs[key] = specs[key]

    @cached_property
    def elements(self) -> Mapping[Place, Element]:
        """Every element by its scope and id."""
        return {(key, each.id): each for key, scope in self.scopes.items() for each in scope.elements.values()}

    @cached_property
    def setters(self) -> Mapping[str, Element]:
        """An element that sets a variable, by the variable's name."""
        return {name: each for each in self.elements.values() for name in written(each)}

    @cached_property
    def variables(self) -> frozenset[str]:
        """Every variable that is set somewhere in the bundle."""
        return frozenset(self.setters)

    @cached_property
    def conditions(self) -> Mapping[tuple[Place, str], list[Condition]]:
        """The conditions behind each element, by the variable that they ask."""
        found: dict[tuple[Place, str], list[Condition]] = {}
        for key, scope in self.scopes.items():
            for flow in scope.flows:
                if flow.condition is not None:
                    try:
                        condition = read_condition(flow.condition)
                    except ExpressionRefused:
                        continue
                    found.setdefault(((key, flow.source), condition.variable), []).append(condition)
        return found

    @cached_property
    def words(self) -> Mapping[str, set[str]]:
        """The texts that conditions anywhere compare a variable with, by its name."""
        found: dict[str, set[str]] = {}
        for (_, variable), conditions in self.conditions.items():
            found.setdefault(variable, set()).update(words_of(conditions))
        return found


def words_of(conditions: Iterable[Condition]) -> set[str]:
    """The texts that these conditions compare with."""
    return {each.constant for each in conditions if isinstance(each.constant, str)}


def read_position(state: bytes, drawn: Drawn) -> tuple[Position, set[Place], Held]:
    """Where a case stands on the bundle that it runs on, which elements it has done, and what its tokens hold.

    Raises StateUnreadable.
    """
    head, names, processes = decode_state(state)
    passes: list[tuple[Token, ...]] = []
    done: set[Place] = set()
    held: dict[Token, list[dict[str, Any]]] = {}
    try:
        if head[0] != drawn.pin[:32]:
            raise StateUnreadable("the state belongs to another version of the diagrams")
        for scope, _, completed, _, _, rows in processes:
            specs = drawn.specs[scope].task_specs
            drawn_as = [specs[name].bpmn_id if name in specs else None for name in names]
            done.update((scope, drawn_as[row[3]] or "") for row in rows if row[2] == TaskState.COMPLETED)
            if not completed:
                tokens = list(_tokens(scope, specs, names, {row[0]: row for row in rows}))
                passes.append(tuple(sorted((token for token, _ in tokens), key=repr)))
                for token, variables in tokens:
                    held.setdefault(token, []).append(variables)
        ended = bool(head[7]) or bool(processes[0][2])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise StateUnreadable(f"the state is damaged: {error!r}") from error
    return Position(ended, tuple(sorted(passes, key=repr))), done, held


def _tokens(
    scope: str, specs: Mapping[str, Any], names: list[str], rows: Rows
) -> Iterator[tuple[Token, dict[str, Any]]]:
    """Tasks of a multi-instance and boundary events belong to their activity, what waits at an end is no token."""
    for row in rows.values():
        if not row[2] & _ACTIVE or row[5]:
            continue
        spec = specs[names[row[3]]]
        if spec.bpmn_id is None or spec.element.kind == "boundaryEvent":
            continue
        came_from = None
        if spec.element.kind == "parallelGateway":
            before = specs.get(names[rows[row[1]][3]])
            came_from = before.bpmn_id if before is not None else ""
        # What waits at a join takes over the variables of its branch when the join fires.
        variables = _variables(row if came_from is None else rows[row[1]], rows)
        yield Token(scope, spec.bpmn_id, tuple(sorted(variables)), came_from), variables


def _variables(row: list[Any], rows: Rows) -> dict[str, Any]:
    """The variables of a task: every row holds the difference to its parent's."""
    line = [row]
    while line[-1][1] and line[-1][7] != NONE:
        line.append(rows[line[-1][1]])
    variables: dict[str, Any] = {}
    for _, _, _, _, _, _, _, difference in reversed(line):
        if difference == NONE:
            variables = {}
        elif difference != SAME:
            changed, removed = difference if type(difference) is list else (difference, [])
            for name in removed:
                variables.pop(name, None)
            variables.update(changed)
    return variables
