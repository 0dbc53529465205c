"""Objections: kinds, a query code, the beginning of their investigation, advice of discipline with its answer

Revision: 0021, after 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None

INSTANTS = ("taken_up_at", "advised_at", "answered_at")
TEXTS = ("query_digest", "advice", "advised_by", "advice_answer", "answered_by")


def upgrade() -> None:
    op.add_column("objection", sa.Column("kind", sa.Text(), nullable=False, server_default=sa.text("'objection'")))
    for name in TEXTS:
        op.add_column("objection", sa.Column(name, sa.Text()))
    for name in INSTANTS:
        op.add_column("objection", sa.Column(name, sa.DateTime(timezone=True)))
    op.create_check_constraint(op.f("ck_objection_kind"), "objection", "kind IN ('objection', 'petition', 'complaint')")
    op.drop_constraint(op.f("ck_objection_state"), "objection", type_="check")
    op.create_check_constraint(
        op.f("ck_objection_state"),
        "objection",
        "state IN ('registered', 'accepted', 'rejected', 'upheld', 'dismissed', 'answered')",
    )
    op.create_unique_constraint(op.f("uq_objection_query_digest"), "objection", ["query_digest"])
    op.create_index(
        "ix_objection_advised_at", "objection", ["advised_at"], postgresql_where=sa.text("answered_at IS NULL")
    )
    # Those of before were taken up when they were accepted.
    op.execute("UPDATE objection SET taken_up_at = handled_at WHERE state = 'accepted'")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
