"""What anybody may bring about what was announced: 异议 in the period, 信访 after it; and how it is asked after."""

import hashlib
import secrets
from datetime import datetime
from typing import TypedDict

from storage import objections as store
from storage import publicity
from storage.batches import Batch
from storage.cases import Case
from storage.database import Session
from storage.objections import Kind, Objection
from storage.publicity import NoticeItem
from workflows import views
from workflows.case import calendars, objections
from workflows.case.running import Running, open_case
from workflows.casework.objector_identity import identity_errors
from workflows.errors import Conflict, FieldError, Invalid, NotFound
from workflows.permissions import PUBLIC
from workflows.rules.workdays import opened

# Without letters and digits that are mistaken for each other when read aloud; sixteen of them are eighty bits.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LIMITS = {
    "name": (2, 100, "姓名或单位名称"),
    "id_no": (6, 30, "证件号码"),
    "phone": (5, 20, "联系电话"),
    "text": (10, 2000, "事实和理由"),
}


class Receipt(TypedDict):
    """What the objector gets. The query code is shown this once; `due_on` is the last day of the first look at it."""

    id: int
    kind: Kind
    state: str
    registered_at: str
    query_code: str
    due_on: str | None


class Standing(TypedDict):
    """How it stands with what somebody brought, for whoever has its code; neither he nor an official is named."""

    id: int
    kind: Kind
    notice: int
    title: str
    state: str
    registered_at: str
    due_on: str | None
    handled_at: str | None
    reply: str | None
    files: list[str]


def file_objection(
    session: Session, notice_id: int, *, case: str, name: str, id_no: str, phone: str, text: str, now: datetime
) -> Receipt:
    """Register a real-name objection: from now on the period of its case does not end before it is triaged and decided.

    Conflict outside the period.
    """
    given = {"name": name, "id_no": id_no, "phone": phone, "text": text}
    running, item = _concerned(session, notice_id, case, given, now)
    announced = publicity.get_notice(session, notice_id)
    assert announced is not None
    if not announced.published_at <= now < _end_of(running, item):
        raise Conflict("该公示的公示期已结束，不能再提出异议；可依法提出信访事项，或者向监督机构反映。")
    receipt = _register(running, notice_id, "objection", given)
    running.save()
    return receipt


def file_petition(
    session: Session, notice_id: int, *, case: str, name: str, id_no: str, phone: str, text: str, now: datetime
) -> Receipt:
    """Register what comes after the period (信访): it is answered, and stops nothing. Conflict within the period."""
    given = {"name": name, "id_no": id_no, "phone": phone, "text": text}
    running, item = _concerned(session, notice_id, case, given, now)
    if now < _end_of(running, item):
        raise Conflict("该公示尚在公示期内，请提出异议。")
    return _register(running, notice_id, "petition", given)


def _concerned(
    session: Session, notice_id: int, case: str, given: dict[str, str], now: datetime
) -> tuple[Running, NoticeItem]:
    """The locked case that is written about, and its place on the notice. Raises NotFound, Invalid."""
    if publicity.get_notice(session, notice_id) is None:
        raise NotFound("没有这一公示。")
    errors = [
        FieldError(field, f"请填写{label}，{least}至{most}字。")
        for field, (least, most, label) in _LIMITS.items()
        if not least <= len(given[field].strip()) <= most
    ]
    wrong = {error.field for error in errors}
    errors += [each for each in identity_errors(given["id_no"], given["phone"]) if each.field not in wrong]
    item = publicity.find_item(session, notice_id, case)
    if item is None:
        errors.append(FieldError("case", "该公示中没有这一申报件。"))
    if errors or item is None:
        raise Invalid("填写内容有误，请按提示修改。", errors=errors)
    # The chain needs the case's lock. Under it the period is read again: it may just have been moved.
    running = open_case(session, item.case_id, PUBLIC, now)
    session.refresh(item, ["ends_at"])
    return running, item


def _end_of(running: Running, item: NoticeItem) -> datetime:
    """The end of the case's period; one that nobody could state is over with the case."""
    ended_at = running.case.ended_at
    return ended_at if ended_at is not None and opened(item.ends_at) else item.ends_at


def _register(running: Running, notice_id: int, kind: Kind, given: dict[str, str]) -> Receipt:
    step = running.step
    code = "".join(secrets.choice(_LETTERS) for _ in range(16))
    objection = Objection(
        notice_id=notice_id,
        case_id=step.case.id,
        kind=kind,
        query_digest=_digest(code),
        registered_at=step.now,
        state="registered",
        **{field: value.strip() for field, value in given.items()},
    )
    step.session.add(objection)
    step.session.flush()
    # The objector stays hidden: the record knows the number only.
    step.record(f"{kind}_registered", str(objection.id))
    due_on = objections.due_of(step.calendars, step.batch, objection)
    return {
        "id": objection.id,
        "kind": kind,
        "state": objection.state,
        "registered_at": views.instant(step.now),
        "query_code": "-".join(code[at : at + 4] for at in range(0, len(code), 4)),
        "due_on": due_on.isoformat() if due_on else None,
    }


def _digest(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter in _LETTERS)
    return hashlib.sha256(plain.encode()).hexdigest()


def find_filed(session: Session, code: str) -> Objection:
    """What this code was given for. Raises NotFound."""
    found = store.find_by_digest(session, _digest(code)) if len(code) <= 40 else None
    if found is None:
        raise NotFound("没有与该查询码对应的登记，请核对后重新输入。")
    return found


def ask(session: Session, code: str) -> Standing:
    """How it stands with what this code was given for, and the answer once there is one. Raises NotFound."""
    found = find_filed(session, code)
    case = session.get_one(Case, found.case_id)
    due_on = objections.due_of(calendars.load(session), session.get_one(Batch, case.batch_id), found)
    return {
        "id": found.id,
        "kind": found.kind,
        "notice": found.notice_id,
        "title": case.title,
        "state": found.state,
        "registered_at": views.instant(found.registered_at),
        "due_on": due_on.isoformat() if due_on else None,
        "handled_at": views.instant(found.handled_at),
        "reply": found.reply,
        "files": [each.filename for each in store.list_evidence(session, found.id)],
    }
