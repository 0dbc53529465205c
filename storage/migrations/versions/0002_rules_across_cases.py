"""Rules across cases

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sheet_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("refused", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_import")),
    )
    op.create_table(
        "historic_award",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("honour_type", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("certificate_no", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("precap_amount", sa.Numeric(precision=14, scale=0), nullable=False),
        sa.Column("paid_amount", sa.Numeric(precision=14, scale=0), nullable=False),
        sa.Column("approved_total", sa.Numeric(precision=14, scale=0), nullable=True),
        sa.Column("years", postgresql.ARRAY(sa.Integer()), nullable=True),
        sa.Column("document_no", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["sheet_import.id"], name=op.f("fk_historic_award_import_id")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_historic_award_matter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_historic_award")),
    )
    op.create_index(op.f("ix_historic_award_matter_id"), "historic_award", ["matter_id"], unique=False)
    op.create_index(op.f("ix_historic_award_uscc_scheme"), "historic_award", ["uscc", "scheme"], unique=False)
    op.create_table(
        "official_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_official_list_batch_id")),
        sa.ForeignKeyConstraint(["import_id"], ["sheet_import.id"], name=op.f("fk_official_list_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_list")),
    )
    op.create_table(
        "case_identifier",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_identifier_case_id")),
        sa.PrimaryKeyConstraint("case_id", "kind", "value", name=op.f("pk_case_identifier")),
    )
    op.create_index(op.f("ix_case_identifier_kind_value"), "case_identifier", ["kind", "value"], unique=False)
    op.create_table(
        "cluster_award",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("matter_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("historic_award_id", sa.BigInteger(), nullable=True),
        sa.Column("total", sa.Numeric(precision=14, scale=0), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_cluster_award_case_id")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_cluster_award_enterprise_id")),
        sa.ForeignKeyConstraint(
            ["historic_award_id"], ["historic_award.id"], name=op.f("fk_cluster_award_historic_award_id")
        ),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_cluster_award_matter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster_award")),
        sa.UniqueConstraint("matter_id", name=op.f("uq_cluster_award_matter_id")),
    )
    op.create_index(op.f("ix_cluster_award_enterprise_id"), "cluster_award", ["enterprise_id"], unique=False)
    op.create_table(
        "list_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_list_entry_case_id")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_list_entry_enterprise_id")),
        sa.ForeignKeyConstraint(["list_id"], ["official_list.id"], name=op.f("fk_list_entry_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_entry")),
        sa.UniqueConstraint("case_id", name=op.f("uq_list_entry_case_id")),
    )
    op.create_index(op.f("ix_list_entry_list_id_row"), "list_entry", ["list_id", "row"], unique=False)
    op.create_table(
        "recovery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=0), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_recovery_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
    )
    op.create_index(op.f("ix_recovery_case_id"), "recovery", ["case_id"], unique=False)
    op.create_table(
        "instalment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("award_id", sa.BigInteger(), nullable=False),
        sa.Column("year_index", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("ceiling", sa.Numeric(precision=14, scale=0), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.ForeignKeyConstraint(["award_id"], ["cluster_award.id"], name=op.f("fk_instalment_award_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_instalment_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("award_id", "year_index", name=op.f("uq_instalment_award_id_year_index")),
        sa.UniqueConstraint("case_id", name=op.f("uq_instalment_case_id")),
    )
    op.add_column("decision", sa.Column("held", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.drop_constraint(op.f("uq_definition_version_key_sha256"), "definition_version", type_="unique")
    op.create_index(op.f("ix_definition_version_key_sha256"), "definition_version", ["key", "sha256"], unique=False)
    op.add_column("enterprise", sa.Column("group_uscc", sa.Text(), nullable=True))
    op.add_column("matter", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_matter_merged_into_id"), "matter", "matter", ["merged_into_id"], ["id"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
