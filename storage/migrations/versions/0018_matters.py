"""Matters are joined by two people and can be parted again; what 查重 leaves behind of words, papers and signs

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OWNERS = ("cases", "historic_award", "cluster_award")
SEEN = ("kind", "keeps_id", "goes_id", "reason", "proposed_by", "proposed_at")
CONCLUDED = (
    *("check_id", "case_id", "result", "reason", "amount", "other_amount", "evidence"),
    *("concluded_by", "concluded_at"),
)


def upgrade() -> None:
    _own_matters()
    _matter_changes()
    _conclusions()
    _checks()
    _notes()


def _own_matters() -> None:
    """What each case and award belongs to by its own key, whatever that was joined to since."""
    for table in OWNERS:
        op.add_column(table, sa.Column("own_matter_id", sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_own_matter_id"), table, "matter", ["own_matter_id"], ["id"])
    op.execute("UPDATE cases SET own_matter_id = matter_id")
    op.execute("UPDATE historic_award SET own_matter_id = matter_id")
    op.execute("UPDATE cluster_award SET own_matter_id = matter_id")
    # A case's own key stands on its record; what was moved before is found again by it.
    op.execute(
        "UPDATE cases SET own_matter_id = own.id FROM ("
        " SELECT DISTINCT ON (event.chain) event.chain, change->>'new' AS key FROM audit_event event,"
        " jsonb_array_elements(event.changes) change"
        " WHERE event.action = 'application_submitted' AND change->>'field' = 'matter'"
        " ORDER BY event.chain, event.seq DESC) said"
        " JOIN matter own ON own.key = said.key"
        " WHERE said.chain = 'case:' || cases.reference AND own.merged_into_id IS NOT NULL"
        " AND cases.matter_id IS NOT NULL"
    )


def _matter_changes() -> None:
    op.create_table(
        "matter_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("keeps_id", sa.BigInteger(), nullable=False),
        sa.Column("goes_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_because", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('merge', 'split')", name=op.f("ck_matter_change_kind")),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'refused', 'superseded')", name=op.f("ck_matter_change_state")
        ),
        sa.CheckConstraint(
            "proposed_by <> decided_by", name=op.f("ck_matter_change_decided_by_other_than_proposed_by")
        ),
        sa.ForeignKeyConstraint(["keeps_id"], ["matter.id"], name=op.f("fk_matter_change_keeps_id")),
        sa.ForeignKeyConstraint(["goes_id"], ["matter.id"], name=op.f("fk_matter_change_goes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_change")),
    )
    op.create_index(op.f("ix_matter_change_keeps_id"), "matter_change", ["keeps_id"])
    op.create_index(op.f("ix_matter_change_goes_id"), "matter_change", ["goes_id"])
    op.create_index("ix_matter_change_open", "matter_change", ["id"], postgresql_where=sa.text("state = 'proposed'"))
    _stays("matter_change", "OLD.state <> 'proposed'", SEEN)


def _stays(table: str, done: str, columns: tuple[str, ...]) -> None:
    """What the chief saw is what he confirmed: another proposal is another row (as in 0012)."""
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    op.execute(
        f"CREATE TRIGGER stays_as_seen BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN ({done} OR ({new}) IS DISTINCT FROM ({old})) EXECUTE FUNCTION refuse_other_proposal()"
    )
    if table == "matter_change":
        op.execute(
            f"CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_proposal()"
        )


def _conclusions() -> None:
    """A conclusion names its papers, and may be sent back with a word instead of being confirmed."""
    op.add_column(
        "check_conclusion", sa.Column("evidence", JSONB(), nullable=False, server_default=sa.text("'[]'::jsonb"))
    )
    op.add_column("check_conclusion", sa.Column("returned_by", sa.Text(), nullable=True))
    op.add_column("check_conclusion", sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("check_conclusion", sa.Column("return_reason", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_check_conclusion_returned_by_other_than_concluded_by"),
        "check_conclusion",
        "concluded_by <> returned_by",
    )
    op.create_check_constraint(
        op.f("ck_check_conclusion_one_answer"), "check_conclusion", "confirmed_at IS NULL OR returned_at IS NULL"
    )
    op.execute("DROP TRIGGER stays_as_seen ON check_conclusion")
    _stays("check_conclusion", "OLD.confirmed_at IS NOT NULL OR OLD.returned_at IS NOT NULL", CONCLUDED)


def _checks() -> None:
    """What a hit followed from, so that the other case's record can tell of it; why one settled by itself."""
    op.add_column("case_check", sa.Column("cause_chain", sa.Text(), nullable=True))
    op.add_column("case_check", sa.Column("cause_seq", sa.BigInteger(), nullable=True))
    op.add_column("case_check", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("case_check", sa.Column("settled_because", sa.Text(), nullable=True))
    op.add_column("case_check", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE case_check SET told_at = opened_at")
    op.create_index(
        "ix_case_check_untold",
        "case_check",
        ["id"],
        postgresql_where=sa.text("told_at IS NULL AND other_case_id IS NOT NULL"),
    )


def _notes() -> None:
    op.create_table(
        "overlap_note",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("other_case_id", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("marks", JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("result IN ('same', 'unrelated')", name=op.f("ck_overlap_note_result")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_overlap_note_case_id")),
        sa.ForeignKeyConstraint(["other_case_id"], ["cases.id"], name=op.f("fk_overlap_note_other_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overlap_note")),
    )
    op.create_index(op.f("ix_overlap_note_case_id"), "overlap_note", ["case_id"])
    op.create_index(op.f("ix_overlap_note_other_case_id"), "overlap_note", ["other_case_id"])
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON overlap_note "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
