"""The working-day calendar of a year is a proposal that a second owner confirms; by which of them a day was counted

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SEEN = ("year", "days_off", "days_on", "provisional", "basis", "proposed_by", "proposed_at")
COUNTED = ("wait", "task", "notice_item")


def upgrade() -> None:
    _calendars()
    for table in COUNTED:
        op.add_column(table, sa.Column("counted_by", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_index(
        "ix_wait_counted_by",
        "wait",
        ["counted_by"],
        postgresql_where=sa.text("ended_at IS NULL AND due_at IS NOT NULL"),
    )
    op.add_column("task", sa.Column("working_days", sa.Integer(), nullable=True))
    op.create_index("ix_task_counted_by", "task", ["counted_by"], postgresql_where=sa.text("status = 'open'"))


def _calendars() -> None:
    op.create_table(
        "calendar_year",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("days_off", ARRAY(sa.Date()), nullable=False),
        sa.Column("days_on", ARRAY(sa.Date()), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("cause_seq", sa.Integer(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "proposed_by <> confirmed_by", name=op.f("ck_calendar_year_confirmed_by_other_than_proposed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_year")),
    )
    op.create_index(op.f("ix_calendar_year_year_id"), "calendar_year", ["year", "id"])
    op.create_index("uq_calendar_year_number", "calendar_year", ["number"], unique=True)
    changed = f"({_of('NEW')}) IS DISTINCT FROM ({_of('OLD')})"
    op.execute(
        "CREATE TRIGGER stays_as_seen BEFORE UPDATE ON calendar_year FOR EACH ROW "
        f"WHEN (OLD.confirmed_at IS NOT NULL OR {changed}) EXECUTE FUNCTION refuse_other_proposal()"
    )
    op.execute(
        "CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON calendar_year "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_proposal()"
    )


def _of(row: str) -> str:
    return ", ".join(f"{row}.{column}" for column in SEEN)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
