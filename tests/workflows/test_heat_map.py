"""环节时效: how often, how long, and who stays where now, out of rows with times of our choosing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from storage import cases, definitions
from storage.cases import Submission
from storage.database import Session
from storage.instances import Wait
from storage.tasks import Task
from tests.api_calls import flask_transport
from tests.contract_client import Office
from tests.offices import person
from workflows.errors import NotFound
from workflows.foresight.heat_map import degree_of, get_heat_map
from workflows.workshop.deployments import Release, store_version

BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)
LONG_AGO = BEGIN - timedelta(days=3650)
NOW = BEGIN + timedelta(days=40)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
Stay = Callable[..., None]


@pytest.fixture(scope="session")
def references(shared_app: Flask) -> list[str]:
    """Three cases that were handed in, and a draft."""
    office = Office(flask_transport(shared_app))
    made = [office.apply(firm) for firm in ("e01", "e02", "e03", "e04")]
    for reference in made[:3]:
        office.submit(reference)
    return made


@pytest.fixture
def session(references: list[str], session: Session) -> Session:
    """Nobody has stayed anywhere yet; what was handed in stays, and the tasks for which it was, long ago."""
    session.execute(delete(Task).where(Task.id.not_in(select(Submission.task_id))))
    session.execute(update(Task).values(opened_at=LONG_AGO, ended_at=LONG_AGO))
    session.execute(delete(Wait))
    return session


@pytest.fixture
def stay(session: Session, references: list[str]) -> Stay:
    numbers = count(1)

    def add(case: int, element: str, begin: int, days: int | None, **more: Any) -> None:
        """Case number `case` comes to an element on day `begin` and stays so many days, None: is still there."""
        found = cases.find(session, references[case])
        assert found is not None
        begun = BEGIN + timedelta(days=begin)
        row: dict[str, Any] = {
            "id": f"made-up-{next(numbers)}",
            "case_id": found.id,
            "element_id": element,
            "process": "retrofit",
            "name": element,
            "opened_at": begun,
            "ended_at": None if days is None else begun + timedelta(days=days),
        }
        if "kind" in more:
            session.add(Wait(**{**row, "boundary": False, **more}))
        else:
            status = "open" if days is None else "done"
            session.add(Task(**{**row, "role": "case_officer", "form": "x", "status": status, **more}))
        session.flush()

    return add


def elements(session: Session, key: str = "retrofit", of: str | None = None, **more: Any) -> dict[str, Any]:
    since, until = more.pop("period", YEAR)
    found = get_heat_map(session, key, since, until, now=NOW, **more)
    diagram = next(each for each in found["diagrams"] if each["key"] == (of or key))
    return {each["id"]: each for each in diagram["elements"]}


def days(number: float) -> int:
    return int(number * 86_400)


def test_passes_median_and_longest(session: Session, stay: Stay) -> None:
    for case, length in ((0, 1), (1, 4), (2, 9)):
        stay(case, "substantive_review", 0, length)
    stay(0, "substantive_review", 20, 2)
    found = elements(session)["substantive_review"]
    assert (found["passes"], found["finished"]) == (4, 4)
    assert (found["median"], found["longest"], found["degree"]) == (days(3), days(9), 2)
    assert found["name"] == "业务初审"
    assert (found["waiting"], found["cases"]) == (0, [])


def test_what_is_open_or_was_taken_back_has_no_length(session: Session, stay: Stay) -> None:
    stay(0, "site_inspection", 0, None)
    stay(1, "site_inspection", 0, 3, status="cancelled")
    found = elements(session)["site_inspection"]
    assert (found["passes"], found["finished"], found["median"], found["degree"]) == (2, 0, None, 0)


def test_a_period_is_by_its_days_in_beijing(session: Session, stay: Stay) -> None:
    late = {"opened_at": datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC)}  # 23:59:59 in Beijing
    next_day = {"opened_at": datetime(2026, 3, 4, 16, tzinfo=UTC)}
    stay(0, "site_inspection", 0, 9, **late)
    stay(1, "site_inspection", 0, 9, **next_day)
    third, fourth, fifth = (date(2026, 3, day) for day in (3, 4, 5))
    assert elements(session, period=(third, fourth))["site_inspection"]["passes"] == 1
    assert elements(session, period=(fourth, fifth))["site_inspection"]["passes"] == 2
    assert elements(session, period=(third, third)) == {}


def test_who_stays_now_is_named_the_longest_first_whatever_the_period(
    session: Session, stay: Stay, references: list[str]
) -> None:
    stay(1, "deputy_review", 10, None)
    stay(0, "deputy_review", 5, None)
    stay(0, "deputy_review", 6, None)  # several people at once are one case
    stay(3, "deputy_review", 1, None)  # a draft is its firm's own
    found = elements(session, period=(date(2026, 1, 1), date(2026, 1, 1)))["deputy_review"]
    assert (found["passes"], found["waiting"]) == (0, 2)
    assert found["oldest_at"] == (BEGIN + timedelta(days=5)).isoformat()
    assert [(each["reference"], each["seconds"]) for each in found["cases"]] == [
        (references[0], days(35)),
        (references[1], days(30)),
    ]


def test_waits_count_but_not_those_on_a_border(session: Session, stay: Stay) -> None:
    stay(0, "listed", 0, 2, kind="message", message="listed")
    stay(0, "publicity_reallocated", 0, 9, kind="message", message="reallocated", boundary=True)
    found = elements(session)
    assert set(found) == {"listed"}
    assert found["listed"]["median"] == days(2)


def test_waiting_for_whatever_comes_first_is_one_stay(session: Session, stay: Stay) -> None:
    for case, length in ((0, 5), (1, None)):
        for event, kind in (("publicity_period", "timer"), ("objection_accepted", "message")):
            stay(case, event, 0, length, kind=kind, process="publicity")
    found = elements(session, of="publicity")
    assert set(found) == {"publicity_wait"}
    assert (found["publicity_wait"]["passes"], found["publicity_wait"]["waiting"]) == (2, 1)
    assert found["publicity_wait"]["median"] == days(5)
    assert elements(session, "publicity") == found


def test_a_call_says_how_many_stay_in_what_it_calls(session: Session, stay: Stay) -> None:
    stay(0, "finance_recheck", 0, None, process="recheck")
    stay(0, "legal_recheck", 0, None, process="recheck")
    stay(1, "legal_recheck", 0, None, process="recheck")
    stay(1, "legal_recheck", 0, None, process="recheck", status="cancelled")
    diagrams = {each["key"]: each for each in get_heat_map(session, "retrofit", *YEAR, now=NOW)["diagrams"]}
    assert diagrams["retrofit"]["calls"] == [{"id": "recheck", "key": "recheck", "waiting": 2}]
    assert (diagrams["recheck"]["waiting"], diagrams["retrofit"]["waiting"]) == (2, 0)


def test_a_version_shows_its_own_cases_on_its_own_diagram(session: Session, stay: Stay) -> None:
    shipped = definitions.latest(session, "retrofit")
    assert shipped is not None
    files = definitions.load_files(session, shipped.id)
    edited = files["retrofit.bpmn"].replace("现场核查".encode(), "实地核查".encode())
    store_version(
        session,
        "retrofit",
        {**files, "retrofit.bpmn": edited},
        Release(person("o", "process_owner"), [], None, None, BEGIN),
    )
    stay(0, "site_inspection", 0, 1)
    assert elements(session, version=1)["site_inspection"]["name"] == "现场核查"
    assert elements(session)["site_inspection"]["name"] == "实地核查"
    assert elements(session, version=2) == {}


def test_what_the_diagram_no_longer_shows_is_still_in_the_table(session: Session, stay: Stay) -> None:
    stay(0, "abandoned", 0, 16, name="已取消的环节")
    found = elements(session)["abandoned"]
    assert (found["is_drawn"], found["name"], found["degree"]) == (False, "已取消的环节", 5)


def test_the_slowest_come_first(session: Session, stay: Stay) -> None:
    for element, length in (("site_inspection", 2), ("deputy_review", 7), ("confirm_verified", None)):
        stay(0, element, 0, length)
    assert list(elements(session)) == ["deputy_review", "site_inspection", "confirm_verified"]


@pytest.mark.parametrize(("length", "degree"), [(None, 0), (0, 1), (1, 1), (1.01, 2), (3.5, 3), (15, 4), (15.1, 5)])
def test_degrees_of_heat(length: float | None, degree: int) -> None:
    assert degree_of(None if length is None else timedelta(days=length)) == degree


def test_what_does_not_exist_is_not_found(session: Session) -> None:
    for key, version in (("unknown", None), ("retrofit", 9)):
        with pytest.raises(NotFound):
            get_heat_map(session, key, *YEAR, version=version, now=NOW)
