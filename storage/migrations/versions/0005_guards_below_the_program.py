"""Guards below the program: every state is one of its words, every amount whole yuan, four eyes are two people

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = {
    ("batch", "status"): "draft open",
    ("case_run", "state"): "running done stopped",
    ("cases", "status"): (
        "DRAFT SUBMITTED CORRECTION NOT_ACCEPTED ACCEPTED CREDIT_CHECK VETOED REVIEW SITE VERIFICATION EXPERTS "
        "CALCULATED RECHECK MEETING PUBLICITY OBJECTION DISTRICT_APPROVAL APPROVED NOT_SUPPORTED PAYEE_CONFIRM PAYMENT "
        "PAYMENT_RETURNED PAID MULTI_YEAR WITHDRAWN TERMINATED RECOVERING RECOVERED CLOSED ARCHIVED"
    ),
    ("cluster_award", "state"): "active ended",
    ("decision", "result"): "support adjust defer refuse",
    ("definition_draft", "state"): "open scheduled published discarded",
    ("definition_version", "state"): "published retired",
    ("historic_award", "policy"): "this old",
    ("ledger_entry", "state"): "RESERVED COMMITTED PAID RELEASED RESTORED",
    ("list_entry", "state"): "matched to_confirm unmatched dismissed",
    ("list_row", "proposal"): "support refuse",
    ("objection", "state"): "registered accepted rejected upheld dismissed",
    ("payment", "state"): "paid returned",
    ("recovery", "cause"): "clerical_error fraud",
    ("review_seat", "state"): "drawn accepted recused scored",
    ("task", "status"): "open done cancelled",
    ("wait", "kind"): "message timer",
    ("what_if", "state"): "waiting done failed",
}
OR_NOTHING = {
    ("ledger_entry", "from_state"): "RESERVED COMMITTED PAID",
    ("review_seat", "vote"): "support oppose",
}
# Not below nothing, or above it.
AMOUNTS = {
    "calculation": ("computed_amount", "item_amount", "precap_amount"),
    "cases": ("computed_amount", "item_amount", "precap_amount", "final_amount", "paid_amount"),
    "historic_award": ("precap_amount", "paid_amount", "approved_total"),
    "instalment": ("ceiling",),
    "list_row": ("precap_amount", "final_amount"),
    "notice_item": ("amount",),
}
MOVEMENTS = {
    "cluster_award": ("total",),
    "decision": ("amount",),
    "ledger_entry": ("amount",),
    "payment": ("amount",),
    "recovery": ("amount",),
}
TWO_PEOPLE = (
    ("batch", "drafted_by", "opened_by"),
    ("parameter_value", "proposed_by", "confirmed_by"),
    ("recovery", "recorded_by", "confirmed_by"),
)


def upgrade() -> None:
    for (table, column), words in STATES.items():
        _check(table, column, f"{column} IN ({_listed(words)})")
    for (table, column), words in OR_NOTHING.items():
        _check(table, column, f"{column} IN ({_listed(words)}) OR {column} IS NULL")
    for least, tables in ((">=", AMOUNTS), (">", MOVEMENTS)):
        for table, columns in tables.items():
            _amounts(table, columns, least)
    for table, first, second in TWO_PEOPLE:
        _check(table, f"{second}_other_than_{first}", f"{first} <> {second}")
    op.create_foreign_key(op.f("fk_submission_task_id"), "submission", "task", ["task_id"], ["id"])


def _listed(words: str) -> str:
    return ", ".join(f"'{word}'" for word in words.split())


def _check(table: str, name: str, condition: str) -> None:
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _amounts(table: str, columns: tuple[str, ...], least: str) -> None:
    """A column of a fixed scale rounds before its check is asked; now it keeps what it is given, to be refused."""
    for column in columns:
        op.alter_column(table, column, type_=sa.Numeric(), existing_type=sa.Numeric(14, 0))
    name = f"whole_{columns[0]}" if len(columns) == 1 else "whole_yuan"
    _check(table, name, " AND ".join(f"{column} {least} 0 AND {column} = trunc({column})" for column in columns))


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
