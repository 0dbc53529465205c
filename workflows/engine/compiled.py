"""Bundles through the gate into specs that cases run on."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.diagrams import Diagrams
from workflows.engine.errors import DiagramRefused
from workflows.engine.gate import judge


def compile_bundle(files: Mapping[str, bytes], key: str) -> Diagrams:
    """Compile the diagrams of a bundle whose root process is `key`; one result serves any number of cases and threads.

    It takes tens of milliseconds: callers keep what they get. Raises DiagramRefused with the gate's findings.
    """
    findings, diagrams = judge(files, key)
    if diagrams is None:
        raise DiagramRefused(findings)
    return diagrams
