"""Publicity (公示): publish resolved cases, take real-name objections, accept or turn them down (P13, P14)."""

from datetime import datetime, timedelta
from typing import Any, TypedDict

from storage import batches, cases
from storage import publicity as store
from storage.batches import ListRow
from storage.database import Session
from storage.publicity import Notice, NoticeItem, Objection
from workflows import paging, views
from workflows.audit import Chain
from workflows.batches.rounds import chain_name
from workflows.case import calendars, letters
from workflows.case.running import Running, open_case, open_waiting, refuse_suspended
from workflows.case.step import local_date, pinned_values
from workflows.errors import Conflict, FieldError, Invalid, NotFound
from workflows.permissions import PUBLIC, STAFF, Actor, require
from workflows.rules.ceiling import ANNUAL, ENTITY_YEAR
from workflows.rules.workdays import opened

LEGAL_BASIS = "《关于北京城市副中心促进工业和软件信息服务业绿色低碳转型和产业高质量发展的实施细则》"
HOW_TO_OBJECT = (
    "公示期内，任何单位和个人对公示内容有异议的，可以实名提出异议，写明事实和理由并提供联系方式；"
    "匿名反映有具体线索的，转监督机构作为线索处理。异议人信息依法保密。"
)
CEILINGS = (ENTITY_YEAR, ANNUAL)
HIDDEN = "（保密）"
PHONES = "业务咨询：1000000（虚构）　监督电话：1000001（虚构）"


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
    """A case on a notice, in its order; the amount is a text in whole yuan."""

    number: int
    case: str
    enterprise: str
    scheme: str
    title: str
    amount: str
    remark: str


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
    items = [_notice(notice, now) for notice in found[:limit]]
    return paging.Page(items, paging.id_cursor(found[limit - 1].id) if len(found) > limit else None)


def _notice(notice: Notice, now: datetime) -> NoticeRow:
    term = opened(notice.ends_at)
    return {
        "id": notice.id,
        "batch": notice.batch_id,
        "title": notice.title,
        "published_at": views.instant(notice.published_at),
        "ends_at": views.ending(notice.ends_at),
        "working_days": term.workdays if term else None,
        "open": notice.published_at <= now < notice.ends_at,
    }


def get_notice(session: Session, notice_id: int, now: datetime) -> NoticeShown:
    """One notice with its items (domain.md 3.4: no personal data, no scores, no refused cases)."""
    notice = store.get_notice(session, notice_id)
    if notice is None:
        raise NotFound("没有这一公示。")
    items = store.items(session, notice.id)
    references = cases.references(session, [item.case_id for item in items])
    return {
        **_notice(notice, now),
        "legal_basis": LEGAL_BASIS,
        "how_to_object": HOW_TO_OBJECT,
        "phones": PHONES,
        "items": [
            {
                "number": number,
                "case": references[item.case_id],
                "enterprise": item.enterprise,
                "scheme": item.scheme,
                "title": item.title,
                "amount": views.amount(item.amount),
                "remark": item.remark,
            }
            for number, item in enumerate(items, start=1)
        ],
    }


def file_objection(
    session: Session, notice_id: int, *, case: str, name: str, id_no: str, phone: str, text: str, now: datetime
) -> dict[str, Any]:
    """Register a real-name objection; the case goes on until discipline accepts it. Conflict outside the period."""
    notice = store.get_notice(session, notice_id)
    if notice is None:
        raise NotFound("没有这一公示。")
    errors = []
    limits = {
        "name": (name, 2, 100, "姓名或单位名称"),
        "id_no": (id_no, 6, 30, "证件号码"),
        "phone": (phone, 5, 20, "联系电话"),
    }
    limits["text"] = (text, 10, 2000, "异议事实和理由")
    for field, (value, least, most, label) in limits.items():
        if not least <= len(value.strip()) <= most:
            errors.append(FieldError(field, f"请填写{label}，{least}至{most}字。"))
    item = store.find_item(session, notice_id, case)
    if item is None:
        errors.append(FieldError("case", "该公示中没有这一申报件。"))
    if errors:
        raise Invalid("异议内容有误，请按提示修改。", errors=errors)
    assert item is not None
    # The chain needs the case's lock. Under it the period is read again: it may just have been moved.
    running = open_case(session, item.case_id, PUBLIC, now)
    session.refresh(item, ["ends_at"])
    if not notice.published_at <= now < item.ends_at:
        raise Conflict("该公示的公示期已结束，不能再提出异议；可依法向监督机构反映。")
    objection = Objection(
        notice_id=notice_id,
        case_id=item.case_id,
        name=name.strip(),
        id_no=id_no.strip(),
        phone=phone.strip(),
        text=text.strip(),
        registered_at=now,
    )
    session.add(objection)
    session.flush()
    # The objector stays hidden: the record knows the number of the objection only.
    running.step.record("objection_registered", str(objection.id))
    return {"id": objection.id, "state": objection.state, "registered_at": views.instant(now)}


def list_objections(session: Session, actor: Actor, *, state: str | None = None) -> list[dict[str, Any]]:
    """Objections for discipline, chief and legal; who objected is hidden until discipline reveals it, on record."""
    require(actor, "discipline", "section_chief", "legal_officer", "auditor")
    found = store.list_objections(session, state=state)
    known = cases.with_enterprises(session, [each.case_id for each in found])
    return [
        {
            "id": each.id,
            "notice": each.notice_id,
            "case": known[each.case_id][0].reference,
            "title": known[each.case_id][0].title,
            "state": each.state,
            "registered_at": views.instant(each.registered_at),
            "text": each.text,
            "name": HIDDEN,
            "id_no": HIDDEN,
            "phone": HIDDEN,
            "handled_by": each.handled_by if actor.has(*STAFF) else None,
            "handled_at": views.instant(each.handled_at),
            "reply": each.reply,
        }
        for each in found
    ]


def _open(session: Session, actor: Actor, objection_id: int, now: datetime) -> tuple[Running, Objection]:
    """The case of an objection, then the objection itself, both locked. Raises NotFound."""
    case_id = store.case_of(session, objection_id)
    if case_id is None:
        raise NotFound("没有这一异议。")
    return open_case(session, case_id, actor, now), store.lock_objection(session, objection_id)


def reveal_objector(session: Session, actor: Actor, objection_id: int, now: datetime) -> dict[str, Any]:
    """Who objected, for discipline alone; each reveal is recorded (查看敏感信息，将留痕)."""
    actor = require(actor, "discipline")
    running, objection = _open(session, actor, objection_id, now)
    running.step.record("objector_revealed", str(objection.id))
    return {"id": objection.id, "name": objection.name, "id_no": objection.id_no, "phone": objection.phone}


def accept_objection(session: Session, actor: Actor, objection_id: int, now: datetime) -> dict[str, Any]:
    """Accept a registered objection (discipline or legal): it interrupts this case's publicity, and this case's only.

    While another one is being handled the case is already stopped; the new one joins it.
    """
    actor = require(actor, "discipline", "legal_officer")
    running, objection = _open(session, actor, objection_id, now)
    if objection.state != "registered":
        raise Conflict("该异议已处理。")
    refuse_suspended(running.case)
    stops = running.waits_for("objection_accepted")
    if not stops and running.case.status != "OBJECTION":
        raise Conflict("本件已不在公示期内，不能受理该异议。")
    objection.state, objection.handled_by, objection.handled_at = "accepted", actor.username, now
    running.step.record("objection_accepted", str(objection.id))
    if stops:
        running.deliver("objection_accepted", {})
    running.save()
    return {"id": objection.id, "state": objection.state, "case": running.case.reference}


def reject_objection(session: Session, actor: Actor, objection_id: int, reply: str, now: datetime) -> dict[str, Any]:
    """Turn a registered objection down with a reason (discipline or legal); the case has never stopped."""
    actor = require(actor, "discipline", "legal_officer")
    text = reply.strip()
    if not 2 <= len(text) <= 1000:
        raise Invalid("请写明不予受理的理由。", errors=[FieldError("reply", "请写明不予受理的理由，不超过1000字。")])
    running, objection = _open(session, actor, objection_id, now)
    if objection.state != "registered":
        raise Conflict("该异议已处理。")
    objection.state, objection.handled_by, objection.handled_at, objection.reply = "rejected", actor.username, now, text
    running.step.record("objection_rejected", str(objection.id))
    return {"id": objection.id, "state": objection.state, "case": running.case.reference}
