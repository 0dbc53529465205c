"""Checks of other kinds than 查重, and what must be counted anew after a conclusion

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_case_check_kind"), "case_check", type_="check")
    op.create_check_constraint(
        op.f("ck_case_check_kind"), "case_check", "kind IN ('duplicate', 'credit', 'payment', 'next_year')"
    )
    op.add_column("cases", sa.Column("recount", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("case_check", sa.Column("outlived", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("ix_case_check_outlived", "case_check", ["id"], postgresql_where=sa.text("outlived"))


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
