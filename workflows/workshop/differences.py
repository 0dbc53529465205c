"""Two versions of a definition, or a draft and what it is laid over: which files differ, and in what."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from storage import definitions
from storage.database import Session
from workflows import engine, forms
from workflows.errors import NotFound
from workflows.forms import differences
from workflows.permissions import Actor
from workflows.workshop import drafts
from workflows.workshop.form_designs import used_in
from workflows.workshop.proposal import Proposal

# How many things of a file were added, removed, changed or moved is counted by these.
WAYS = ("added", "removed", "changed", "moved")
UNDER_WAY = ("open", "scheduled")


def compare_versions(session: Session, key: str, old: int, new: int) -> dict[str, Any]:
    """The files in which two versions of a subsidy type differ. Raises NotFound for a version that does not exist."""
    versions = [definitions.find(session, key, number) for number in (old, new)]
    if None in versions:
        raise NotFound("没有这一流程版本。")
    before, after = (definitions.load_files(session, each.id) for each in versions if each is not None)
    return {"key": key, "old": old, "new": new, "files": compare(before, after)}


def compare_draft(session: Session, actor: Actor, draft_id: int) -> dict[str, Any]:
    """The files that a draft changes, against what is in force; a closed draft against what it was begun from."""
    proposal = drafts.get_proposal(session, actor, draft_id)
    before = _laid_over(session, proposal)
    files = [
        _compare_file(path, before.get(path), new, {**proposal.before, **before}, proposal.after)
        for path, new in proposal.files.items()
        if before.get(path) != new
    ]
    return {"draft": draft_id, "key": proposal.draft.key, "files": sorted(files, key=_order)}


def _laid_over(session: Session, proposal: Proposal) -> dict[str, bytes]:
    """The changed files as they were before."""
    if proposal.draft.state in UNDER_WAY:
        return {path: proposal.before[path] for path in proposal.files if path in proposal.before}
    digests = {path: row.base_sha256 for path, row in proposal.rows.items() if row.base_sha256 is not None}
    contents = definitions.contents(session, set(digests.values()))
    return {path: contents[sha256] for path, sha256 in digests.items() if sha256 in contents}


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """The files that differ: the type's own diagram first, then called ones, then forms and their shared parts."""
    paths = [path for path in {*before, *after} if before.get(path) != after.get(path)]
    files = [_compare_file(path, before.get(path), after.get(path), before, after) for path in paths]
    return sorted(files, key=_order)


def _order(file: Mapping[str, Any]) -> tuple[bool, int, str]:
    path = file["path"]
    return path.endswith(".form"), path.count("/"), path


def _compare_file(
    path: str, old: bytes | None, new: bytes | None, before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> dict[str, Any]:
    """One file, among everything as it was and as it is; `old` and `new` are the texts.

    `differences` is None for one that cannot be read; `used_in` are the forms that hold a shared part, by title.
    """
    is_diagram = path.endswith(".bpmn")
    found: engine.DiagramDifference | differences.FormDifference | None
    try:
        found = engine.compare_diagrams(old, new) if is_diagram else _compare_forms(old, new, before, after)
    except (engine.NotComparable, differences.NotComparable):
        found = None
    said = asdict(found) if found is not None else {}
    key = path.rpartition("/")[2].rpartition(".")[0]
    return {
        "path": path,
        "kind": "diagram" if is_diagram else "form",
        "key": key,
        "name": said.get("name") or key,
        "state": "added" if old is None else "removed" if new is None else "changed",
        "old": None if old is None else old.decode(errors="replace"),
        "new": None if new is None else new.decode(errors="replace"),
        "differences": {way: list(said[way]) for way in WAYS} if said else None,
        "count": sum(len(said[way]) for way in WAYS) if said else 0,
        "used_in": used_in(after if new is not None else before, path),
    }


def _compare_forms(
    old: bytes | None, new: bytes | None, before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> differences.FormDifference:
    return differences.compare_forms(old, new, forms.parts_among(before), forms.parts_among(after))
