"""In which unit a sheet states its money: yuan, or it is refused. A unit that is dropped makes 500,000 yuan of 50.

Units stand in headers (金额（万元）, 金额:万元, 万元金额), in a line above or below the table (单位：万元), in a row or
column of their own, and in the name of the sheet or of the file.
"""

import re
import unicodedata
from collections.abc import Sequence

from workflows.sheets.errors import SheetRefused
from workflows.typed.signs import without_blanks

# What may stand beside a title of a money column without changing what its figures mean.
_HARMLESS = frozenset(
    ("元", "圆", "人民币", "人民币元", "元人民币", "rmb", "cny", "¥", "整数", "整元", "必填", "选填", "可不填", "如有")
)
_MANY = "[十百千万亿兆拾佰仟萬億kw]+"
_YUAN = "(?:人民币|rmb|cny)?(?:元|圆|圓|块|円)?(?:人民币|rmb|cny)?"
_FOREIGN = (
    "(?:美|港|日|欧|澳|加|台|新台|新加坡|韩|澳门|卢布|泰)(?:元|币|円)|美金|英镑|瑞士法郎|usd|hkd|eur|gbp|jpy|[$€£]"
)
_OTHER = f"(?:{_MANY}(?:{_YUAN}|{_FOREIGN})|10+{_YUAN}|{_FOREIGN}|角)"
_WHOLE = re.compile(rf"[(\[【]?(?:金额|货币|计量|计价)?(?:单位)?[:/]?(?:人民币)?({_OTHER})[)\]】]?")
_BRACKETED = re.compile(rf"[(\[【](?:金额)?(?:单位)?[:]?(?:人民币)?({_OTHER})[)\]】]")
_STATED = re.compile(rf"单位(?:[:/][^0-9。;]{{0,12}}?|[(]|均?[为是])?(?:人民币)?(?<![0-9])({_OTHER})(?!\w)")
_RECKONED = re.compile(rf"[以按用](?:人民币)?({_OTHER})(?:计|为单位|填|列)")
_WORDS = re.compile(r"[^\w¥$€£]+|_")


def folded(text: str) -> str:
    """A header without blanks, width, case and what cannot be seen."""
    return unicodedata.normalize("NFKC", without_blanks(text)).casefold()


def is_title_of_money(header: str, titles: Sequence[str]) -> bool:
    """Whether a header is one of these titles, at most with （元） beside it.

    Raises SheetRefused where a title carries anything else: what it changes about the figures is not guessed.
    """
    given = folded(header)
    for title in sorted((_bare(title) for title in titles), key=len, reverse=True):
        before, found, after = given.partition(title)
        if not found:
            continue
        around = [word for side in (before, after) for word in _WORDS.split(side)]
        strange = [word for word in around if (word.removeprefix("单位") or "元") not in _HARMLESS]
        unit = next((match[1] for word in strange if (match := _WHOLE.fullmatch(word))), None)
        if unit is not None:
            raise _refused(f"“{header[:50]}”一列以“{unit}”为单位")
        if not strange:
            return True
        if not (before[-1:].isalnum() or after[:1].isalnum()):
            raise SheetRefused(
                f"列名“{header[:50]}”中的“{'、'.join(strange)[:30]}”可能改变金额的含义，未予读取。"
                f"请将列名改为“{title}”或“{title}（元）”，并核对金额以元为单位。"
            )
    return False


def refuse_unit_around(texts: Sequence[str]) -> None:
    """Titles and notes above a table, the sheet's and the file's name. Raises SheetRefused for another unit."""
    for text in texts:
        given = folded(text)
        for pattern in (_STATED, _RECKONED, _BRACKETED):
            if match := pattern.search(given):
                raise _refused(f"“{text[:50]}”注明以“{match[1]}”为单位")
        if match := _WHOLE.fullmatch(given):
            raise _refused(f"“{text[:50]}”注明以“{match[1]}”为单位")


def refuse_unit_within(number: int, texts: Sequence[str]) -> None:
    """A row below the header: a row of units, a column of units, a note under the table. Raises SheetRefused."""
    for text in texts:
        if not (len(text) <= 12 or "单位" in text or "计" in text or "填" in text):
            continue
        given = folded(text)
        match = _WHOLE.fullmatch(given) or _STATED.search(given) or _RECKONED.search(given)
        if match and not given.isascii():
            raise _refused(f"第{number}行“{text[:50]}”注明以“{match[1]}”为单位")


def _bare(title: str) -> str:
    """A title as it is declared without the unit that it names."""
    return folded(re.sub(r"[（(]元[)）]", "", title))


def _refused(where: str) -> SheetRefused:
    return SheetRefused(f"{where}，金额只按元读取。请将各金额列换算为元、注明“（元）”后重新上传。")
