"""The history of awards (历史支持台账): imported by the process owner, so that differences and best-only are right."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from storage import cluster_awards, matters, people
from storage import historic_awards as store
from storage.database import Session
from storage.historic_awards import HistoricAward
from storage.matters import Matter
from workflows import paging, rules, searching, sheets, views
from workflows.audit import Chain
from workflows.case import clusters
from workflows.case.step import local_date
from workflows.errors import Conflict
from workflows.lists import honours, imports
from workflows.lists.historic_rows import LAYOUT, amount, matter_key, problems_of
from workflows.permissions import OFFICE, READERS, Actor, require
from workflows.rules.matters import number_key

KIND = "historic_awards"
CHAIN = "historic_awards"


def import_file(session: Session, actor: Actor, *, filename: str, content: bytes, now: datetime) -> dict[str, Any]:
    """Import an .xlsx or .csv file: good rows are kept, each other one is refused with its reasons."""
    actor = require(actor, "process_owner")
    return _import(session, actor, *imports.read_file(LAYOUT, filename, content), now)


def import_items(session: Session, actor: Actor, items: Sequence[object], now: datetime) -> dict[str, Any]:
    """Import rows that come as JSON by the keys of the layout."""
    actor = require(actor, "process_owner")
    return _import(session, actor, *imports.read_items(LAYOUT, items), now)


def _import(
    session: Session, actor: Actor, source: imports.Source, sheet: sheets.Sheet, now: datetime
) -> dict[str, Any]:
    chain = Chain.open_locked(session, CHAIN)
    today = local_date(now)
    sheet = sheet.sift(lambda row: problems_of(row.values, today))
    sheet = honours.named(sheet, honours.supported(session, today), strict=False)
    sheet = sheet.without_repeats(
        lambda row: _identity(row.values, matter_key(row.values)), "单位、事项、级别、日期和证书"
    )
    sheet = _without_known(session, sheet)
    sheet = _without_strange_clusters(session, sheet)

    kept = imports.keep(session, actor, KIND, source, sheet, now)
    titles = {matter_key(row.values): _title(row.values) for row in sheet.rows}
    found = matters.get_or_create_all(session, titles)
    awards = [_award(row.values, found[matter_key(row.values)], kept.id, actor, now) for row in sheet.rows]
    session.add_all(awards)
    session.flush()
    for award in awards:
        if award.scheme == "industry_cluster":
            _recognise(session, award, now)

    chain.append(now, actor, "historic_awards_imported", str(kept.id), imports.changes(kept))
    return imports.report(kept, sheet)


def _identity(values: Mapping[str, Any], matter: object) -> tuple[object, ...]:
    """What makes two rows tell of the same award."""
    told = ("uscc", "scheme", "level", "decided_on", "accepted_on")
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
        if row.values["scheme"] != "industry_cluster":
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


def _award(values: Mapping[str, Any], matter: Matter, import_id: int, actor: Actor, now: datetime) -> HistoricAward:
    return HistoricAward(
        uscc=values["uscc"],
        scheme=values["scheme"],
        matter_id=matter.id,
        policy=values["policy"] or "this",
        honour_type=values["honour_type"],
        level=values["level"],
        certificate_no=values["certificate_no"],
        issued_on=values["issued_on"],
        accepted_on=values["accepted_on"],
        decided_on=values["decided_on"],
        precap_amount=amount(values, "precap_amount"),
        paid_amount=amount(values, "paid_amount"),
        approved_total=values["approved_total"],
        years=list(values["years"]) if values["years"] else None,
        document_no=values["document_no"],
        note=values["note"],
        import_id=import_id,
        imported_by=actor.username,
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
        enterprise_id=enterprise.id,
        total=award.approved_total,
        decided_on=award.decided_on,
        years=award.years,
        parameters=imports.values_on(session, local_date(now)),
        historic_award_id=award.id,
    )


def list_awards(
    session: Session,
    actor: Actor,
    *,
    uscc: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> paging.Page[dict[str, Any]]:
    """The history, newest import first; `q` is a part of a firm's name or credit code. Raises Invalid."""
    require(actor, *sorted(OFFICE | READERS))
    code, term = uscc.upper() if uscc else None, searching.term_of(q)
    before = paging.read_id_cursor(cursor)
    found = store.list_awards(session, uscc=code, term=term, before=before, limit=limit + 1)
    names = people.names_by_uscc(session, {award.uscc for award in found})
    items = [_shown(award, names.get(award.uscc)) for award in found[:limit]]
    return paging.Page(items, paging.id_cursor(found[limit - 1].id) if len(found) > limit else None)


def _shown(award: HistoricAward, name: str | None) -> dict[str, Any]:
    return {
        "id": award.id,
        "uscc": award.uscc,
        "enterprise": name,
        "scheme": award.scheme,
        "matter": award.matter_id,
        "policy": award.policy,
        "honour_type": award.honour_type,
        "level": award.level,
        "decided_on": _day(award.decided_on),
        "precap_amount": views.amount(award.precap_amount),
        "paid_amount": views.amount(award.paid_amount),
        "document_no": award.document_no,
        "approved_total": views.amount(award.approved_total),
        "years": award.years,
        "certificate_no": award.certificate_no,
        "issued_on": _day(award.issued_on),
        "accepted_on": _day(award.accepted_on),
        "note": award.note,
        "imported_by": award.imported_by,
        "imported_at": views.instant(award.imported_at),
    }


def _day(on: Any) -> str | None:
    return on.isoformat() if on else None


def get_import(session: Session, actor: Actor, import_id: int) -> dict[str, Any]:
    """The report of an earlier import, row by row."""
    require(actor, *sorted(OFFICE | READERS))
    return imports.get_import(session, KIND, import_id)
