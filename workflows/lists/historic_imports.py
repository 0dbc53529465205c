"""Imports into the history of awards: proposed with a preview by one process owner, confirmed by another.

Nothing of an import counts before it is confirmed. A row whose name contradicts its code is settled first.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from storage import cluster_awards, matters, people, sheet_imports
from storage import historic_awards as store
from storage.database import Session
from storage.historic_awards import HistoricAward
from storage.matters import Matter
from storage.sheet_imports import SheetImport
from workflows import rules, sheets
from workflows.audit import Chain
from workflows.case import clusters
from workflows.case.step import local_date
from workflows.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.lists import honours, imports
from workflows.lists.historic_rows import LAYOUT, amount, matter_key, problems_of
from workflows.lists.matching import Register
from workflows.permissions import OFFICE, READERS, Actor, require
from workflows.rules.matters import number_key

KIND = "historic_awards"
CHAIN = "historic_awards"
SETTLEMENTS = {"keep": "核实无误，照此导入", "drop": "不导入"}


def propose_file(session: Session, actor: Actor, *, filename: str, content: bytes, now: datetime) -> dict[str, Any]:
    """Read an .xlsx or .csv file: good rows wait for confirmation, each other one is refused with its reasons."""
    actor = require(actor, "process_owner")
    return _propose(session, actor, *imports.read_file(LAYOUT, filename, content), now)


def propose_items(session: Session, actor: Actor, items: Sequence[object], now: datetime) -> dict[str, Any]:
    """Read rows that come as JSON by the keys of the layout; they wait as those of a file do."""
    actor = require(actor, "process_owner")
    return _propose(session, actor, *imports.read_items(LAYOUT, items), now)


def _propose(
    session: Session, actor: Actor, source: imports.Source, sheet: sheets.Sheet, now: datetime
) -> dict[str, Any]:
    chain = Chain.open_locked(session, CHAIN)
    sheet = _sifted(session, sheet, local_date(now))
    register = Register.read(session)
    rows = [_waiting(row, register) for row in sheet.rows]
    kept = imports.keep(session, actor, KIND, source, sheet, now, proposed=rows)
    chain.append(now, actor, "historic_awards_proposed", str(kept.id), imports.changes(kept))
    return {"id": kept.id, **imports.report(kept, sheet), "unsettled": _unsettled(kept)}


def _sifted(session: Session, sheet: sheets.Sheet, today: date) -> sheets.Sheet:
    """The sheet with every row refused that does not fit, or that the history has already."""
    sheet = sheet.sift(lambda row: problems_of(row.values, today))
    sheet = honours.named(sheet, honours.supported(session, today), strict=False)
    sheet = sheet.without_repeats(
        lambda row: _identity(row.values, matter_key(row.values)), "单位、事项、级别、日期和证书"
    )
    return _without_strange_clusters(session, _without_known(session, sheet))


def _waiting(row: sheets.Row, register: Register) -> dict[str, Any]:
    """A row as it waits: its values as texts that the layout reads again, and what has to be settled about it."""
    found = register.contradiction(row.values["enterprise"], row.values["uscc"])
    values = {key: _as_text(value) for key, value in row.values.items() if value is not None}
    doubts = [f"“企业名称”{found}。"] if found else []
    return {"row": row.number, "values": values, "doubts": doubts, "settlement": None}


def _as_text(value: Any) -> str:
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case tuple():
            return "、".join(map(str, value))
        case _:
            return str(value)


def _unsettled(kept: SheetImport) -> list[int]:
    return [row["row"] for row in kept.rows if row["doubts"] and row["settlement"] is None]


def settle(
    session: Session, actor: Actor, import_id: int, row: int, *, decision: str, reason: str, now: datetime
) -> dict[str, Any]:
    """Decide over a row whose name contradicts its code: keep it as it stands, or drop it."""
    actor = require(actor, "process_owner")
    if decision not in SETTLEMENTS:
        raise Invalid("核实有误。", errors=[FieldError("decision", "请选择照此导入或不导入。")])
    text = _reason(reason)
    kept, chain = _lock(session, import_id)
    if row not in [each["row"] for each in kept.rows if each["doubts"]]:
        raise NotFound("没有这一待核实的行。")
    settlement = {"decision": decision, "reason": text, "by": actor.username}
    kept.rows = [{**each, "settlement": settlement} if each["row"] == row else each for each in kept.rows]
    change = {"field": f"row {row}", "old": None, "new": settlement}
    chain.append(now, actor, "historic_row_settled", str(kept.id), [change])
    session.flush()
    return preview(kept)


def confirm(session: Session, actor: Actor, import_id: int, now: datetime) -> dict[str, Any]:
    """Let a proposed import count: by another process owner, once every doubt is settled.

    Conflict where it no longer waits, a doubt is open, or a row meanwhile contradicts the history.
    """
    actor = require(actor, "process_owner")
    kept, chain = _lock(session, import_id)
    if kept.imported_by == actor.username:
        raise Forbidden("该次导入由你提出，须由另一名流程与口径负责人确认。")
    if unsettled := _unsettled(kept):
        raise Conflict(f"第{_listed(unsettled)}行的名称与代码不一致，请先逐行核实，再确认导入。")
    awards = _count(session, _again(session, kept, local_date(now)), kept, now)
    kept.state, kept.confirmed_by, kept.confirmed_at = "counted", actor.username, now
    kept.accepted = len(awards)
    chain.append(now, actor, "historic_awards_imported", str(kept.id), imports.changes(kept))
    session.flush()
    return preview(kept)


def _again(session: Session, kept: SheetImport, today: date) -> sheets.Sheet:
    """The rows that wait, read anew: what others confirmed since counts, too. Conflict when one fits no longer."""
    waiting = [each for each in kept.rows if (each["settlement"] or {}).get("decision") != "drop"]
    read = sheets.read_records(LAYOUT, [each["values"] for each in waiting])
    sheet = _sifted(session, read, today)
    if sheet.refused:
        first = sheet.refused[0]
        row = waiting[first.number - 1]["row"]
        raise Conflict(f"第{row}行现在不能导入：{first.problems[0]}请撤回这次导入，更正后重新提交。")
    return sheet


def _count(session: Session, sheet: sheets.Sheet, kept: SheetImport, now: datetime) -> list[HistoricAward]:
    titles = {matter_key(row.values): _title(row.values) for row in sheet.rows}
    found = matters.get_or_create_all(session, titles) if titles else {}
    own = matters.own_ids(session, titles)
    keys = [matter_key(row.values) for row in sheet.rows]
    awards = [_award(row.values, found[key], own[key], kept, now) for key, row in zip(keys, sheet.rows, strict=True)]
    session.add_all(awards)
    session.flush()
    for award in awards:
        if award.scheme == "industry_cluster" and award.policy != store.OTHER:
            _recognise(session, award, now)
    return awards


def discard(session: Session, actor: Actor, import_id: int, *, reason: str, now: datetime) -> dict[str, Any]:
    """Give up an import that nobody confirmed."""
    actor = require(actor, "process_owner")
    text = _reason(reason)
    kept, chain = _lock(session, import_id)
    kept.state = "discarded"
    change = {"field": "reason", "old": None, "new": text}
    chain.append(now, actor, "historic_import_discarded", str(kept.id), [change])
    session.flush()
    return preview(kept)


def _lock(session: Session, import_id: int) -> tuple[SheetImport, Chain]:
    chain = Chain.open_locked(session, CHAIN)
    kept = sheet_imports.lock(session, import_id)
    if kept is None or kept.kind != KIND:
        raise NotFound("没有这次导入的记录。")
    if kept.state != "proposed":
        raise Conflict("该次导入已经确认或撤回。")
    return kept, chain


def _reason(given: str) -> str:
    text = given.strip()
    if not 2 <= len(text) <= 500:
        raise Invalid("请写明理由。", errors=[FieldError("reason", "请写明理由，2至500字。")])
    return text


def _listed(numbers: Iterable[int]) -> str:
    return "、".join(map(str, list(numbers)[:20]))


def get_import(session: Session, actor: Actor, import_id: int) -> dict[str, Any]:
    """An import with its rows as they were read, before and after it counts."""
    require(actor, *sorted(OFFICE | READERS))
    kept = sheet_imports.find(session, import_id)
    if kept is None or kept.kind != KIND:
        raise NotFound("没有这次导入的记录。")
    return preview(kept)


def list_proposed(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """The imports that wait for a second person, oldest first."""
    require(actor, *sorted(OFFICE | READERS))
    return [imports.shown(kept) for kept in sheet_imports.list_proposed(session, KIND)]


def preview(kept: SheetImport) -> dict[str, Any]:
    """The import, each of its rows as it will count, and the numbers of those that have to be settled first."""
    return {"id": kept.id, **imports.shown(kept), "rows": list(kept.rows), "unsettled": _unsettled(kept)}


def _identity(values: Mapping[str, Any], matter: object) -> tuple[object, ...]:
    """What makes two rows tell of the same award."""
    told = ("uscc", "scheme", "level", "decided_on", "accepted_on", "office")
    return (matter, *(values[key] for key in told), number_key(values["certificate_no"]))


def _without_known(session: Session, sheet: sheets.Sheet) -> sheets.Sheet:
    """Rows of awards that were imported before are refused."""
    there = matters.find_all(session, {matter_key(row.values) for row in sheet.rows})
    usccs = {row.values["uscc"] for row in sheet.rows}
    known = {_identity(store.as_mapping(each), each.matter_id) for each in store.of_enterprises(session, usccs)}

    def imported(row: sheets.Row) -> list[str]:
        matter = there.get(matter_key(row.values))
        repeated = matter is not None and _identity(row.values, matter.id) in known
        return ["台账中已有这一条记录，未重复导入。"] if repeated else []

    return sheet.sift(imported)


def _without_strange_clusters(session: Session, sheet: sheets.Sheet) -> sheets.Sheet:
    """A recognised cluster reports every year: its operator must be registered, and it is recognised once (A8-3)."""
    there = matters.find_all(session, {matter_key(row.values) for row in sheet.rows})
    taken: set[str] = set()

    def strange(row: sheets.Row) -> list[str]:
        if row.values["scheme"] != "industry_cluster" or row.values["policy"] == store.OTHER:
            return []
        if people.find_enterprise(session, row.values["uscc"]) is None:
            return ["该单位尚未在系统中登记，请先登记单位后再导入产业集群。"]
        key = matter_key(row.values)
        matter = there.get(key)
        if key in taken or (matter is not None and cluster_awards.find_award(session, matter.id) is not None):
            return ["该产业集群已经认定，不得重复认定。"]
        taken.add(key)
        return []

    return sheet.sift(strange)


def _title(values: Mapping[str, Any]) -> str:
    title = values["honour_type"] or values["matter_key"] or rules.SCHEMES[values["scheme"]].TITLE
    return str(title)


def _award(values: Mapping[str, Any], matter: Matter, own: int, kept: SheetImport, now: datetime) -> HistoricAward:
    return HistoricAward(
        uscc=values["uscc"],
        stated_name=values["enterprise"],
        scheme=values["scheme"],
        matter_id=matter.id,
        own_matter_id=own,
        policy=values["policy"] or "this",
        office=values["office"],
        honour_type=values["honour_type"],
        level=values["level"],
        certificate_no=values["certificate_no"],
        certificate_key=number_key(values["certificate_no"]) or None,
        issued_on=values["issued_on"],
        accepted_on=values["accepted_on"],
        decided_on=values["decided_on"],
        precap_amount=amount(values, "precap_amount"),
        paid_amount=amount(values, "paid_amount"),
        approved_total=values["approved_total"],
        years=list(values["years"]) if values["years"] else None,
        document_no=values["document_no"],
        note=values["note"],
        import_id=kept.id,
        imported_by=kept.imported_by,
        imported_at=now,
    )


def _recognise(session: Session, award: HistoricAward, now: datetime) -> None:
    """The instalments of a cluster recognised before: their yearly reports go through this program."""
    enterprise = people.find_enterprise(session, award.uscc)
    if enterprise is None or award.approved_total is None or award.decided_on is None or award.years is None:
        raise Conflict("产业集群的认定信息不完整。")
    clusters.recognise(
        session,
        matter_id=award.matter_id,
        own_matter_id=award.own_matter_id,
        enterprise_id=enterprise.id,
        total=award.approved_total,
        decided_on=award.decided_on,
        years=award.years,
        parameters=imports.values_on(session, local_date(now)),
        historic_award_id=award.id,
    )
