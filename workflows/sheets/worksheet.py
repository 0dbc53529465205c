"""The cells of one worksheet, heard row by row."""

import re
from collections.abc import Iterator, Mapping, Sequence

from workflows.sheets import limits
from workflows.sheets.cells import FORMULA, Grid, RawRow, date_text, number_text, unescape
from workflows.sheets.errors import CellInvalid, SheetRefused, damaged, too_large_inside
from workflows.sheets.number_formats import NumberFormat

_TRUE = ("1", "true")
LAST_ROW = 1_048_576
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_RANGE = re.compile(r"[A-Z]{1,3}([1-9][0-9]{0,6}):[A-Z]{1,3}([1-9][0-9]{0,6})", re.ASCII)


_ROW = "/worksheet/sheetData/row"
_CELL = f"{_ROW}/c"
_VALUE, _FORMULA = f"{_CELL}/v", f"{_CELL}/f"
_INLINE = (f"{_CELL}/is/t", f"{_CELL}/is/r/t")
_UNCLEAR = "的内容有两种写法，无法确定，请重新填写该单元格"


class Worksheet:
    """Hears a sheet's XML and keeps its rows, which come in the order of their numbers or not at all."""

    def __init__(self, strings: Sequence[str], formats: Mapping[str, NumberFormat], from_1904: bool) -> None:
        self._strings, self._formats, self._from_1904 = strings, formats, from_1904
        self._grid = Grid()
        self._row: RawRow | None = None
        self._number = 0
        self._column = -1
        self._type = self._style = ""
        self._formula = self._hearing = False
        self._pieces: dict[bool, list[str]] = {}
        self._heard: list[str] = []
        self._values = 0
        self._length = 0
        self._merges: list[tuple[int, int]] = []

    def grid(self) -> Grid:
        """What was heard."""
        self._grid.merged = frozenset(self._merged_rows())
        return self._grid

    def start(self, place: str, attributes: Mapping[str, str]) -> None:
        if place == _CELL:
            self._begin_cell(attributes)
        elif place == _VALUE or place in _INLINE:
            self._hear(inline=place != _VALUE)
        elif place == _ROW:
            self._begin_row(attributes)
        elif place == _FORMULA:
            self._formula = True
        elif place == "/worksheet/mergeCells/mergeCell":
            self._note_merge(attributes.get("ref", ""))
        elif place == "/worksheet/cols/col" and attributes.get("hidden") in _TRUE:
            self._grid.has_hidden_columns = True

    def end(self, place: str) -> None:
        if place == _CELL:
            self._end_cell()
        elif place == _ROW:
            if self._row is not None:
                self._grid.add(self._row)
            self._row = None
        self._hearing = False

    def text(self, text: str) -> None:
        if self._hearing and self._length <= limits.MOST_CHARACTERS * 8:
            self._heard.append(text)
            self._length += len(text)

    def _hear(self, *, inline: bool) -> None:
        self._hearing = True
        self._values += not inline
        self._heard = self._pieces.setdefault(inline, [])

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        stated = attributes.get("r")
        if stated is None:
            number = self._number + 1
        elif stated.isascii() and stated.isdecimal() and len(stated) <= 7:
            number = int(stated)
        else:
            raise damaged()
        if not self._number < number <= LAST_ROW or self._row is not None:
            raise damaged()
        self._number, self._column = number, -1
        self._row = RawRow(number, is_hidden=attributes.get("hidden") in _TRUE)

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        column = self._column + 1
        if stated := attributes.get("r"):
            place = _PLACE.fullmatch(stated)
            if place is None or int(place[2]) != self._number:
                raise damaged()
            column = _column(place[1])
        if self._row is None or column <= self._column:
            raise damaged()
        self._column = column
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._formula, self._hearing, self._pieces, self._values, self._length = False, False, {}, 0, 0

    def _end_cell(self) -> None:
        row, column = self._row, self._column
        if row is None or not (self._pieces or self._formula):
            return
        if column >= limits.MOST_COLUMNS:
            raise SheetRefused(f"列数超过{limits.MOST_COLUMNS}列，未予读取。请只保留需要导入的列。")
        if self._formula:
            row.problems[column] = FORMULA
            return
        try:
            row.put(column, self._read(self._stored()))
        except CellInvalid as invalid:
            row.problems[column] = str(invalid)
        if self._type == "n" and (shown := self._formats.get(self._style)):
            row.formats[column] = shown

    def _stored(self) -> str:
        """What the cell holds where its type says. A cell may keep an old value in the other place: it is not taken."""
        inline = self._type == "inlineStr"
        if inline not in self._pieces or self._values > 1:
            raise CellInvalid(_UNCLEAR)
        return "".join(self._pieces[inline])

    def _read(self, stored: str) -> str:
        match self._type:
            case "s":
                if not (stored.isascii() and stored.isdecimal() and len(stored) <= 7):
                    raise damaged()
                if int(stored) >= len(self._strings):
                    raise damaged()
                return self._strings[int(stored)]
            case "inlineStr" | "str":
                return unescape(stored)
            case "n":
                return self._read_number(stored)
            case "b":
                return "是" if stored.strip() == "1" else "否"
            case "d":
                return stored[:10]
            case "e":
                raise CellInvalid("是错误值")
            case _:
                raise damaged()

    def _read_number(self, stored: str) -> str:
        shown = self._formats.get(self._style)
        if shown is not None and shown.shows in ("day", "part_of_a_day"):
            return date_text(stored, self._from_1904)
        return number_text(stored)

    def _note_merge(self, place: str) -> None:
        bounds = _RANGE.fullmatch(place)
        if bounds is None:
            return
        if len(self._merges) == limits.MOST_MERGES:
            raise too_large_inside()
        self._merges.append((int(bounds[1]), int(bounds[2])))

    def _merged_rows(self) -> Iterator[int]:
        merges = sorted(self._merges, reverse=True)
        last_covered = 0
        for row in self._grid.rows:
            while merges and merges[-1][0] <= row.number:
                last_covered = max(last_covered, merges.pop()[1])
            if row.number <= last_covered:
                yield row.number


def _column(letters: str) -> int:
    """The place of a column from 0: A is 0, Z 25, AA 26."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1
