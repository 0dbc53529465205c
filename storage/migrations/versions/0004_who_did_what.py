"""Who did what: roles, addresses, causes and bindings on the record; personal values that can be erased

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_event", sa.Column("role", sa.Text(), nullable=True))
    op.add_column("audit_event", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("audit_event", sa.Column("cause_chain", sa.Text(), nullable=True))
    op.add_column("audit_event", sa.Column("cause_seq", sa.Integer(), nullable=True))
    # What stands there was written in format 1; a default fills it without touching a row, and is dropped again.
    op.add_column(
        "audit_event",
        sa.Column("binds", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
    )
    op.add_column("audit_event", sa.Column("format", sa.SmallInteger(), server_default=sa.text("1"), nullable=False))
    op.alter_column("audit_event", "binds", server_default=None)
    op.alter_column("audit_event", "format", server_default=None)

    # What waits to be allocated again was asked for before causes were kept: it goes back to its batch's first event.
    op.add_column("reallocation", sa.Column("cause_chain", sa.Text(), nullable=True))
    op.add_column("reallocation", sa.Column("cause_seq", sa.Integer(), nullable=True))
    op.execute("UPDATE reallocation SET cause_chain = 'batch:' || batch_id, cause_seq = 1")
    op.alter_column("reallocation", "cause_chain", nullable=False)
    op.alter_column("reallocation", "cause_seq", nullable=False)

    op.create_table(
        "submission_personal",
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("values", postgresql.JSONB(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["submission.task_id"], name=op.f("fk_submission_personal_task_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_submission_personal")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
