"""Alembic's entry: runs on the connection that `storage.database.migrate` hands in."""

from alembic import context

from storage.base import Base
from storage.every_table import TABLES

assert TABLES


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    """The queue's tables are its library's (storage/job_queue.py): no model of ours describes them."""
    return kind != "table" or not (name or "").startswith("procrastinate_")


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    include_name=_is_ours,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
