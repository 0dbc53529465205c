"""How the engine asks for what a service task does: one function, handed in by whoever runs the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Result = str | bool | int | list[str] | None


@dataclass(frozen=True)
class ServiceCall:
    """The operation, where it stands in the diagram, its constant parameters, and the case's variables (read-only)."""

    operation: str
    element_id: str
    process: str
    parameters: Mapping[str, str]
    variables: Mapping[str, object]


Call = Callable[[ServiceCall], Result]


def is_plain(value: object) -> bool:
    """Whether a value may be a process variable: text, truth, integer, nothing, or a list of texts. Never money."""
    if value is None or type(value) in (str, bool):
        return True
    if type(value) is int:
        return -(2**53) < value < 2**53
    return type(value) is list and all(type(entry) is str for entry in value)
