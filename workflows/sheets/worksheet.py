"""The cells of one worksheet, heard row by row."""

import re
from collections.abc import Iterator, Mapping, Sequence

from workflows.sheets import limits
from workflows.sheets.cells import FORMULA, Grid, RawRow, date_text, number_text, unescape
from workflows.sheets.errors import CellInvalid, SheetRefused, damaged, too_large_inside

LAST_ROW = 1_048_576
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_RANGE = re.compile(r"[A-Z]{1,3}([1-9][0-9]{0,6}):[A-Z]{1,3}([1-9][0-9]{0,6})", re.ASCII)


class Worksheet:
    """Hears a sheet's XML and keeps its rows, which come in the order of their numbers or not at all."""

    def __init__(self, strings: Sequence[str], dates: frozenset[str], from_1904: bool) -> None:
        self._strings, self._dates, self._from_1904 = strings, dates, from_1904
        self._grid = Grid()
        self._row: RawRow | None = None
        self._number = 0
        self._column = -1
        self._type = self._style = ""
        self._formula = self._in_value = self._in_reading = False
        self._pieces: list[str] = []
        self._length = 0
        self._merges: list[tuple[int, int]] = []

    def grid(self) -> Grid:
        """What was heard."""
        self._grid.merged = frozenset(self._merged_rows())
        return self._grid

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "c":
                self._begin_cell(attributes)
            case "v" | "t":
                self._in_value = not self._in_reading
            case "row":
                self._begin_row(attributes)
            case "f":
                self._formula = True
            case "rPh":
                self._in_reading = True
            case "mergeCell":
                self._note_merge(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        match name:
            case "c":
                self._end_cell()
            case "v" | "t":
                self._in_value = False
            case "rPh":
                self._in_reading = False
            case "row":
                if self._row is not None:
                    self._grid.add(self._row)
                self._row = None

    def text(self, text: str) -> None:
        if self._in_value and self._length <= limits.MOST_CHARACTERS * 8:
            self._pieces.append(text)
            self._length += len(text)

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
        self._row = RawRow(number)

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
        self._formula, self._in_value, self._pieces, self._length = False, False, [], 0

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
            row.put(column, self._read("".join(self._pieces)))
        except CellInvalid as invalid:
            row.problems[column] = str(invalid)

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
                return date_text(stored, self._from_1904) if self._style in self._dates else number_text(stored)
            case "b":
                return "是" if stored.strip() == "1" else "否"
            case "d":
                return stored[:10]
            case "e":
                raise CellInvalid("是错误值")
            case _:
                raise damaged()

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
