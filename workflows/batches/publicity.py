"""Publicity (公示): publish resolved cases; the notices as everybody reads them (P13)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypedDict

from storage import batches, cases, objections
from storage import publicity as store
from storage.batches import ListRow
from storage.database import Session
from storage.publicity import Notice, NoticeItem
from workflows import paging, views
from workflows.audit import Chain
from workflows.batches.rounds import chain_name
from workflows.case import calendars, letters
from workflows.case.running import Running, open_waiting
from workflows.case.step import local_date, pinned_values
from workflows.errors import Conflict, NotFound
from workflows.permissions import Actor, require
from workflows.rules.ceiling import ANNUAL, ENTITY_YEAR
from workflows.rules.workdays import opened

LEGAL_BASIS = "《关于北京城市副中心促进工业和软件信息服务业绿色低碳转型和产业高质量发展的实施细则》"
HOW_TO_OBJECT = (
    "公示期内，任何单位和个人对公示内容有异议的，可以实名提出异议，写明事实和理由并提供联系方式；"
    "匿名反映有具体线索的，转监督机构作为线索处理。异议人信息依法保密。"
)
CEILINGS = (ENTITY_YEAR, ANNUAL)


class NoticeRow(TypedDict):
    """A notice in a list; `open` while its period runs. Instants are texts in UTC.

    Without `ends_at` nobody can state the end yet: so many `working_days` from the day after publication.
    """

    id: int
    batch: int
    title: str
    published_at: str
    ends_at: str | None
    working_days: int | None
    open: bool


class NoticeItemShown(TypedDict):
    """A case on a notice, in its order; the amount is a text in whole yuan.

    `objection` is how it stands with what was objected: the state of the one that weighs most, or None.
    """

    number: int
    case: str
    enterprise: str
    scheme: str
    title: str
    amount: str
    remark: str
    objection: str | None


class NoticeShown(NoticeRow):
    """One notice with its items, and how to object to them."""

    legal_basis: str
    how_to_object: str
    phones: str
    items: list[NoticeItemShown]


def publish(session: Session, actor: Actor, batch_id: int, now: datetime) -> NoticeShown:
    """Publish the cases that wait at `published`; the period starts for each (working days, first day is tomorrow)."""
    actor = require(actor, "case_officer")
    batch = batches.lock(session, batch_id)
    if batch is None:
        raise NotFound("没有这一批次。")
    running = open_waiting(session, batch.id, ("published",), actor, now)
    if not running:
        raise Conflict("没有等待公示的申报件。")
    loaded = calendars.load(session)
    days = int(pinned_values(batch)["proc.publicity_days"])
    ends_at = loaded.calendar.end(local_date(now), days)
    notice = Notice(
        batch_id=batch.id,
        title=f"关于{batch.title}拟支持项目的公示",
        published_by=actor.username,
        published_at=now,
        ends_at=ends_at,
    )
    session.add(notice)
    session.flush()
    rows = {row.case_id: row for row in batches.latest_rows(session, batch.id)}
    for each in running:
        _announce(each, notice, rows.get(each.case.id), loaded.number)
    # One flush before the engines run, so that each finds its own announcement.
    session.flush()
    for each in running:
        each.deliver("published", {})
        letters.send_by_itself(
            each.step,
            "publicity",
            f"已列入拟支持名单公示，{_period(ends_at, days)}。",
        )
        each.save()
    Chain.open(session, chain_name(batch)).append(
        now,
        actor,
        "notice_published",
        str(notice.id),
        [{"field": each.case.reference, "old": None, "new": views.amount(each.case.final_amount)} for each in running],
    )
    session.flush()
    return get_notice(session, notice.id, now)


def _period(ends_at: datetime, days: int) -> str:
    """How the letter says the period: by its last day, by its working days while nobody can state that day."""
    if opened(ends_at):
        return f"公示期为自次日起{days}个工作日，{letters.NOT_STATED}"
    return f"公示期至{letters.day(local_date(ends_at - timedelta(microseconds=1)))}"


def _announce(running: Running, notice: Notice, row: ListRow | None, counted_by: int) -> None:
    """One case on the notice, with the remark by which ceiling its amount was cut."""
    case, step = running.case, running.step
    listed = row.steps if row is not None and case.final_amount == row.final_amount else ()
    cuts = [ceiling.cut_name for ceiling in CEILINGS for each in listed if each["code"] == ceiling.cut_code]
    step.session.add(
        NoticeItem(
            notice_id=notice.id,
            case_id=case.id,
            enterprise=step.enterprise.name,
            scheme=case.scheme,
            title=case.title,
            amount=case.final_amount,
            remark="、".join(cuts),
            ends_at=notice.ends_at,
            counted_by=counted_by,
        )
    )
    step.record(
        "case_published",
        str(notice.id),
        [
            {"field": "amount", "old": None, "new": views.amount(case.final_amount)},
            {"field": "ends_at", "old": None, "new": views.ending(notice.ends_at)},
        ],
    )


def list_notices(
    session: Session, now: datetime, *, cursor: str | None = None, limit: int = 20
) -> paging.Page[NoticeRow]:
    """Notices, newest first; open to everybody."""
    found = store.list_notices(session, before=paging.read_id_cursor(cursor), limit=limit + 1)
    over = _when_over(session, found[:limit])
    items = [_notice(notice, over.get(notice.id), now) for notice in found[:limit]]
    return paging.Page(items, paging.id_cursor(found[limit - 1].id) if len(found) > limit else None)


def _when_over(session: Session, notices: Sequence[Notice]) -> dict[int, datetime]:
    """Since when those are over whose own end nobody could state, and of which no case is left that waits for it."""
    unstated = [notice.id for notice in notices if opened(notice.ends_at)]
    return store.when_over(session, unstated) if unstated else {}


def _notice(notice: Notice, over_at: datetime | None, now: datetime) -> NoticeRow:
    ends_at = over_at or notice.ends_at
    term = opened(ends_at)
    return {
        "id": notice.id,
        "batch": notice.batch_id,
        "title": notice.title,
        "published_at": views.instant(notice.published_at),
        "ends_at": views.ending(ends_at),
        "working_days": term.workdays if term else None,
        "open": notice.published_at <= now < ends_at,
    }


def _phones(session: Session, batch_id: int) -> str:
    batch = batches.get(session, batch_id)
    values = pinned_values(batch) if batch is not None else {}
    return f"业务咨询：{values.get('proc.office_phone', '')}　监督电话：{values.get('proc.supervision_phone', '')}"


def get_notice(session: Session, notice_id: int, now: datetime) -> NoticeShown:
    """One notice with its items (domain.md 3.4: no personal data, no scores, no refused cases)."""
    notice = store.get_notice(session, notice_id)
    if notice is None:
        raise NotFound("没有这一公示。")
    items = store.items(session, notice.id)
    references = cases.references(session, [item.case_id for item in items])
    objected = _objected(session, notice.id)
    return {
        **_notice(notice, _when_over(session, [notice]).get(notice.id), now),
        "legal_basis": LEGAL_BASIS,
        "how_to_object": HOW_TO_OBJECT,
        "phones": _phones(session, notice.batch_id),
        "items": [
            {
                "number": number,
                "case": references[item.case_id],
                "enterprise": item.enterprise,
                "scheme": item.scheme,
                "title": item.title,
                "amount": views.amount(item.amount),
                "remark": item.remark,
                "objection": objected.get(item.case_id),
            }
            for number, item in enumerate(items, start=1)
        ],
    }


# What was turned down at once is not shown: nothing was found to look into.
_WEIGHT = ("accepted", "registered", "upheld", "dismissed")


def _objected(session: Session, notice_id: int) -> dict[int, str]:
    """The state of the objections on a notice by case; of several the one that weighs most."""
    found: dict[int, str] = {}
    states = objections.states_on_notice(session, notice_id)
    for weighs_more in reversed(_WEIGHT):
        found |= {case_id: state for case_id, state in states if state == weighs_more}
    return found
