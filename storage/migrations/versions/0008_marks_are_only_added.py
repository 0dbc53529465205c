"""Marks for another allocation are only added, and name the firm instead of its account

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("pk_reallocation"), "reallocation", type_="primary")
    op.add_column("reallocation", sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False))
    op.create_primary_key(op.f("pk_reallocation"), "reallocation", ["id"])
    op.add_column("reallocation", sa.Column("uscc", sa.Text(), nullable=True))
    op.execute(
        "UPDATE reallocation SET uscc = ledger_account.uscc FROM ledger_account"
        " WHERE ledger_account.id = reallocation.account_id"
    )
    op.alter_column("reallocation", "uscc", nullable=False)
    op.drop_column("reallocation", "account_id")
    op.create_index(op.f("ix_reallocation_batch_id"), "reallocation", ["batch_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
