"""The workshop

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "definition_draft",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("authors", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_draft")),
    )
    op.create_index(op.f("ix_definition_draft_key_id"), "definition_draft", ["key", "id"], unique=False)
    op.create_index(
        op.f("ix_definition_draft_state_publish_at"), "definition_draft", ["state", "publish_at"], unique=False
    )
    op.create_table(
        "scenario_test",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("record", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expected", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario_test")),
    )
    op.create_index(op.f("ix_scenario_test_key_id"), "scenario_test", ["key", "id"], unique=False)
    op.create_table(
        "what_if",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("batch_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_what_if")),
    )
    op.create_index(op.f("ix_what_if_state_id"), "what_if", ["state", "id"], unique=False)
    op.create_table(
        "definition_draft_file",
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("base_sha256", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["definition_draft.id"], name=op.f("fk_definition_draft_file_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", "path", name=op.f("pk_definition_draft_file")),
    )
    op.create_table(
        "case_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=True),
        sa.Column("definition_id", sa.BigInteger(), nullable=True),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["definition_id"], ["definition_version.id"], name=op.f("fk_case_run_definition_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["definition_draft.id"], name=op.f("fk_case_run_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_run")),
    )
    op.create_index(op.f("ix_case_run_draft_id"), "case_run", ["draft_id"], unique=False)
    op.create_index(op.f("ix_case_run_kind_key_id"), "case_run", ["kind", "key", "id"], unique=False)
    op.create_index(
        "ix_case_run_running", "case_run", ["id"], unique=False, postgresql_where=sa.text("state = 'running'")
    )
    op.create_table(
        "case_migration",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("from_definition_id", sa.BigInteger(), nullable=False),
        sa.Column("to_definition_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state_before", sa.LargeBinary(), nullable=False),
        sa.Column("state_after_sha256", sa.Text(), nullable=False),
        sa.Column("reverted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reverted_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_migration_case_id")),
        sa.ForeignKeyConstraint(
            ["from_definition_id"], ["definition_version.id"], name=op.f("fk_case_migration_from_definition_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["case_run.id"], name=op.f("fk_case_migration_run_id")),
        sa.ForeignKeyConstraint(
            ["to_definition_id"], ["definition_version.id"], name=op.f("fk_case_migration_to_definition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_migration")),
    )
    op.create_index(op.f("ix_case_migration_case_id"), "case_migration", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_migration_run_id"), "case_migration", ["run_id"], unique=False)
    op.create_table(
        "case_run_row",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_run_row_case_id")),
        sa.ForeignKeyConstraint(["run_id"], ["case_run.id"], name=op.f("fk_case_run_row_run_id")),
        sa.PrimaryKeyConstraint("run_id", "case_id", name=op.f("pk_case_run_row")),
    )
    op.create_index(
        "ix_case_run_row_waiting",
        "case_run_row",
        ["run_id", "case_id"],
        unique=False,
        postgresql_where=sa.text("verdict IS NULL"),
    )
    op.add_column(
        "definition_version", sa.Column("authors", postgresql.ARRAY(sa.TEXT()), server_default="{}", nullable=False)
    )
    op.add_column("definition_version", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("definition_version", sa.Column("draft_id", sa.BigInteger(), nullable=True))
    op.add_column("definition_version", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("definition_version", sa.Column("retired_by", sa.Text(), nullable=True))
    op.add_column("definition_version", sa.Column("retired_reason", sa.Text(), nullable=True))
    op.create_index(op.f("ix_definition_version_draft_id"), "definition_version", ["draft_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_definition_version_draft_id"), "definition_version", "definition_draft", ["draft_id"], ["id"]
    )
    # Waits that were open before have no beginning on record: the heat map counts them from now.
    op.add_column("wait", sa.Column("process", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "wait", sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    )
    op.add_column("wait", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE wait SET process = cases.scheme FROM cases WHERE cases.id = wait.case_id")
    for table, column in (("definition_version", "authors"), ("wait", "process"), ("wait", "opened_at")):
        op.alter_column(table, column, server_default=None)
    # Waits now stay when they are over, so the indexes that steps use hold the open ones only.
    op.drop_index(op.f("ix_wait_message_case_id"), table_name="wait")
    op.drop_index(op.f("ix_wait_case_id"), table_name="wait")
    is_open = sa.text("ended_at IS NULL")
    op.create_index("ix_wait_message_case_id", "wait", ["message", "case_id"], postgresql_where=is_open)
    op.create_index("ix_wait_case_id", "wait", ["case_id"], postgresql_where=is_open)
    op.create_index("ix_wait_opened_at", "wait", ["opened_at"])
    op.create_index("ix_task_opened_at", "task", ["opened_at"])
    op.create_index("ix_cases_definition_id_id", "cases", ["definition_id", "id"])
    running = sa.text("ended_at IS NULL")
    op.create_index("ix_cases_scheme_running", "cases", ["scheme", "id"], postgresql_where=running)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
