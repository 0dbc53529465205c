"""Working-day calendars of years: list, propose with the notice, confirm."""

from typing import Any

from flask import g

from server.api.route import call, caller, record, text
from server.api.shape import all_of, of
from workflows.paging import Items
from workflows.policy import calendars
from workflows.policy.calendars import CalendarShown

READING = ("process_owner", "auditor", "case_officer", "section_chief")
DAYS = {"type": "array", "items": text(200), "maxItems": 200}
CALENDAR = of(CalendarShown)


@call("GET", "/calendars", *READING, summary="各年度工作日历；state为missing的尚未加载", answer=all_of(CalendarShown))
def list_calendars() -> Items[CalendarShown]:
    return {"items": calendars.list_calendars(g.session, g.now), "next": None}


@call("GET", "/calendars/<int:year>", *READING, summary="一个年度的工作日历", errors=(404,), answer=CALENDAR)
def get_calendar(year: int) -> CalendarShown:
    return calendars.get_calendar(g.session, year)


@call(
    "POST",
    "/calendars/<int:year>/proposals",
    "process_owner",
    summary="提出工作日历；holidays为放假日期，workdays为调休上班日期，可写单日或“2027-02-06/2027-02-12”；"
    "通知尚未公布的，provisional为true",
    status=201,
    errors=(404, 409, 422),
    body=record(
        ("holidays", "workdays", "basis"),
        holidays=DAYS,
        workdays=DAYS,
        basis=text(500),
        provisional={"type": "boolean"},
    ),
    answer=CALENDAR,
)
def propose(year: int, data: dict[str, Any]) -> CalendarShown:
    return calendars.propose(
        g.session,
        caller(),
        year,
        holidays=data["holidays"],
        workdays=data["workdays"],
        basis=data["basis"],
        provisional=data.get("provisional", False),
        now=g.now,
    )


@call(
    "POST",
    "/calendars/<int:year>/confirmations",
    "process_owner",
    summary="确认工作日历（须为另一人）；proposal为所核对的提出件的id，其后又重新提出的为409",
    status=201,
    errors=(403, 404, 409, 422),
    body=record(("proposal",), proposal={"type": "integer", "minimum": 1}),
    answer=CALENDAR,
)
def confirm(year: int, data: dict[str, Any]) -> CalendarShown:
    return calendars.confirm(g.session, caller(), year, data["proposal"], g.now)
