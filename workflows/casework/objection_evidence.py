"""Files that an objector adds to what he brought: quarantined to it, for whoever looks into it, never for the firm."""

import uuid
from collections.abc import Callable, Collection
from datetime import datetime
from typing import BinaryIO, TypedDict

from storage import documents
from storage import objections as store
from storage.database import Session
from storage.objections import ObjectionEvidence
from storage.objects import ObjectStore, ObjectStoreAway
from workflows import views
from workflows.case.avoiding import refuse_avoiding
from workflows.case.running import open_case
from workflows.casework import filetypes
from workflows.casework.documents import AWAY, Content, Hashing, clean_filename
from workflows.casework.objection_filing import find_filed
from workflows.errors import Conflict, NotFound, Unavailable
from workflows.permissions import PUBLIC, Actor, require

MOST_FILES = 10
OVERSEERS = ("discipline", "legal_officer", "auditor")
MAY_OPEN = (*OVERSEERS, "section_chief", "case_officer")
"""The section's people only what discipline has disclosed to them: a file may show who objected."""


class EvidenceShown(TypedDict):
    """A file of an objector."""

    id: int
    filename: str
    size: int
    uploaded_at: str
    disclosed: bool


def evidence_of(session: Session, actor: Actor, objection_ids: Collection[int]) -> dict[int, list[EvidenceShown]]:
    """The files of each of these matters that this person may open, in order."""
    if not actor.has(*MAY_OPEN):
        return {each: [] for each in objection_ids}
    found = store.evidence_of(session, objection_ids)
    return {number: [_shown(each) for each in files if _may_open(actor, each)] for number, files in found.items()}


def _may_open(actor: Actor, each: ObjectionEvidence) -> bool:
    return actor.has(*OVERSEERS) or (actor.has(*MAY_OPEN) and each.disclosed_at is not None)


def _shown(each: ObjectionEvidence) -> EvidenceShown:
    return {
        "id": each.id,
        "filename": each.filename,
        "size": each.size,
        "uploaded_at": views.instant(each.uploaded_at),
        "disclosed": each.disclosed_at is not None,
    }


def add_evidence(
    session: Session,
    objects: ObjectStore,
    code: str,
    *,
    filename: str,
    stream: BinaryIO,
    announcing: Callable[[str], None],
    now: datetime,
) -> EvidenceShown:
    """Add a file to what was brought, by its query code, while it is open; types and sizes as of a case's documents.

    `announcing` as in `documents.upload`. Raises NotFound, Conflict (answered, or files enough), UnsupportedType,
    TooLarge, Unavailable.
    """
    found = find_filed(session, code)
    _refuse_closed(session, found.state, found.id)
    name = clean_filename(filename)
    kind = filetypes.check(name, stream)
    reader, key = Hashing(stream), f"objections/{found.id}/{uuid.uuid4().hex}"
    announcing(key)
    try:
        version = objects.put(key, reader, kind.content_type)  # type: ignore[arg-type]
    except ObjectStoreAway as away:
        raise Unavailable(AWAY) from away
    running = open_case(session, found.case_id, PUBLIC, now)
    _refuse_closed(session, store.lock(session, found.id).state, found.id)
    evidence = ObjectionEvidence(
        objection_id=found.id,
        filename=name,
        content_type=kind.content_type,
        size=reader.size,
        sha256=reader.digest(),
        object_key=key,
        object_version=version,
        uploaded_at=now,
    )
    session.add(evidence)
    documents.arrived(session, key)
    # Names of files may name who objects; the record knows the digest.
    running.step.record("evidence_filed", str(found.id), [{"field": "sha256", "old": None, "new": evidence.sha256}])
    session.flush()
    return _shown(evidence)


def _refuse_closed(session: Session, state: str, objection_id: int) -> None:
    if state not in store.OPEN:
        raise Conflict("该项已办结，不能再补充材料。")
    if len(store.list_evidence(session, objection_id)) >= MOST_FILES:
        raise Conflict(f"每项最多补充{MOST_FILES}个文件。")


def open_evidence(
    session: Session, objects: ObjectStore, actor: Actor, objection_id: int, evidence_id: int, now: datetime
) -> Content:
    """The bytes for who looks into the matter; each opening is recorded, for they may show who objected."""
    actor = require(actor, *MAY_OPEN)
    case_id = store.case_of(session, objection_id)
    found = store.find_evidence(session, objection_id, evidence_id)
    if found is None or case_id is None or not _may_open(actor, found):
        raise NotFound("没有这份材料。")
    refuse_avoiding(session, actor.username, case_id)
    try:
        chunks = objects.read(found.object_key, found.object_version)
    except ObjectStoreAway as away:
        raise Unavailable("文件存储服务暂时不可用，请稍后重试。") from away
    if not actor.has("auditor"):
        open_case(session, case_id, actor, now).step.record("evidence_opened", f"{objection_id}/{evidence_id}")
    return Content(found.filename, found.content_type, found.size, chunks)


def disclose(session: Session, actor: Actor, objection_id: int, evidence_id: int, now: datetime) -> EvidenceShown:
    """Let those who investigate open a file, once discipline has seen that it does not show who objected."""
    actor = require(actor, "discipline")
    case_id = store.case_of(session, objection_id)
    if case_id is None:
        raise NotFound("没有这份材料。")
    running = open_case(session, case_id, actor, now)
    refuse_avoiding(session, actor.username, case_id)
    found = store.find_evidence(session, objection_id, evidence_id)
    if found is None:
        raise NotFound("没有这份材料。")
    if found.disclosed_at is None:
        found.disclosed_by, found.disclosed_at = actor.username, now
        running.step.record("evidence_disclosed", f"{objection_id}/{evidence_id}")
    return _shown(found)
