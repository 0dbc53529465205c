"""What the gate looks at: the parsed files of one bundle, their processes, and the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from workflows.engine.gate.report import Report
from workflows.engine.model import Element, Flow, Process


@dataclass
class Bundle:
    """One bundle under examination. Where an id is used twice the last one is here, and the report says so."""

    key: str
    roots: Mapping[str, etree._Element]
    processes: Mapping[str, Process]
    report: Report

    def elements(self) -> Iterator[tuple[str, Element]]:
        """Every element of every process, with its file."""
        for process in self.processes.values():
            for element in process.elements.values():
                yield process.file, element

    def scopes(self) -> Iterator[Scope]:
        """Every process and embedded sub-process."""
        for process in self.processes.values():
            for scope in process.scopes:
                yield Scope(
                    scope,
                    process,
                    {e.id: e for e in process.elements.values() if e.scope == scope},
                    [f for f in process.flows if f.scope == scope],
                )


class Scope:
    """One process or embedded sub-process as a graph."""

    def __init__(self, key: str, process: Process, elements: dict[str, Element], flows: list[Flow]) -> None:
        self.key = key
        self.process = process
        self.file = process.file
        self.elements = elements
        self.flows = flows
        self.incoming: dict[str, list[Flow]] = {identity: [] for identity in elements}
        self.outgoing: dict[str, list[Flow]] = {identity: [] for identity in elements}
        self.boundaries: dict[str, list[Element]] = {identity: [] for identity in elements}
        for flow in flows:
            if flow.source in elements and flow.target in elements:
                self.outgoing[flow.source].append(flow)
                self.incoming[flow.target].append(flow)
        for element in elements.values():
            if element.kind == "boundaryEvent" and element.attached_to in elements:
                self.boundaries[element.attached_to].append(element)

    def of_kind(self, *kinds: str) -> list[Element]:
        """The elements of these kinds in drawing order."""
        return [element for element in self.elements.values() if element.kind in kinds]

    def next_ids(self, identity: str) -> list[str]:
        """Where a token may go from an element: along its flows, or to the events on its boundary."""
        return [flow.target for flow in self.outgoing[identity]] + [event.id for event in self.boundaries[identity]]
