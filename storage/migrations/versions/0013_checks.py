"""Checks that stop a case: the hits of 查重, with what two people made of them

Revision: 0013, after 0012
"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BLANK = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SHAPES = (
    _WIDTH | dict.fromkeys(map(ord, "〔[［【「｛{"), "(") | dict.fromkeys(map(ord, "〕]］】」｝}"), ")")
    | dict.fromkeys(map(ord, "‐‑‒–—―−－﹣"), "-")
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "case_check",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("other_case_id", sa.BigInteger(), nullable=True),
        sa.Column("award_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("marks", JSONB(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('duplicate')", name=op.f("ck_case_check_kind")),
        sa.CheckConstraint("state IN ('open', 'concluded', 'settled', 'referred')", name=op.f("ck_case_check_state")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_check_case_id")),
        sa.ForeignKeyConstraint(["other_case_id"], ["cases.id"], name=op.f("fk_case_check_other_case_id")),
        sa.ForeignKeyConstraint(["award_id"], ["historic_award.id"], name=op.f("fk_case_check_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_check")),
    )
    op.create_index(op.f("ix_case_check_case_id_id"), "case_check", ["case_id", "id"])
    op.create_index(op.f("ix_case_check_other_case_id_id"), "case_check", ["other_case_id", "id"])
    op.create_index("ix_case_check_standing", "case_check", ["id"], postgresql_where=sa.text("state <> 'settled'"))
    op.create_table(
        "check_conclusion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("check_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("other_amount", sa.Numeric(), nullable=True),
        sa.Column("concluded_by", sa.Text(), nullable=False),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "result IN ('unrelated', 'shared', 'excluded', 'referred')", name=op.f("ck_check_conclusion_result")
        ),
        sa.CheckConstraint(
            "amount >= 0 AND amount = trunc(amount) AND other_amount >= 0 AND other_amount = trunc(other_amount)",
            name=op.f("ck_check_conclusion_whole_yuan"),
        ),
        sa.CheckConstraint(
            "concluded_by <> confirmed_by", name=op.f("ck_check_conclusion_confirmed_by_other_than_concluded_by")
        ),
        sa.ForeignKeyConstraint(["check_id"], ["case_check.id"], name=op.f("fk_check_conclusion_check_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_check_conclusion_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_conclusion")),
    )
    op.create_index(op.f("ix_check_conclusion_check_id"), "check_conclusion", ["check_id"])
    _stay_as_seen()
    _certificates()


def _stay_as_seen() -> None:
    """What the chief saw is what he confirmed: another conclusion is another row (as in 0012)."""
    columns = ("check_id", "case_id", "result", "reason", "amount", "other_amount", "concluded_by", "concluded_at")
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    op.execute(
        "CREATE TRIGGER stays_as_seen BEFORE UPDATE ON check_conclusion FOR EACH ROW "
        f"WHEN (OLD.confirmed_at IS NOT NULL OR ({new}) IS DISTINCT FROM ({old})) "
        "EXECUTE FUNCTION refuse_other_proposal()"
    )
    op.execute(
        "CREATE TRIGGER stays BEFORE DELETE OR TRUNCATE ON check_conclusion "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_proposal()"
    )


def _certificates() -> None:
    """What the certificates of before are compared by, as the program states it for new ones."""
    op.add_column("historic_award", sa.Column("certificate_key", sa.Text(), nullable=True))
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, certificate_no FROM historic_award WHERE certificate_no IS NOT NULL"))
    keys = [{"id": row.id, "key": _key(row.certificate_no)} for row in rows]
    if keys:
        connection.execute(sa.text("UPDATE historic_award SET certificate_key = :key WHERE id = :id"), keys)
    op.create_index(op.f("ix_historic_award_certificate_key"), "historic_award", ["certificate_key"])


def _key(number: str) -> str:
    return _BLANK.sub("", number.replace("——", "-")).translate(_SHAPES).upper()


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
