"""Checks of other kinds than 查重: a credit re-check that found something, a payment that was held

Revision: 0019, after 0018
"""

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


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
