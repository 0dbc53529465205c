"""The gate: refuses diagrams that the engine would mis-run, or that would be dangerous to run.

It never raises on a bad file: whatever is wrong is a finding with its line, its element, and the way to mend it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from workflows.engine.diagrams import Diagrams, build
from workflows.engine.document import DocumentRefused, read_document
from workflows.engine.findings import Finding
from workflows.engine.gate.bundle import Bundle
from workflows.engine.gate.constructs import check_constructs
from workflows.engine.gate.dataflow import check_order
from workflows.engine.gate.graph import check_graph
from workflows.engine.gate.references import Known, check_attributes, check_known, check_variables
from workflows.engine.gate.report import Report
from workflows.engine.model import Process, bpmn, read_processes

__all__ = ["Known", "check_bundle", "judge"]

MAX_FILES = 100


def check_bundle(files: Mapping[str, bytes], key: str, *, known: Known) -> list[Finding]:
    """Everything: also that the forms, operations, parameters, roles and statuses exist."""
    return judge(files, key, known)[0]


def judge(files: Mapping[str, bytes], key: str, known: Known | None = None) -> tuple[list[Finding], Diagrams | None]:
    """What is wrong with a bundle, or else its specs; without `known`, as far as the bundle alone tells."""
    report = Report()
    diagrams = None
    try:
        bundle = _read(files, key, report)
        if bundle is not None:
            _examine(bundle, known)
            if not len(report):
                # The last proof: SpiffWorkflow's own parser takes it.
                diagrams = build(files, key, bundle.roots, bundle.processes)
    except Exception as error:
        # Whatever a hostile file makes a check stumble over, the answer is a refusal.
        report.add("unreadable", _main_file(files, key), 1, detail=f"{type(error).__name__}: {error}")
    return report.findings(), diagrams


def _examine(bundle: Bundle, known: Known | None) -> None:
    check_constructs(bundle)
    steps: list[Callable[[Bundle], None]] = [check_graph, check_attributes, check_variables]
    for step in steps:
        step(bundle)
    if not len(bundle.report):
        check_order(bundle)
    if known is not None:
        check_known(bundle, known)


def _read(files: Mapping[str, bytes], key: str, report: Report) -> Bundle | None:
    roots: dict[str, etree._Element] = {}
    drawn = sorted(name for name in files if name.endswith(".bpmn"))
    if len(drawn) > MAX_FILES:
        report.add("unreadable", drawn[0], 1, detail=f"{len(drawn)} > {MAX_FILES} files")
        return None
    for name in drawn:
        try:
            root = read_document(files[name])
        except DocumentRefused as refused:
            report.add(refused.rule, name, refused.line, detail=refused.detail)
            continue
        if root.tag != bpmn("definitions"):
            report.add("not-bpmn", name, root.sourceline or 1)
            continue
        roots[name] = root
    processes: dict[str, Process] = {
        process.key: process for name, root in roots.items() for process in read_processes(name, root)
    }
    if key not in processes and not len(report):
        report.add("root-missing", _main_file(files, key), 1, detail=key)
    return Bundle(key, roots, processes, report)


def _main_file(files: Mapping[str, bytes], key: str) -> str:
    return next((name for name in sorted(files) if name.rsplit("/", 1)[-1] == f"{key}.bpmn"), f"{key}.bpmn")
