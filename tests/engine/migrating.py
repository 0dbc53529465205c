"""Moving cases in tests: shipped bundles as they are and redrawn, and what stands against a move."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from tests.engine.driving import Driver
from tests.engine.redrawing import Drawing
from tests.engine.shipped import Case, bundle
from workflows.engine import Diagrams, NotMigratable, ProcessInstance, compile_bundle, examine, migrate


@cache
def compiled(scheme: str) -> Diagrams:
    return compile_bundle(bundle(scheme), scheme)


def redrawn(change: Callable[[Drawing], Drawing], process: str = "retrofit", scheme: str = "retrofit") -> Diagrams:
    files = dict(bundle(scheme))
    path = next(path for path in files if path.rsplit("/", 1)[-1] == f"{process}.bpmn")
    files[path] = change(Drawing(files[path])).bytes
    return compile_bundle(files, scheme)


def codes(case: Driver, new: Diagrams) -> list[tuple[str, str]]:
    """What stands against moving the case, by element; it is then refused, or else loads and saves stably."""
    found = examine(case.state, case.diagrams, new)
    if found.obstacles:
        with pytest.raises(NotMigratable):
            migrate(case.state, case.diagrams, new)
    else:
        moved = migrate(case.state, case.diagrams, new)
        assert ProcessInstance.load(new, moved, case.call, case.now).dump() == moved
    return [(each.code, each.element_id) for each in found.obstacles]


def notes(case: Driver, new: Diagrams) -> list[tuple[str, str]]:
    return [(each.code, each.element_id) for each in examine(case.state, case.diagrams, new).notes]


def move(case: Driver, new: Diagrams) -> None:
    case.state, case.diagrams = migrate(case.state, case.diagrams, new), new


def at(element: str, scheme: str = "retrofit") -> Case:
    """A case that has come straight to this element."""
    case = Case(compiled(scheme), lambda values: values[0])
    while element not in [*case.open_ids, *case.wait_ids]:
        case.move()
    return case
