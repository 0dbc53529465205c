"""Lists that do not grow

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from storage import search
from storage.base import Base
from storage.cases import Case
from storage.people import Enterprise

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

READABLE = sa.text("submitted_at IS NOT NULL OR from_list")
SUSPENDED = sa.text("suspended_at IS NOT NULL AND ended_at IS NULL")
RUNNING = sa.text("ended_at IS NULL AND submitted_at IS NOT NULL")
DRAFT = sa.text("ended_at IS NULL AND submitted_at IS NULL")
ENDED = sa.text("ended_at IS NOT NULL")
OPEN = sa.text("status = 'open'")
OFFERED = sa.text("status = 'open' AND assignee IS NULL")
DONE = sa.text("status = 'done'")
BY_TERM = sa.text("coalesce(due_on, '9999-12-31'::date)")
UNREAD = sa.text("read_at IS NULL")


def upgrade() -> None:
    op.add_column("cases", sa.Column("from_list", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.execute("UPDATE cases SET from_list = true FROM list_entry WHERE list_entry.case_id = cases.id")
    _index_cases()
    _index_tasks()
    op.create_index("ix_message_unread", "message", ["enterprise_id"], postgresql_where=UNREAD)
    op.create_index(op.f("ix_historic_award_uscc_id"), "historic_award", ["uscc", "id"])
    op.create_index(op.f("ix_list_entry_list_id_state_case_id"), "list_entry", ["list_id", "state", "case_id"])
    _make_search(search.EnterpriseSearch, Enterprise, "uscc", "name")
    _make_search(search.CaseSearch, Case, "reference", "title")


def _index_cases() -> None:
    op.drop_index(op.f("ix_cases_status_id"), table_name="cases")
    op.create_index("ix_cases_readable", "cases", ["id"], postgresql_where=READABLE)
    op.create_index("ix_cases_readable_status", "cases", ["status", "id"], postgresql_where=READABLE)
    op.create_index("ix_cases_readable_scheme", "cases", ["scheme", "id"], postgresql_where=READABLE)
    op.create_index("ix_cases_readable_scheme_status", "cases", ["scheme", "status", "id"], postgresql_where=READABLE)
    op.create_index("ix_cases_readable_batch", "cases", ["batch_id", "id"], postgresql_where=READABLE)
    op.create_index("ix_cases_readable_batch_status", "cases", ["batch_id", "status", "id"], postgresql_where=READABLE)
    op.create_index("ix_cases_suspended", "cases", ["id"], postgresql_where=SUSPENDED)
    op.create_index("ix_cases_version_running", "cases", ["definition_id"], postgresql_where=RUNNING)
    op.create_index("ix_cases_version_drafts", "cases", ["definition_id"], postgresql_where=DRAFT)
    op.create_index("ix_cases_version_ended", "cases", ["definition_id"], postgresql_where=ENDED)


def _index_tasks() -> None:
    op.drop_index(op.f("ix_task_role_status_due_on_id"), table_name="task")
    op.drop_index(op.f("ix_task_assignee_status_due_on_id"), table_name="task")
    op.drop_index(op.f("ix_task_completed_by_ended_at"), table_name="task")
    op.create_index("ix_task_in_hand", "task", ["assignee", BY_TERM, "id"], postgresql_where=OPEN)
    op.create_index("ix_task_in_hand_stage", "task", ["assignee", "stage", BY_TERM, "id"], postgresql_where=OPEN)
    op.create_index("ix_task_offered", "task", ["role", BY_TERM, "id"], postgresql_where=OFFERED)
    op.create_index("ix_task_offered_stage", "task", ["role", "stage", BY_TERM, "id"], postgresql_where=OFFERED)
    op.create_index("ix_task_done", "task", ["completed_by", "ended_at", "id"], postgresql_where=DONE)
    op.create_index("ix_task_done_stage", "task", ["completed_by", "stage", "ended_at", "id"], postgresql_where=DONE)
    op.create_index(op.f("ix_task_assignee_case_id"), "task", ["assignee", "case_id"])
    op.create_index("ix_task_offered_case", "task", ["role", "case_id"], postgresql_where=OFFERED)
    # Without them the planner takes the tasks that a post may claim for a fortieth of what they are: it does not know
    # that whoever has done a task had it in hand, and that only open ones are in nobody's.
    op.execute("CREATE STATISTICS task_desks (mcv) ON role, status, assignee FROM task")


def _make_search(kept: search.Kept, owner: type[Base], *fields: str) -> None:
    """The table with what is there already, then its index, for one that is written at once is written quickly."""
    name = kept.__tablename__
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(["id"], [f"{owner.__tablename__}.id"], name=op.f(f"fk_{name}_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    # How a text is cut is said in one place; whoever changes it there writes these rows anew.
    search.fill(op.get_bind(), kept, owner, *fields)
    op.create_index(
        op.f(f"ix_{name}_parts"), name, ["parts"], postgresql_using="gin", postgresql_with={"fastupdate": "off"}
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: the record is never migrated backward")
