"""免申即享 (path B): official lists are imported, matched to enterprises, and become cases for the firms to confirm."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from storage import batches
from storage import official_lists as store
from storage.cases import Case
from storage.database import Session
from storage.list_entries import ListEntry
from storage.official_lists import LineCount, OfficialList
from storage.people import Enterprise, find_enterprise
from workflows import paging, sheets, views
from workflows.audit import Chain
from workflows.case.step import local_date
from workflows.casework.cases import create_candidate
from workflows.errors import Conflict, FieldError, Invalid, NotFound
from workflows.lists import honours, imports
from workflows.lists.layouts import KINDS, ListKind
from workflows.lists.matching import DISMISSED, MATCHED, STATES, Register, same_name
from workflows.permissions import OFFICE, READERS, Actor, require
from workflows.rules.matters import normal, number_key
from workflows.typed.codes import credit_code
from workflows.typed.signs import Unreadable

KIND = "official_list"
CHAIN = "official_lists"
READING = tuple(sorted(OFFICE | READERS))
IMPORTING = ("process_owner", "case_officer")
MOST_CANDIDATES = 200
"""Cases made in one call: each is a process of its own, and all of them stand in one transaction."""
_CONFIRMATIONS = {"DRAFT": "unconfirmed", "WITHDRAWN": "declined"}


def import_list(
    session: Session,
    actor: Actor,
    *,
    scheme: str,
    title: str,
    document_no: str,
    published_on: date | None,
    batch_id: int | None,
    filename: str,
    content: bytes,
    now: datetime,
) -> dict[str, Any]:
    """Import a list: good lines are matched and kept, each other one is refused with its reasons.

    Where no line is good there is no list (`id` is None), only the report. Invalid when nothing can be read.
    """
    actor = require(actor, *IMPORTING)
    kind = _check(session, scheme, title, document_no, published_on, batch_id, now)
    source, sheet = imports.read_file(kind.layout, filename, content)
    chain = Chain.open_locked(session, CHAIN)
    today = local_date(now)
    sheet = sheet.sift(lambda row: _problems(kind, row.values, today))
    if scheme == "green_honour":
        sheet = honours.named(sheet, honours.supported(session, today), strict=True)
    register = Register.read(session)
    entries = {row.number: _entry(kind, row, document_no.strip(), register) for row in sheet.rows}
    sheet = sheet.without_repeats(lambda row: _identity(kind, entries[row.number]), "单位与认定内容")
    sheet = _without_known(session, scheme, kind, sheet, entries)

    kept = imports.keep(session, actor, KIND, source, sheet, now)
    official = None
    if sheet.rows:
        official = OfficialList(
            scheme=scheme,
            title=title.strip(),
            document_no=document_no.strip(),
            published_on=published_on,
            batch_id=batch_id,
            import_id=kept.id,
        )
        _keep(session, official, [entries[row.number] for row in sheet.rows])
    subject = str(official.id) if official else ""
    chain.append(now, actor, "official_list_imported", subject, imports.changes(kept))
    counted = store.count_lines(session, [official.id]).get(official.id, {}) if official else {}
    states = {state: each.lines for state, each in counted.items()}
    return {"id": official.id if official else None, **imports.report(kept, sheet), "states": states}


def _keep(session: Session, official: OfficialList, entries: Sequence[ListEntry]) -> None:
    session.add(official)
    session.flush()
    for entry in entries:
        entry.list_id = official.id
    session.add_all(entries)
    session.flush()


def _check(
    session: Session,
    scheme: str,
    title: str,
    document_no: str,
    published_on: date | None,
    batch_id: int | None,
    now: datetime,
) -> ListKind:
    errors = []
    kind = KINDS.get(scheme)
    if kind is None:
        errors.append(FieldError("scheme", "请选择免申即享的支持事项。"))
    if not 2 <= len(title.strip()) <= 100:
        errors.append(FieldError("title", "请填写名单名称，2至100字。"))
    if not 2 <= len(document_no.strip()) <= 100:
        errors.append(FieldError("document_no", "请填写公布名单的文号，2至100字。"))
    if published_on is None or published_on > local_date(now):
        errors.append(FieldError("published_on", "请填写名单的公布日期，不晚于今日。"))
    batch = batches.get(session, batch_id) if batch_id is not None else None
    if batch is None or (kind is not None and scheme not in batch.schemes):
        errors.append(FieldError("batch", "请选择受理这一支持事项的批次。"))
    if kind is None or errors:
        raise Invalid("名单信息有误，请按提示修改。", errors=errors)
    return kind


def _problems(kind: ListKind, values: Mapping[str, Any], today: date) -> list[str]:
    late = [
        f"“{column.title}”不能晚于今日。"
        for column in kind.layout.columns
        if isinstance(values[column.key], date) and values[column.key] > today
    ]
    return late + kind.problems_of(values)


def _entry(kind: ListKind, row: sheets.Row, document_no: str, register: Register) -> ListEntry:
    name, uscc = row.values["name"], row.values["uscc"]
    state, enterprise_id = register.match(name, uscc)
    return ListEntry(
        row=row.number,
        name=name,
        uscc=uscc,
        facts=kind.facts_of(row.values, document_no),
        state=state,
        enterprise_id=enterprise_id,
    )


def _identity(kind: ListKind, entry: ListEntry) -> tuple[object, ...]:
    """What makes two lines tell of the same honour or project of the same firm."""
    whose = entry.enterprise_id or entry.uscc or normal(entry.name)
    return (whose, *(number_key(entry.facts.get(key)) for key in kind.identity))


def _without_known(
    session: Session, scheme: str, kind: ListKind, sheet: sheets.Sheet, entries: Mapping[int, ListEntry]
) -> sheets.Sheet:
    """Lines that an earlier list holds are refused, so that one honour never makes two cases."""
    kept = [entries[row.number] for row in sheet.rows]
    known = {_identity(kind, entry): (official, entry.row) for entry, official in store.like(session, scheme, kept)}

    def imported(row: sheets.Row) -> list[str]:
        found = known.get(_identity(kind, entries[row.number]))
        return [f"已在名单“{found[0].title}”第{found[1]}行导入，未重复导入。"] if found else []

    return sheet.sift(imported)


def list_lists(
    session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 50
) -> paging.Page[dict[str, Any]]:
    """The imported lists, newest first, each with how its lines stand."""
    require(actor, *READING)
    found = store.list_lists(session, before=paging.read_id_cursor(cursor), limit=limit + 1)
    counted = store.count_lines(session, [official.id for official in found[:limit]])
    items = [_shown(official, counted.get(official.id, {})) for official in found[:limit]]
    return paging.Page(items, paging.id_cursor(found[limit - 1].id) if len(found) > limit else None)


def get_list(
    session: Session, actor: Actor, list_id: int, *, cursor: str | None = None, limit: int = 100
) -> dict[str, Any]:
    """A list with its lines in the file's order, a page at a time, and the report of its import."""
    require(actor, *READING)
    official = _get(session, list_id)
    kind = KINDS[official.scheme]
    found = store.list_entries(session, list_id, after=paging.read_id_cursor(cursor) or 0, limit=limit + 1)
    page = found[:limit]
    firms, cases = store.enterprises_of(session, page), store.cases_of(session, page)
    return {
        **_shown(official, store.count_lines(session, [list_id]).get(list_id, {})),
        "report": imports.get_import(session, KIND, official.import_id),
        "items": [
            _line(kind, entry, firms.get(entry.enterprise_id or 0), cases.get(entry.case_id or 0)) for entry in page
        ],
        "next": paging.id_cursor(page[-1].row) if len(found) > limit else None,
    }


def _get(session: Session, list_id: int) -> OfficialList:
    official = store.get_list(session, list_id)
    if official is None:
        raise NotFound("没有这份名单。")
    return official


def _shown(official: OfficialList, counted: Mapping[str, LineCount]) -> dict[str, Any]:
    matched = counted.get(MATCHED, LineCount())
    return {
        "id": official.id,
        "scheme": official.scheme,
        "title": official.title,
        "document_no": official.document_no,
        "published_on": official.published_on.isoformat(),
        "batch": official.batch_id,
        "states": {state: counted.get(state, LineCount()).lines for state in STATES},
        "ready": matched.lines - matched.cases,
        "cases": sum(each.cases for each in counted.values()),
    }


def _line(kind: ListKind, entry: ListEntry, enterprise: Enterprise | None, case: Case | None) -> dict[str, Any]:
    return {
        "id": entry.id,
        "row": entry.row,
        "name": entry.name,
        "uscc": entry.uscc,
        "title": kind.title_of(entry.facts),
        "facts": dict(entry.facts),
        "state": entry.state,
        "enterprise": {"uscc": enterprise.uscc, "name": enterprise.name} if enterprise else None,
        "name_differs": bool(enterprise and not same_name(entry.name, enterprise.name)),
        "decided_by": entry.decided_by,
        "decided_at": views.instant(entry.decided_at),
        "case": case.reference if case else None,
        "confirmation": _CONFIRMATIONS.get(case.status, "confirmed") if case else None,
    }


def match(session: Session, actor: Actor, list_id: int, entry_id: int, uscc: str, now: datetime) -> dict[str, Any]:
    """An officer decides whose line it is, by code; also confirms a match that the name proposed."""
    actor = require(actor, "case_officer")
    kind, entry, chain = _lock(session, list_id, entry_id)
    enterprise = find_enterprise(session, _code(uscc))
    if enterprise is None:
        raise Invalid("匹配有误。", errors=[FieldError("uscc", "没有登记这一统一社会信用代码的单位。")])
    change = {"field": "uscc", "old": entry.uscc, "new": enterprise.uscc}
    _decide(entry, MATCHED, actor, now)
    entry.enterprise_id = enterprise.id
    chain.append(now, actor, "list_entry_matched", str(entry.row), [change])
    session.flush()
    return _line(kind, entry, enterprise, None)


def _code(given: str) -> str:
    try:
        return credit_code(given)
    except Unreadable as unreadable:
        raise Invalid("匹配有误。", errors=[FieldError("uscc", f"代码{unreadable}。")]) from None


def dismiss(session: Session, actor: Actor, list_id: int, entry_id: int, reason: str, now: datetime) -> dict[str, Any]:
    """An officer decides that no case is to be made of a line."""
    actor = require(actor, "case_officer")
    text = reason.strip()
    if not 2 <= len(text) <= 500:
        raise Invalid("请写明理由。", errors=[FieldError("reason", "请写明排除的理由，2至500字。")])
    kind, entry, chain = _lock(session, list_id, entry_id)
    _decide(entry, DISMISSED, actor, now)
    entry.enterprise_id = None
    change = {"field": "reason", "old": None, "new": text}
    chain.append(now, actor, "list_entry_dismissed", str(entry.row), [change])
    session.flush()
    return _line(kind, entry, None, None)


def _lock(session: Session, list_id: int, entry_id: int) -> tuple[ListKind, ListEntry, Chain]:
    official = _get(session, list_id)
    chain = Chain.open_locked(session, f"{KIND}:{list_id}")
    entry = next(iter(store.lock_entries(session, list_id, entry_id=entry_id)), None)
    if entry is None:
        raise NotFound("名单中没有这一行。")
    if entry.case_id is not None:
        raise Conflict("这一行已建立申报件，不能再改。")
    return KINDS[official.scheme], entry, chain


def _decide(entry: ListEntry, state: str, actor: Actor, now: datetime) -> None:
    entry.state, entry.decided_by, entry.decided_at = state, actor.username, now


def _refuse_contradictions(session: Session, ready: Sequence[ListEntry]) -> None:
    """A firm may have been renamed since its line was matched by itself: then somebody has to look at it again."""
    firms = store.enterprises_of(session, ready)
    strange = [
        entry
        for entry in ready
        if entry.decided_by is None and not same_name(entry.name, firms[entry.enterprise_id or 0].name)
    ]
    if strange:
        rows = "、".join(str(entry.row) for entry in strange[:20])
        raise Conflict(f"第{rows}行的名称与代码所属单位不一致，请先逐行确认或另行指定，再建立申报件。")


def create_candidates(session: Session, actor: Actor, list_id: int, now: datetime) -> dict[str, Any]:
    """Make the case of every matched line that has none, at most MOST_CANDIDATES a call; each firm gets a message.

    Conflict when no line waits, or the batch is not open.
    """
    actor = require(actor, "case_officer")
    official = _get(session, list_id)
    chain = Chain.open_locked(session, f"{KIND}:{list_id}")
    ready = store.lock_ready(session, list_id, MOST_CANDIDATES)
    if not ready:
        raise Conflict("没有待建立申报件的企业：名单各行或未匹配，或已建立。")
    _refuse_contradictions(session, ready)
    kind = KINDS[official.scheme]
    items = []
    for entry in ready:
        assert entry.enterprise_id is not None
        reference = create_candidate(
            session,
            actor,
            scheme=official.scheme,
            batch_id=official.batch_id,
            title=kind.title_of(entry.facts),
            enterprise_id=entry.enterprise_id,
            facts={**entry.facts, "list_document_title": official.title},
            list_entry_id=entry.id,
            now=now,
        )
        items.append({"entry": entry.id, "row": entry.row, "case": reference})
    told = [{"field": "cases", "old": None, "new": [each["case"] for each in items]}]
    chain.append(now, actor, "candidates_created", str(official.id), told)
    session.flush()
    return {"items": items, "remaining": store.count_ready(session, list_id)}
