"""Lists by key: the pages together show every row once, in order, whatever ties."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from storage.cases import Case, Reach, Scope
from storage.counting import MOST
from storage.database import Session
from storage.questions import case_lists, worklists
from storage.questions.worklists import Viewer
from storage.search import Term, normal
from storage.tasks import Task
from tests.storage.rows import NOW, Rows

ALL = Scope(Reach.ALL)
OFFICER = Viewer("officer", frozenset({"case_officer", "section_chief"}), None, ALL, reads_all=False)
VERIFIER = Viewer(
    "verifier", frozenset({"verifier"}), None, Scope(Reach.TASKS, None, "verifier", ("verifier",)), reads_all=False
)
AUDITOR = Viewer("auditor", frozenset({"auditor"}), None, ALL, reads_all=True)
FIRST = date(2026, 3, 10)
NO_DAY = date(9999, 12, 31)
# Few different days and instants, so that most rows tie with another.
TASKS = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["case_officer", "section_chief", "verifier"]),
        "assignee": st.sampled_from([None, None, "officer", "officer2"]),
        "stage": st.sampled_from(["P05", "P06"]),
        "due_on": st.sampled_from([None, FIRST, FIRST + timedelta(days=1)]),
    }
)
# Without shrinking: each example writes rows, and a failing one is small enough to be read.
MANY = settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def walk(page: Callable[[Any], list[Any]], key: Callable[[Any], Any], limit: int) -> list[Any]:
    """The rows of all pages, one after the other."""
    seen: list[Any] = []
    after = None
    while True:
        rows = page(after)
        assert len(rows) <= limit
        seen += rows
        if len(rows) < limit:
            return seen
        after = key(rows[-1])


def open_pages(session: Session, viewer: Viewer, filters: worklists.Filters, limit: int) -> list[str]:
    rows = walk(
        lambda after: list(worklists.list_open(session, viewer, filters, after=after, limit=limit)),
        lambda row: (row[0].due_on, row[0].id),
        limit,
    )
    return [task.id for task, _, _ in rows]


@MANY
@given(
    told=st.lists(TASKS, max_size=25), limit=st.integers(1, 7), assignee=st.sampled_from([None, "me", "none"]),
    stage=st.sampled_from([None, "P05"]), before=st.sampled_from([None, FIRST + timedelta(days=1)]),
    typed=st.sampled_from([None, "余热"]), drafts=st.sets(st.integers(0, 24)),
)  # fmt: skip
def test_open_tasks_come_by_day_and_none_is_lost(
    session: Session,
    told: list[dict[str, Any]],
    limit: int,
    assignee: str | None,
    stage: str | None,
    before: date | None,
    typed: str | None,
    drafts: set[int],
) -> None:
    with session.begin_nested() as undone:
        rows = Rows(session)
        tasks = []
        for number, columns in enumerate(told):
            case = rows.a_case(
                title="余热回收" if number % 3 else "空压系统", submitted_at=None if number in drafts else NOW
            )
            tasks.append((rows.a_task(case, **columns), case))
        filters = worklists.Filters(
            assignee=assignee, stage=stage, due_before=before, term=Term(normal(typed)) if typed else None
        )
        wanted = [
            task
            for task, case in tasks
            if case.submitted_at is not None
            and (task.assignee == "officer" or (task.assignee is None and task.role in OFFICER.roles))
            and (assignee is None or (task.assignee == "officer") == (assignee == "me"))
            and (stage is None or task.stage == stage)
            and (before is None or (task.due_on is not None and task.due_on < before))
            and (typed is None or typed in case.title)
        ]
        in_order = sorted(wanted, key=lambda task: (task.due_on or NO_DAY, task.id))
        assert open_pages(session, OFFICER, filters, limit) == [task.id for task in in_order]
        undone.rollback()


@MANY
@given(
    told=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["P05", "P06"])), max_size=25),
    limit=st.integers(1, 7),
    stage=st.sampled_from([None, "P05"]),
)
def test_done_tasks_of_one_instant_are_all_shown(
    session: Session, told: list[tuple[int, str]], limit: int, stage: str | None
) -> None:
    with session.begin_nested() as undone:
        rows, tasks = Rows(session), []
        for seconds, at_stage in told:
            done = {"status": "done", "assignee": "officer", "completed_by": "officer"}
            ended = NOW + timedelta(seconds=seconds)
            tasks.append(rows.a_task(rows.a_case(), stage=at_stage, ended_at=ended, **done))
        rows.a_task(rows.a_case(), status="done", assignee="officer2", completed_by="officer2", ended_at=NOW)
        found = walk(
            lambda before: list(
                worklists.list_done(session, OFFICER, worklists.Filters(stage=stage), before=before, limit=limit)
            ),
            lambda row: (row[0].ended_at, row[0].id),
            limit,
        )
        wanted = [task for task in tasks if stage is None or task.stage == stage]
        in_order = sorted(wanted, key=lambda task: (task.ended_at, task.id), reverse=True)
        assert [task.id for task, _, _ in found] == [task.id for task in in_order]
        undone.rollback()


CASES = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["REVIEW", "PAID", "DRAFT"]),
        "scheme": st.sampled_from(["retrofit", "green_event"]),
        "title": st.sampled_from(["余热回收", "空压系统"]),
        "submitted_at": st.sampled_from([NOW, NOW, None]),
        "from_list": st.booleans(),
        "suspended_at": st.sampled_from([None, None, NOW]),
        "ended_at": st.sampled_from([None, NOW]),
    }
)


def in_scope(case: Case, scope: Scope, of: dict[int, list[Task]]) -> bool:
    if scope.reach is Reach.ALL:
        return case.submitted_at is not None or case.from_list
    if scope.reach is Reach.ENTERPRISE:
        return case.enterprise_id == scope.enterprise_id
    return scope.reach is Reach.TASKS and any(
        task.assignee == scope.username
        or (task.status == "open" and task.assignee is None and task.role in scope.roles)
        for task in of[case.id]
    )


@MANY
@given(
    told=st.lists(st.tuples(CASES, st.lists(TASKS, max_size=3), st.booleans()), max_size=20),
    limit=st.integers(1, 7), reach=st.sampled_from([Reach.ALL, Reach.ENTERPRISE, Reach.TASKS, Reach.NONE]),
    status=st.sampled_from([None, "REVIEW", "SUSPENDED"]), scheme=st.sampled_from([None, "green_event"]),
    typed=st.sampled_from([None, "余热"]), by_batch=st.booleans(), by_firm=st.booleans(),
)  # fmt: skip
def test_cases_come_newest_first_to_whom_they_concern(
    session: Session,
    told: list[tuple[dict[str, Any], list[dict[str, Any]], bool]],
    limit: int,
    reach: Reach,
    status: str | None,
    scheme: str | None,
    typed: str | None,
    by_batch: bool,
    by_firm: bool,
) -> None:
    with session.begin_nested() as undone:
        rows, cases, of = Rows(session), [], dict[int, list[Task]]()
        other_firm, other_batch = rows.a_firm(), rows.a_batch()
        for columns, tasks, elsewhere in told:
            case = rows.a_case(
                **columns,
                enterprise_id=(other_firm if elsewhere else rows.firm).id,
                batch_id=(other_batch if elsewhere else rows.batch).id,
            )
            cases.append(case)
            of[case.id] = [rows.a_task(case, **each) for each in tasks]
        scope = Scope(reach, rows.firm.id if reach is Reach.ENTERPRISE else None, "officer", ("verifier",))
        filters = case_lists.Filters(
            status,
            scheme,
            rows.batch.id if by_batch else None,
            rows.firm.uscc if by_firm else None,
            Term(normal(typed)) if typed else None,
        )

        def shown(case: Case) -> bool:
            suspended = case.suspended_at is not None and case.ended_at is None
            return (
                in_scope(case, scope, of)
                and (status is None or status == ("SUSPENDED" if suspended else case.status))
                and (scheme is None or scheme == case.scheme)
                and (not by_batch or case.batch_id == rows.batch.id)
                and (not by_firm or case.enterprise_id == rows.firm.id)
                and (typed is None or typed in case.title)
            )

        found = walk(
            lambda before: list(case_lists.list_visible(session, scope, filters, before=before, limit=limit)),
            lambda case: case.id,
            limit,
        )
        assert [case.id for case in found] == sorted((case.id for case in cases if shown(case)), reverse=True)
        undone.rollback()


@pytest.mark.parametrize("often", [1, 3, 40, 1_000])
def test_every_way_to_look_finds_the_same(session: Session, monkeypatch: pytest.MonkeyPatch, often: int) -> None:
    """Rare and common terms are found on different ways; where the limits between them lie changes nothing."""
    rows = Rows(session)
    cases = [rows.a_case(title="余热回收" if number % often == 0 else "空压系统") for number in range(60)]
    rows.a_case(title="中水回用", enterprise_id=rows.a_firm(name="余热公司").id)
    wanted = [case.id for case in cases if "余热" in case.title]
    expected = sorted([*wanted, cases[-1].id + 1], reverse=True)
    filters = case_lists.Filters(term=Term("余热"))
    for near, some, few, farthest in ((200, 5, 1_000, 5_000), (2, 1, 0, 7), (2, 9, 0, 5), (1, 1, 0, 1), (5, 3, 4, 20)):
        for name, value in {"NEAR": near, "SOME": some, "FEW": few, "FARTHEST": farthest}.items():
            monkeypatch.setattr(f"storage.questions.looking_up.{name}", value)
        for limit in (1, 3, 100):
            found = case_lists.list_visible(session, ALL, filters, limit=limit)
            assert [case.id for case in found] == expected[:limit], (near, some, few, farthest, limit)


def test_a_short_list_is_read_and_the_index_is_not_asked(session: Session) -> None:
    """What half of all cases have in them must not be put in order for a firm that has three."""
    rows = Rows(session)
    cases = [rows.a_case(title="余热回收") for _ in range(3)]
    firm = Scope(Reach.ENTERPRISE, rows.firm.id)
    asked: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *told: asked.append(str(told[2])))
    found = case_lists.list_visible(session, firm, case_lists.Filters(term=Term("余热")), limit=51)
    assert [case.id for case in found] == sorted((case.id for case in cases), reverse=True)
    assert len(asked) == 2 and not any("@@" in statement for statement in asked), asked


def test_a_long_list_is_read_to_its_end_before_the_index_is(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows(session)
    cases = [rows.a_case(title="余热回收" if number % 4 == 0 else "空压系统") for number in range(40)]
    monkeypatch.setattr("storage.questions.looking_up.NEAR", 20)
    asked: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *told: asked.append(str(told[2])))
    found = case_lists.list_visible(session, ALL, case_lists.Filters(term=Term("余热")), limit=51)
    assert len(found) == len(cases) / 4
    assert not any("@@" in statement for statement in asked), asked


def test_counting_stops(session: Session) -> None:
    rows = Rows(session)
    case = rows.a_case()
    for number in range(MOST + 30):
        rows.a_task(case, due_on=FIRST if number < 3 else None, assignee="officer" if number < 7 else None)
    assert worklists.count(session, OFFICER, FIRST + timedelta(days=1)) == (7, MOST, 3)
    assert worklists.count(session, OFFICER, FIRST) == (7, MOST, 0)
    assert worklists.count(session, VERIFIER, FIRST) == (0, 0, 0)
    nobody = Viewer("nobody", frozenset(), None, Scope(Reach.NONE), reads_all=False)
    assert worklists.count(session, nobody, FIRST) == (0, 0, 0)
    assert worklists.list_open(session, nobody, worklists.Filters(assignee="none"), after=None, limit=9) == []
