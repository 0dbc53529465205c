"""The columns that an import expects, declared once: how they are headed, which must be there, how a cell is read."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from workflows.sheets.cells import RawRow
from workflows.sheets.errors import CellInvalid, SheetRefused
from workflows.sheets.limits import HEADER_WITHIN
from workflows.sheets.number_formats import NumberFormat, refuse_as_day, refuse_as_money, shown_as_text
from workflows.sheets.parsers import text
from workflows.sheets.sheet import RefusedRow, Row
from workflows.sheets.units import is_title_of_money, refuse_unit_around, refuse_unit_within

# What people add to a header: 金额（元）, 名称*, 名称(必填).
_ADDED = re.compile(r"\([^()]*\)|[*:\s]")


_SHORT = text()
_NONE: Mapping[str, str] = MappingProxyType({})

Holds = Literal["text", "money", "day"]
"""What the cells of a column hold: it decides how the header's unit and the cells' number formats are taken."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `read` takes the cell's text and raises ValueError with a Chinese sentence.

    A column that is required must be in the file and filled in every row. `key` and `other_titles` are headers too.
    """

    key: str
    title: str
    read: Callable[[str], Any] = _SHORT
    required: bool = False
    other_titles: tuple[str, ...] = ()
    hint: str = ""
    """What the template says about it."""
    holds: Holds = "text"

    def is_headed(self, header: str) -> bool:
        """Whether a header means this column: case, width, spaces, stars and what is in brackets do not matter.

        Beside a title of money nothing but （元） is let go: it may be a unit. Raises SheetRefused.
        """
        titles = (self.title, self.key, *self.other_titles)
        return is_title_of_money(header, titles) if self.holds == "money" else _plain(header) in map(_plain, titles)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one import and what its template is called."""

    name: str
    columns: tuple[Column, ...]

    def find(self, header: str) -> Column | None:
        """The column that a header means. Raises SheetRefused for money in another unit than yuan."""
        return next((column for column in self.columns if column.is_headed(header)), None)

    def read_row(self, number: int, texts: Mapping[str, str], known: Mapping[str, str] = _NONE) -> Row | RefusedRow:
        """The values of a row given as text by key; `known` are problems of its cells found before, by key too."""
        values: dict[str, Any] = {}
        found: list[str] = []
        for column in self.columns:
            given = texts.get(column.key, "")
            problem = known.get(column.key)
            values[column.key] = None
            if problem is None and given:
                try:
                    values[column.key] = column.read(given)
                except ValueError as invalid:
                    problem = str(invalid)
            elif problem is None and column.required:
                problem = "必须填写"
            if problem is not None:
                found.append(f"“{column.title}”{problem.rstrip('。')}。")
        return RefusedRow(number, tuple(found)) if found else Row(number, values)


@dataclass(frozen=True, slots=True)
class Header:
    """Where a file has its columns: place (0 is A) → column, and the headers that mean none of them."""

    columns: Mapping[int, Column]
    ignored: tuple[str, ...]

    def read_row(self, layout: Layout, raw: RawRow) -> Row | RefusedRow:
        """A raw row by the layout's keys; cells under other headers are not looked at."""
        texts: dict[str, str] = {}
        problems: dict[str, str] = {}
        for place, column in self.columns.items():
            if (problem := raw.problems.get(place)) is not None:
                problems[column.key] = problem
            elif place in raw.texts:
                try:
                    texts[column.key] = _as_held(column, raw.texts[place], raw.formats.get(place))
                except CellInvalid as invalid:
                    problems[column.key] = str(invalid)
        return layout.read_row(raw.number, texts, problems)


def _as_held(column: Column, text: str, shown: NumberFormat | None) -> str:
    """The text of a cell as its column takes it: codes as they are shown, figures and days only where they are."""
    if shown is None:
        return text
    if column.holds == "text":
        return shown_as_text(text, shown)
    refuse_as_money(shown) if column.holds == "money" else refuse_as_day(shown)
    return text


def find_header(layout: Layout, rows: Sequence[RawRow], names: Sequence[str] = ()) -> tuple[int, Header]:
    """The index of the header among the first rows, and what it says; `names` are those of file and sheet.

    Raises SheetRefused naming what is missing, or for money that is not stated in yuan.
    """
    required = [column for column in layout.columns if column.required]
    fewest = required
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        header = _read_header(layout, row)
        there = {column.key for column in header.columns.values()}
        missing = [column for column in required if column.key not in there]
        if not missing and there:
            _refuse_twice(row, header)
            _refuse_other_units(header, rows, index, names)
            return index, header
        if len(missing) < len(fewest):
            fewest = missing
    names = "、".join(f"“{column.title}”" for column in fewest)
    raise SheetRefused(f"没有找到以下必需的列：{names}。请使用导入模板，列名写在数据之上的同一行。")


def _read_header(layout: Layout, row: RawRow) -> Header:
    columns = {place: found for place, header in row.texts.items() if (found := layout.find(header)) is not None}
    ignored = tuple(header[:50] for place, header in sorted(row.texts.items()) if place not in columns)
    return Header(columns, ignored)


def _refuse_twice(row: RawRow, header: Header) -> None:
    keys = [column.key for column in header.columns.values()]
    twice = {column.title for column in header.columns.values() if keys.count(column.key) > 1}
    if twice:
        raise SheetRefused(f"第{row.number}行的列名重复：“{'”、“'.join(sorted(twice))}”。请只保留一列。")


def _refuse_other_units(header: Header, rows: Sequence[RawRow], index: int, names: Sequence[str]) -> None:
    """A sheet that holds money may name no other unit than yuan, wherever it stands."""
    if not any(column.holds == "money" for column in header.columns.values()):
        return
    refuse_unit_around([*names, *(text for row in rows[:index] for text in row.texts.values())])
    for row in rows[index + 1 :]:
        refuse_unit_within(row.number, list(row.texts.values()))


def _plain(header: str) -> str:
    return _ADDED.sub("", unicodedata.normalize("NFKC", header)).casefold()
