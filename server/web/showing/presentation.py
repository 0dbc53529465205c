"""What templates are given: codes in words, amounts and times as people read them, and who is reading."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Flask, current_app, g, request

from server.access import find_actor
from server.web.showing import words
from server.web.showing.facts import fact_label, fact_value, facts_of
from server.web.showing.menus import menu_of
from storage.counting import MOST
from storage.database import DBAPIError
from workflows import forms, program
from workflows.case.step import BEIJING
from workflows.case.submitting import POINTS
from workflows.casework import correspondence, duplicates, recoveries
from workflows.casework.documents import MAX_BYTES
from workflows.casework.review_points import ANSWERS
from workflows.casework.shapes import CaseRow
from workflows.codes.reasons import REASONS
from workflows.codes.statuses import STATUSES
from workflows.permissions import ROLES
from workflows.rules import parameters as law
from workflows.rules.money import format_yuan
from workflows.rules.parameters.parameter import BASES
from workflows.rules.parameters.parameter import STATUSES as PARAMETER_STATUSES

# Filters that put a code into words; a code without words shows as it is.
NAMES: Mapping[str, Mapping[str, str]] = {
    "role_name": ROLES,
    "status_name": STATUSES,
    "stage_name": words.STAGES,
    "reason_name": REASONS,
    "scheme_title": words.SCHEMES,
    "process_name": words.PROCESSES,
    "amount_name": words.AMOUNTS,
    "action_name": words.ACTIONS,
    "ledger_name": words.LEDGER,
    "result_name": words.RESULTS,
    "batch_status": words.BATCH_STATUSES,
    "objection_state": words.OBJECTION_STATES,
    "objection_kind": words.OBJECTION_KINDS,
    "objection_told": words.OBJECTIONS_TOLD,
    "seat_state": words.SEAT_STATES,
    "payment_state": words.PAYMENT_STATES,
    "vote_name": words.VOTES,
    "parameter_status": PARAMETER_STATUSES,
    "basis_name": BASES,
}


# What a page with a form shows after something was refused; nothing when it is first opened.
NOTHING_REFUSED: dict[str, Any] = {
    "errors": {},
    "wrong": None,
    "error": None,
    "ended": False,
    "refusal": None,
    "refused": None,
    "report": None,
}


def register(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update({name: _naming(known) for name, known in NAMES.items()})
    app.jinja_env.filters.update(
        yuan=yuan,
        counted=counted,
        moment=moment,
        day=day,
        last_day=last_day,
        until=until,
        size=size,
        status_colour=lambda code: words.STATUS_COLOURS.get(code, "blue"),
        action_mark=lambda code: words.MARKS.get(code, "secondary"),
        fact_label=fact_label,
        fact_value=fact_value,
        facts_of=facts_of,
        parameter_label=parameter_label,
        parameter_value=parameter_value,
        due_colour=due_colour,
        due_words=due_words,
        stations=stations,
        recorded=recorded,
        told=told,
    )
    app.jinja_env.globals.update(
        MAX_UPLOAD=MAX_BYTES,
        SCHEMES=words.SCHEMES,
        STAGES=words.STAGES,
        RESULTS=words.RESULTS,
        VALUE_HINTS=words.VALUE_HINTS,
        EXAMPLE_TITLES=words.EXAMPLE_TITLES,
        STATUSES=STATUSES,
        program_version=program.version(),
    )
    app.context_processor(_about_the_reader)
    app.context_processor(lambda: NOTHING_REFUSED)


def _naming(known: Mapping[str, str]) -> Callable[[str | None], str]:
    return lambda code: known.get(code or "", code or "")


def _about_the_reader() -> dict[str, Any]:
    """Who reads this page. The error page is shown while the database is away too: then it is nobody's."""
    about: dict[str, Any] = {
        "demo": current_app.extensions["greencase"].settings.demo,
        "now": g.get("now"),
        "here": request.path,
        "actor": None,
        "unread": 0,
        "menu": menu_of(None),
    }
    if g.get("database_is_away"):
        return about  # asked once more, it would keep its reader waiting once more
    try:
        actor = find_actor()
        if actor is not None:
            about.update(actor=actor, menu=menu_of(actor))
            about["unread"] = correspondence.count_unread(g.session, actor)
    except DBAPIError:
        g.session.rollback()
    return about


def counted(number: int) -> str:
    """A count; one that stopped at its limit shows as `99+`."""
    return f"{MOST - 1}+" if number >= MOST else str(number)


def yuan(value: str | Decimal | None, empty: str = "—") -> str:
    """`1,800,000元`; what is not known shows as a dash."""
    if value is None or value == "":
        return empty
    try:
        return f"{format_yuan(value)}元"
    except InvalidOperation:
        return str(value)


def _in_beijing(value: str | datetime) -> datetime:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(BEIJING)


def moment(value: str | datetime | None, empty: str = "—") -> str:
    """An instant in Beijing: `2026年3月2日 09:00`."""
    if not value:
        return empty
    instant = _in_beijing(value)
    return f"{instant.year}年{instant.month}月{instant.day}日 {instant:%H:%M}"


def last_day(value: str | datetime | None, empty: str = "—") -> str:
    """The day on which a period ends: its end is the midnight after it, or the second before."""
    return day(_in_beijing(value) - timedelta(seconds=1)) if value else empty


def until(value: str | datetime | None, empty: str = "—") -> str:
    """The end of a period; that of a day is written 24:00, as officials do."""
    if not value:
        return empty
    before = _in_beijing(value) - timedelta(seconds=1)
    return f"{day(before)} 24:00" if (before.hour, before.minute) == (23, 59) else moment(value)


def day(value: str | date | datetime | None, empty: str = "—") -> str:
    """A day, or the Beijing day of an instant: `2026年3月2日`."""
    if not value:
        return empty
    if isinstance(value, datetime) or (isinstance(value, str) and len(value) > 10):
        value = _in_beijing(value).date()
    on = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{on.year}年{on.month}月{on.day}日"


def size(value: int) -> str:
    """The size of a file: `1.4 MB`, one decimal at most, never rounded down to nothing."""
    if value < 1024:
        return f"{value} B"
    if value < 1024 * 1024:
        return f"{-(-value // 1024)} KB"
    return f"{Decimal(value * 10 // (1024 * 1024)) / 10} MB"


def parameter_label(key: str) -> str:
    found = law.find(key)
    return found.label if found else key


def parameter_value(key: str, value: str | None, type: str | None = None, unit: str | None = None) -> str:
    """A legal value with its unit, by what was pinned with it; as it was written where nobody knows how to read it."""
    return "—" if value is None else law.show_kept(key, value, type, unit)


def _days_left(due_on: str) -> int:
    return (date.fromisoformat(due_on) - _in_beijing(g.now).date()).days


def due_colour(due_on: str) -> str:
    """Red when overdue, orange within two days, else plain."""
    left = _days_left(due_on)
    return "red" if left < 0 else "orange" if left <= 2 else "secondary"


def due_words(due_on: str) -> str:
    """How long there is, in days: colour alone says it to nobody who cannot see it."""
    left = _days_left(due_on)
    if left < 0:
        return f"已超期{-left}天"
    return "今日到期" if left == 0 else f"剩{left}天"


def stations(case: CaseRow) -> list[dict[str, str]]:
    """The status line of a case: each station done, current, stopped or ahead."""
    left_out = words.NOT_VISITED.get(case["scheme"], ())
    visited = [(name, codes) for name, codes in words.STATIONS if name not in left_out]
    reached = next((number for number, (_, codes) in enumerate(visited) if case["stage"] in codes), 0)
    paid = case["status"] in ("PAID", "CLOSED", "ARCHIVED")
    # A cluster that was recognised is paid year by year, each in a case of its own.
    here = "ahead" if case["status"] == "MULTI_YEAR" else "stopped" if case["ended_at"] else "current"
    line = []
    for number, (name, _) in enumerate(visited):
        state = "done" if paid or number < reached else here if number == reached else "ahead"
        line.append({"name": name, "state": state})
    return line


# Codes that stand in the record as values.
_VALUES: Mapping[str, Mapping[str, str]] = {
    "status": STATUSES,
    "scheme": words.SCHEMES,
    "schemes": words.SCHEMES,
    "result": words.RESULTS,
    "check_result": duplicates.RESULTS,
    "reason": REASONS,
    "reason_code": REASONS,
    "state": words.LEDGER,
    "decision": words.DECISIONS,
    "credit_result": words.DECISIONS,
    "recheck_result": words.DECISIONS,
    "publicity_result": words.PUBLICITY_RESULTS,
    "cause": recoveries.CAUSES,
    "cap_restored": {"true": "是", "false": "否"},
}
_INSTANTS = frozenset({"ends_at", "suspended_at", "due_at"})


def told(changes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is new in an event, and how many of its values are what the same person had sent before."""
    new = [change for change in changes if change.get("old") != change.get("new")]
    kept = [change for change in changes if change.get("new") is not None and change.get("old") == change.get("new")]
    return {"new": new, "kept": len(kept)}


def recorded(change: Mapping[str, Any], labels: Mapping[str, forms.Field]) -> dict[str, str]:
    """A change of the record in words: the field's name, the old and the new value."""
    name = change["field"]
    field = None if name == "decision" else labels.get(name)
    label = field.name if field else words.RECORD_FIELDS.get(name, name)
    if name.startswith("draw_"):
        label = f"第{name.removeprefix('draw_')}次抽取结果"
    if name.endswith(".recusal_reason"):
        label = f"{name.removesuffix('.recusal_reason')}的回避理由"
    if name.endswith(".seal"):
        label = f"{name.removesuffix('.seal')}的密封密钥"
    return {
        "label": label,
        "old": _value(name, change.get("old"), field),
        "new": _value(name, change.get("new"), field),
    }


def _value(name: str, value: Any, field: forms.Field | None) -> str:
    if value is None or value == "" or value == []:
        return ""
    if name == POINTS:
        return "；".join(_answer(each) for each in value)
    if isinstance(value, list):
        return _rows(name, value, field)
    if isinstance(value, str) and value.startswith("sha256:"):
        return f"已填写（仅留数字指纹{value[7:15]}）"
    if field is not None:
        return field.display(value)
    if name in _INSTANTS and isinstance(value, str):
        return until(value)
    if name.endswith("amount") and isinstance(value, str):
        return yuan(value)
    return _VALUES.get(name, {}).get(str(value), str(value))


def _answer(point: Mapping[str, str]) -> str:
    said = f"{parameter_label(point['parameter'])}：{ANSWERS.get(point['answer'], point['answer'])}"
    return f"{said}（{point['remark']}）" if point["remark"] else said


def _rows(name: str, rows: Sequence[Any], field: forms.Field | None) -> str:
    columns = {column.key: column for column in field.fields} if field else {}
    said = []
    for row in rows:
        if isinstance(row, Mapping):
            said.append("，".join(_cell(columns.get(key), key, cell) for key, cell in row.items()))
        else:
            said.append(_VALUES.get(name, {}).get(str(row), str(row)))
    return "；".join(said)


def _cell(column: forms.Field | None, key: str, value: Any) -> str:
    return f"{column.name}：{column.display(value)}" if column else f"{key}：{value}"
