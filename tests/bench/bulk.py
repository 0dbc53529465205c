"""Cases in bulk: a few are really driven to a place, and each open copy of one is as alive as its original.

Everything is made by number, so that two databases of different sizes differ in size only: a firm has as many cases,
every title and every place has the same share, as many tasks of a hundred are in somebody's hands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import create_engine

from server.embedded.postgres import driver_url
from storage import search
from storage.base import Base
from storage.cases import Case
from storage.people import Enterprise
from tests.contract_client import Office
from workflows import rules
from workflows.engine.state import decode_state, encode_state

Connection = psycopg.Connection[Any]

OPEN_AT_MOST = 40_000
CASES_A_FIRM = 100
# Where open cases stand, each place as often as it has shares.
PLACES = {
    "fill_application": 2,
    "formality_check": 2,
    "credit_check": 1,
    "substantive_review": 5,
    "site_inspection": 1,
    "audit_verification": 2,
    "confirm_verified": 2,
    "chief_recheck": 1,
    "deputy_review": 1,
    "listed": 1,
    "publicity_period": 2,
}
# What is kept of a finished case: a whole one has thirty tasks, which take minutes to load and teach nothing more.
KEPT = ("fill_application", "formality_check", "substantive_review", "pay")
OBJECTS = (
    *(
        "空压系统",
        "中央空调",
        "余热回收",
        "屋顶分布式光伏",
        "工业窑炉",
        "数据中心制冷",
        "循环水泵",
        "蒸汽管网",
        "污水处理",
    ),
    *("涂装生产线", "变配电系统", "真空系统", "注塑设备", "中水回用", "照明系统", "锅炉房", "除尘设备", "储能电站"),
)
ACTS = ("节能改造", "智能化升级", "清洁生产", "能效提升", "绿色低碳改造", "设备更新")
PHASES = ("", "（一期）", "（二期）", " A座", "－试点")
NAMES = "恒丰瑞泰华盛宏远金诚安信博雅卓越鼎力康达嘉禾兴业立新创智天元同方海纳百川德润"
TRADES = ("节能科技", "环保设备", "新材料", "智能制造", "信息技术", "新能源", "精密机械", "生物科技")
FORMS = ("有限公司", "股份有限公司", "（北京）有限公司")

PLAN = """
CREATE TEMPORARY TABLE plan AS
WITH placed AS (
    SELECT n, CASE WHEN n > {cases} - {open} - {open} / 2 AND n %% 3 <> 0
                   THEN (%(places)s::text[])[abs(hashint4(n)) %% {shares} + 1] END AS at
    FROM generate_series(1, {cases}) n
)
SELECT n, {last_case} + n AS case_id, s.case_id AS seed, at IS NOT NULL AS is_open, s.prefix AS old_prefix,
       s.chain AS old_chain,
       lpad(to_hex(n), 24, '0') AS prefix, abs(hashint4(-n)) AS chance, d.key AS scheme, d.id AS definition_id,
       'TZL' || extract(year FROM made_at) || lpad((100000 + n)::text, 6, '0') AS reference,
       (%(objects)s::text[])[n * 7 %% {objects} + 1] || (%(acts)s::text[])[n * 5 %% {acts} + 1] || '项目'
           || (%(phases)s::text[])[n * 3 %% {phases} + 1] AS title,
       {last_batch} + n * 15 / {cases} + 1 AS batch_id, {last_firm} + n %% {firms} + 1 AS enterprise_id,
       {last_matter} + n AS matter_id, made_at
FROM placed
JOIN seed s ON s.place IS NOT DISTINCT FROM at
CROSS JOIN LATERAL (SELECT timestamptz '2018-03-01' + n::float / {cases} * interval '8 years' AS made_at) m
JOIN definition_version d ON d.state = 'published' AND d.version = 1 AND d.key = CASE
    WHEN at IS NOT NULL THEN 'retrofit' ELSE (%(schemes)s::text[])[n * 11 %% 10 + 1] END
"""


@dataclass(frozen=True)
class Seed:
    """A case that was really driven: to a place where it stands, or (no place) to its end."""

    place: str | None
    case_id: int
    state: bytes


def drive_seeds(office: Office, connection: Connection) -> list[Seed]:
    """One case that is paid and one at each place; the farthest first, for what is done to a batch moves all in it."""
    office.choose(proc__expert_route__art3="none")
    batch, found = office.open_batch(), []
    for number, place in enumerate([None, *reversed(PLACES)], start=1):
        applicant = f"e{number:02}"
        reference = office.apply(applicant, batch=batch)
        office.drive(reference, until=place, applicant=applicant)
        row = connection.execute(
            "SELECT c.id, i.state FROM cases c JOIN instance i ON i.case_id = c.id WHERE c.reference = %s", [reference]
        ).fetchone()
        assert row is not None
        found.append(Seed(place, row[0], bytes(row[1])))
    return found


def fill(owner_url: str, seeds: Sequence[Seed], cases: int) -> None:
    """Copies of the seeds: so many cases over eight years, of which two in five are open, at most forty thousand."""
    engine = create_engine(owner_url)
    with engine.begin() as made:
        connection: Connection = made.connection.driver_connection  # type: ignore[assignment]
        connection.execute("SET LOCAL synchronous_commit = off")
        connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
        _plan(connection, seeds, cases)
        _frame(connection, cases)
        # To write an index at once takes a third of the time of writing it row by row.
        indexes = [index for table in FILLED for index in Base.metadata.tables[table].indexes]
        for index in indexes:
            index.drop(made)
        for table, changed in COPIED.items():
            _copy(connection, table, changed)
        _copy_states(connection, seeds)
        for table in LAST.values():
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        search.fill(made, search.EnterpriseSearch, Enterprise, "uscc", "name")
        search.fill(made, search.CaseSearch, Case, "reference", "title")
        for index in indexes:
            index.create(made)
    engine.dispose()
    with psycopg.connect(driver_url(owner_url), autocommit=True) as last:
        last.execute("VACUUM ANALYZE")


def _plan(connection: Connection, seeds: Sequence[Seed], cases: int) -> None:
    """The table that says of each copy what it is a copy of, and what is its own."""
    connection.execute("CREATE TEMPORARY TABLE seed (place text, case_id bigint, prefix text, chain text)")
    for seed in seeds:
        prefix = decode_state(seed.state)[0][1]
        connection.execute(
            "INSERT INTO seed SELECT %s, id, %s, 'case:' || reference FROM cases WHERE id = %s",
            [seed.place, prefix, seed.case_id],
        )
    numbers = {
        "cases": cases,
        "open": min(cases * 2 // 5, OPEN_AT_MOST),
        "firms": cases // CASES_A_FIRM,
        "shares": sum(PLACES.values()),
        "objects": len(OBJECTS),
        "acts": len(ACTS),
        "phases": len(PHASES),
        **{f"last_{name}": _last(connection, table) for name, table in LAST.items()},
    }
    query = sql.SQL(PLAN).format(**{name: sql.Literal(number) for name, number in numbers.items()})
    places = [place for place, shares in PLACES.items() for _ in range(shares)]
    words = {"objects": OBJECTS, "acts": ACTS, "phases": PHASES, "schemes": tuple(rules.SCHEMES), "places": places}
    # CREATE TABLE takes no parameters of the server's.
    psycopg.ClientCursor(connection).execute(query, {name: list(found) for name, found in words.items()})
    connection.execute("ANALYZE plan")


LAST = {"case": "cases", "batch": "batch", "firm": "enterprise", "matter": "matter"}


def _last(connection: Connection, table: str) -> int:
    row = connection.execute(sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


def _frame(connection: Connection, cases: int) -> None:
    """Firms, batches and matters for the copies to stand on."""
    names = {"first": list(NAMES), "trades": list(TRADES), "forms": list(FORMS), "firms": cases // CASES_A_FIRM}
    connection.execute(
        "INSERT INTO enterprise (uscc, name, entity_type, profile, credit_flags) "
        "SELECT '91110112MA' || upper(left(md5(n::text), 8)), "
        "  '北京' || (%(first)s::text[])[n %% 38 + 1] || (%(first)s::text[])[n / 38 %% 37 + 2] "
        "  || (%(trades)s::text[])[n %% 8 + 1] || (%(forms)s::text[])[n %% 3 + 1], 'enterprise', '{}', '{}' "
        "FROM generate_series(0, %(firms)s - 1) n",
        names,
    )
    connection.execute(
        "INSERT INTO batch (title, schemes, window_from, window_to, matter_date_from, matter_date_to, cap_year, status,"
        "  drafted_by, drafted_at, opened_by, opened_at, parameters) "
        "SELECT 2018 + n / 2 || '年第' || (ARRAY['一', '二'])[n %% 2 + 1] || '批', schemes, window_from, window_to,"
        "  matter_date_from, matter_date_to, 2018 + n / 2, status, drafted_by, drafted_at, opened_by, opened_at,"
        "  parameters FROM batch, generate_series(0, 15) n WHERE batch.id = %(batch)s",
        {"batch": _last(connection, "batch")},
    )
    connection.execute("INSERT INTO matter (key, title) SELECT 'BULK:' || n, '虚构事项' FROM plan ORDER BY n")


COPIED: Mapping[str, Mapping[str, str]] = {
    "cases": {
        "id": "p.case_id",
        **{name: f"p.{name}" for name in ("reference", "scheme", "title", "batch_id", "enterprise_id", "matter_id")},
        "definition_id": "p.definition_id",
        "created_at": "p.made_at",
        "submitted_at": "CASE WHEN s.submitted_at IS NOT NULL THEN p.made_at + interval '1 day' END",
        "accepted_at": "CASE WHEN s.accepted_at IS NOT NULL THEN p.made_at + interval '3 days' END",
        "suspended_at": "CASE WHEN p.is_open AND p.chance % 97 = 0 THEN p.made_at + interval '9 days' END",
        "ended_at": "CASE WHEN NOT p.is_open THEN p.made_at + interval '120 days' END",
        "status": "CASE WHEN NOT p.is_open AND p.chance % 5 = 0 THEN 'NOT_SUPPORTED' ELSE s.status END",
    },
    "case_facts": {"case_id": "p.case_id", "facts": "CASE WHEN p.is_open THEN s.facts ELSE '{}' END"},
    "case_identifier": {"case_id": "p.case_id", "value": "s.value || p.n"},
    "task": {
        "id": "replace(s.id, p.old_prefix, p.prefix)",
        "case_id": "p.case_id",
        # Two of five open tasks of a post are in somebody's hands; a day in twenty has no term.
        "assignee": (
            "CASE WHEN s.status = 'done' OR s.personal THEN s.assignee WHEN p.chance % 5 > 1 THEN NULL "
            "WHEN s.role = 'case_officer' THEN (ARRAY['officer', 'officer2', 'officer3'])[p.chance / 5 % 3 + 1] "
            "WHEN s.role = 'verifier' THEN 'verifier' END"
        ),
        "due_on": "CASE WHEN p.chance % 20 > 0 THEN date '2026-03-10' + (p.chance % 90 - 30) END",
        "opened_at": "p.made_at + (s.opened_at - (SELECT min(opened_at) FROM task t WHERE t.case_id = p.seed))",
        "ended_at": "p.made_at + interval '3 days' + (s.ended_at - s.opened_at)",
    },
    "wait": {
        "id": "replace(s.id, p.old_prefix, p.prefix)",
        "case_id": "p.case_id",
        "opened_at": "p.made_at",
        "ended_at": "CASE WHEN s.ended_at IS NOT NULL THEN p.made_at END",
    },
    "submission": {
        "case_id": "p.case_id",
        "task_id": "replace(s.task_id, p.old_prefix, p.prefix)",
        "data": "CASE WHEN p.is_open THEN s.data ELSE '{}' END",
    },
    "submission_personal": {"task_id": "replace(s.task_id, p.old_prefix, p.prefix)"},
    "audit_event": {"chain": "'case:' || p.reference", "at": "p.made_at"},
    "list_row": {"case_id": "p.case_id", "batch_id": "p.batch_id"},
    "notice_item": {"case_id": "p.case_id"},
    "message": {"case_id": "p.case_id", "enterprise_id": "p.enterprise_id", "sent_at": "p.made_at"},
}
FILLED = (*COPIED, "instance", "case_search")
# How the rows of a seed are found, where not by its id.
OF_SEED = {
    "cases": "s.id = p.seed",
    "audit_event": "s.chain = p.old_chain",
    "submission_personal": "left(s.task_id, 24) = p.old_prefix AND p.is_open",
}
KEPT_OF = {
    "task": "p.is_open OR s.element_id = ANY(%(kept)s)",
    "submission": "p.is_open OR s.element_id = 'fill_application'",
    "wait": "p.is_open OR s.kind = 'timer'",
    "audit_event": "s.seq > (SELECT max(seq) - 3 FROM audit_event m WHERE m.chain = s.chain)",
    "message": "p.is_open OR s.read_at IS NOT NULL OR s.id % 2 = 0",
    "case_identifier": "p.is_open OR p.chance % 4 = 0",
}


def _copy(connection: Connection, table: str, changed: Mapping[str, str]) -> None:
    """Every row of the seeds in a table, once for each copy; columns that are not named stay as they are."""
    columns = [
        row[0]
        for row in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
            "AND attgenerated = '' AND (attidentity = '' OR %s = 'cases')",
            [table, table],
        )
    ]
    query = sql.SQL(
        "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values} FROM plan p "
        "JOIN {table} s ON {of_seed} WHERE {kept} ORDER BY p.n"
    ).format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        values=sql.SQL(", ").join(
            sql.SQL(changed[name].replace("%", "%%")) if name in changed else sql.Identifier("s", name)
            for name in columns
        ),
        of_seed=sql.SQL(OF_SEED.get(table, "s.case_id = p.seed")),
        kept=sql.SQL(KEPT_OF.get(table, "true").replace(" % ", " %% ")),
    )
    connection.execute(query, {"kept": list(KEPT)})


def _copy_states(connection: Connection, seeds: Sequence[Seed]) -> None:
    """The live process of each open copy under the prefix of its own tasks; a finished one is never read again."""
    decoded = {seed.case_id: decode_state(seed.state) for seed in seeds}
    due = dict(connection.execute("SELECT case_id, next_due_at FROM instance").fetchall())
    rows = connection.execute("SELECT case_id, seed, prefix, is_open FROM plan ORDER BY n").fetchall()
    with connection.cursor().copy("COPY instance (case_id, state, next_due_at) FROM STDIN") as copy:
        for case_id, seed, prefix, is_open in rows:
            if not is_open:
                copy.write_row((case_id, b"", None))
                continue
            head, names, processes = decoded[seed]
            head[1] = prefix
            copy.write_row((case_id, encode_state(head, names, processes), due[seed]))
