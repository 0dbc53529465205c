"""From files to bundles: what belongs to a scheme, its digest, and the refusal of what the gate found."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from workflows import engine, forms
from workflows.errors import Invalid


class FindingShown(TypedDict):
    """A finding as clients read it; `message` and `mend` are Chinese."""

    file: str
    line: int
    element: str | None
    rule: str
    message: str
    mend: str
    message_en: str
    mend_en: str


class GateRefused(Invalid):
    """422: the gate found something; nothing was published, and unless `kept` nothing was saved."""

    def __init__(self, findings: Sequence[engine.Finding], *, kept: bool = True) -> None:
        said = "未发布" if kept else "未保存"
        super().__init__(
            f"发布校验发现{len(findings)}个问题，{said}。", findings=[shown_finding(each) for each in findings]
        )
        self.findings = list(findings)
        self.kept = kept


def shown_finding(finding: engine.Finding) -> FindingShown:
    return {
        "file": finding.file,
        "line": finding.line,
        "element": finding.element,
        "rule": finding.rule,
        "message": finding.message_zh,
        "mend": finding.mend_zh,
        "message_en": finding.message_en,
        "mend_en": finding.mend_en,
    }


def read_library(folder: Path) -> dict[str, bytes]:
    """Every diagram and form below a folder by its relative path."""
    paths = [*folder.rglob("*.bpmn"), *folder.rglob("*.form")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}


def assemble(library: Mapping[str, bytes], scheme: str) -> dict[str, bytes]:
    """The bundle of a scheme: its diagram, those it calls (at any depth), the forms of their tasks, and their parts.

    What is named and not there is left out; the gate says so.
    """
    bundle: dict[str, bytes] = {}
    waiting = [f"{scheme}.bpmn"]
    while waiting:
        path = waiting.pop()
        if path in bundle or path not in library:
            continue
        content = bundle[path] = library[path]
        links = engine.read_links(content)
        waiting += [f"shared/{key}.bpmn" for key in links.called]
        for name in links.forms:
            form = f"forms/{name.replace('{scheme}', scheme)}.form"
            if form in library:
                bundle[form] = library[form]
    for path in filter(forms.is_form, list(bundle)):
        parts = [forms.path_of_part(key) for key in forms.parts_named(bundle[path])]
        bundle |= {part: library[part] for part in parts if part in library}
    return bundle


def sha256_of(content: bytes) -> str:
    """The digest of one file in hex."""
    return hashlib.sha256(content).hexdigest()


def digest(bundle: Mapping[str, bytes]) -> str:
    """The digest of a bundle: over its paths and the digests of their contents, in order."""
    lines = [f"{path} {sha256_of(content)}\n" for path, content in sorted(bundle.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
