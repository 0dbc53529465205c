"""Jobs

Revision: 0007, after 0006
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).parents[1] / "procrastinate-3.10.0.sql"


def upgrade() -> None:
    # As the driver takes it: the file holds several statements, colons and percent signs.
    op.get_bind().connection.cursor().execute(SCHEMA.read_bytes())
    op.create_table(
        "worker",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doing", sa.Text(), nullable=True),
        sa.Column("doing_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )
    op.create_table(
        "upload_under_way",
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("object_key", name=op.f("pk_upload_under_way")),
    )
    op.create_index(op.f("ix_upload_under_way_begun_at"), "upload_under_way", ["begun_at"])
    # What fails waits longer each time. With defaults, so that a program of before goes on working meanwhile.
    for table in ("instance", "reallocation", "document"):
        op.add_column(table, sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("reallocation", sa.Column("failure", sa.Text(), nullable=True))
    op.add_column("document", sa.Column("lock_again_at", sa.DateTime(timezone=True), nullable=True))
    unlocked = sa.text("locked_at IS NULL AND withdrawn_at IS NULL")
    op.create_index("ix_document_unlocked", "document", ["id"], postgresql_where=unlocked)
    # Nobody looks for the next of these any more: each has its jobs.
    op.drop_index("ix_case_run_running", table_name="case_run")
    op.drop_index(op.f("ix_what_if_state_id"), table_name="what_if")
    _defer_what_was_asked_for()


def _defer_what_was_asked_for() -> None:
    """What a program of before left unfinished: one job for the rest of each run, one for each what-if."""
    op.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args) "
        "SELECT 'asked', CASE kind WHEN 'migration' THEN 'migrate' ELSE 'rehearse' END, -10,"
        " jsonb_build_object('run_id', run.id, 'first', coalesce(min(case_id), 0), 'last', coalesce(max(case_id), 0)) "
        "FROM case_run run LEFT JOIN case_run_row ON run_id = run.id AND verdict IS NULL "
        "WHERE run.state = 'running' GROUP BY run.id ORDER BY run.id"
    )
    op.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args) "
        "SELECT 'asked', 'what_if', 0, jsonb_build_object('what_if_id', id) FROM what_if WHERE state = 'waiting'"
        " ORDER BY id"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
