"""Files of objectors, who keeps away from a case, and changes of a firm's registration

Revision: 0024, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _evidence()


def _evidence() -> None:
    op.create_table(
        "objection_evidence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("objection_id", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("object_version", sa.Text(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disclosed_by", sa.Text(), nullable=True),
        sa.Column("disclosed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objection.id"], name="fk_objection_evidence_objection_id_objection"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_evidence")),
        sa.UniqueConstraint("object_key", name=op.f("uq_objection_evidence_object_key")),
    )
    op.create_index(op.f("ix_objection_evidence_objection_id"), "objection_evidence", ["objection_id"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
