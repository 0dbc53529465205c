"""Alembic's entry: runs on the connection that `storage.database.migrate` hands in."""

from alembic import context

from storage.base import Base
from storage.every_table import TABLES

assert TABLES
connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, compare_type=True, transaction_per_migration=False
)
with context.begin_transaction():
    context.run_migrations()
