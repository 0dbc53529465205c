"""Calculations keep the version of the program that made them

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was computed before has none on record: nobody can say any more which program it was.
    op.add_column("calculation", sa.Column("program", sa.Text(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
