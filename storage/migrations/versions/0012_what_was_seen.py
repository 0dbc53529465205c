"""A proposal that somebody may have seen stays what it was

Revision: 0012, after 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# What stands on the page of whoever confirms, by table: whoever wants another value makes another row.
SEEN = {
    "parameter_value": ("parameter", "value", "basis", "effective_on", "proposed_by", "proposed_at"),
    "recovery": ("case_id", "amount", "cause", "basis", "recorded_by", "recorded_at"),
}


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION refuse_other_proposal() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'what was proposed in % stays as it was seen', TG_TABLE_NAME "
        "USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    for table, columns in SEEN.items():
        changed = f"({_of('NEW', columns)}) IS DISTINCT FROM ({_of('OLD', columns)})"
        op.execute(
            f"CREATE TRIGGER stays_as_seen BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN (OLD.confirmed_at IS NOT NULL OR {changed}) EXECUTE FUNCTION refuse_other_proposal()"
        )
        op.execute(
            f"CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_proposal()"
        )


def _of(row: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"{row}.{column}" for column in columns)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
