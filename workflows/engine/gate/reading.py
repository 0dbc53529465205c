"""From the bytes of a bundle to what the gate looks at; files that cannot be read are reported and left out."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from workflows.engine.document import DocumentRefused, read_document
from workflows.engine.gate.bundle import Bundle
from workflows.engine.gate.report import Report
from workflows.engine.model import Process, bpmn, read_processes

MAX_FILES = 80
MAX_BUNDLE_ELEMENTS = 20_000


def read_bundle(files: Mapping[str, bytes], key: str, report: Report) -> Bundle | None:
    """The diagrams of a bundle as trees and as the model; None when there are too many to be read."""
    roots: dict[str, etree._Element] = {}
    drawn = sorted(name for name in files if name.endswith(".bpmn"))
    if len(drawn) > MAX_FILES:
        report.add("bundle-too-large", drawn[0], 1, detail=f"{len(drawn)} > {MAX_FILES}")
        return None
    elements = 0
    for name in drawn:
        try:
            root = read_document(files[name])
        except DocumentRefused as refused:
            report.add(refused.rule, name, refused.line, detail=refused.detail)
            continue
        elements += sum(1 for _ in root.iter())
        if elements > MAX_BUNDLE_ELEMENTS:
            report.add("bundle-too-large", name, 1, detail=f"{elements} > {MAX_BUNDLE_ELEMENTS}")
            return None
        if root.tag != bpmn("definitions"):
            report.add("not-bpmn", name, root.sourceline or 1)
            continue
        roots[name] = root
    processes: dict[str, Process] = {
        process.key: process for name, root in roots.items() for process in read_processes(name, root)
    }
    if key not in processes and main_file(files, key) not in files:
        report.add("root-missing", main_file(files, key), 1, detail=key)
    return Bundle(key, roots, processes, report)


def main_file(files: Mapping[str, bytes], key: str) -> str:
    """The path of the root process's own file, for findings about the bundle as a whole."""
    return next((name for name in sorted(files) if name.rsplit("/", 1)[-1] == f"{key}.bpmn"), f"{key}.bpmn")
