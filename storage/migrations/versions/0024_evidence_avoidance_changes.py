"""Files of objectors, who keeps away from a case, and changes of a firm's registration

Revision: 0024, after 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _evidence()
    _avoidance()
    _changes()


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


def _avoidance() -> None:
    op.create_table(
        "avoidance",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "ground IN ('kinship', 'holdings', 'employment', 'other')", name=op.f("ck_avoidance_ground")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_avoidance_case_id_cases"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avoidance")),
    )
    # One that holds, a person and case; the worklists ask by it which cases are not his.
    op.create_index(
        "uq_avoidance_holds",
        "avoidance",
        ["case_id", "username"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_index(
        "ix_avoidance_unseen",
        "avoidance",
        ["id"],
        postgresql_where=sa.text("seen_at IS NULL AND lifted_at IS NULL"),
    )


def _changes() -> None:
    op.create_table(
        "registration_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("old", JSONB(), nullable=False),
        sa.Column("new", JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('name', 'legal_representative', 'account')", name=op.f("ck_registration_change_kind")
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'checked', 'confirmed', 'refused')", name=op.f("ck_registration_change_state")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_registration_change_case_id_cases"),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_registration_change_document_id_document"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_change")),
    )
    op.create_index(op.f("ix_registration_change_case_id"), "registration_change", ["case_id"])
    op.create_index(
        "ix_registration_change_open",
        "registration_change",
        ["state", "id"],
        postgresql_where=sa.text("state IN ('requested', 'checked')"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
