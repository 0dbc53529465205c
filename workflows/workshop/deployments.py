"""Definition versions: what is shipped and what is drawn becomes a pinned bundle, through the gate, never around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from storage import definition_drafts as draft_store
from storage import definitions as store
from storage.database import Session
from storage.definition_drafts import DefinitionDraft, DraftFile
from storage.definitions import DefinitionContent, DefinitionFile, DefinitionVersion
from storage.locks import lock_name
from workflows import engine, rules, views
from workflows.audit import EventRef
from workflows.errors import NotFound
from workflows.permissions import SYSTEM, Actor
from workflows.workshop import drafts, gatekeeper, inspection
from workflows.workshop.bundling import GateRefused, assemble, digest, read_library, sha256_of
from workflows.workshop.library import in_force


def check(bundle: Mapping[str, bytes], scheme: str) -> list[engine.Finding]:
    """Run the gate over what the program itself brings, in process; drafts are inspected in a child."""
    return gatekeeper.judge(bundle, scheme, inspection.known())


def publish(session: Session, scheme: str, bundle: Mapping[str, bytes], by: Actor, now: datetime) -> DefinitionVersion:
    """Store what the program brings as the next version of its scheme; what the latest version holds changes nothing.

    The content of an earlier version becomes a new version of its own: that is how one goes back. The gate judges it
    in any case: what passed once may name an operation that the program no longer has.
    Raises GateRefused with every finding.
    """
    findings = check(bundle, scheme)
    if findings:
        raise GateRefused(findings)
    return store_version(session, scheme, bundle, Release(by, [by.username], "随程序提供", None, now))


@dataclass(frozen=True)
class Release:
    """Who lets a version go live, who drew it, why, from which draft, and when.

    `cause` is the event that scheduled a publication which the program carries out on its day.
    """

    by: Actor
    authors: Sequence[str]
    reason: str
    draft_id: int | None
    at: datetime
    cause: EventRef | None = None


def one_at_a_time(session: Session) -> None:
    """Publications wait for each other, so that none overwrites what another has just put in force."""
    lock_name(session, "publication")


def store_version(session: Session, scheme: str, bundle: Mapping[str, bytes], release: Release) -> DefinitionVersion:
    """The next version of a scheme from a bundle that has passed the gate; the latest again if it holds just this."""
    chain = drafts.chain_of(session, scheme)
    sha256 = digest(bundle)
    latest = store.latest(session, scheme)
    if latest is not None and latest.sha256 == sha256:
        return latest
    version = DefinitionVersion(
        key=scheme,
        version=store.last_number(session, scheme) + 1,
        sha256=sha256,
        state="published",
        published_at=release.at,
        published_by=release.by.username,
        authors=list(release.authors),
        reason=release.reason,
        draft_id=release.draft_id,
    )
    session.add(version)
    session.flush()
    _store_files(session, version.id, bundle)
    chain.append(
        release.at,
        SYSTEM if release.cause else release.by,
        "definition_published",
        f"{scheme}@{version.version}",
        [{"field": "sha256", "old": latest.sha256 if latest else None, "new": sha256}],
        cause=release.cause,
        binds={f"definition:{scheme}@{version.version}": sha256},
    )
    session.flush()
    return version


def _store_files(session: Session, definition_id: int, bundle: Mapping[str, bytes]) -> None:
    digests = {path: sha256_of(content) for path, content in bundle.items()}
    present = store.known_contents(session, set(digests.values()))
    fresh = {digests[path]: content for path, content in bundle.items() if digests[path] not in present}
    session.add_all(DefinitionContent(sha256=each, content=content) for each, content in fresh.items())
    session.flush()
    session.add_all(
        DefinitionFile(definition_id=definition_id, path=path, sha256=each) for path, each in digests.items()
    )


def publish_shipped(session: Session, folder: Path, now: datetime) -> list[DefinitionVersion]:
    """Publish every scheme whose rule and diagram are shipped; at every start, changing nothing the second time.

    Once an owner has published a version of his own or withdrawn one, a program that ships something new only offers it
    as a draft: an update never undoes what the office decided.
    """
    shipped = read_library(folder)
    bundles = {scheme: assemble(shipped, scheme) for scheme in rules.SCHEMES if f"{scheme}.bpmn" in shipped}
    for scheme, bundle in bundles.items():
        findings = check(bundle, scheme)
        if findings:
            raise GateRefused(findings)
    one_at_a_time(session)
    if store.any_decided_by_others(session, SYSTEM.username):
        _offer(session, bundles, now)
        latest = [store.latest(session, scheme) for scheme in bundles]
        return [version for version in latest if version is not None]
    release = Release(SYSTEM, [SYSTEM.username], "随程序提供", None, now)
    drafts.hold_chains(session, bundles)
    return [store_version(session, scheme, bundle, release) for scheme, bundle in bundles.items()]


def judge_in_force(session: Session) -> dict[str, list[engine.Finding]]:
    """The gate over the versions in force: what passed once may name what this program no longer has. By scheme."""
    files = in_force(session)
    judged = {scheme: check(assemble(files, scheme), scheme) for scheme in rules.SCHEMES if f"{scheme}.bpmn" in files}
    return {scheme: findings for scheme, findings in judged.items() if findings}


def _offer(session: Session, bundles: Mapping[str, Mapping[str, bytes]], now: datetime) -> None:
    """A draft of what the program ships anew since it last published; once for each content."""
    fresh: dict[str, bytes] = {}
    for scheme, bundle in bundles.items():
        before = store.latest_by(session, scheme, SYSTEM.username)
        known = store.load_files(session, before.id) if before is not None else {}
        fresh |= {path: content for path, content in bundle.items() if known.get(path) != content}
    if not fresh:
        return
    title = f"随程序更新的流程（{digest(fresh)[:8]}）"
    if draft_store.find_by_title(session, title) is not None:
        return
    current = in_force(session)
    key = next(scheme for scheme in bundles if any(path in bundles[scheme] for path in fresh))
    by = SYSTEM.username
    draft = DefinitionDraft(key=key, title=title, authors=[by], created_by=by, created_at=now, updated_at=now)
    session.add(draft)
    session.flush()
    for path, content in fresh.items():
        base = sha256_of(current[path]) if path in current else None
        file = DraftFile(draft_id=draft.id, path=path, base_sha256=base, content=content, saved_by=by, saved_at=now)
        file.sha256 = sha256_of(content)
        session.add(file)
    drafts.chain_of(session, key).append(now, SYSTEM, "draft_opened", f"{key}#{draft.id} {title}")


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
        "authors": list(version.authors),
        "reason": version.reason,
        "retired_at": views.instant(version.retired_at),
        "retired_by": version.retired_by,
        "retired_reason": version.retired_reason,
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
