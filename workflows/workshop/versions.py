"""The versions of a definition (版本管理): who drew and released each, when and why, and how many cases stand on it.

No version's cases are counted beyond a hundred of a kind.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from storage import definitions, people
from storage.database import Session
from storage.definitions import DefinitionVersion
from storage.questions import version_use
from storage.questions.version_use import CasesOnVersion
from workflows import forms, rules, views
from workflows.errors import NotFound


def list_versions(session: Session, key: str) -> dict[str, Any]:
    """The versions of a subsidy type, newest first; of a called process those of the types that brought a change of it.

    A called process has no versions of its own: it goes with each type that calls it. Raises NotFound for neither.
    """
    if key in rules.SCHEMES:
        rows = version_use.list_of_key(session, key)
        changes = {}
    else:
        changes = _that_changed(version_use.list_holding(session, f"shared/{key}.bpmn"))
        rows = [version for version, _ in changes.values()]
    if not rows:
        raise NotFound("没有这一流程。")
    counts = version_use.count_cases(session, [row.id for row in rows])
    names = _names(session, rows)
    current = {row.key: row.id for row in (definitions.latest(session, each) for each in {r.key for r in rows}) if row}
    found = [_shown(row, names, counts.get(row.id, CasesOnVersion()), current) for row in rows]
    for each, row in zip(found, rows, strict=True):
        each["before"] = changes[row.id][1] if row.id in changes else _number_before(rows, row)
    return {"key": key, "is_scheme": key in rules.SCHEMES, "versions": found}


def _that_changed(
    holding: Iterable[tuple[DefinitionVersion, str]],
) -> dict[int, tuple[DefinitionVersion, int | None]]:
    """The versions in which a file differs from the version before, newest first, each with the number of that one."""
    changed: dict[int, tuple[DefinitionVersion, int | None]] = {}
    last: dict[str, tuple[str, int]] = {}
    for version, sha256 in holding:
        known = last.get(version.key)
        if known is None or known[0] != sha256:
            changed[version.id] = (version, known[1] if known else None)
        last[version.key] = (sha256, version.version)
    newest = sorted(changed.values(), key=lambda each: (each[0].published_at, each[0].id), reverse=True)
    return {each[0].id: each for each in newest}


def _number_before(rows: Iterable[DefinitionVersion], row: DefinitionVersion) -> int | None:
    return max((each.version for each in rows if each.version < row.version), default=None)


def _names(session: Session, rows: Iterable[DefinitionVersion]) -> Mapping[str, str]:
    wanted = {name for row in rows for name in (row.published_by, row.retired_by, *row.authors) if name}
    return {**people.names_of(session, wanted), "system": "系统"}


def _shown(
    row: DefinitionVersion, names: Mapping[str, str], cases: CasesOnVersion, current: Mapping[str, int]
) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "version": row.version,
        "sha256": row.sha256,
        "state": row.state,
        "is_current": current.get(row.key) == row.id,
        "published_at": views.instant(row.published_at),
        "published_by": names.get(row.published_by, row.published_by),
        "authors": [names.get(each, each) for each in row.authors],
        "reason": row.reason,
        "draft_id": row.draft_id,
        "retired_at": views.instant(row.retired_at),
        "retired_by": names.get(row.retired_by or "", row.retired_by),
        "retired_reason": row.retired_reason,
        "running": cases.running,
        "drafts": cases.drafts,
        "ended": cases.ended,
    }


def get_version(session: Session, key: str, number: int) -> dict[str, Any]:
    """One version of a subsidy type with its diagrams, the type's own first, and its forms by title."""
    row = definitions.find(session, key, number)
    if row is None:
        raise NotFound("没有这一流程版本。")
    counts = version_use.count_cases(session, [row.id])
    latest = definitions.latest(session, key)
    files = definitions.load_files(session, row.id)
    paths = sorted(files, key=lambda path: ("/" in path, path))
    parts = forms.parts_among(files)
    return {
        **_shown(row, _names(session, [row]), counts.get(row.id, CasesOnVersion()), {key: latest.id} if latest else {}),
        "diagrams": [_diagram(path, files[path]) for path in paths if path.endswith(".bpmn")],
        "forms": [_form(files[path], parts) for path in paths if forms.is_form(path)],
    }


def _diagram(path: str, content: bytes) -> dict[str, Any]:
    return {"path": path, "key": path.rpartition("/")[2].removesuffix(".bpmn"), "xml": content.decode()}


def _form(content: bytes, parts: Mapping[str, bytes]) -> dict[str, Any]:
    """A form of a version: `form_object` is None where the program no longer understands what it once took."""
    schema = json.loads(content)
    try:
        form = forms.load(content, parts)
    except forms.FormRefused:
        form = None
    title = schema.get("properties", {}).get("title", schema.get("id", ""))
    return {"key": schema.get("id", ""), "title": title, "form_object": form}
