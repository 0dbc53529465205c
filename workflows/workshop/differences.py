"""Two versions of a definition, or a draft and what it is laid over: which files differ, and in what."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from storage import definitions
from storage.database import Session
from workflows import engine
from workflows.errors import NotFound
from workflows.forms import differences as forms
from workflows.permissions import Actor
from workflows.workshop import drafts
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
    return {
        "draft": draft_id,
        "key": proposal.draft.key,
        "files": compare(_laid_over(session, proposal), proposal.files),
    }


def _laid_over(session: Session, proposal: Proposal) -> dict[str, bytes]:
    if proposal.draft.state in UNDER_WAY:
        return {path: proposal.before[path] for path in proposal.files if path in proposal.before}
    digests = {path: row.base_sha256 for path, row in proposal.rows.items() if row.base_sha256 is not None}
    contents = definitions.contents(session, set(digests.values()))
    return {path: contents[sha256] for path, sha256 in digests.items() if sha256 in contents}


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """The files that differ: the type's own diagram first, then called ones, then forms."""
    paths = sorted({*before, *after}, key=lambda path: (path.endswith(".form"), "/" in path, path))
    return [
        _compare_file(path, before.get(path), after.get(path)) for path in paths if before.get(path) != after.get(path)
    ]


def _compare_file(path: str, old: bytes | None, new: bytes | None) -> dict[str, Any]:
    """One file; `differences` is None for one that cannot be read, `old` and `new` are the texts."""
    is_diagram = path.endswith(".bpmn")
    found: engine.DiagramDifference | forms.FormDifference | None
    try:
        found = engine.compare_diagrams(old, new) if is_diagram else forms.compare_forms(old, new)
    except (engine.NotComparable, forms.NotComparable):
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
    }
