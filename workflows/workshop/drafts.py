"""Drafts of definitions (流程草稿): owners change files, laid over what is in force, until it is published.

A draft keeps only the files that were changed. What it is laid over is the library: every file of the versions in
force. Saving compares the digest of what the owner had opened, so that nobody overwrites a colleague's work.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from storage import definition_drafts as store
from storage.database import Session
from storage.definition_drafts import DefinitionDraft, DraftFile, DraftState
from storage.locks import lock_names
from workflows import rules, views
from workflows.audit import Chain
from workflows.errors import Changed, Conflict, Invalid, NotFound, TooLarge
from workflows.errors import FieldError as Problem
from workflows.permissions import READERS, Actor, require
from workflows.workshop import inspection
from workflows.workshop.bundling import GateRefused, sha256_of
from workflows.workshop.library import in_force
from workflows.workshop.proposal import FileState, Proposal, read_proposal

DIAGRAM_BYTES = 2 * 1024 * 1024
FORM_BYTES = 1024 * 1024
MAX_FILES = 60
LISTED = 100
EDITABLE = "open"

_PATH = re.compile(r"(shared/)?[a-z][a-z0-9_]{0,60}\.bpmn|forms/(parts/)?[a-z][a-z0-9_]{0,60}\.form")


class DraftRow(TypedDict):
    """A draft in a list. Instants are texts in UTC; `failure` is why it did not go live on its day."""

    id: int
    key: str
    title: str
    state: DraftState
    authors: list[str]
    created_by: str
    created_at: str
    updated_at: str
    reason: str | None
    approved_by: str | None
    approved_at: str | None
    publish_at: str | None
    closed_at: str | None
    failure: str | None


class DraftFileShown(TypedDict):
    """A file that a draft changes; stale where another version of it has gone live since."""

    path: str
    state: FileState
    sha256: str
    saved_by: str
    saved_at: str
    stale: bool


class DraftShown(DraftRow):
    """A draft with its files, and the schemes that publishing it would give a new version."""

    files: list[DraftFileShown]
    affects: list[str]
    content_sha256: str


@dataclass(frozen=True)
class DraftFileView:
    """One file as the draft has it: its own, or else the one in force. `etag` is the digest of its content."""

    path: str
    content: bytes
    etag: str
    changed: bool
    editable: bool


def path_of(key: str) -> str:
    """Where the diagram of a process lies: types at the top, called processes in `shared`."""
    return f"{key}.bpmn" if key in rules.SCHEMES else f"shared/{key}.bpmn"


def keys(session: Session) -> list[str]:
    """The processes that can be drawn: the subsidy types in the policy's order, then the called ones."""
    called = [path.removeprefix("shared/").removesuffix(".bpmn") for path in in_force(session) if _is_called(path)]
    return [*rules.SCHEMES, *sorted(called)]


def _is_called(path: str) -> bool:
    return path.startswith("shared/") and path.endswith(".bpmn")


def open_draft(
    session: Session, actor: Actor, key: str, *, title: str, now: datetime, xml: bytes | None = None
) -> DraftShown:
    """Begin a draft for a process; `xml` is its first change. NotFound for a process that is not in force.

    Raises GateRefused when `xml` is nothing that could be mended in the editor; then nothing is kept.
    """
    actor = require(actor, "process_owner")
    if path_of(key) not in in_force(session):
        raise NotFound("没有这一流程。")
    text = title.strip()
    if not 1 <= len(text) <= 100:
        raise Invalid("草稿名称有误。", errors=[Problem("title", "请填写草稿名称，不超过100字。")])
    draft = DefinitionDraft(
        key=key, title=text, authors=[actor.username], created_by=actor.username, created_at=now, updated_at=now
    )
    session.add(draft)
    session.flush()
    chain_of(session, key).append(now, actor, "draft_opened", f"{key}#{draft.id} {text}")
    if xml is not None:
        save_file(session, actor, draft.id, path_of(key), xml, etag=None, now=now, first=True)
    return get_draft(session, actor, draft.id)


def chain_of(session: Session, key: str) -> Chain:
    """The record of a definition, held until the transaction ends."""
    return Chain.open_locked(session, _chain(key))


def hold_chains(session: Session, keys: Iterable[str]) -> None:
    """Hold the records of several definitions, in order, before any of them is opened."""
    lock_names(session, (_chain(key) for key in keys))


def _chain(key: str) -> str:
    return f"definition:{key}"


def list_drafts(session: Session, actor: Actor, *, key: str | None = None, closed: bool = False) -> list[DraftRow]:
    """Newest first: those under way, or those that were published or discarded."""
    require(actor, *READERS)
    states = ("published", "discarded") if closed else ("open", "scheduled")
    return [_shown(draft) for draft in store.list_all(session, states=states, key=key, limit=LISTED)]


def get_draft(session: Session, actor: Actor, draft_id: int) -> DraftShown:
    """A draft with its files, and the schemes that publishing it would give a new version."""
    return shown(get_proposal(session, actor, draft_id))


def get_proposal(session: Session, actor: Actor, draft_id: int) -> Proposal:
    """What a draft proposes, for whoever may read drafts."""
    require(actor, *READERS)
    return read_proposal(session, find(session, draft_id))


def shown(proposal: Proposal) -> DraftShown:
    """A draft as clients read it, with its files and the schemes that it affects."""
    stale = proposal.stale
    files: list[DraftFileShown] = [
        {
            "path": path,
            "state": proposal.states[path],
            "sha256": row.sha256,
            "saved_by": row.saved_by,
            "saved_at": views.instant(row.saved_at),
            "stale": path in stale,
        }
        for path, row in proposal.rows.items()
    ]
    return {
        **_shown(proposal.draft),
        "files": files,
        "affects": list(proposal.bundles),
        "content_sha256": proposal.digest,
    }


def _shown(draft: DefinitionDraft) -> DraftRow:
    return {
        "id": draft.id,
        "key": draft.key,
        "title": draft.title,
        "state": draft.state,
        "authors": list(draft.authors),
        "created_by": draft.created_by,
        "created_at": views.instant(draft.created_at),
        "updated_at": views.instant(draft.updated_at),
        "reason": draft.reason,
        "approved_by": draft.approved_by,
        "approved_at": views.instant(draft.approved_at),
        "publish_at": views.instant(draft.publish_at),
        "closed_at": views.instant(draft.closed_at),
        "failure": draft.failure,
    }


def find(session: Session, draft_id: int) -> DefinitionDraft:
    draft = store.find(session, draft_id)
    if draft is None:
        raise NotFound("没有这一草稿。")
    return draft


def lock_open(session: Session, draft_id: int) -> DefinitionDraft:
    """The locked draft, to change it; Conflict when it is published, scheduled or discarded."""
    draft = store.lock(session, draft_id)
    if draft is None:
        raise NotFound("没有这一草稿。")
    if draft.state != EDITABLE:
        words = {"scheduled": "已排定发布，撤回发布后方可修改", "published": "已发布", "discarded": "已作废"}
        raise Conflict(f"该草稿{words[draft.state]}，不能再修改。")
    return draft


def read_file(session: Session, actor: Actor, draft_id: int, path: str) -> DraftFileView:
    """A file of the draft, or of what is in force where the draft does not change it. NotFound for neither."""
    return file_of(get_proposal(session, actor, draft_id), actor, path)


def file_of(proposal: Proposal, actor: Actor, path: str) -> DraftFileView:
    """As `read_file`, of a draft that has been read."""
    content = proposal.after.get(path)
    if content is None:
        raise NotFound("草稿中没有这一文件。")
    editable = proposal.draft.state == EDITABLE and actor.has("process_owner")
    return DraftFileView(path, content, sha256_of(content), path in proposal.rows, editable)


def save_file(
    session: Session,
    actor: Actor,
    draft_id: int,
    path: str,
    content: bytes,
    *,
    etag: str | None,
    now: datetime,
    first: bool = False,
) -> str:
    """Keep a file and answer its new etag; `etag` is what the owner had opened, None for a file that is new.

    Raises Changed when somebody saved since, TooLarge, Invalid for a path that no file may have, and GateRefused for a
    file that could not be mended in the editor (unreadable, hostile, of another process); then nothing is kept.
    `first`: the file replaces what is in force without having been opened. What is opened and saved as it is in force,
    as when everything was undone, is no change of the draft.
    """
    actor = require(actor, "process_owner")
    find(session, draft_id)
    if not _PATH.fullmatch(path):
        raise Invalid("文件名有误。", errors=[Problem("path", "只能是流程图或表单，名称用小写字母、数字和下划线。")])
    if len(content) > (DIAGRAM_BYTES if path.endswith(".bpmn") else FORM_BYTES):
        raise TooLarge("文件过大，未保存。")
    _refuse_new_process(path, in_force(session).get(path))
    # The child takes its time: nobody waits meanwhile for a draft that is locked.
    findings = [each for each in inspection.inspect_file(path, content, expected_key=_key_of(path)) if each.hostile]
    if findings:
        raise GateRefused(findings, kept=False)
    draft = lock_open(session, draft_id)
    files = store.files_of(session, draft_id)
    row = files.get(path)
    published = in_force(session).get(path)
    current = row.content if row is not None else published
    if not first and (None if current is None else sha256_of(current)) != etag:
        raise Changed("他人已保存了新的内容，你的修改没有覆盖它。请重新载入后再改，或先导出自己的版本。")
    if len(files) >= MAX_FILES and row is None:
        raise Conflict("一个草稿修改的文件过多，请分开发布。")
    fresh = sha256_of(content)
    if content == published and not first:
        store.remove_file(session, draft_id, path)
    else:
        if row is None:
            base = None if published is None else sha256_of(published)
            row = DraftFile(draft_id=draft_id, path=path, base_sha256=base)
            session.add(row)
        row.content, row.sha256, row.saved_by, row.saved_at = content, fresh, actor.username, now
    join(session, draft, actor, now)
    session.flush()
    return fresh


def join(session: Session, draft: DefinitionDraft, actor: Actor, now: datetime) -> None:
    """Note on a locked draft who has just worked on it: he is one of its authors, who cannot publish it."""
    draft.updated_at, draft.failure = now, None
    if actor.username not in draft.authors:
        draft.authors = [*draft.authors, actor.username]
        chain_of(session, draft.key).append(now, actor, "draft_joined", f"{draft.key}#{draft.id}")


def _refuse_new_process(path: str, published: bytes | None) -> None:
    if path.endswith(".bpmn") and published is None and not path.startswith("shared/"):
        raise Invalid("不能新增支持事项。", errors=[Problem("path", "支持事项由政策规定，只能修改已有的流程图。")])


def _key_of(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def restore_file(
    session: Session, actor: Actor, draft_id: int, path: str, *, etag: str | None = None, now: datetime
) -> None:
    """Drop the change of one file: what is in force holds again, a new file is gone.

    `etag` is the digest of what the owner saw of it; Changed when somebody saved since.
    """
    actor = require(actor, "process_owner")
    draft = lock_open(session, draft_id)
    row = store.files_of(session, draft_id).get(path)
    if row is None:
        return
    if etag is not None and row.sha256 != etag:
        raise Changed("他人已保存了新的内容，没有恢复；请查看后再决定。")
    store.remove_file(session, draft_id, path)
    join(session, draft, actor, now)


def discard(session: Session, actor: Actor, draft_id: int, *, now: datetime) -> None:
    """Close a draft without publishing it; its files stay readable."""
    actor = require(actor, "process_owner")
    draft = lock_open(session, draft_id)
    draft.state, draft.closed_at = "discarded", now
    chain_of(session, draft.key).append(now, actor, "draft_discarded", f"{draft.key}#{draft.id}")


def changed_files(session: Session, draft_id: int) -> dict[str, bytes]:
    """The files that the draft changes."""
    return {path: bytes(row.content) for path, row in store.files_of(session, draft_id).items()}
