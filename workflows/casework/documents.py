"""Documents: streamed through us to the object store; a row appears only when the bytes are safe."""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from storage import documents as store
from storage.cases import Case
from storage.database import Session
from storage.documents import Document, UploadUnderWay
from storage.objects import ObjectStore, ObjectStoreAway
from workflows import views
from workflows.audit import digest_of
from workflows.case.running import find_case, open_case, refuse_ended
from workflows.casework import filetypes
from workflows.casework.cases import find_readable
from workflows.codes.checklists import CHECKLISTS
from workflows.errors import Changed, Conflict, FieldError, Forbidden, Invalid, NotFound, TooLarge, Unavailable
from workflows.permissions import OFFICE, Actor
from workflows.typed.signs import is_hidden

MAX_BYTES = 50 * 1024 * 1024
# Ten years: the shortest retention of a case that was not supported (domain.md 5, records).
RETENTION = timedelta(days=3653)
# An upload that is not a document after so long never will be one.
ABANDONED = timedelta(days=1)
AWAY = "文件存储服务暂时不可用，文件没有上传；其他功能不受影响，请稍后重试。"


@dataclass(frozen=True)
class Content:
    """A document on its way to a reader."""

    filename: str
    content_type: str
    size: int
    chunks: Iterator[bytes]


def list_documents(session: Session, actor: Actor, reference: str) -> dict[str, Any]:
    """The checklist of the case's scheme with what is there, and every version of every document. The digest stands
    for exactly these: whoever completes a task on them may name it."""
    case = find_readable(session, reference, actor)
    found = store.list_of_case(session, case.id)
    present = {document.code for document in found}
    return {
        "checklist": [
            {
                "code": item.code,
                "name": item.name,
                "required": item.required,
                "hint": item.hint,
                "present": item.code in present,
            }
            for item in CHECKLISTS[case.scheme]
        ],
        "items": [_shown(document, actor) for document in found],
        "digest": _digest(found),
    }


def refuse_unseen(session: Session, case_id: int, seen: str) -> None:
    """Changed when something came to the file or was taken out of it since somebody saw it; `seen` is its digest."""
    if seen != _digest(store.list_of_case(session, case_id)):
        raise Changed("本件材料在你打开本页之后有变化（有新的版本，或有材料撤回），没有提交；请核对材料后再提交。")


def _digest(found: Iterable[Document]) -> str:
    """Of which documents they are: the bytes of a document never change."""
    return digest_of(sorted(document.id for document in found))


def _shown(document: Document, actor: Actor) -> dict[str, Any]:
    return {
        "id": document.id,
        "code": document.code,
        "version": document.version,
        "filename": document.filename,
        "content_type": document.content_type,
        "size": document.size,
        "sha256": document.sha256,
        "uploaded_by": document.uploaded_by if actor.sees_names else None,
        "uploaded_at": views.instant(document.uploaded_at),
        "locked": document.locked_at is not None,
    }


def clean_filename(given: str) -> str:
    """The name as its owner wrote it, without folders and without characters that no screen shows."""
    name = given.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(sign for sign in name if not is_hidden(sign)).strip()
    if not name or name.strip(".") == "" or len(name) > 150:
        raise Invalid("文件名有误。", errors=[FieldError("file", "请使用不超过150字的文件名。")])
    return name


def upload(
    session: Session,
    objects: ObjectStore,
    actor: Actor,
    reference: str,
    *,
    code: str,
    filename: str,
    stream: BinaryIO,
    announcing: Callable[[str], None],
    now: datetime,
) -> dict[str, Any]:
    """Take one file for one line of the checklist: check, stream to the store, then note it under the case's lock.

    `announcing` is told the key before the bytes are written and keeps it (`announce`), whatever becomes of this
    transaction: what never becomes a document is removed a day later.
    Raises UnsupportedType for what it is not, TooLarge above 50 MiB, Unavailable while the store is away.
    """
    case = find_readable(session, reference, actor)
    _may_upload(actor, case, code)
    if code not in {item.code for item in CHECKLISTS[case.scheme]}:
        raise Invalid("材料类别有误。", errors=[FieldError("code", "材料清单中没有这一类别。")])
    name = clean_filename(filename)
    kind = filetypes.check(name, stream)
    reader = Hashing(stream)
    key = f"{case.reference}/{uuid.uuid4().hex}"
    announcing(key)
    try:
        object_version = objects.put(key, reader, kind.content_type)  # type: ignore[arg-type]
    except ObjectStoreAway as away:
        raise Unavailable(AWAY) from away
    running = open_case(session, case.id, actor, now)
    _may_upload(actor, running.case, code)
    document = Document(
        case_id=case.id,
        code=code,
        version=store.last_version(session, case.id, code, name) + 1,
        filename=name,
        content_type=kind.content_type,
        size=reader.size,
        sha256=reader.digest(),
        object_key=key,
        object_version=object_version,
        uploaded_by=actor.username,
        uploaded_at=now,
    )
    session.add(document)
    store.arrived(session, key)
    told = {"filename": name, "version": document.version, "sha256": document.sha256}
    running.step.record(
        "document_uploaded",
        code,
        [{"field": field, "old": None, "new": value} for field, value in told.items()],
        binds={f"document:{code}/{name}/{document.version}": document.sha256},
    )
    session.flush()
    return _shown(document, actor)


def lock(session: Session, objects: ObjectStore, document_id: int, now: datetime) -> None:
    """Lock a document's bytes against deletion in the store. Raises ObjectStoreAway, or ObjectRefused.

    The store judges retention by the machine's clock, so the period starts from that one.
    """
    document = store.lock(session, document_id)
    objects.lock(document.object_key, document.object_version, datetime.now(tz=now.tzinfo) + RETENTION)
    document.locked_at = now


def announce(session: Session, object_key: str, machine_now: datetime) -> None:
    """Say that bytes are about to be written under this key, in a transaction that ends before they are."""
    session.add(UploadUnderWay(object_key=object_key, begun_at=machine_now))


def forget_upload(session: Session, objects: ObjectStore, object_key: str) -> None:
    """Remove the bytes of an upload that never became a document. Raises ObjectStoreAway, or ObjectRefused.

    Only what was announced is ever removed: what the database does not know may belong to a newer copy of it.
    """
    if not store.is_known(session, object_key):
        objects.forget(object_key)
    store.arrived(session, object_key)


AFTER_THE_END = "DOC_OTHER"
"""What a firm may add once its case has ended: a paper that proves a change of its registration (变更登记)."""


def _may_upload(actor: Actor, case: Case, code: str) -> None:
    # The office files what comes after the end: a judgment, a receipt.
    if not actor.has(*OFFICE) and not (actor.is_applicant and code == AFTER_THE_END):
        refuse_ended(case)
    if case.suspended_at is not None:
        raise Conflict("本件已中止办理，恢复办理后方可上传。")
    if not actor.is_applicant and not actor.has(*OFFICE, "verifier"):
        raise Forbidden("你可以查看材料，但不能上传。")


class Hashing:
    """Counts and hashes what passes; refuses more than the limit."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._hash, self.size = stream, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self.size += len(piece)
        if self.size > MAX_BYTES:
            raise TooLarge("单个文件不得超过50兆字节。")
        self._hash.update(piece)
        return piece

    def digest(self) -> str:
        return self._hash.hexdigest()


def open_content(session: Session, objects: ObjectStore, actor: Actor, reference: str, document_id: int) -> Content:
    """A document's bytes for a reader who may see the case."""
    case = find_readable(session, reference, actor)
    if actor.has("process_owner") and not actor.has(*OFFICE, "auditor"):
        raise Forbidden("材料含个人信息和商业秘密，流程与口径负责人只查看材料清单。")
    document = store.find(session, case.id, document_id)
    if document is None:
        raise NotFound("没有这份材料。")
    try:
        chunks = objects.read(document.object_key, document.object_version)
    except ObjectStoreAway as away:
        raise Unavailable("文件存储服务暂时不可用，请稍后重试。") from away
    return Content(document.filename, document.content_type, document.size, chunks)


def withdraw_document(session: Session, actor: Actor, reference: str, document_id: int, now: datetime) -> None:
    """Take a document out of the file; Conflict once the case is accepted, for then nothing may vanish from it."""
    case = find_case(session, reference, actor)
    if not actor.is_applicant:
        raise Forbidden("材料由申报单位管理。")
    running = open_case(session, case.id, actor, now)
    document = store.find(session, case.id, document_id)
    if document is None:
        raise NotFound("没有这份材料。")
    if running.case.accepted_at is not None or running.case.ended_at is not None:
        raise Conflict("申报件受理后，材料不能删除，只能补充新版本。")
    document.withdrawn_at = now
    running.step.record(
        "document_withdrawn", document.code, [{"field": "filename", "old": document.filename, "new": None}]
    )
