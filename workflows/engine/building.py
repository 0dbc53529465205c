"""Checked files built into the specs of a bundle."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType

from lxml import etree

from workflows.engine.diagrams import Diagrams
from workflows.engine.model import Process
from workflows.engine.parser import DiagramParser


def _pin(files: Mapping[str, bytes], key: str) -> str:
    """The hash of a bundle: its key, and the names, lengths and bytes of its files in the order of their names."""
    digest = hashlib.sha256(f"{key}\n".encode())
    for name in sorted(files):
        digest.update(f"{name}\n{len(files[name])}\n".encode())
        digest.update(files[name])
    return digest.hexdigest()


def build(
    files: Mapping[str, bytes], key: str, roots: Mapping[str, etree._Element], processes: Mapping[str, Process]
) -> Diagrams:
    """Make specs of checked files, given as trees and as the model read from them; the gate does it in the end."""
    parser = DiagramParser(processes)
    for name, root in roots.items():
        parser.add_bpmn_xml(root, name)
    spec, called = parser.parse(key)
    reached = {key, *(called_spec.process for called_spec in called.values())}
    return Diagrams(
        key=key,
        pin=_pin({name: files[name] for name in roots}, key),
        files=MappingProxyType(dict(files)),
        processes=MappingProxyType({name: process for name, process in processes.items() if name in reached}),
        spec=spec,
        called_specs=called,
        flow_ids=MappingProxyType(
            {
                name: MappingProxyType({(flow.source, flow.target): flow.id for flow in process.flows})
                for name, process in processes.items()
                if name in reached
            }
        ),
    )
