"""Each list is read along an index in the order shown: of thousands of rows a page reads what it shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import create_engine, event

from server.embedded import Urls
from storage import search
from storage.cases import Case, Reach, Scope
from storage.database import Database, Session
from storage.people import Enterprise
from storage.questions import case_lists, worklists
from storage.questions.worklists import Viewer
from storage.search import CaseSearch, EnterpriseSearch, Term
from tests.storage.rows import NOW, Rows

ALL = Scope(Reach.ALL)
OFFICER = Viewer("p10", frozenset({"case_officer", "section_chief"}), None, ALL, reads_all=False)
VERIFIER = Viewer("p2", frozenset({"verifier"}), None, Scope(Reach.TASKS, None, "p2", ("verifier",)), reads_all=False)
FIRST = date(2026, 3, 10)
# Rows enough that the planner takes one index rather than another, and not by chance.
MANY = """
INSERT INTO enterprise (uscc, name, entity_type, profile, credit_flags)
SELECT 'BULK' || lpad(n::text, 14, '0'), '虚构企业' || n, 'enterprise', '{}', '{}' FROM generate_series(1, 600) n;
INSERT INTO cases (reference, scheme, title, batch_id, enterprise_id, definition_id, status, created_by, created_at,
                   submitted_at, suspended_at, ended_at)
SELECT 'BULK' || n, CASE WHEN n % 500 = 0 THEN 'green_event' WHEN n % 10 = 1 THEN 'green_honour' ELSE 'retrofit' END,
       '虚构项目' || n, b.id, e.id, d.id,
       CASE WHEN n % 500 = 1 THEN 'VETOED' WHEN n % 10 = 2 THEN 'PAID' ELSE 'REVIEW' END, 'e01', now(),
       CASE WHEN n % 9 > 0 THEN now() END, CASE WHEN n % 90 = 0 THEN now() END, CASE WHEN n % 3 > 0 THEN now() END
FROM generate_series(1, 6000) n
CROSS JOIN (SELECT min(id) AS id FROM definition_version) d
JOIN LATERAL (SELECT id FROM batch ORDER BY id
              OFFSET CASE n % 10 WHEN 3 THEN n / 10 % 40 WHEN 4 THEN 1 ELSE 0 END LIMIT 1) b ON true
JOIN enterprise e ON e.uscc = 'BULK' || lpad((n % 600 + 1)::text, 14, '0');
INSERT INTO task (id, case_id, element_id, process, name, role, form, stage, personal, separate_from, status, assignee,
                  completed_by, due_on, opened_at, ended_at, version)
SELECT lpad(to_hex(row_number() OVER (ORDER BY c.id, k)), 32, '0'), c.id, 'review', 'retrofit', '初审',
       (ARRAY['case_officer', 'section_chief', 'verifier'])[k], 'f', 'P0' || c.id % 7, false, '{}',
       CASE WHEN c.id % 2 = 0 THEN 'open' ELSE 'done' END, p.name, CASE WHEN c.id % 2 = 1 THEN p.name END,
       CASE WHEN c.id % 11 > 0 THEN date '2026-03-01' + (c.id % 60)::int END, now(),
       CASE WHEN c.id % 2 = 1 THEN now() + c.id % 500 * interval '1 minute' END, 1
FROM cases c CROSS JOIN generate_series(1, 3) k
CROSS JOIN LATERAL (SELECT CASE WHEN c.id % 2 = 1 OR (c.id / 2 + k) % 3 = 0
                         THEN CASE WHEN c.id % 40 = 0 THEN 'p2' ELSE 'p' || (c.id / 2 + k) % 8 * 10 END END AS name) p
"""


@pytest.fixture(scope="module")
def full_database(clone_database: Callable[[], Urls]) -> Iterator[Database]:
    """Six thousand cases with three tasks each, half of these open; the planner knows how they are spread."""
    urls = clone_database()
    database = Database(urls.app_url, pool_size=1)
    with database.transaction() as session:
        rows = Rows(session)
        for _ in range(40):
            rows.a_batch()
    engine = create_engine(urls.owner_url)
    with engine.begin() as owner:
        for statement in MANY.split(";\n"):
            owner.exec_driver_sql(statement.replace("%", "%%"))
        search.fill(owner, EnterpriseSearch, Enterprise, "uscc", "name")
        search.fill(owner, CaseSearch, Case, "reference", "title")
        owner.exec_driver_sql("ANALYZE")
    engine.dispose()
    yield database
    database.dispose()


@pytest.fixture
def session(full_database: Database) -> Iterator[Session]:
    with full_database.session() as session:
        yield session
        session.rollback()


@pytest.fixture
def plans(session: Session) -> Callable[[Callable[[], object]], list[Any]]:
    """The plans of what is asked meanwhile, where the planner may not read a table through or sort it.

    It does so nevertheless where there is no index to read in order.
    """
    for setting in ("enable_seqscan", "enable_sort", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin"):
        session.connection().exec_driver_sql(f"SET LOCAL {setting} = off")

    def explain(act: Callable[[], object]) -> list[Any]:
        asked: list[tuple[str, Any]] = []
        connection = session.connection()

        def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
            asked.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", note)
        act()
        event.remove(connection, "before_cursor_execute", note)
        driver: Any = connection.connection.driver_connection
        answers = [driver.execute(f"EXPLAIN (FORMAT JSON) {query}", values).fetchone()[0] for query, values in asked]
        return [(json.loads(each) if isinstance(each, str) else each)[0]["Plan"] for each in answers]

    return explain


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


def sorts_without_limit(plan: dict[str, Any]) -> bool:
    """Whether rows are put in order that nobody has limited before: then the whole list is read for its first page."""

    def limited(node: dict[str, Any]) -> bool:
        return node["Node Type"] == "Limit" or any(map(limited, node.get("Plans", ())[:1]))

    return any(node["Node Type"] == "Sort" and not limited(node) for node in nodes(plan))


WORKLISTS = {
    "offered and in hand": (OFFICER, worklists.Filters(), {"ix_task_in_hand", "ix_task_offered"}),
    "mine": (OFFICER, worklists.Filters(assignee="me"), {"ix_task_in_hand"}),
    "to claim": (OFFICER, worklists.Filters(assignee="none"), {"ix_task_offered"}),
    "one stage": (
        OFFICER,
        worklists.Filters(stage="P06"),
        {"ix_task_in_hand_stage", "ix_task_offered_stage"},
    ),
    "due": (OFFICER, worklists.Filters(due_before=FIRST), {"ix_task_in_hand", "ix_task_offered"}),
    "verifier": (VERIFIER, worklists.Filters(), {"ix_task_in_hand", "ix_task_offered"}),
}


@pytest.mark.parametrize("kind", WORKLISTS)
@pytest.mark.parametrize("after", [None, (FIRST, "0"), (None, "0")], ids=["first page", "behind a day", "behind none"])
def test_worklists_are_read_along_their_index(session: Session, plans: Any, kind: str, after: Any) -> None:
    viewer, filters, indexes = WORKLISTS[kind]
    [plan] = plans(lambda: worklists.list_open(session, viewer, filters, after=after, limit=51))
    used = {node["Index Name"] for node in nodes(plan) if "Index Name" in node}
    assert indexes <= used, used
    assert not any(node["Node Type"] == "Seq Scan" for node in nodes(plan))
    assert not sorts_without_limit(plan)


@pytest.mark.parametrize(
    ("filters", "index"),
    [(worklists.Filters(), "ix_task_done"), (worklists.Filters(stage="P06"), "ix_task_done_stage")],
)
@pytest.mark.parametrize("before", [None, (NOW, "0")])
def test_what_was_done_is_read_along_its_index(
    session: Session, plans: Any, filters: worklists.Filters, index: str, before: Any
) -> None:
    [plan] = plans(lambda: worklists.list_done(session, OFFICER, filters, before=before, limit=51))
    used = {node.get("Index Name") for node in nodes(plan)}
    assert index in used, used
    assert not any(node["Node Type"] == "Seq Scan" for node in nodes(plan))
    assert not sorts_without_limit(plan)


CODE = "BULK00000000000007"
CASE_LISTS = {
    "all": (ALL, case_lists.Filters(), "ix_cases_readable"),
    "status": (ALL, case_lists.Filters(status="VETOED"), "ix_cases_readable_status"),
    "suspended": (ALL, case_lists.Filters(status="SUSPENDED"), "ix_cases_suspended"),
    "scheme": (ALL, case_lists.Filters(scheme="green_event"), "ix_cases_readable_scheme"),
    "scheme and status": (ALL, case_lists.Filters("PAID", "green_honour"), "ix_cases_readable_scheme_status"),
    "batch": (ALL, case_lists.Filters(batch_id=7), "ix_cases_readable_batch"),
    "batch and status": (ALL, case_lists.Filters("PAID", None, 2), "ix_cases_readable_batch_status"),
    "firm": (ALL, case_lists.Filters(uscc=CODE), "ix_cases_enterprise_id_id"),
    "applicant": (Scope(Reach.ENTERPRISE, 20), case_lists.Filters(), "ix_cases_enterprise_id_id"),
    "verifier": (VERIFIER.scope, case_lists.Filters(), "ix_task_assignee_case_id"),
}


@pytest.mark.parametrize("kind", CASE_LISTS)
@pytest.mark.parametrize("before", [None, 10_000])
def test_case_lists_are_read_along_their_index(session: Session, plans: Any, kind: str, before: int | None) -> None:
    scope, filters, index = CASE_LISTS[kind]
    [plan] = plans(lambda: case_lists.list_visible(session, scope, filters, before=before, limit=51))
    used = {node.get("Index Name") for node in nodes(plan)}
    assert index in used, used
    assert not any(node["Node Type"] == "Seq Scan" for node in nodes(plan))
    assert not sorts_without_limit(plan)


def test_a_search_asks_the_indexes_of_parts(session: Session, plans: Any) -> None:
    session.connection().exec_driver_sql("SET LOCAL enable_bitmapscan = on")
    asked = plans(lambda: case_lists.list_visible(session, ALL, case_lists.Filters(term=Term("项目5999")), limit=51))
    used = {node.get("Index Name") for plan in asked for node in nodes(plan)}
    assert {"ix_case_search_parts", "ix_enterprise_search_parts"} <= used
    assert not any(node["Node Type"] == "Seq Scan" for plan in asked for node in nodes(plan))
