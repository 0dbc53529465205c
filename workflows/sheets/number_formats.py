"""What a cell's number format shows of the number that the cell holds.

A number is what is stored; a person typed or checked what is shown. Where the two differ in what they mean (000123 for
123, 50.0 for 500000, 2025年6月 for the first of June) a cell is read as it is shown, or refused.
"""

import re
from dataclasses import dataclass
from typing import Literal

from workflows.sheets.errors import CellInvalid

# The formats that every Excel knows by number, as a Chinese one shows them.
_BUILT_IN = (
    {"1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00", "9": "0%", "10": "0.00%", "11": "0.00E+00", "12": "# ?/?"}
    | {"13": "# ??/??", "14": "yyyy/m/d", "15": "d-mmm-yy", "16": "d-mmm", "17": "mmm-yy", "22": "yyyy/m/d h:mm"}
    | {"30": "m-d-yy", "31": "yyyy年m月d日", "48": "0.0E+0"}
    | dict.fromkeys(("18", "19", "20", "21", "32", "33", "34", "35", "45", "46", "47", "55", "56"), "h:mm")
    | dict.fromkeys(("27", "36", "50", "52", "57"), "yyyy年m月")
    | dict.fromkeys(("28", "29", "51", "53", "54", "58"), "m月d日")
    | dict.fromkeys(("5", "6", "37", "38", "41", "42"), "#,##0")
    | dict.fromkeys(("7", "8", "39", "40", "43", "44"), "#,##0.00")
)
_CONDITION = re.compile(r"\[[<>=]")
_GENERAL = re.compile("general|g/通用格式", re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|!(.)')
_SPACING = re.compile(r"_.|\*.")
_CURRENCY = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_BRACKETED = re.compile(r"\[[^\]]*\]")
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_YUAN = re.compile(r"(?:元|人民币|rmb|cny|[¥￥()\-+ ])*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """`shows` is what becomes of a number; `places` are the digits that a padded or a fixed one has."""

    shows: Literal["number", "day", "part_of_a_day", "padded", "fixed", "other"] = "number"
    places: int = 0


PLAIN, OTHER = NumberFormat(), NumberFormat("other")


def read_format(number: str, code: str | None) -> NumberFormat:
    """The format of this number; `code` is what the workbook says of it, None for those that Excel knows."""
    code = code if code is not None else _BUILT_IN.get(number, "General")
    sections = [_read_section(each) for each in _sections(code)]
    # Figures are positive, so the first section counts, but for a format that chooses by the size of the number.
    return OTHER if _CONDITION.search(code) and len({*sections}) > 1 else sections[0]


def _read_section(section: str) -> NumberFormat:
    if section.strip() in ("@", ""):
        return PLAIN
    bare, literals = _without_literals(_GENERAL.sub("#", section))
    if _DATE_LETTERS.search(bare):
        return _of_date(bare)
    if not _YUAN.fullmatch(literals):
        return OTHER
    digits = bare.replace(" ", "")
    if re.fullmatch(r"0{2,}", digits) and not literals:
        return NumberFormat("padded", len(digits))
    if match := re.fullmatch(r"[#,]*0\.(0+)", digits):
        return NumberFormat("fixed", len(match[1]))
    return PLAIN if re.fullmatch(r"[#,?]*[#0?](?:\.[#0?]+)?", digits) else OTHER


def shown_as_text(value: str, shown: NumberFormat) -> str:
    """The number as a person sees it, for a column that holds names and codes. Raises CellInvalid where unsure."""
    match shown.shows:
        case "number":
            return value
        case "padded" if value.isdecimal():
            return value.zfill(shown.places)
        case "fixed":
            whole, _, decimals = value.partition(".")
            if len(decimals) <= shown.places:
                return f"{whole}.{decimals.ljust(shown.places, '0')}"
        case "day" | "part_of_a_day":
            raise CellInvalid("被Excel存成了日期；请将该列设为“文本”格式后按原样重新填写")
    raise CellInvalid("以数字存放，显示的与所存的不同；请将该列设为“文本”格式后按原样重新填写")


def refuse_as_money(shown: NumberFormat) -> None:
    """A figure must be what is seen: not in percent, thousands or 万元, not a day. Raises CellInvalid."""
    if shown.shows in ("day", "part_of_a_day"):
        raise CellInvalid("是日期，不是金额")
    if shown.shows == "other":
        raise CellInvalid("的数字格式带有单位、百分号或缩放，显示的与所存的不同；请改为“常规”格式，以元填写")


def refuse_as_day(shown: NumberFormat) -> None:
    """A day must be shown as one. Raises CellInvalid where the year, the month or the day cannot be seen."""
    if shown.shows == "part_of_a_day":
        raise CellInvalid("没有显示完整的年月日（例如只显示到月），请写明到日，例如2026-03-02")


def _sections(code: str) -> list[str]:
    """The sections of a format (positive; negative; zero; text); a semicolon in quotes parts none."""
    parts, quoted, escaped = [""], False, False
    for sign in code:
        if sign == ";" and not quoted and not escaped:
            parts.append("")
            continue
        quoted ^= sign == '"' and not escaped
        escaped = sign in "\\!" and not escaped and not quoted
        parts[-1] += sign
    return parts


def _without_literals(section: str) -> tuple[str, str]:
    """The signs of a format that stand for digits or parts of a day, and what it writes beside them."""
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        literals.append(next((each for each in match.groups() if each is not None), ""))
        return ""

    bare = _CURRENCY.sub(keep, _SPACING.sub("", _QUOTED.sub(keep, section)))
    bare = _BRACKETED.sub("", bare)
    for sign in re.findall(r"[^#0?,.%ymdhseE/+@A-Za-z]", bare):
        literals.append(sign)
    return re.sub(r"[¥￥()\-+]|[^\x00-\x7f]", "", bare), "".join(literals)


def _of_date(bare: str) -> NumberFormat:
    letters = re.sub(r"am/pm|a/p", "", bare.lower())
    complete = ("y" in letters or "e" in letters) and "m" in letters and "d" in letters
    return NumberFormat("day" if complete else "part_of_a_day")
