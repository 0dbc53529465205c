"""How the text of a cell becomes a value. Each raises CellInvalid in Chinese; money and codes are read by the law."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from workflows.sheets.errors import CellInvalid
from workflows.typed import days
from workflows.typed.signs import Unreadable, narrow, without_blanks

_YEARS = re.compile(r"[0-9]{4}(?:[,，、;； ]+[0-9]{4})*", re.ASCII)


def text(most: int = 200) -> Callable[[str], str]:
    """Text of at most `most` characters; line ends and runs of spaces become one space."""

    def read(given: str) -> str:
        flat = " ".join(given.split())
        if len(flat) > most:
            raise CellInvalid(f"不得超过{most}字")
        return flat

    return read


def choice(options: Mapping[str, str], also: Mapping[str, str] = MappingProxyType({})) -> Callable[[str], str]:
    """One of a few: what people write, or the code itself → the code. `also` is understood but not proposed."""
    codes = {code: code for code in options.values()} | dict(options) | dict(also)

    def read(given: str) -> str:
        meant = without_blanks(given)
        if meant in codes:
            return codes[meant]
        if given not in codes:
            raise CellInvalid(f"应为“{'”或“'.join(options)}”")
        return codes[given]

    return read


def day(given: str) -> date:
    """A date: 2026-03-02, 2026/3/2, 2026年 3月 2日, 20260302; a time of day beside it is left out."""
    try:
        return days.read(given)
    except Unreadable as unreadable:
        raise CellInvalid(str(unreadable)) from None


def years(given: str) -> tuple[int, ...]:
    """Years in rising order without repeats, written side by side: 2026、2027、2028."""
    given = narrow(given)
    if not _YEARS.fullmatch(given):
        raise CellInvalid("应为年度，例如2026、2027、2028")
    found = tuple(int(each) for each in re.findall(r"[0-9]{4}", given))
    if list(found) != sorted(set(found)):
        raise CellInvalid("年度应由早到晚，不得重复")
    return found
