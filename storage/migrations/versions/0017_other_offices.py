"""What other offices of the district gave, in the history of awards

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("historic_award", sa.Column("office", sa.Text(), nullable=True))
    op.drop_constraint(op.f("ck_historic_award_policy"), "historic_award")
    op.create_check_constraint(op.f("ck_historic_award_policy"), "historic_award", "policy IN ('this', 'old', 'other')")
    op.create_check_constraint(
        op.f("ck_historic_award_office_of_other"), "historic_award", "(policy = 'other') = (office IS NOT NULL)"
    )
