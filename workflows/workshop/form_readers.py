"""Who reads what a form asks (数据去向): operations, checks, letters, and other forms that begin with it.

Shown while a field is being deleted or given another key, before the gate refuses what its readers miss.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from workflows import forms
from workflows.case.operations import REGISTRY
from workflows.engine import Element
from workflows.engine.document import DocumentRefused, read_document
from workflows.engine.model import read_processes
from workflows.workshop import field_contract, procedure
from workflows.workshop.proposal import Proposal

_FACT = re.compile(r"fact:([a-z0-9_]+)")


@dataclass(frozen=True)
class Lost:
    """A field of the form in force that is not in the edited one any more, and who reads it."""

    key: str
    name: str
    readers: tuple[str, ...]


def lost(proposal: Proposal, path: str, edited: forms.Form | None) -> tuple[Lost, ...]:
    """The fields that are read and would be gone, in the form's order; none where the form cannot be read."""
    before = _form(path, proposal.before.get(path, b""), forms.parts_among(proposal.before))
    if before is None or edited is None:
        return ()
    kept = {field.key for field in edited.fields}
    gone = [field for field in before.fields if field.key not in kept and not field.readonly]
    if not gone:
        return ()
    readers = readers_of(proposal, path)
    return tuple(Lost(field.key, field.name, readers[field.key]) for field in gone if field.key in readers)


def readers_of(proposal: Proposal, path: str) -> dict[str, tuple[str, ...]]:
    """Key → who reads it in the processes that this form, or shared part, belongs to."""
    found: dict[str, list[str]] = {}
    for scheme, bundle in proposal.assembled.items():
        if path in bundle:
            for key, reader in _readers(scheme, bundle, path):
                found.setdefault(key, []).append(reader)
    return {key: tuple(dict.fromkeys(readers)) for key, readers in found.items()}


def _readers(scheme: str, bundle: Mapping[str, bytes], path: str) -> Iterator[tuple[str, str]]:
    reads = procedure.reads()
    for each, content in bundle.items():
        for element, process in _services(each, content):
            where = f"{element.name}（{process}）"
            operation = element.operation or ""
            keys = [read.key for read in reads.get(operation, ()) if read.scheme in ("", scheme)]
            summary = REGISTRY[operation].sums if operation in REGISTRY else None
            for key in (*keys, *sorted(summary.fields if summary else ())):
                yield key, where
    for key in sorted(set().union(*procedure.GROUNDS.values())):
        yield key, "不利决定的理由"
    parts = forms.parts_among(bundle)
    for each, content in bundle.items():
        if each == path or (forms.is_form(each) and path in map(forms.path_of_part, forms.parts_named(content))):
            for key in sorted(field_contract.promised().get(PurePosixPath(each).stem, {})):
                yield from ((key, reader) for reader in field_contract.readers(PurePosixPath(each).stem, key))
    for each, content in bundle.items():
        other = _form(each, content, parts) if forms.is_form(each) and each != path else None
        for field in other.fields if other else ():
            for key in _FACT.findall(field.prefill or ""):
                yield key, f"“{other.title if other else ''}”的预填"


@lru_cache(maxsize=128)
def _services(path: str, content: bytes) -> tuple[tuple[Element, str], ...]:
    """The service tasks of a diagram with its name; none of one that cannot be read."""
    if not path.endswith(".bpmn"):
        return ()
    try:
        root = read_document(content)
    except DocumentRefused:
        return ()
    drawn = read_processes(path, root)
    return tuple((each, process.name) for process in drawn for each in process.elements.values() if each.operation)


def _form(path: str, content: bytes, parts: Mapping[str, bytes]) -> forms.Form | None:
    try:
        return forms.load_part(content) if forms.is_part(path) else forms.load(content, parts)
    except forms.FormRefused:
        return None
