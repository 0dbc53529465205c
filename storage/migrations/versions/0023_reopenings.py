"""Ended cases are dealt with anew; money is claimed back and awards revoked by clues; bars have a basis and days

Revision: 0023, after 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

STATUSES = (
    *("DRAFT", "SUBMITTED", "CORRECTION", "NOT_ACCEPTED", "ACCEPTED", "CREDIT_CHECK", "VETOED"),
    *("REVIEW", "SITE", "VERIFICATION", "EXPERTS", "CALCULATED", "RECHECK", "MEETING"),
    *("PUBLICITY", "OBJECTION", "DISTRICT_APPROVAL", "APPROVED", "NOT_SUPPORTED", "PAYEE_CONFIRM", "PAYMENT"),
    *("PAYMENT_RETURNED", "PAID", "MULTI_YEAR", "WITHDRAWN", "TERMINATED", "RECOVERING", "RECOVERED"),
    *("CLOSED", "ARCHIVED"),
)
AMOUNTS = ("computed_amount", "item_amount", "precap_amount", "final_amount", "paid_amount")
SEEN = (
    *("case_id", "cause", "point", "reason", "basis_no", "basis_on", "document_id", "digest"),
    *("proposed_by", "proposed_at"),
)


def upgrade() -> None:
    op.add_column("cases", sa.Column("reopen_at", sa.Text()))
    _reopenings()
    _past_instances()
    _clues()
    _bars()


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def _reopenings() -> None:
    op.create_table(
        "reopening",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("cause", "point", "reason", "basis_no")),
        sa.Column("basis_on", sa.Date(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("digest", "state", "proposed_by")),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "cause IN ('reconsideration', 'litigation', 'audit', 'correction')", name=op.f("ck_reopening_cause")
        ),
        sa.CheckConstraint("state IN ('proposed', 'confirmed', 'returned')", name=op.f("ck_reopening_state")),
        sa.CheckConstraint("proposed_by <> decided_by", name=op.f("ck_reopening_decided_by_other_than_proposed_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reopening_case_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_reopening_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopening")),
    )
    op.create_index(op.f("ix_reopening_case_id"), "reopening", ["case_id"])
    op.create_index(
        "ix_reopening_open", "reopening", ["case_id"], unique=True, postgresql_where=sa.text("state = 'proposed'")
    )
    new, old = (", ".join(f"{row}.{column}" for column in SEEN) for row in ("NEW", "OLD"))
    op.execute(
        "CREATE TRIGGER stays_as_seen BEFORE UPDATE ON reopening FOR EACH ROW "
        f"WHEN (OLD.state <> 'proposed' OR ({new}) IS DISTINCT FROM ({old})) EXECUTE FUNCTION refuse_other_proposal()"
    )
    op.execute(
        "CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON reopening "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_proposal()"
    )


def _past_instances() -> None:
    op.create_table(
        "past_instance",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reopening_id", sa.BigInteger(), nullable=True),
        sa.Column("definition_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("began_at", "ended_at")),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Numeric(), nullable=True) for name in AMOUNTS),
        sa.CheckConstraint(
            " AND ".join(f"{name} >= 0 AND {name} = trunc({name})" for name in AMOUNTS),
            name=op.f("ck_past_instance_whole_yuan"),
        ),
        sa.CheckConstraint(_one_of("status", STATUSES), name=op.f("ck_past_instance_status")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_past_instance_case_id")),
        sa.ForeignKeyConstraint(["reopening_id"], ["reopening.id"], name=op.f("fk_past_instance_reopening_id")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition_version.id"], name=op.f("fk_past_instance_definition_id")
        ),
        sa.UniqueConstraint("reopening_id", name=op.f("uq_past_instance_reopening_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_instance")),
    )
    op.create_index("ix_past_instance_case_id_number", "past_instance", ["case_id", "number"], unique=True)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON past_instance "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _clues() -> None:
    op.create_table(
        "clue",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "cause", "source", "facts", "state")),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("registered_by", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_amount", sa.Numeric(), nullable=True),
        sa.Column("interest", sa.Text(), nullable=True),
        sa.Column("term_days", sa.Integer(), nullable=True),
        sa.Column("instalments", JSONB(), nullable=True),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("dunned_at", "referred_at")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("referred_to", "referral_no")),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('recovery', 'revocation')", name=op.f("ck_clue_kind")),
        sa.CheckConstraint(
            "cause IN ('fraud', 'duplicate', 'cut', 'breach', 'audit', 'other')", name=op.f("ck_clue_cause")
        ),
        sa.CheckConstraint("state IN ('open', 'decided', 'dismissed', 'settled')", name=op.f("ck_clue_state")),
        sa.CheckConstraint(
            "amount >= 0 AND amount = trunc(amount) AND decided_amount >= 0 AND decided_amount = trunc(decided_amount)",
            name=op.f("ck_clue_whole_yuan"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_clue_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clue")),
    )
    op.create_index(op.f("ix_clue_case_id"), "clue", ["case_id"])
    op.create_index(
        "ix_clue_open", "clue", ["case_id"], unique=True, postgresql_where=sa.text("state IN ('open', 'decided')")
    )
    op.add_column("recovery", sa.Column("clue_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_recovery_clue_id"), "recovery", "clue", ["clue_id"], ["id"])
    op.create_index(op.f("ix_recovery_clue_id"), "recovery", ["clue_id"])
    op.drop_constraint(op.f("ck_recovery_cause"), "recovery", type_="check")
    op.create_check_constraint(op.f("ck_recovery_cause"), "recovery", "cause IN ('clerical_error', 'fraud', 'decided')")


def _bars() -> None:
    op.create_table(
        "bar",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("imposed_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("lift_basis", "lift_proposed_by", "lifted_by")),
        sa.Column("lift_proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_bar_from_on_before_to_on")),
        sa.CheckConstraint("length(basis) >= 2", name=op.f("ck_bar_basis_named")),
        sa.CheckConstraint("lift_proposed_by <> lifted_by", name=op.f("ck_bar_lifted_by_other_than_lift_proposed_by")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_bar_enterprise_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bar_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bar")),
    )
    op.create_index(op.f("ix_bar_enterprise_id"), "bar", ["enterprise_id"])
    # Who was barred for ever is barred for three years from what barred him, on what was registered then.
    op.execute(
        "INSERT INTO bar (enterprise_id, case_id, basis, from_on, to_on, imposed_at)"
        " SELECT enterprise.id, found.case_id, coalesce(found.basis, '本系统启用前登记的限制申报'),"
        " coalesce(found.confirmed_at, now())::date,"
        " (coalesce(found.confirmed_at, now()) + interval '3 years')::date, coalesce(found.confirmed_at, now())"
        " FROM enterprise LEFT JOIN LATERAL ("
        " SELECT recovery.case_id, recovery.basis, recovery.confirmed_at FROM recovery"
        " JOIN cases ON cases.id = recovery.case_id WHERE cases.enterprise_id = enterprise.id"
        " AND recovery.cause = 'fraud' AND recovery.confirmed_at IS NOT NULL ORDER BY recovery.id DESC LIMIT 1"
        ") found ON true WHERE 'barred' = ANY (enterprise.credit_flags)"
    )
    op.execute("UPDATE enterprise SET credit_flags = array_remove(credit_flags, 'barred')")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
