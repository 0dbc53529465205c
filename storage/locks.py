"""Which lock is taken on what, said in this file only. In which order: docs/decisions/0015.

No key of a row is ever changed, so whoever changes a row takes FOR NO KEY UPDATE: he waits for the others who change
it, and nobody waits who only inserts a child of it, which locks the parent too (FOR KEY SHARE, with every foreign key).
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import Select, text
from sqlalchemy.orm import Session

Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])


def to_change(query: Query, *tables: Any) -> Query:
    """Lock the rows, of these tables only where some are given, to change them; they are read anew under the lock."""
    locking = query.with_for_update(key_share=True, of=tables or None)
    return locking.execution_options(populate_existing=True)


def to_claim(query: Query, *tables: Any) -> Query:
    """As `to_change`, but leave out the rows that somebody else has locked."""
    locking = query.with_for_update(key_share=True, of=tables or None, skip_locked=True)
    return locking.execution_options(populate_existing=True)


def to_keep(query: Query) -> Query:
    """Lock the rows so that nobody changes them until the transaction ends; any number may do so at a time."""
    return query.with_for_update(read=True).execution_options(populate_existing=True)


def lock_name(session: Session, name: str) -> None:
    """Hold a lock on a name, that no row stands for, until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def lock_names(session: Session, names: Iterable[str]) -> None:
    """Hold several names, taken in their order, before any of them is needed."""
    for name in sorted(set(names)):
        lock_name(session, name)
