"""From what a file holds in a cell to the text that is read, or the reason why it is not."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Context, Decimal, DecimalException

from workflows.sheets.errors import CellInvalid, SheetRefused
from workflows.sheets.limits import HEADER_WITHIN, MOST_CHARACTERS, MOST_ROWS
from workflows.sheets.number_formats import NumberFormat
from workflows.typed.signs import visible

FORMULA = "含有公式，不予读取；请改为公式的计算结果（“选择性粘贴—数值”）"
_STARTS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "＠")
_PLAIN = re.compile(r"-([0-9]+(\.[0-9]+)?)?")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# Excel keeps 15 significant digits and stores 1.1 as 1.1000000000000001.
_EXCEL = Context(prec=15)
_DIGITS = 15


@dataclass(slots=True)
class RawRow:
    """The cells of one row by column (0 is A) that are not empty: their text, or why a cell cannot be read.

    `formats` are those of numbers that are shown otherwise than plainly.
    """

    number: int
    texts: dict[int, str] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)
    formats: dict[int, NumberFormat] = field(default_factory=dict)
    is_hidden: bool = False

    def put(self, column: int, text: str) -> None:
        """Keep a cell's text as it is to be read. A formula, or more than may be, is kept as a problem instead."""
        try:
            if cleaned := clean(text):
                self.texts[column] = cleaned
        except CellInvalid as invalid:
            self.problems[column] = str(invalid)

    @property
    def is_empty(self) -> bool:
        return not self.texts and not self.problems


@dataclass(slots=True)
class Grid:
    """The rows of a sheet that are not empty, in order, the numbers of those in which cells are merged, its name."""

    rows: list[RawRow] = field(default_factory=list)
    name: str = ""
    has_hidden_columns: bool = False
    merged: frozenset[int] = frozenset()

    def add(self, row: RawRow) -> None:
        """Keep a row unless it is empty. Raises SheetRefused as soon as there are more than any sheet may have."""
        if row.is_empty:
            return
        if len(self.rows) == MOST_ROWS + HEADER_WITHIN:
            raise too_many_rows()
        self.rows.append(row)


def too_many_rows() -> SheetRefused:
    return SheetRefused(f"数据超过{MOST_ROWS:,}行，未予读取。请分成几个文件，每个不超过{MOST_ROWS:,}行。")


def clean(text: str) -> str:
    """A cell's text without the white space around it and invisible characters. Raises CellInvalid."""
    if len(text) > MOST_CHARACTERS:
        raise CellInvalid(f"超过{MOST_CHARACTERS}字")
    text = visible(text)
    if text.startswith(_STARTS_FORMULA) and not _PLAIN.fullmatch(text):
        raise CellInvalid(FORMULA)
    if not text.isprintable():
        for character in text:
            control = unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\r\t"
            if control or character in _TURNS:
                raise CellInvalid("含有不可见的控制字符，请删除后重新填写")
    return text


def unescape(text: str) -> str:
    """Excel writes characters that XML cannot hold as `_x000D_`."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def number_text(stored: str) -> str:
    """The number that a person sees in a cell without a format, in plain digits: "0.3", "500000", never "5E5".

    Raises CellInvalid for what Excel itself no longer holds exactly.
    """
    number = _number(stored)
    if abs(number) >= 10**_DIGITS or (number and number.adjusted() < -_DIGITS):
        raise CellInvalid("数字过长，Excel已不能准确保存；请将该列设为“文本”格式后重新填写")
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def date_text(stored: str, from_1904: bool) -> str:
    """The ISO date of a serial number; a time of day is left out. Raises CellInvalid."""
    days = _number(stored)
    if not 1 <= days < 2_958_466:  # 9999-12-31
        raise CellInvalid("不是有效日期")
    whole = int(days)
    # The calendar of 1900 has a 29 February that never was: serial number 60.
    day_0 = date(1904, 1, 1) if from_1904 else date(1899, 12, 31) if whole < 60 else date(1899, 12, 30)
    try:
        return (day_0 + timedelta(days=whole)).isoformat()
    except OverflowError:
        raise CellInvalid("不是有效日期") from None


def _number(stored: str) -> Decimal:
    try:
        number = _EXCEL.create_decimal(stored.strip()) if len(stored) <= 40 else Decimal("NaN")
    except DecimalException:
        number = Decimal("NaN")
    if not number.is_finite():
        raise CellInvalid("不是有效数字")
    return number
