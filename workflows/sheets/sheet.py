"""What reading a sheet results in: rows that can be used, and rows refused with all their problems."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as Excel shows it, and the value of every column of the layout (None: left empty)."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not taken, with every reason found."""

    number: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows in the file's order; `ignored` names the headers that no column of the layout claims.

    `notes` are sentences about the file as a whole that whoever imports it should know.
    """

    rows: tuple[Row, ...]
    refused: tuple[RefusedRow, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def sift(self, problems_of: Callable[[Row], Sequence[str]]) -> "Sheet":
        """The sheet with every row refused in which `problems_of` finds any; each row is shown to it once, in order."""
        kept: list[Row] = []
        refused = list(self.refused)
        for row in self.rows:
            if problems := tuple(problems_of(row)):
                refused.append(RefusedRow(row.number, problems))
            else:
                kept.append(row)
        return replace(self, rows=tuple(kept), refused=tuple(sorted(refused, key=lambda each: each.number)))

    def without_repeats(self, key_of: Callable[[Row], Hashable | None], what: str) -> "Sheet":
        """The sheet with the first row of each key only; later ones are refused, naming the first. None is no key."""
        first: dict[Hashable, int] = {}

        def repeats(row: Row) -> tuple[str, ...]:
            key = key_of(row)
            seen = row.number if key is None else first.setdefault(key, row.number)
            return () if seen == row.number else (f"与第{seen}行重复（{what}相同）。",)

        return self.sift(repeats)
