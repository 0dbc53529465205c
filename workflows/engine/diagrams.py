"""A bundle of diagrams parsed into specs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from workflows.engine.model import Element, Process


@dataclass(frozen=True, eq=False)
class Diagrams:
    """A compiled bundle: the root process `key` and everything it calls.

    `pin` is the hash over the diagrams (not the forms) and is what a case's state refers to.
    """

    key: str
    pin: str
    files: Mapping[str, bytes]
    processes: Mapping[str, Process]
    spec: Any = field(repr=False)
    called_specs: dict[str, Any] = field(repr=False)
    flow_ids: Mapping[str, Mapping[tuple[str, str], str]] = field(repr=False)

    def elements(self, process: str) -> Mapping[str, Element]:
        """Element id → element of one process of the bundle. Raises KeyError for an unknown process."""
        return MappingProxyType(self.processes[process].elements)

    def xml_of(self, process: str) -> bytes:
        """The file that a process is drawn in."""
        return self.files[self.processes[process].file]
