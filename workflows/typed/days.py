"""Days: 2025-6-30, 2025年 6月 30日 and 20250630 are one day; a month alone, or a year of two digits, is none."""

import re
from datetime import date

from workflows.typed.signs import Unreadable, narrow

EXAMPLE = "例如2026-03-02"
_TIME = r"(?:[T ]?\s*[0-9]{1,2}[:时][0-9]{1,2}(?:[:分][0-9]{1,2}(?:\.[0-9]+)?秒?)?分?)?"
_WRITTEN = re.compile(r"([0-9]{4})\s*([-/.])\s*([0-9]{1,2})\s*\2\s*([0-9]{1,2})" + _TIME, re.ASCII)
_CHINESE = re.compile(r"([0-9]{4})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号]" + _TIME, re.ASCII)
_CLOSE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
_MONTH = re.compile(r"[0-9]{4}\s*(?:[-/.年]\s*[0-9]{1,2}\s*月?|年)", re.ASCII)
_SHORT = re.compile(r"[0-9]{1,2}\s*([-/.])\s*[0-9]{1,2}\s*\1\s*(?:[0-9]{2}|[0-9]{4})|[0-9]{2}年.*", re.ASCII)


def read(text: str) -> date:
    """The day that a text names; a time of day beside it is left out. Raises Unreadable."""
    given = narrow(text).replace("—", "-").replace("－", "-").replace("–", "-")
    if match := _WRITTEN.fullmatch(given):
        return _day(match[1], match[3], match[4])
    if match := _CHINESE.fullmatch(given) or _CLOSE.fullmatch(given):
        return _day(*match.groups())
    if _MONTH.fullmatch(given):
        raise Unreadable(f"只写到月，请写明到日，{EXAMPLE}")
    if _SHORT.fullmatch(given):
        raise Unreadable(f"的年月日顺序无法确定，请先写四位年份，{EXAMPLE}")
    raise Unreadable(f"应为日期，{EXAMPLE}")


def _day(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Unreadable("没有这一天，请核对日期") from None
