"""The heat map (环节时效图): how often cases passed each element of a diagram in a period, how long, where they are."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from storage import definitions
from storage.database import Session
from storage.definitions import DefinitionVersion
from storage.questions import dwell_times, version_use
from storage.questions.dwell_times import Among, OpenStay, Stays
from workflows import engine, rules, views
from workflows.case.bundles import bundle_of
from workflows.case.step import BEIJING
from workflows.errors import NotFound

# Up to so many days an element is of the first, second … degree of heat; above the last it is of one more.
DEGREES = (1, 3, 7, 15)
# So many cases are named where more stay at one element.
NAMED = 5


def get_heat_map(
    session: Session, key: str, since: date, until: date, *, version: int | None = None, now: datetime
) -> dict[str, Any]:
    """The stays at every element of a process that began from the day `since` to the day `until`, both included.

    `key` is a subsidy type, then with everything that its cases did in called processes, or a called process over all
    types. `version` narrows it to the cases of one version of a type, whose diagram is then drawn, else the current
    one. Where cases stay now does not depend on the period. Times are calendar time, in seconds. Raises NotFound.
    """
    is_scheme = key in rules.SCHEMES
    drawn = _drawn(session, key, version if is_scheme else None)
    among = Among(
        scheme=key if is_scheme else None,
        process=None if is_scheme else key,
        definition_id=drawn.id if is_scheme and version is not None else None,
    )
    begin = datetime.combine(since, time.min, BEIJING)
    stays = dwell_times.list_stays(session, among, begin, _end_of(until))
    waiting = dwell_times.list_open(session, among, each=NAMED)
    counts = dwell_times.count_open(session, among)
    diagrams = bundle_of(session, drawn.id).diagrams
    keys = list(diagrams.processes) if is_scheme else [key]
    numbers = [row.version for row in version_use.list_of_key(session, key)] if is_scheme else []
    return {
        "key": key,
        "is_scheme": is_scheme,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "version": version,
        "drawn": {"key": drawn.key, "version": drawn.version},
        "versions": numbers,
        "diagrams": [
            {
                **_diagram(diagrams, each, stays, waiting, now),
                "waiting": counts.get(each, 0),
                "calls": _calls(diagrams, each, counts),
            }
            for each in keys
        ],
    }


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.min, BEIJING) + timedelta(days=1)


def _drawn(session: Session, key: str, version: int | None) -> DefinitionVersion:
    """The version whose diagrams are drawn on."""
    if key not in rules.SCHEMES:
        holding = [row for row, _ in version_use.list_holding(session, f"shared/{key}.bpmn")]
        in_force = [row for row in holding if row.state == "published"] or holding
        found = max(in_force, key=lambda row: (row.published_at, row.id), default=None)
    elif version is None:
        found = definitions.latest(session, key) or next(iter(version_use.list_of_key(session, key)), None)
    else:
        found = definitions.find(session, key, version)
    if found is None:
        raise NotFound("没有这一流程。" if version is None else "没有这一流程版本。")
    return found


def _diagram(
    diagrams: engine.Diagrams, key: str, stays: Iterable[Stays], waiting: Iterable[OpenStay], now: datetime
) -> dict[str, Any]:
    """The elements of one process where anybody stayed, the slowest first."""
    process = diagrams.processes[key]
    passed = {each.element_id: each for each in stays if each.process == key}
    open_at: dict[str, list[OpenStay]] = {}
    for each in waiting:
        if each.process == key:
            open_at.setdefault(each.element_id, []).append(each)
    _join_at_gateways(process, passed, open_at)
    elements = [
        _element(process, each, passed.get(each), open_at.get(each, []), now)
        for each in dict.fromkeys([*process.elements, *passed, *open_at])
        if each in passed or each in open_at
    ]
    elements.sort(key=lambda each: -1 if each["median"] is None else each["median"], reverse=True)
    return {"key": key, "name": process.name, "xml": diagrams.xml_of(key).decode(), "elements": elements}


def _calls(diagrams: engine.Diagrams, key: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The calls of a process with how many cases stay in what they call; where two call the same, nobody can tell."""
    called = [each.called for process in diagrams.processes.values() for each in process.elements.values()]
    return [
        {"id": each.id, "key": each.called, "waiting": counts[each.called]}
        for each in diagrams.processes[key].elements.values()
        if each.called is not None and each.called in counts and called.count(each.called) == 1
    ]


def _join_at_gateways(process: engine.Process, passed: dict[str, Stays], open_at: dict[str, list[OpenStay]]) -> None:
    """At an event gateway a case waits once for whatever comes first: the stay is the gateway's, not each event's."""
    for gateway in process.elements.values():
        if gateway.kind != "eventBasedGateway":
            continue
        events = [flow.target for flow in process.flows if flow.source == gateway.id]
        counted = [passed.pop(each) for each in events if each in passed]
        waiting = [open_at.pop(each) for each in events if each in open_at]
        if counted:
            passed[gateway.id] = replace(counted[0], element_id=gateway.id, name=gateway.name)
        if waiting:
            open_at[gateway.id] = waiting[0]


def _element(
    process: engine.Process, element_id: str, stays: Stays | None, waiting: list[OpenStay], now: datetime
) -> dict[str, Any]:
    drawn = process.elements.get(element_id)
    name = drawn.name if drawn is not None else stays.name if stays is not None else waiting[0].name
    median = stays.median if stays is not None else None
    return {
        "id": element_id,
        "name": name,
        "is_drawn": drawn is not None,
        "passes": stays.passes if stays is not None else 0,
        "finished": stays.finished if stays is not None else 0,
        "median": _seconds(median),
        "longest": _seconds(stays.longest if stays is not None else None),
        "degree": degree_of(median),
        "waiting": waiting[0].count if waiting else 0,
        "oldest_at": views.instant(waiting[0].opened_at) if waiting else None,
        "cases": [_case(each, now) for each in waiting],
    }


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else length // timedelta(seconds=1)


def degree_of(median: timedelta | None) -> int:
    """How hot an element is, from 1 to 5; 0 where nobody has left it."""
    if median is None:
        return 0
    return 1 + sum(median > timedelta(days=days) for days in DEGREES)


def _case(stay: OpenStay, now: datetime) -> Mapping[str, Any]:
    return {
        "reference": stay.reference,
        "title": stay.title,
        "since": views.instant(stay.opened_at),
        "seconds": _seconds(now - stay.opened_at),
        "suspended": stay.suspended,
    }
