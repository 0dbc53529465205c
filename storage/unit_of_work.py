"""A session that also takes writes which need no search for what changed: sent with its next flush, many at once.

A completed task appends events, a submission, new tasks and waits, and changes four rows by their keys. Found out by
the session, and sent one by one, each of them costs several times as much as the row itself. Here those of one step go
out as one statement, and a thousand cases of one list are moved with four.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, event, insert, inspect, literal, select, update
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from storage.base import Base

KEY = "key_of_the_row"
"""The parameter that names the row to change; no column is called so."""

Row = Mapping[str, Any]
Kind = tuple[Any, ...]
"""What is done to one row: True for an insert or False for a change, the table, the columns."""


class UnitOfWork(Session):
    """What is written lies in wait until something is asked or the transaction ends, like any pending object."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._changes: dict[tuple[Table, Any], dict[str, Any]] = {}
        self._rows: list[tuple[Table, Row]] = []
        self._fresh: set[tuple[Table, Any]] = set()

    def append(self, table: Table, row: Row) -> None:
        """Insert a row, given by all of its columns that are not empty or numbered by the table."""
        self._rows.append((table, row))
        self._fresh.update((table, row.get(column.key)) for column in table.primary_key)

    def amend(self, entity: type[Base], key: Any, changes: Row) -> None:
        """Change the row of `entity` with this key; an object that stands for it is read anew when next asked."""
        held = self.identity_map.get(identity_key(entity, key))
        if held is not None:
            self.expire(held, list(changes))
        self._amend(entity, key, changes)

    def change(self, row: Base, **changes: Any) -> None:
        """Change an object and its row, where they differ, by its key; no listener of the object hears of it."""
        state = inspect(row)
        changes = {name: value for name, value in changes.items() if getattr(row, name) != value}
        for name, value in changes.items():
            if state.identity is not None:
                set_committed_value(row, name, value)
            else:
                setattr(row, name, value)
        if changes and state.identity is not None:
            self._amend(type(row), state.identity[0], changes)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Send the changes, then pending objects, which may have been changed since, then the rows, which need them."""
        if self.new or self.dirty or self.deleted:
            self._send(self._take_changes())
            super().flush(objects)
        writes = [*self._take_changes(), *((_kind(True, table, row), row) for table, row in self._rows)]
        self._rows.clear()
        self._fresh.clear()
        self._send(writes)

    def _amend(self, entity: type[Base], key: Any, changes: Row) -> None:
        table = cast(Table, entity.__table__)
        if (table, key) in self._fresh or any(isinstance(each, entity) for each in self.new):
            self.flush()  # a row is there before it is changed
        self._changes.setdefault((table, key), {}).update(changes)

    def _take_changes(self) -> list[tuple[Kind, Row]]:
        taken: list[tuple[Kind, Row]] = []
        for (table, key), row in self._changes.items():
            taken.append((_kind(False, table, row), {KEY: key, **row}))
        self._changes.clear()
        return taken

    def _send(self, writes: Iterable[tuple[Kind, Row]]) -> None:
        grouped: dict[Kind, list[Row]] = {}
        for kind, row in writes:
            grouped.setdefault(kind, []).append(row)
        single = [kind for kind, rows in grouped.items() if len(rows) == 1]
        if len(single) > 1:
            alone = [grouped.pop(kind)[0] for kind in single]
            given = {f"{name}_{place}": value for place, row in enumerate(alone) for name, value in row.items()}
            self.connection().execute(_together(*single), given)
        for kind, rows in grouped.items():
            self.connection().execute(_statement(kind), rows)


@event.listens_for(UnitOfWork, "before_commit")
def _before_commit(session: UnitOfWork) -> None:
    session.flush()


@event.listens_for(UnitOfWork, "after_soft_rollback")
def _forget(session: UnitOfWork, _: SessionTransaction) -> None:
    """What was rolled back writes nothing."""
    session._changes.clear()
    session._rows.clear()
    session._fresh.clear()


def _kind(is_new: bool, table: Table, row: Row) -> Kind:
    return (is_new, table, *sorted(row))


@cache
def _statement(kind: Kind, suffix: str = "") -> Any:
    """The statement for one kind of write, built once; its parameters are the columns, with a suffix."""
    is_new, table, *columns = kind
    values = {name: bindparam(name + suffix, type_=table.c[name].type) for name in columns}
    if is_new:
        return insert(table).values(values)
    (key,) = table.primary_key
    return update(table).where(key == bindparam(KEY + suffix, type_=key.type)).values(values)


@cache
def _together(*kinds: Kind) -> Any:
    """Writes to different rows as one statement: PostgreSQL does all of them, in whatever order, or none."""
    parts = [_statement(kind, f"_{place}").cte(f"write_{place}") for place, kind in enumerate(kinds)]
    return select(literal(1)).add_cte(*parts)
