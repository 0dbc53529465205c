"""Definition versions: what is shipped (and later drawn) becomes a pinned bundle, through the gate, never around it."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from storage import definitions as store
from storage.database import Session
from storage.definitions import DefinitionContent, DefinitionFile, DefinitionVersion
from workflows import engine, forms, operations, rules, views
from workflows.audit import Chain
from workflows.errors import Invalid, NotFound
from workflows.permissions import ROLES
from workflows.statuses import STATUSES

_CALLED = re.compile(rb'calledElement="([a-z_]+)"')
_FORM = re.compile(rb'gc:form="([a-z_{}0-9]+)"')


class GateRefused(Invalid):
    """422: the gate found something; nothing was stored."""

    def __init__(self, findings: list[engine.Finding]) -> None:
        super().__init__(
            f"发布校验发现{len(findings)}个问题，未发布。",
            findings=[
                {
                    "file": f.file,
                    "line": f.line,
                    "element": f.element,
                    "rule": f.rule,
                    "message": f.message_zh,
                    "mend": f.mend_zh,
                }
                for f in findings
            ],
        )
        self.findings = findings


def read_library(folder: Path) -> dict[str, bytes]:
    """Every diagram and form below a folder by its relative path."""
    paths = [*folder.rglob("*.bpmn"), *folder.rglob("*.form")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}


def assemble(library: Mapping[str, bytes], scheme: str) -> dict[str, bytes]:
    """The bundle of a scheme: its diagram, the diagrams it calls (at any depth), and the forms of their tasks."""
    bundle: dict[str, bytes] = {}
    waiting = [f"{scheme}.bpmn"]
    while waiting:
        path = waiting.pop()
        if path in bundle or path not in library:
            continue
        content = bundle[path] = library[path]
        waiting += [f"shared/{name.decode()}.bpmn" for name in _CALLED.findall(content)]
        for name in _FORM.findall(content):
            form = f"forms/{name.decode().replace('{scheme}', scheme)}.form"
            if form in library:
                bundle[form] = library[form]
    return bundle


def check(bundle: Mapping[str, bytes], scheme: str) -> list[engine.Finding]:
    """Run the gate over a bundle; forms that cannot be loaded are findings too."""
    findings, loaded = _load_forms(bundle)
    known = engine.Known(
        forms=frozenset(loaded),
        operations=operations.signatures(),
        roles=frozenset(ROLES),
        statuses=frozenset(STATUSES),
        decisions={key: form.decisions for key, form in loaded.items()},
    )
    diagrams = {path: content for path, content in bundle.items() if path.endswith(".bpmn")}
    return [*engine.check_bundle(diagrams, scheme, known=known), *findings]


def _load_forms(bundle: Mapping[str, bytes]) -> tuple[list[engine.Finding], dict[str, forms.Form]]:
    findings, loaded = [], {}
    for path, content in bundle.items():
        if not path.endswith(".form"):
            continue
        try:
            form = forms.load(content)
            loaded[form.key] = form
        except forms.FormRefused as refused:
            said = str(refused)
            mend_zh, mend_en = "请在表单设计中更正后重试。", "Mend the form and try again."
            findings.append(engine.Finding(path, 1, None, "form-unreadable", said, said, mend_zh, mend_en))
    return findings, loaded


def digest(bundle: Mapping[str, bytes]) -> str:
    """The digest of a bundle: over its paths and the digests of their contents, in order."""
    lines = [f"{path} {hashlib.sha256(content).hexdigest()}\n" for path, content in sorted(bundle.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def publish(session: Session, scheme: str, bundle: Mapping[str, bytes], by: str, now: datetime) -> DefinitionVersion:
    """Store a bundle as the next version of its scheme; only what the latest version holds already changes nothing.

    The content of an earlier version becomes a new version of its own: that is how one goes back. The gate judges it
    in any case: what passed once may name an operation that the program no longer has.
    Raises GateRefused with every finding.
    """
    findings = check(bundle, scheme)
    if findings:
        raise GateRefused(findings)
    chain = Chain.open_locked(session, f"definition:{scheme}")
    sha256 = digest(bundle)
    latest = store.latest(session, scheme)
    if latest is not None and latest.sha256 == sha256:
        return latest
    return _store(session, chain, scheme, bundle, sha256, (latest.version if latest else 0) + 1, by, now)


def _store(
    session: Session,
    chain: Chain,
    scheme: str,
    bundle: Mapping[str, bytes],
    sha256: str,
    number: int,
    by: str,
    now: datetime,
) -> DefinitionVersion:
    version = DefinitionVersion(
        key=scheme, version=number, sha256=sha256, state="published", published_at=now, published_by=by
    )
    session.add(version)
    session.flush()
    digests = {path: hashlib.sha256(content).hexdigest() for path, content in bundle.items()}
    present = store.known_contents(session, set(digests.values()))
    fresh = {digests[path]: content for path, content in bundle.items() if digests[path] not in present}
    session.add_all(DefinitionContent(sha256=each, content=content) for each, content in fresh.items())
    session.flush()
    session.add_all(DefinitionFile(definition_id=version.id, path=path, sha256=each) for path, each in digests.items())
    chain.append(
        now, by, "definition_published", f"{scheme}@{number}", [{"field": "sha256", "old": None, "new": sha256}]
    )
    session.flush()
    return version


def publish_shipped(session: Session, folder: Path, now: datetime) -> list[DefinitionVersion]:
    """Publish every scheme whose rule and diagram are shipped; at every start, changing nothing the second time."""
    library = read_library(folder)
    return [
        publish(session, scheme, assemble(library, scheme), "system", now)
        for scheme in rules.SCHEMES
        if f"{scheme}.bpmn" in library
    ]


def list_definitions(session: Session) -> list[dict[str, Any]]:
    return [_shown(version) for version in store.list_all(session)]


def _shown(version: DefinitionVersion) -> dict[str, Any]:
    return {
        "key": version.key,
        "version": version.version,
        "sha256": version.sha256,
        "state": version.state,
        "published_at": views.instant(version.published_at),
        "published_by": version.published_by,
    }


def get_definition(session: Session, key: str, number: int) -> dict[str, Any]:
    """One version with its diagram and everything that it calls."""
    version = store.find(session, key, number)
    if version is None:
        raise NotFound("没有这一流程版本。")
    files = store.load_files(session, version.id)
    return {
        **_shown(version),
        "xml": files[f"{key}.bpmn"].decode(),
        "files": {path: content.decode() for path, content in files.items()},
    }
