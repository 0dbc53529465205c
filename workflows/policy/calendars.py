"""The working-day calendars of years: proposed with the notice by one process owner, confirmed by another.

A year may be loaded before its notice is there (provisional); the announced calendar takes its place, and an announced
one is put right by a later one. Nothing takes an announced year back.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Literal, TypedDict

from storage import calendars as store
from storage.calendars import CalendarYear
from storage.database import Session
from workflows import sheets, views
from workflows.audit import Chain, digest_of
from workflows.case import calendars
from workflows.case.calendars import CHAIN
from workflows.case.step import local_date
from workflows.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from workflows.permissions import Actor, require
from workflows.rules import workdays
from workflows.rules.workdays import Calendar
from workflows.typed import day_lists
from workflows.typed.signs import Unreadable

State = Literal["announced", "provisional", "missing"]
ANNOUNCED: State = "announced"
PROVISIONAL: State = "provisional"
MISSING: State = "missing"
STATES: Mapping[State, str] = {ANNOUNCED: "已公布", PROVISIONAL: "暂定", MISSING: "未加载"}
FIRST_YEAR, LAST_YEAR = 2020, 2098
# The notice of a year comes in November of the year before; from this month on its absence is said.
EXPECTED_IN = 11
_FREE, _WORKED = "放假", "上班"
# 《全国年节及纪念日放假办法》: holidays on a fixed day, missed when somebody skips a line.
_FIXED = {(1, 1): "元旦", (5, 1): "劳动节", (10, 1): "国庆节"}
_SATURDAY = 5
LAYOUT = sheets.Layout(
    "节假日安排",
    (
        sheets.Column(
            "first", "日期", sheets.day, required=True, holds="day", other_titles=("开始日期", "起始日期", "起")
        ),
        sheets.Column(
            "last", "结束日期", sheets.day, holds="day", other_titles=("截止日期", "止"), hint="只有一天的不填"
        ),
        sheets.Column("kind", "安排", sheets.choice({_FREE: _FREE, _WORKED: _WORKED}), required=True),
    ),
)


class CalendarProposal(TypedDict):
    """A calendar that waits for a second owner. `remarks` is what whoever confirms should look at."""

    id: int
    holidays: list[str]
    workdays: list[str]
    provisional: bool
    basis: str
    proposed_by: str
    proposed_at: str
    remarks: list[str]


class CalendarShown(TypedDict):
    """The calendar of one year: what is in force, and the proposal that waits. Days are ISO texts."""

    year: int
    state: State
    holidays: list[str]
    workdays: list[str]
    basis: str | None
    confirmed_by: str | None
    confirmed_at: str | None
    proposal: CalendarProposal | None


class CalendarChange(TypedDict):
    """One proposal of a year, as it was made and what became of it."""

    provisional: bool
    basis: str
    proposed_by: str
    proposed_at: str
    confirmed_by: str | None
    confirmed_at: str | None


def list_calendars(session: Session, now: datetime) -> list[CalendarShown]:
    """Every year from the first that is loaded to the next one, and to the last that anybody has proposed."""
    calendar = calendars.load(session).calendar
    rows, proposals = store.list_in_force(session), store.list_proposals(session)
    last = max([*calendar.years, *proposals, local_date(now).year + 1])
    years = range(min(calendar.years), last + 1)
    return [_shown(calendar, year, rows.get(year), proposals.get(year)) for year in years]


def get_calendar(session: Session, year: int) -> CalendarShown:
    """The calendar of one year; `missing` where nobody has loaded it. NotFound for a year that none can be of."""
    _check_year(year)
    calendar = calendars.load(session).calendar
    return _shown(calendar, year, store.list_in_force(session).get(year), store.list_proposals(session).get(year))


def list_changes(session: Session, year: int) -> list[CalendarChange]:
    """Every proposal of a year, newest first."""
    return [
        {
            "provisional": each.provisional,
            "basis": each.basis,
            "proposed_by": each.proposed_by,
            "proposed_at": views.instant(each.proposed_at),
            "confirmed_by": each.confirmed_by,
            "confirmed_at": views.instant(each.confirmed_at),
        }
        for each in store.list_of_year(session, year)
    ]


def what_is_missing(session: Session, now: datetime) -> list[CalendarShown]:
    """The years without an announced calendar that matter by now: this one, and from November on the next."""
    today = local_date(now)
    years = [today.year, today.year + 1] if today.month >= EXPECTED_IN else [today.year]
    if all(year in workdays.load().years for year in years):
        return []  # they were shipped with the program, and nothing takes an announced year back
    return [each for each in (get_calendar(session, year) for year in years) if each["state"] != ANNOUNCED]


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound("没有这一年度的工作日历。")


def _shown(calendar: Calendar, year: int, row: CalendarYear | None, proposal: CalendarYear | None) -> CalendarShown:
    found = calendar.years.get(year)
    return {
        "year": year,
        "state": MISSING if found is None else PROVISIONAL if found.provisional else ANNOUNCED,
        "holidays": _texts(found.days_off) if found else [],
        "workdays": _texts(found.days_on) if found else [],
        "basis": found.source if found else None,
        "confirmed_by": row.confirmed_by if row else None,
        "confirmed_at": views.instant(row.confirmed_at) if row else None,
        "proposal": _proposal(proposal) if proposal else None,
    }


def _proposal(row: CalendarYear) -> CalendarProposal:
    return {
        "id": row.id,
        "holidays": _texts(row.days_off),
        "workdays": _texts(row.days_on),
        "provisional": row.provisional,
        "basis": row.basis,
        "proposed_by": row.proposed_by,
        "proposed_at": views.instant(row.proposed_at),
        "remarks": _remarks(row),
    }


def _texts(listed: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in sorted(listed)]


def _remarks(row: CalendarYear) -> list[str]:
    """What a slip of the pen looks like; the notice has the last word."""
    if row.provisional:
        return []
    listed = {(day.month, day.day) for day in row.days_off}
    missed = [name for day, name in _FIXED.items() if day not in listed]
    found = [f"放假日期中没有{'、'.join(missed)}，请对照通知核对。"] if missed else []
    return found if row.days_on else [*found, "没有调休上班日期，请对照通知核对。"]


def read_file(filename: str, content: bytes) -> tuple[list[str], list[str]]:
    """The free days and the days worked of an .xlsx or .csv file, as texts. Raises Invalid naming every wrong row."""
    try:
        sheet = sheets.read(filename, content, LAYOUT)
    except sheets.SheetRefused as refused:
        raise Invalid("文件无法读取。", errors=[FieldError("file", str(refused))]) from None
    if sheet.refused:
        wrong = [f"第{row.number}行：{''.join(row.problems)}" for row in sheet.refused[:20]]
        raise Invalid("文件内容有误。", errors=[FieldError("file", text) for text in wrong])
    found: dict[str, list[str]] = {_FREE: [], _WORKED: []}
    for row in sheet.rows:
        first, last = row.values["first"], row.values["last"] or row.values["first"]
        found[row.values["kind"]].append(f"{first}至{last}")
    return found[_FREE], found[_WORKED]


def propose(
    session: Session,
    actor: Actor,
    year: int,
    *,
    holidays: Sequence[str],
    workdays: Sequence[str],
    basis: str,
    provisional: bool,
    now: datetime,
) -> CalendarShown:
    """Propose the calendar of a year with its notice; an earlier proposal that nobody confirmed is superseded.

    Each text names days or ranges of days. Raises Invalid for what no calendar of that year can be, Conflict for a
    provisional calendar of a year that is announced.
    """
    actor = require(actor, "process_owner")
    _check_year(year)
    days_off, days_on, document = _read(year, holidays, workdays, basis, provisional)
    record = Chain.open_locked(session, CHAIN)
    _refuse_step_back(session, year, provisional)
    earlier = store.lock_proposal(session, year)
    if earlier is not None:
        earlier.superseded_at = now
    proposal = CalendarYear(
        year=year,
        days_off=days_off,
        days_on=days_on,
        provisional=provisional,
        basis=document,
        proposed_by=actor.username,
        proposed_at=now,
    )
    session.add(proposal)
    record.append(now, actor, "calendar_proposed", str(year), _changes(proposal), binds=_bound(proposal))
    session.flush()
    return get_calendar(session, year)


def _read(
    year: int, holidays: Sequence[str], workdays: Sequence[str], basis: str, provisional: bool
) -> tuple[list[date], list[date], str]:
    errors: list[FieldError] = []
    # A notice says both in one paragraph, so it may be pasted whole where the free days are asked for.
    days_off, worked = _read_days(year, "holidays", "放假日期", holidays, errors)
    days_on = sorted({*worked, *chain.from_iterable(_read_days(year, "workdays", "调休上班日期", workdays, errors))})
    weekdays = [day for day in days_on if day.weekday() < _SATURDAY]
    if weekdays:
        errors.append(FieldError("workdays", f"{_some(weekdays)}不是周六或周日，不必列为调休上班日期。"))
    both = sorted(set(days_off) & set(days_on))
    if both:
        errors.append(FieldError("workdays", f"{_some(both)}同时列为放假和上班，请核对。"))
    if not days_off and not provisional and not errors:
        errors.append(FieldError("holidays", "请填写放假日期；通知尚未公布的，请勾选暂定。"))
    document = basis.strip()
    if not 2 <= len(document) <= 500:
        errors.append(FieldError("basis", "请写明依据的通知名称和文号，不超过500字；暂定的写明理由。"))
    if errors:
        raise Invalid("工作日历有误，请按提示修改。", errors=errors)
    return days_off, days_on, document


def _read_days(
    year: int, field: str, label: str, texts: Sequence[str], errors: list[FieldError]
) -> tuple[list[date], list[date]]:
    named: set[date] = set()
    worked: set[date] = set()
    for text in texts:
        try:
            days, days_worked = day_lists.read(text, year)
        except Unreadable as wrong:
            errors.append(FieldError(field, f"{label}{wrong}。"))
        else:
            named.update(days)
            worked.update(days_worked)
    strays = sorted(day for day in named | worked if day.year != year)
    if strays:
        errors.append(
            FieldError(field, f"{_some(strays)}不在{year}年内；通知涉及其他年度的日期，请在该年度的日历中更正。")
        )
    return sorted(named), sorted(worked)


def _some(listed: list[date]) -> str:
    said = day_lists.said(listed)
    return "、".join(said[:5]) + ("等" if len(said) > 5 else "")


def _refuse_step_back(session: Session, year: int, provisional: bool) -> None:
    known = calendars.load(session).calendar.years.get(year)
    if provisional and known is not None and not known.provisional:
        raise Conflict(f"{year}年工作日历已按通知加载，不能改为暂定；有误的，请按通知提出更正。")


def _changes(row: CalendarYear) -> list[dict[str, str | None]]:
    said = {
        "state": STATES[PROVISIONAL if row.provisional else ANNOUNCED],
        "holidays": "、".join(day_lists.said(row.days_off)),
        "workdays": "、".join(day_lists.said(row.days_on)),
        "basis": row.basis,
    }
    return [{"field": name, "old": None, "new": text} for name, text in said.items()]


def _bound(row: CalendarYear) -> dict[str, str]:
    """What the event of a calendar binds: every day of it, whether it is announced, and its basis."""
    said = {
        "holidays": _texts(row.days_off),
        "workdays": _texts(row.days_on),
        "provisional": "true" if row.provisional else "false",
        "basis": row.basis,
    }
    return {f"calendar:{row.year}": digest_of(said)}


def confirm(session: Session, actor: Actor, year: int, proposal: int, now: datetime) -> CalendarShown:
    """Confirm the proposal with this id, as its reader saw it. From now on days are counted by it; what runs is counted
    anew by the worker, case by case (`case/recounting.py`).

    Raises Conflict where another stands, or none; Forbidden for whoever proposed it.
    """
    actor = require(actor, "process_owner")
    _check_year(year)
    record = Chain.open_locked(session, CHAIN)
    row = store.lock_proposal(session, year)
    if row is None:
        raise Conflict(f"{year}年没有待确认的工作日历，请先由一名流程与口径负责人提出。")
    if row.id != proposal:
        raise Conflict(f"{year}年工作日历在你查看之后已重新提出，没有确认；请核对新的日期和依据。")
    if row.proposed_by == actor.username:
        raise Forbidden(f"{year}年工作日历由你提出，须由另一名流程与口径负责人确认。")
    _refuse_step_back(session, year, row.provisional)
    event = record.append(now, actor, "calendar_confirmed", str(year), _changes(row), binds=_bound(row))
    number = store.count_confirmed(session) + 1
    row.confirmed_by, row.confirmed_at, row.number, row.cause_seq = actor.username, now, number, event.seq
    session.flush()
    return get_calendar(session, year)
