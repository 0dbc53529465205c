"""A running case to another version of its diagrams: its stored state is rewritten, nothing that is open is done anew.

The ids of tasks, armed instants, payloads, the progress of multi-instances, nested calls and all variables stay as
they are; only what was merely foreseen is dropped and foreseen again in the new diagrams (docs/decisions/0012).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from SpiffWorkflow import TaskState

from workflows.engine.diagrams import Diagrams
from workflows.engine.errors import EngineError
from workflows.engine.instance import ProcessInstance
from workflows.engine.migration_obstacles import Judge, Judgement, Remark
from workflows.engine.positions import Drawn, Position, read_position
from workflows.engine.service import ServiceCall
from workflows.engine.state import decode_state, encode_state, load_case
from workflows.engine.tree import FINISHED, Case, CaseTask

_ACTIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_FORESEEN = TaskState.FUTURE | TaskState.PREDICTED_MASK
# Nothing is due at this instant: a migration fires no timer.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Examination:
    """What stands against migrating a case, and what its owner should know if nothing does."""

    obstacles: tuple[Remark, ...]
    notes: tuple[Remark, ...]

    @property
    def migratable(self) -> bool:
        """Whether nothing stands against it."""
        return not self.obstacles


class NotMigratable(EngineError):
    """The case cannot go on in the other version from where it stands; `obstacles` says why."""

    def __init__(self, obstacles: tuple[Remark, ...]) -> None:
        self.obstacles = obstacles
        super().__init__("; ".join(obstacle.en for obstacle in obstacles))


class Migration:
    """The way from one version of a bundle to another, for any number of cases; those that stand alike cost little."""

    def __init__(self, old: Diagrams, new: Diagrams) -> None:
        if old.key != new.key:
            raise ValueError(f"{old.key} and {new.key} are different processes")
        self._new = new
        self._old_drawn = Drawn(old)
        self._judge = Judge(self._old_drawn, Drawn(new))
        self._judged: dict[Position, Judgement] = {}

    def examine(self, state: bytes) -> Examination:
        """Whether a case of the old version can go on in the new one. Raises StateUnreadable."""
        position, done, held = read_position(state, self._old_drawn)
        if position not in self._judged:
            self._judged[position] = self._judge.judge(position)
        judgement = self._judged[position]
        # The same sentence once, though several tokens give rise to it.
        obstacles = dict.fromkeys((*judgement.obstacles, *self._judge.unfit(judgement, held)))
        return Examination(tuple(obstacles), (*judgement.notes, *self._judge.done_again(judgement, done)))

    def migrate(self, state: bytes) -> bytes:
        """The state of the case in the new version. Raises NotMigratable, StateUnreadable, or Stuck (a bug in here)."""
        examination = self.examine(state)
        if examination.obstacles:
            raise NotMigratable(examination.obstacles)
        case = load_case(self._new, _without_foreseen(state, self._new), _no_operation, _NEVER)
        _foresee(case)
        instance = ProcessInstance(case)
        instance._settle()
        return instance.dump()


def examine(state: bytes, old: Diagrams, new: Diagrams) -> Examination:
    """Whether one case can go on in the new version. Raises StateUnreadable."""
    return Migration(old, new).examine(state)


def migrate(state: bytes, old: Diagrams, new: Diagrams) -> bytes:
    """The state of one case in the new version. Raises NotMigratable, StateUnreadable."""
    return Migration(old, new).migrate(state)


def _without_foreseen(state: bytes, new: Diagrams) -> bytes:
    """What happened and what is open, pinned to the new diagrams, with the names that are still in use.

    Passes through processes that are over and that the new bundle does not have leave the state.
    """
    head, names, processes = decode_state(state)
    known = {new.key, *new.called_specs}
    kept: list[Any] = []
    numbers: set[int] = set()
    for scope, caller, completed, success, last_task, rows in processes:
        if scope not in known or (caller and caller not in numbers):
            continue
        rows = [row for row in rows if row[2] & (FINISHED | _ACTIVE)]
        numbers.update(row[0] for row in rows)
        kept.append([scope, caller, completed, success, last_task, rows])
    used: dict[int, int] = {}
    for process in kept:
        for row in process[5]:
            row[3] = used.setdefault(row[3], len(used))
    return encode_state([new.pin[:32], *head[1:]], [names[index] for index in used], kept)


def _foresee(case: Case) -> None:
    """Grow again what is foreseeable behind every open task."""
    for task in [task for task in case.all_tasks() if task._state & _ACTIVE]:
        task.task_spec._predict_hook(task)
        for child in _foreseen(task):
            child.task_spec._predict(child, mask=_FORESEEN)


def _foreseen(task: CaseTask) -> Iterator[CaseTask]:
    for child in task.children:
        if child.has_state(_FORESEEN):
            yield child


def _no_operation(request: ServiceCall) -> NoReturn:
    raise AssertionError(f"a migration calls no operation, but {request.operation}")
