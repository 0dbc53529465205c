"""Which honours article 4 supports, under the names that the process owner confirmed (`a4.honour_types`)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from storage.database import Session
from workflows import sheets
from workflows.lists import imports
from workflows.rules.matters import normal


def supported(session: Session, today: date) -> tuple[str, ...]:
    """The names of the honours, as in force on a day."""
    names: Any = imports.values_on(session, today)["a4.honour_types"]
    return tuple(names)


def find_name(names: Sequence[str], stated: str) -> str | None:
    """The confirmed name that a list means: the same but for punctuation, or shortened (绿色供应链)."""
    wanted = normal(stated)
    same = [name for name in names if normal(name) == wanted]
    shortened = [name for name in names if wanted and normal(name).startswith(wanted)]
    found = same or shortened
    return found[0] if len(found) == 1 else None


def named(sheet: sheets.Sheet, names: Sequence[str], *, strict: bool) -> sheets.Sheet:
    """The sheet with the confirmed name of each honour; `strict` refuses rows of others, which history may know."""
    rows = []
    for row in sheet.rows:
        stated = row.values["honour_type"]
        name = find_name(names, stated) if stated else None
        rows.append(sheets.Row(row.number, {**row.values, "honour_type": name or stated}))
    kept = replace(sheet, rows=tuple(rows))
    if not strict:
        return kept
    listed = "、".join(names)
    return kept.sift(
        lambda row: [] if row.values["honour_type"] in names else [f"“荣誉类型”不在支持范围内：{listed}。"]
    )
