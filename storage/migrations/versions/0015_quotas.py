"""Budget quotas: documents that give, add to or reduce what may be paid

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quota_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('added', 'reduced')", name=op.f("ck_quota_entry_kind")),
        sa.CheckConstraint("amount > 0 AND amount = trunc(amount)", name=op.f("ck_quota_entry_whole_amount")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2999", name=op.f("ck_quota_entry_year")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_quota_entry_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_entry")),
    )
    op.create_index(op.f("ix_quota_entry_batch_id_year_id"), "quota_entry", ["batch_id", "year", "id"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON quota_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
