"""A session that also takes rows which nobody needs as objects: written with its next flush, a statement a table.

A completed task appends events, a submission, new tasks and waits. As objects each of them costs three times as much
as the row that it becomes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, event, insert
from sqlalchemy.orm import Session, SessionTransaction


class UnitOfWork(Session):
    """What is appended lies in wait until something is asked or the transaction ends, like any pending object."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._rows: dict[Table, list[Mapping[str, Any]]] = {}

    def append(self, table: Table, row: Mapping[str, Any]) -> None:
        """Insert a row with the next flush, after all objects; rows of one table have the same columns."""
        self._rows.setdefault(table, []).append(row)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write pending objects, then appended rows in the order in which their tables came up."""
        super().flush(objects)
        while self._rows:
            table = next(iter(self._rows))
            self.connection().execute(_insert(table), self._rows.pop(table))


@event.listens_for(UnitOfWork, "before_commit")
def _write(session: UnitOfWork) -> None:
    session.flush()


@event.listens_for(UnitOfWork, "after_soft_rollback")
def _forget(session: UnitOfWork, _: SessionTransaction) -> None:
    """What was rolled back appends nothing."""
    session._rows.clear()


_inserts: dict[Table, Any] = {}


def _insert(table: Table) -> Any:
    """The statement for a table, built once."""
    if table not in _inserts:
        _inserts[table] = insert(table)
    return _inserts[table]
