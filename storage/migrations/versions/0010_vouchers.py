"""A voucher's line pays one case: payments keep the number as it is compared, and the line of it that pays them

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment", sa.Column("voucher_key", sa.Text()))
    op.add_column("payment", sa.Column("voucher_line", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.create_index("ix_payment_voucher_key", "payment", ["voucher_key"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
