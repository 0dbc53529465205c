"""The year in which a case of article 6 counts for that article's own ceiling, and what firms choose before a cut

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ledger_entry", sa.Column("entity_year", sa.Integer(), nullable=True))
    op.create_table(
        "matter_choice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("over", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_matter_choice_batch_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_matter_choice_case_id")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_matter_choice_enterprise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_choice")),
    )
    op.create_index(op.f("ix_matter_choice_case_id"), "matter_choice", ["case_id"])
    op.create_index("ix_matter_choice_batch_id_enterprise_id_id", "matter_choice", ["batch_id", "enterprise_id", "id"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON matter_choice "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
