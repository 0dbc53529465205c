"""How letters reach their enterprises: confirmed addresses and services on paper, both only added to

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("unproved_at", sa.DateTime(timezone=True), nullable=True))
    _addresses()
    _services()
    for table in ("delivery_address", "paper_service"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _addresses() -> None:
    op.create_table(
        "delivery_address",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("electronic", sa.Boolean(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_delivery_address_enterprise_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_delivery_address_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_address")),
    )
    op.create_index("ix_delivery_address_enterprise_id_id", "delivery_address", ["enterprise_id", "id"])


def _services() -> None:
    op.create_table(
        "paper_service",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("manner", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("tracking_no", sa.Text(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("manner IN ('direct', 'post', 'left', 'notice')", name=op.f("ck_paper_service_manner")),
        sa.CheckConstraint("served_on >= done_on", name=op.f("ck_paper_service_served_after_done")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_paper_service_message_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_paper_service_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_service")),
    )
    op.create_index("ix_paper_service_message_id_id", "paper_service", ["message_id", "id"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
