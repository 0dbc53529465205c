"""Where a stored case stands: its tokens, read from the bytes without making a case of them.

A thousand cases are looked at in one dry run, and most of them stand where others stand: what is read here is a plain
value, so that equal positions need be judged only once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from SpiffWorkflow import TaskState

from workflows.engine.errors import StateUnreadable
from workflows.engine.gate.bundle import Scope
from workflows.engine.gate.dataflow import written
from workflows.engine.model import Element
from workflows.engine.state import NONE, SAME, decode_state

if TYPE_CHECKING:
    from workflows.engine.diagrams import Diagrams

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


def read_position(state: bytes, drawn: Drawn) -> tuple[Position, set[Place]]:
    """Where a case stands on the bundle that it runs on, and which elements it has done. Raises StateUnreadable."""
    head, names, processes = decode_state(state)
    passes: list[tuple[Token, ...]] = []
    done: set[Place] = set()
    try:
        if head[0] != drawn.pin[:32]:
            raise StateUnreadable("the state belongs to another version of the diagrams")
        for scope, _, completed, _, _, rows in processes:
            specs = drawn.specs[scope].task_specs
            drawn_as = [specs[name].bpmn_id if name in specs else None for name in names]
            done.update((scope, drawn_as[row[3]] or "") for row in rows if row[2] == TaskState.COMPLETED)
            if not completed:
                tokens = _tokens(scope, specs, names, {row[0]: row for row in rows})
                passes.append(tuple(sorted(tokens, key=repr)))
        ended = bool(head[7]) or bool(processes[0][2])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise StateUnreadable(f"the state is damaged: {error!r}") from error
    return Position(ended, tuple(sorted(passes, key=repr))), done


def _tokens(scope: str, specs: Mapping[str, Any], names: list[str], rows: Rows) -> Iterator[Token]:
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
        yield Token(scope, spec.bpmn_id, tuple(sorted(_known(row, rows))), came_from)


def _known(row: list[Any], rows: Rows) -> set[str]:
    """The names of the variables of a task: every row holds the difference to its parent's."""
    line = [row]
    while line[-1][1] and line[-1][7] != NONE:
        line.append(rows[line[-1][1]])
    known: set[str] = set()
    for _, _, _, _, _, _, _, difference in reversed(line):
        if difference == NONE:
            known = set()
        elif difference != SAME:
            changed, removed = difference if type(difference) is list else (difference, [])
            known = (known - set(removed)) | changed.keys()
    return known
