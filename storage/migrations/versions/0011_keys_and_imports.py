"""Numbers keep their separators in keys; what is imported into the history is confirmed, and can be withdrawn

What was found under an old key is found under the new one: both are reckoned from what was stated, here as they were
on the day of this migration.

Revision: 0011, after 0010
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_NOISE = re.compile(r"[\s\W_]+")
_PARTING = re.compile(r"(?<=[0-9])\s*[^\w\s][\s\W_]*(?=[0-9])|(?<=[0-9])\s*_[\s\W_]*(?=[0-9])")
_BLANK = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_SHAPES = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(map(ord, "〔[［【「｛{"), "(") | dict.fromkeys(map(ord, "〕]］】」｝}"), ")")
    | dict.fromkeys(map(ord, "‐‑‒–—―−－﹣"), "-")
)  # fmt: skip
_CASES = sa.text(
    "SELECT cases.id, cases.scheme, enterprise.uscc, batch.cap_year, case_facts.facts,"
    " cases.matter_id IS NOT NULL AS is_filed FROM cases"
    " JOIN case_facts ON case_facts.case_id = cases.id JOIN enterprise ON enterprise.id = cases.enterprise_id"
    " JOIN batch ON batch.id = cases.batch_id WHERE cases.id > :after ORDER BY cases.id LIMIT :most"
)
_RENAME = sa.text(
    "UPDATE matter SET key = :new WHERE key = :old AND NOT EXISTS (SELECT FROM matter AS other WHERE other.key = :new)"
)


def upgrade() -> None:
    rekey(op.get_bind())
    _key_vouchers(op.get_bind())
    _confirm_imports()
    _withdraw_awards()


def _confirm_imports() -> None:
    """What was imported before counts as it did."""
    for name, kind, default in (
        ("state", sa.Text(), "'counted'"),
        ("rows", JSONB(), "'[]'"),
        ("notes", JSONB(), "'[]'"),
    ):
        op.add_column("sheet_import", sa.Column(name, kind, server_default=sa.text(default), nullable=False))
        op.alter_column("sheet_import", name, server_default=None)
    op.add_column("sheet_import", sa.Column("confirmed_by", sa.Text(), nullable=True))
    op.add_column("sheet_import", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_sheet_import_state"), "sheet_import", "state IN ('counted', 'proposed', 'discarded')"
    )
    op.create_check_constraint(
        op.f("ck_sheet_import_confirmed_by_other_than_imported_by"), "sheet_import", "imported_by <> confirmed_by"
    )
    op.create_index("ix_sheet_import_proposed", "sheet_import", ["id"], postgresql_where=sa.text("state = 'proposed'"))


def _withdraw_awards() -> None:
    op.add_column("historic_award", sa.Column("stated_name", sa.Text(), nullable=True))
    op.add_column("historic_award", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "historic_withdrawal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("award_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "proposed_by <> confirmed_by", name=op.f("ck_historic_withdrawal_confirmed_by_other_than_proposed_by")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["sheet_import.id"], name=op.f("fk_historic_withdrawal_import_id")),
        sa.ForeignKeyConstraint(["award_id"], ["historic_award.id"], name=op.f("fk_historic_withdrawal_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_historic_withdrawal")),
    )


def rekey(connection: sa.Connection) -> None:
    """The keys of matters and the marks of cases anew. Where several numbers share an old key, the oldest keeps it."""
    renamed: dict[str, str] = {}
    for key, title in connection.execute(sa.text("SELECT key, title FROM matter ORDER BY id")).all():
        for kind, new in (("PRJ", number_now), ("CLU", name_now), ("EVT", name_now)):
            # A matter that the history made bears the number or name that was stated as its title.
            if key.rstrip(":") == f"{kind}:{as_before(title)}":
                renamed.setdefault(key, f"{kind}:{new(title)}{':' if key.endswith(':') else ''}")
    for case_id, scheme, uscc, year, facts, is_filed in _cases(connection):
        old = _key(scheme, uscc, facts, year - 1, as_before, as_before)
        renamed.setdefault(old, _key(scheme, uscc, facts, year - 1, name_now, number_now))
        if is_filed:
            _mark_anew(connection, case_id, facts)
    changed = [{"old": old, "new": new} for old, new in renamed.items() if old != new]
    for start in range(0, len(changed), _AT_ONCE):
        connection.execute(_RENAME, changed[start : start + _AT_ONCE])


def _key_vouchers(connection: sa.Connection) -> None:
    paid = connection.execute(sa.text("SELECT id, voucher_no FROM payment WHERE voucher_no IS NOT NULL")).all()
    keyed = [{"id": row.id, "key": number_now(row.voucher_no)} for row in paid]
    for start in range(0, len(keyed), _AT_ONCE):
        connection.execute(
            sa.text("UPDATE payment SET voucher_key = :key WHERE id = :id"), keyed[start : start + _AT_ONCE]
        )


def _cases(connection: sa.Connection) -> Iterator[Any]:
    after = 0
    while rows := connection.execute(_CASES, {"after": after, "most": _AT_ONCE}).all():
        yield from rows
        after = rows[-1][0]


def as_before(text: object) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", str(text or ""))).upper()


def name_now(text: object) -> str:
    plain = unicodedata.normalize("NFKC", str(text or ""))
    return "-".join(_NOISE.sub("", part) for part in _PARTING.split(_BLANK.sub("", plain))).upper()


def number_now(text: object) -> str:
    return _BLANK.sub("", str(text or "").replace("——", "-")).translate(_SHAPES).upper()


def _key(
    scheme: str,
    uscc: str,
    facts: Mapping[str, Any],
    last_year: int,
    name: Callable[[object], str],
    number: Callable[[object], str],
) -> str:
    given = facts.get
    match scheme:
        case "green_honour":
            return f"HON:{uscc}:{name(given('honour_type'))}:{name(given('site'))}"
        case "carbon_neutral":
            return f"CERT:{uscc}:{name(given('accounting_year')) or last_year}"
        case "carbon_trading":
            return f"TRD:{uscc}:{name(given('period')) or last_year}"
        case "industry_cluster":
            return f"CLU:{name(given('cluster_name')) or uscc}"
        case "green_event":
            return f"EVT:{name(given('event_name'))}:{given('start_date') or ''}"
        case "carbon_intensity" | "carbon_footprint":
            return ""
    if filing_no := number(given("filing_no")):
        return f"PRJ:{filing_no}"
    site, title = name(given("project_site")), name(given("project_name"))
    if not site and not title and given("city_project_no"):
        return f"PRJ:{number(given('city_project_no'))}"
    return f"PRJ:{uscc}:{site}:{title}"


def _mark_anew(connection: sa.Connection, case_id: int, facts: Mapping[str, Any]) -> None:
    """The marks of a case that was filed; what names a city project and its instalment is new among them."""
    connection.execute(sa.text("DELETE FROM case_identifier WHERE case_id = :id"), {"id": case_id})
    marks = {(kind, value) for kind, value in _marks(facts) if value}
    if marks:
        connection.execute(
            sa.text("INSERT INTO case_identifier (case_id, kind, value) VALUES (:id, :kind, :value)"),
            [{"id": case_id, "kind": kind, "value": value} for kind, value in sorted(marks)],
        )


def _marks(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for line in _rows(facts, "invoice_lines"):
        code, number = number_now(line.get("invoice_code")), number_now(line.get("invoice_no"))
        yield "invoice", f"{code}/{number}" if code else number
    yield "filing_no", number_now(facts.get("filing_no"))
    yield "site", name_now(facts.get("project_site"))
    yield "certificate", number_now(facts.get("certificate_no"))
    for certificate in _rows(facts, "certificates"):
        yield "certificate", number_now(certificate.get("certificate_no"))
    for trade in _rows(facts, "trades"):
        yield "settlement", number_now(trade.get("settlement_no"))
    project, paper = number_now(facts.get("city_project_no")), number_now(facts.get("city_document_no"))
    day = str(facts.get("received_date") or "")
    yield "city_project", project
    yield "instalment", f"{project}:{paper}:{day}" if project and paper and day else ""


def _rows(facts: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = facts.get(key)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
